// Implements box_list.h.

#include "ui/widgets/box_list.h"

#include "ui/session/boxes.h"

#include <QStringListModel>

namespace headlight::ui {

BoxList::BoxList(Session& session, QWidget* parent)
    : QListView(parent)
    , m_session(session)
    , m_titles(new QStringListModel(this))
{
    setModel(m_titles);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setAccessibleName(tr("Found objects"));
    setToolTip(tr("Choose an object to see what the model looked at for it"));
    connect(this, &QListView::clicked, this, &BoxList::choose);
    connect(this, &QListView::activated, this, &BoxList::choose);
}

QSize BoxList::sizeHint() const
{
    return { 120, m_titles->rowCount() * std::max(sizeHintForRow(0), 0) + 2 };
}

void BoxList::refresh()
{
    const auto& result = m_session.result();
    QStringList titles;
    for (std::size_t i = 0; result && i < std::min(result->boxes.size(), mostRows); ++i)
        titles << boxLabel(result->boxes[i]);
    if (titles != m_titles->stringList()) {
        m_titles->setStringList(titles);
        updateGeometry();
    }
    setVisible(!titles.isEmpty());
    const auto chosen = result ? chosenBoxes(m_session.selection(), *result) : std::vector<int>();
    const QModelIndex current = chosen.empty() ? QModelIndex() : m_titles->index(chosen.front());
    selectionModel()->setCurrentIndex(current, QItemSelectionModel::ClearAndSelect);
}

void BoxList::choose(const QModelIndex& index)
{
    if (const auto& result = m_session.result())
        m_session.setSelection(withBox(m_session.selection(), index.row(), Choose::Only, *result));
}

} // namespace headlight::ui
