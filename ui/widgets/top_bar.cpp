// Implements top_bar.h.

#include "ui/widgets/top_bar.h"

#include "ui/style/icon.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/model_button.h"

namespace headlight::ui {
namespace {

QToolButton* makeLogo(QWidget* parent)
{
    auto* logo = new QToolButton(parent);
    logo->setObjectName(QStringLiteral("logo"));
    logo->setIcon(icon(QStringLiteral("logo")));
    logo->setIconSize(QSize(14, 14));
    logo->setText(QCoreApplication::translate("TopBar", "Headlight"));
    logo->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    useFont(*logo, &Theme::strong);
    logo->setAttribute(Qt::WA_TransparentForMouseEvents);
    logo->setFocusPolicy(Qt::NoFocus);
    logo->setAccessibleName(logo->text());
    logo->setToolTip(
        QCoreApplication::translate("TopBar", "Shows what every head of a transformer looks at"));
    return logo;
}

} // namespace

TopBar::TopBar(Session& session, const QList<SegmentedBar::Segment>& tabs,
    const QList<SegmentedBar::Segment>& buttons, QWidget* parent)
    : QWidget(parent)
    , m_logo(makeLogo(this))
    , m_model(new ModelButton(session, this))
    , m_tabs(new SegmentedBar(this))
    , m_theme(iconButton(QStringLiteral("moon"), tr("Dark theme"), this))
    , m_menu(iconButton(QStringLiteral("menu"), tr("Menu"), this))
    , m_export(new QPushButton(tr("Export…"), this))
{
    setAttribute(Qt::WA_StyledBackground);
    setProperty("look", "topBar");
    setFixedHeight(metrics::barHeight);
    m_tabs->setSegments(tabs);
    m_menu->setPopupMode(QToolButton::InstantPopup);
    m_export->setProperty("look", "primary");
    m_export->setToolTip(tr("Save this view as PNG, SVG or PDF, or its numbers as CSV (Ctrl+E)"));
    m_export->setAccessibleName(tr("Export"));
    m_export->setFocusPolicy(Qt::TabFocus);
    auto* layout = row(metrics::gap);
    layout->setContentsMargins(8, 0, 12, 0);
    layout->addWidget(m_logo);
    layout->addWidget(m_model);
    layout->addSpacing(metrics::gap);
    layout->addWidget(m_tabs);
    layout->addStretch();
    for (const SegmentedBar::Segment& view : buttons)
        addButton(view, layout);
    for (QWidget* button :
        { static_cast<QWidget*>(m_theme), static_cast<QWidget*>(m_menu), static_cast<QWidget*>(m_export) })
        layout->addWidget(button);
    setLayout(layout);
    connect(m_model, &ModelButton::openFolderRequested, this, &TopBar::openFolderRequested);
    connect(m_tabs, &SegmentedBar::chosen, this, &TopBar::viewChosen);
    connect(m_theme, &QToolButton::clicked, this, &TopBar::themeToggled);
    connect(m_export, &QPushButton::clicked, this, &TopBar::exportRequested);
    const auto showState = [this, &session] { m_export->setEnabled(session.result() != nullptr); };
    connect(&session, &Session::resultChanged, this, showState);
    showState();
}

/// Its icon is the one named like the view.
void TopBar::addButton(const SegmentedBar::Segment& view, QLayout* layout)
{
    auto* button = new QPushButton(icon(view.id), view.title, this);
    button->setCheckable(true);
    button->setProperty("look", "view");
    button->setToolTip(view.toolTip);
    button->setAccessibleName(view.title);
    button->setAccessibleDescription(view.toolTip);
    button->setFocusPolicy(Qt::TabFocus);
    button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    layout->addWidget(button);
    m_views.insert(view.id, button);
    m_commands << button;
    connect(button, &QPushButton::clicked, this, [this, button, id = view.id] {
        button->setChecked(true); // it shows what is, and does not go by being pressed again
        emit viewChosen(id);
    });
}

void TopBar::setCurrentView(const QString& id)
{
    m_tabs->setCurrent(id);
    for (auto view = m_views.cbegin(); view != m_views.cend(); ++view)
        view.value()->setChecked(view.key() == id);
}

void TopBar::setAvailable(const QString& id, bool available, const QString& reason)
{
    m_tabs->setAvailable(id, available, reason);
    if (QPushButton* button = m_views.value(id)) {
        button->setEnabled(available);
        button->setToolTip(available ? button->accessibleDescription() : reason);
    }
}

QPushButton* TopBar::addCommand(const QString& iconName, const QString& title, const QString& toolTip)
{
    auto* button = new QPushButton(icon(iconName), title, this);
    button->setProperty("look", "view");
    button->setToolTip(toolTip);
    button->setAccessibleName(title);
    button->setFocusPolicy(Qt::TabFocus);
    button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto* bar = static_cast<QBoxLayout*>(layout());
    bar->insertWidget(bar->indexOf(m_theme), button);
    m_commands << button;
    m_step = Everything; // with words, as it was made
    arrange();
    return button;
}

void TopBar::resizeEvent(QResizeEvent* event)
{
    arrange();
    QWidget::resizeEvent(event);
}

bool TopBar::event(QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest)
        arrange();
    return QWidget::event(event);
}

/// How wide everything would like to be at a step of giving way; nothing is changed for it.
int TopBar::widthAt(Step step) const
{
    constexpr int besideIcon = 4;
    const auto with = [](const QAbstractButton* button, const QString& text) {
        const QFontMetrics metrics = button->fontMetrics();
        const int own = button->text().isEmpty() ? 0 : metrics.horizontalAdvance(button->text()) + besideIcon;
        return button->sizeHint().width() - own
            + (text.isEmpty() ? 0 : metrics.horizontalAdvance(text) + besideIcon);
    };
    int wanted = with(m_logo, step < NoName ? m_logo->accessibleName() : QString())
        + with(m_model, m_model->textWhen(step >= ShortModel)) + m_tabs->widthWhen(step >= NoDeadTabs);
    for (const QPushButton* button : m_commands)
        wanted += with(button, step < SignsForCommands ? button->accessibleName() : QString());
    for (const QWidget* other :
        { static_cast<QWidget*>(m_theme), static_cast<QWidget*>(m_menu), static_cast<QWidget*>(m_export) })
        wanted += other->sizeHint().width();
    const QMargins margins = layout()->contentsMargins();
    return wanted + layout()->count() * layout()->spacing() + margins.left() + margins.right();
}

void TopBar::arrange()
{
    int step = Everything;
    while (step < ShortModel && widthAt(Step(step)) > width())
        ++step;
    if (step == m_step)
        return;
    m_step = Step(step);
    for (QPushButton* button : m_commands)
        button->setText(step < SignsForCommands ? button->accessibleName() : QString());
    m_tabs->setCompact(step >= NoDeadTabs);
    m_logo->setText(step < NoName ? m_logo->accessibleName() : QString());
    m_model->setShort(step >= ShortModel);
}

void TopBar::setMenu(QMenu* menu)
{
    m_menu->setMenu(menu);
}

void TopBar::setDark(bool dark)
{
    m_theme->setIcon(icon(dark ? QStringLiteral("sun") : QStringLiteral("moon")));
    m_theme->setToolTip(dark ? tr("Light theme") : tr("Dark theme"));
    m_theme->setAccessibleName(m_theme->toolTip());
}

} // namespace headlight::ui
