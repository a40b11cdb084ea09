// Implements segmented_bar.h with an exclusive group of tool buttons: arrows move between them, Tab leaves.

#include "ui/widgets/segmented_bar.h"

#include "ui/style/theme.h"
#include "ui/widgets/labels.h"

namespace headlight::ui {

SegmentedBar::SegmentedBar(QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
{
    setAttribute(Qt::WA_StyledBackground);
    setProperty("look", "tabs");
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(tr("Views"));
    auto* layout = row(0);
    layout->setContentsMargins(2, 2, 2, 2);
    setLayout(layout);
    connect(
        m_group, &QButtonGroup::idClicked, this, [this](int index) { emit chosen(m_segments.at(index).id); });
}

void SegmentedBar::setSegments(const QList<Segment>& segments)
{
    qDeleteAll(m_group->buttons());
    m_segments = segments;
    for (int i = 0; i < segments.size(); ++i) {
        auto* button = new QToolButton(this);
        button->setProperty("look", "tab");
        button->setText(segments[i].title);
        button->setToolTip(segments[i].toolTip);
        button->setAccessibleName(segments[i].title);
        button->setAccessibleDescription(segments[i].toolTip);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::TabFocus);
        m_group->addButton(button, i);
        layout()->addWidget(button);
    }
    fitToType();
}

/// As wide as with the heavier type of the chosen one, so that nothing moves.
void SegmentedBar::fitToType()
{
    for (QAbstractButton* button : m_group->buttons()) {
        button->ensurePolished();
        button->setMinimumWidth(QFontMetrics(currentTheme().strong).horizontalAdvance(button->text()) + 28);
    }
}

void SegmentedBar::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fitToType();
    QWidget::changeEvent(event);
}

int SegmentedBar::widthWhen(bool compact) const
{
    const QMargins margins = layout()->contentsMargins();
    int width = margins.left() + margins.right();
    for (const QAbstractButton* button : m_group->buttons())
        width += compact && !button->isEnabled()
            ? 0
            : std::max(button->minimumWidth(), button->sizeHint().width());
    return width;
}

void SegmentedBar::setCompact(bool compact)
{
    m_compact = compact;
    for (QAbstractButton* button : m_group->buttons())
        button->setVisible(!compact || button->isEnabled());
}

QToolButton* SegmentedBar::button(const QString& id) const
{
    for (int i = 0; i < m_segments.size(); ++i) {
        if (m_segments[i].id == id)
            return qobject_cast<QToolButton*>(m_group->button(i));
    }
    return nullptr;
}

void SegmentedBar::setCurrent(const QString& id)
{
    if (auto* found = button(id))
        return found->setChecked(true);
    m_group->setExclusive(false); // an exclusive group always keeps one
    for (QAbstractButton* other : m_group->buttons())
        other->setChecked(false);
    m_group->setExclusive(true);
}

QString SegmentedBar::current() const
{
    const int index = m_group->checkedId();
    return index < 0 ? QString() : m_segments.at(index).id;
}

void SegmentedBar::setAvailable(const QString& id, bool available, const QString& reason)
{
    auto* found = button(id);
    if (!found)
        return;
    found->setEnabled(available);
    found->setToolTip(available ? found->accessibleDescription() : reason);
    found->setVisible(!m_compact || available);
}

} // namespace headlight::ui
