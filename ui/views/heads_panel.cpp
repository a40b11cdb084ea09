#include "ui/views/heads_panel.h"

namespace headlight::ui {

HeadsPanelWidget::HeadsPanelWidget(QWidget* parent)
    : QWidget(parent)
    , m_overview(new OverviewMap(this))
    , m_scatter(new HeadScatter(this))
    , m_roles(new RoleList(this))
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Ignored);
    setFocusProxy(m_roles); // the other parts are stepped through by the keys of the view
    connect(m_overview, &OverviewMap::headClicked, this, &HeadsPanelWidget::headClicked);
    connect(m_scatter, &HeadScatter::headClicked, this, &HeadsPanelWidget::headClicked);
    connect(m_roles, &RoleList::roleClicked, this, &HeadsPanelWidget::roleClicked);
}

void HeadsPanelWidget::show(const Scene& scene)
{
    m_panel = HeadsPanel::of(scene);
    m_overview->setContent(m_panel.overview);
    m_scatter->setContent(m_panel.scatter);
    m_roles->setContent(m_panel.roles);
    setFixedWidth(std::max(int(m_panel.overview.naturalWidth(currentTheme())), 132));
    place();
}

void HeadsPanelWidget::setChosen(int layer, const std::vector<int>& heads)
{
    m_overview->setChosen(layer, heads);
    m_scatter->setChosen(layer, heads);
}

void HeadsPanelWidget::place()
{
    const HeadsPanel::Layout parts = m_panel.layout(rect());
    m_overview->move(0, 0);
    const std::pair<QWidget*, QRectF> lower[]{ { m_scatter, parts.scatter }, { m_roles, parts.roles } };
    for (const auto& [part, area] : lower) {
        part->setVisible(!area.isEmpty());
        part->setGeometry(area.toAlignedRect());
    }
}

void HeadsPanelWidget::resizeEvent(QResizeEvent*)
{
    place();
}

} // namespace headlight::ui
