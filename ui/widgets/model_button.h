#pragma once
// The model chooser of the top bar: what is open, and a menu of what else can be.

#include "ui/session/session.h"
#include "ui/widgets/menu_button.h"

namespace headlight::ui {

class ModelButton : public MenuButton {
    Q_OBJECT
public:
    explicit ModelButton(Session& session, QWidget* parent = nullptr);

    /// What it says, with and without the size.
    QString textWhen(bool isShort) const;
    /// The name alone.
    void setShort(bool isShort);

signals:
    void openFolderRequested();

private:
    void showModel();
    void showTitle();
    void fillMenu();
    void addHeader(const QString& title);
    void addModel(const QString& reference, const QString& title, const QString& toolTip);

    Session& m_session;
    bool m_short = false;
};

} // namespace headlight::ui
