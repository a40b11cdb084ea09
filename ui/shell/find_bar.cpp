// Implements find_bar.h.

#include "ui/shell/find_bar.h"

#include "ui/session/session.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"

#include <QKeyEvent>
#include <QLineEdit>

namespace headlight::ui {

FindBar::FindBar(Session& session, QWidget* parent)
    : QFrame(parent)
    , m_session(session)
    , m_edit(new QLineEdit(this))
    , m_count(mutedLabel({}, this))
{
    setProperty("look", "card");
    setAccessibleName(tr("Find a token"));
    m_edit->setPlaceholderText(tr("Find a token or words"));
    m_edit->setAccessibleName(tr("Token to find"));
    m_edit->setToolTip(
        tr("Enter goes on, Shift+Enter back; with Alt the key is chosen in place of the query"));
    m_edit->installEventFilter(this);
    m_count->setWordWrap(false);
    auto* back = iconButton(QStringLiteral("chevron-left"), tr("Previous (Shift+F3)"), this);
    auto* on = iconButton(QStringLiteral("chevron-right"), tr("Next (F3)"), this);
    auto* close = iconButton(QStringLiteral("close"), tr("Close (Esc)"), this);
    auto* bar = row(metrics::gap);
    bar->setContentsMargins(8, 4, 4, 4);
    bar->addWidget(m_edit, 1);
    bar->addWidget(m_count);
    for (QToolButton* button : { back, on, close })
        bar->addWidget(button);
    setLayout(bar);
    connect(m_edit, &QLineEdit::textChanged, this, &FindBar::search);
    connect(back, &QToolButton::clicked, this, &FindBar::previous);
    connect(on, &QToolButton::clicked, this, &FindBar::next);
    connect(close, &QToolButton::clicked, this, &FindBar::leave);
    connect(&session, &Session::resultChanged, this, [this] {
        if (isVisible())
            search();
    });
    hide();
}

void FindBar::begin()
{
    show();
    m_edit->setFocus();
    m_edit->selectAll();
    search();
}

/// The first place at or after the chosen query.
void FindBar::search()
{
    m_found.clear();
    m_current = -1;
    if (m_session.result())
        m_found = findTokens(*m_session.result(), m_session.selection(), m_edit->text());
    if (!m_found.empty()) {
        const int from = m_session.selection().query().value_or(0);
        const auto after = std::ranges::find_if(m_found, [from](const FoundTokens& place) {
            return place.side == FoundTokens::Side::Query && place.tokens.front() >= from;
        });
        m_current = after == m_found.end() ? 0 : int(after - m_found.begin());
        choose(false);
    }
    showCount();
}

void FindBar::go(int by)
{
    if (!isVisible())
        return begin();
    if (m_found.empty())
        return;
    m_current = (m_current + by + int(m_found.size())) % int(m_found.size());
    choose(false);
    showCount();
}

void FindBar::choose(bool asKey)
{
    const FoundTokens& place = m_found[std::size_t(m_current)];
    Selection chosen = m_session.selection();
    if (asKey || place.side == FoundTokens::Side::Key) {
        chosen.key = place.tokens.front();
    } else {
        chosen.queries = place.tokens;
        chosen.key.reset();
    }
    m_session.setSelection(chosen);
}

void FindBar::showCount()
{
    if (m_edit->text().trimmed().isEmpty())
        m_count->clear();
    else if (m_found.empty())
        m_count->setText(tr("not found"));
    else
        m_count->setText(tr("%1 of %2").arg(m_current + 1).arg(m_found.size()));
}

bool FindBar::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_edit || event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const auto* pressed = static_cast<QKeyEvent*>(event);
    if (pressed->key() == Qt::Key_Escape) {
        leave();
        return true;
    }
    if (pressed->key() != Qt::Key_Return && pressed->key() != Qt::Key_Enter)
        return false;
    if ((pressed->modifiers() & Qt::AltModifier) && !m_found.empty())
        choose(true);
    else
        go(pressed->modifiers() & Qt::ShiftModifier ? -1 : 1);
    return true;
}

void FindBar::leave()
{
    hide();
    if (QWidget* window = this->window(); window != this)
        window->setFocus();
}

} // namespace headlight::ui
