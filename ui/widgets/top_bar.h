#pragma once
// The bar on top: program, model, views, theme, export, menu.

#include "ui/session/session.h"
#include "ui/widgets/segmented_bar.h"

#include <QWidget>

class QLayout;
class QMenu;
class QPushButton;
class QToolButton;

namespace headlight::ui {

class ModelButton;

class TopBar : public QWidget {
    Q_OBJECT
public:
    /// Views of `tabs` share the trough; each of `buttons` has a button of its own at the right.
    TopBar(Session& session, const QList<SegmentedBar::Segment>& tabs,
        const QList<SegmentedBar::Segment>& buttons, QWidget* parent = nullptr);
    SegmentedBar& tabs() const { return *m_tabs; }
    /// Which view is on the screen: its tab or button is the checked one.
    void setCurrentView(const QString& id);
    void setAvailable(const QString& id, bool available, const QString& reason);
    void setMenu(QMenu* menu);
    /// A button of a part of the window, beside those of the views.
    QPushButton* addCommand(const QString& iconName, const QString& title, const QString& toolTip);
    /// The sign of the theme one would get.
    void setDark(bool dark);

signals:
    void openFolderRequested();
    void themeToggled();
    void exportRequested();
    /// A person wants this view.
    void viewChosen(const QString& id);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    /// What gives way where there is no room, one after the other: tabs that cannot be chosen, the words of
    /// commands, the name of the program, the size of the model.
    enum Step { Everything, NoDeadTabs, SignsForCommands, NoName, ShortModel };
    void arrange();
    int widthAt(Step step) const;
    void addButton(const SegmentedBar::Segment& view, QLayout* layout);

    QList<QPushButton*> m_commands; ///< with words where there is room
    QToolButton* m_logo;
    ModelButton* m_model;
    SegmentedBar* m_tabs;
    QHash<QString, QPushButton*> m_views;
    QToolButton *m_theme, *m_menu;
    QPushButton* m_export;
    Step m_step = Everything;
};

} // namespace headlight::ui
