#pragma once
// The views, one at a time, made when they are first shown. Follows Session::view. Built from the registry;
// no view is named here.

#include "ui/session/session.h"

#include <QStackedWidget>

namespace headlight::ui {

class CardPage;
class View;
struct ViewDescriptor;

class ViewStack : public QStackedWidget {
    Q_OBJECT
public:
    explicit ViewStack(Session& session, QWidget* parent = nullptr);

    void showView(const QString& id);
    void showCard();
    QString currentId() const { return m_current; }
    const ViewDescriptor* currentDescriptor() const;
    View* currentView() const { return m_views.value(m_current); }
    /// Whether the result there is has what a view needs; true while there is none.
    bool available(const ViewDescriptor& view) const;

signals:
    void currentViewChanged();

private:
    void bring(const QString& id);
    void followSession();
    void leaveUnavailable();

    Session& m_session;
    QHash<QString, View*> m_views;
    QString m_current;
    CardPage* m_card;
};

} // namespace headlight::ui
