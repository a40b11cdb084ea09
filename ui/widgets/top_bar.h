#pragma once
// The bar on top: program, model, views, theme, export, menu.

#include "ui/session/session.h"
#include "ui/widgets/segmented_bar.h"

#include <QWidget>

class QMenu;
class QPushButton;
class QToolButton;

namespace headlight::ui {

class TopBar : public QWidget {
    Q_OBJECT
public:
    TopBar(Session& session, const QList<SegmentedBar::Segment>& views, QWidget* parent = nullptr);
    SegmentedBar& tabs() const { return *m_tabs; }
    void setMenu(QMenu* menu);
    /// The sign of the theme one would get.
    void setDark(bool dark);

signals:
    void openFolderRequested();
    void themeToggled();
    void exportRequested();

private:
    SegmentedBar* m_tabs;
    QToolButton *m_theme, *m_menu;
    QPushButton* m_export;
};

} // namespace headlight::ui
