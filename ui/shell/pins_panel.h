#pragma once
// The panel "Findings": a card for each pin, in the order of the report.

#include "ui/session/pins.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace headlight::ui {

class History;
class PinCard;

class PinsPanel : public QWidget {
    Q_OBJECT
public:
    /// Both must outlive it.
    PinsPanel(Pins& pins, History& history, QWidget* parent = nullptr);

    PinCard* card(const QString& id) const { return m_cards.value(id); }

signals:
    void pinRequested();
    void exportRequested();

private:
    void showPins();
    void showMore();
    PinCard* makeCard(const QString& id);
    void go(const QString& id);

    Pins& m_pins;
    History& m_history;
    QLabel* m_empty;
    QPushButton* m_export;
    QScrollArea* m_scroll;
    QVBoxLayout* m_list;
    QHash<QString, PinCard*> m_cards;
    std::size_t m_next = 0; ///< the first pin whose card is not up to date
    QTimer m_more;
};

} // namespace headlight::ui
