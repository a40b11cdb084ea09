#pragma once
// Watches for the first painted map, so that `headlight bench launch` can measure a real start.

#include <QObject>

namespace headlight::ui {
class MainWindow;
class Session;
}

namespace headlight {

/// Quits the program once a view has been painted with a result in hand.
class QuitAfterFirstMap : public QObject {
public:
    QuitAfterFirstMap(const ui::Session& session, const ui::MainWindow& window);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    const ui::Session& m_session;
    const ui::MainWindow& m_window;
};

} // namespace headlight
