// Implements top_bar.h.

#include "ui/widgets/top_bar.h"

#include "ui/style/icon.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/model_button.h"

namespace headlight::ui {
namespace {

QWidget* makeLogo(QWidget* parent)
{
    auto* logo = new QToolButton(parent);
    logo->setObjectName(QStringLiteral("logo"));
    logo->setIcon(icon(QStringLiteral("logo")));
    logo->setIconSize(QSize(14, 14));
    logo->setText(QCoreApplication::translate("TopBar", "Headlight"));
    logo->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    logo->setFont(currentTheme().strong);
    logo->setAttribute(Qt::WA_TransparentForMouseEvents);
    logo->setFocusPolicy(Qt::NoFocus);
    logo->setAccessibleName(logo->text());
    logo->setToolTip(
        QCoreApplication::translate("TopBar", "Shows what every head of a transformer looks at"));
    return logo;
}

} // namespace

TopBar::TopBar(Session& session, const QList<SegmentedBar::Segment>& views, QWidget* parent)
    : QWidget(parent)
    , m_tabs(new SegmentedBar(this))
    , m_theme(iconButton(QStringLiteral("moon"), tr("Dark theme"), this))
    , m_menu(iconButton(QStringLiteral("menu"), tr("Menu"), this))
    , m_export(new QPushButton(tr("Export…"), this))
{
    setAttribute(Qt::WA_StyledBackground);
    setProperty("look", "topBar");
    setFixedHeight(metrics::barHeight);
    auto* model = new ModelButton(session, this);
    m_tabs->setSegments(views);
    m_menu->setPopupMode(QToolButton::InstantPopup);
    m_export->setProperty("look", "primary");
    m_export->setToolTip(tr("Save this view as PNG, SVG or PDF, or its numbers as CSV (Ctrl+E)"));
    m_export->setAccessibleName(tr("Export"));
    m_export->setFocusPolicy(Qt::TabFocus);
    auto* layout = row(metrics::gap);
    layout->setContentsMargins(8, 0, 12, 0);
    layout->addWidget(makeLogo(this));
    layout->addWidget(model);
    layout->addSpacing(metrics::gap);
    layout->addWidget(m_tabs);
    layout->addStretch();
    for (QWidget* button :
        { static_cast<QWidget*>(m_theme), static_cast<QWidget*>(m_menu), static_cast<QWidget*>(m_export) })
        layout->addWidget(button);
    setLayout(layout);
    connect(model, &ModelButton::openFolderRequested, this, &TopBar::openFolderRequested);
    connect(m_theme, &QToolButton::clicked, this, &TopBar::themeToggled);
    connect(m_export, &QPushButton::clicked, this, &TopBar::exportRequested);
    const auto showState = [this, &session] { m_export->setEnabled(session.result() != nullptr); };
    connect(&session, &Session::resultChanged, this, showState);
    showState();
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
