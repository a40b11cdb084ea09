#pragma once
// The panel at the left of the heat map on the screen: overview, scatter and roles as widgets, as many as
// there is room for.

#include "ui/views/head_facts.h"

namespace headlight::ui {

class HeadsPanelWidget : public QWidget {
    Q_OBJECT
public:
    explicit HeadsPanelWidget(QWidget* parent = nullptr);
    void show(const Scene& scene);
    void setChosen(int layer, const std::vector<int>& heads);

signals:
    void headClicked(int layer, int head, Qt::KeyboardModifiers modifiers);
    void roleClicked(const QString& id);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void place();

    HeadsPanel m_panel;
    OverviewMap* m_overview;
    HeadScatter* m_scatter;
    RoleList* m_roles;
};

} // namespace headlight::ui
