// Implements dock_title.h.

#include "ui/widgets/dock_title.h"

#include "ui/widgets/labels.h"

namespace headlight::ui {

DockTitle::DockTitle(QDockWidget* dock)
    : QWidget(dock)
    , m_title(sectionLabel(dock->windowTitle(), this))
{
    setAttribute(Qt::WA_StyledBackground);
    setProperty("look", "panel");
    auto* close = iconButton(
        QStringLiteral("close"), tr("Close this panel; the menu's View list brings it back"), this);
    close->setIconSize(QSize(10, 10));
    close->setFocusPolicy(Qt::TabFocus);
    auto* layout = row(4);
    layout->setContentsMargins(12, 6, 6, 2);
    layout->addWidget(m_title, 1);
    layout->addWidget(close);
    setLayout(layout);
    connect(close, &QToolButton::clicked, dock, &QDockWidget::close);
}

void DockTitle::setTitle(const QString& title)
{
    m_title->setText(title);
}

} // namespace headlight::ui
