#pragma once
// The window: docks around the views, built from the registry of views. It wires; every part does its own
// work.

#include "ui/session/session.h"
#include "ui/style/theme.h"
#include "ui/widgets/async_job.h"

#include <QMainWindow>
#include <QVBoxLayout>

class QImage;
class QMimeData;

namespace headlight::ui {

class ErrorBar;
class InputPanel;
class Inspector;
class TopBar;
class ViewStack;
class WindowMenu;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    /// `session` must outlive the window. Call applyTheme first: widgets take their fonts when they are made.
    explicit MainWindow(Session& session, QWidget* parent = nullptr);
    ~MainWindow() override;

    ViewStack& stack() const { return *m_views; }
    WindowMenu& menu() const { return *m_menu; }
    TopBar& topBar() const { return *m_top; }
    InputPanel& inputPanel() const { return *m_input; }
    ErrorBar& errors() const { return *m_errors; }
    void setTheme(ThemeKind kind);
    /// A bar above the view, over the one for errors.
    void addBar(QWidget* bar) { m_bars->insertWidget(0, bar); }
    /// A panel at the right, hidden until it is shown or the person's layout has it shown; call it before the
    /// window is shown.
    QDockWidget* addPanel(const QString& name, const QString& title, QWidget* content);

signals:
    /// Export… was asked for; what writes files is not the window's.
    void exportRequested();
    void copyPictureRequested();
    /// A person switched between light and dark.
    void themeChosen(headlight::ui::ThemeKind kind);

protected:
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makeCentre();
    void makeParts();
    void makeMenu();
    QDockWidget* makeDock(const QString& name, const QString& title, QWidget* content);
    void connectParts();
    void showTab(const QString& id);
    void showAvailability();
    void showModel();
    void openFolder();
    void openFile(const QString& title, const QString& filter);
    void paste();
    void take(const QMimeData& offered);
    void takePicture(const QImage& picture);
    void toggleTheme();
    void restoreLayout();
    void resetLayout();

    Session& m_session;
    TopBar* m_top;
    InputPanel* m_input;
    ViewStack* m_views;
    ErrorBar* m_errors;
    Inspector* m_inspector;
    WindowMenu* m_menu;
    QVBoxLayout* m_bars = nullptr;
    QByteArray m_firstLayout;
    AsyncJob m_pasting;
};

} // namespace headlight::ui
