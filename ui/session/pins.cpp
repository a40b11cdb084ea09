// Implements pins.h. A list is never changed, only replaced: the history holds the lists before and after.

#include "ui/session/pins.h"

#include "ui/session/history.h"

#include <algorithm>

namespace headlight::ui {

Pins::Pins(History& history, QObject* parent)
    : QObject(parent)
    , m_history(history)
{
}

const Pin* Pins::find(const QString& id) const
{
    const auto found = std::ranges::find(*m_all, id, &Pin::id);
    return found == m_all->end() ? nullptr : &*found;
}

void Pins::replace(const List& list)
{
    if (list == m_all)
        return;
    m_all = list;
    emit changed();
}

void Pins::step(const QString& name, std::vector<Pin> all, const QString& subject)
{
    m_history.perform(
        name, [this, after = List(std::make_shared<std::vector<Pin>>(std::move(all)))] { replace(after); },
        [this, before = m_all] { replace(before); }, subject);
}

void Pins::add(Pin pin)
{
    std::vector<Pin> all = *m_all;
    const QString name = tr("pinning “%1”").arg(pin.title);
    all.push_back(std::move(pin));
    step(name, std::move(all));
}

void Pins::remove(const QString& id)
{
    const Pin* pin = find(id);
    if (!pin)
        return;
    const QString name = tr("deleting “%1”").arg(pin->title);
    std::vector<Pin> all = *m_all;
    std::erase_if(all, [&](const Pin& other) { return other.id == id; });
    step(name, std::move(all));
}

template <typename Change> void Pins::edit(const QString& id, const QString& name, Change change)
{
    std::vector<Pin> all = *m_all;
    const auto pin = std::ranges::find(all, id, &Pin::id);
    if (pin != all.end() && change(*pin))
        step(name, std::move(all), name + id); // typing merges
}

void Pins::setTitle(const QString& id, const QString& title)
{
    const QString clean = title.simplified();
    edit(id, tr("naming a finding"), [&](Pin& pin) {
        const bool differs = !clean.isEmpty() && pin.title != clean;
        if (differs)
            pin.title = clean;
        return differs;
    });
}

void Pins::setNote(const QString& id, const QString& note)
{
    edit(id, tr("the note"), [&](Pin& pin) { return std::exchange(pin.note, note) != note; });
}

void Pins::move(const QString& id, int place)
{
    std::vector<Pin> all = *m_all;
    const auto from = std::ranges::find(all, id, &Pin::id);
    const auto to = all.begin() + std::clamp(place, 0, int(all.size()));
    if (from == all.end() || to == from || to == from + 1)
        return;
    if (to < from)
        std::rotate(to, from, from + 1);
    else
        std::rotate(from, from + 1, to);
    step(tr("moving a finding"), std::move(all));
}

} // namespace headlight::ui
