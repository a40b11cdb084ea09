// Implements pins_panel.h. Cards stay while their pins do, so that typing is not interrupted.

#include "ui/shell/pins_panel.h"

#include "ui/session/history.h"
#include "ui/shell/pin_card.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"

#include <QScrollArea>
#include <QScrollBar>

namespace headlight::ui {
namespace {

constexpr int mostAtOnce = 8; ///< cards made within a frame

} // namespace

PinsPanel::PinsPanel(Pins& pins, History& history, QWidget* parent)
    : QWidget(parent)
    , m_pins(pins)
    , m_history(history)
    , m_empty(mutedLabel(
          tr("Nothing is pinned yet. Choose a cell, a head or a map, and press Ctrl+D to keep it here."),
          this))
    , m_export(new QPushButton(tr("Export report…"), this))
    , m_list(new QVBoxLayout)
{
    setProperty("look", "panel");
    setAttribute(Qt::WA_StyledBackground);
    auto* pin = new QPushButton(tr("Pin this"), this);
    pin->setToolTip(tr("Keep what is shown now (Ctrl+D)"));
    pin->setAccessibleName(pin->text());
    m_export->setToolTip(tr("Write all findings into a Markdown report with their figures"));
    m_export->setAccessibleName(m_export->text());
    connect(pin, &QPushButton::clicked, this, &PinsPanel::pinRequested);
    connect(m_export, &QPushButton::clicked, this, &PinsPanel::exportRequested);
    auto* content = new QWidget(this);
    content->setProperty("look", "panel");
    auto* inside = column(content, metrics::gap);
    inside->setContentsMargins(metrics::wideGap, metrics::gap, metrics::wideGap, metrics::gap);
    inside->addWidget(m_empty);
    m_list->setSpacing(metrics::wideGap);
    inside->addLayout(m_list);
    inside->addStretch(1);
    auto* scroll = m_scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(content);
    auto* buttons = row(metrics::gap);
    buttons->setContentsMargins(metrics::wideGap, metrics::gap, metrics::wideGap, metrics::gap);
    buttons->addWidget(pin);
    buttons->addWidget(m_export);
    auto* all = column(this, 0);
    all->addWidget(scroll, 1);
    all->addLayout(buttons);
    m_more.setSingleShot(true);
    m_more.setInterval(0);
    connect(&m_more, &QTimer::timeout, this, &PinsPanel::showMore);
    connect(&pins, &Pins::changed, this, &PinsPanel::showPins);
    showPins();
}

void PinsPanel::showPins()
{
    const std::vector<Pin>& pins = m_pins.all();
    m_empty->setVisible(pins.empty());
    m_export->setEnabled(!pins.empty());
    for (const QString& id : m_cards.keys()) {
        if (!m_pins.find(id))
            m_cards.take(id)->deleteLater();
    }
    m_next = 0;
    showMore();
}

/// A session may bring hundreds: some cards a turn, so that the window goes on meanwhile.
void PinsPanel::showMore()
{
    const std::vector<Pin>& pins = m_pins.all();
    PinCard* newest = nullptr;
    for (int made = 0; m_next < pins.size(); ++m_next) {
        const Pin& pin = pins[m_next];
        PinCard* card = m_cards.value(pin.id);
        if (!card) {
            if (made++ == mostAtOnce)
                return m_more.start();
            card = newest = m_cards[pin.id] = makeCard(pin.id);
        }
        card->showPin(pin);
        card->setPlace(m_next == 0, m_next + 1 == pins.size());
        if (const QLayoutItem* there = m_list->itemAt(int(m_next)); !there || there->widget() != card) {
            m_list->removeWidget(card);
            m_list->insertWidget(int(m_next), card);
        }
    }
    m_more.stop();
    if (newest) // Once it has its height, it is what one sees.
        QTimer::singleShot(
            150, newest, [this, newest] { m_scroll->verticalScrollBar()->setValue(newest->y()); });
}

PinCard* PinsPanel::makeCard(const QString& id)
{
    auto* card = new PinCard(this);
    connect(card, &PinCard::goRequested, this, [this, id] { go(id); });
    connect(
        card, &PinCard::titleEdited, this, [this, id](const QString& title) { m_pins.setTitle(id, title); });
    connect(card, &PinCard::noteEdited, this, [this, id](const QString& note) { m_pins.setNote(id, note); });
    connect(card, &PinCard::deleteRequested, this, [this, id] { m_pins.remove(id); });
    connect(card, &PinCard::moveRequested, this, [this, id](int by) {
        const auto& all = m_pins.all();
        const int place = int(std::ranges::find(all, id, &Pin::id) - all.begin());
        m_pins.move(id, by < 0 ? place - 1 : place + 2);
    });
    return card;
}

void PinsPanel::go(const QString& id)
{
    if (const Pin* pin = m_pins.find(id))
        m_history.goTo(pin->state, tr("going to “%1”").arg(pin->title));
}

} // namespace headlight::ui
