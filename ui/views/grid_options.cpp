#include "ui/views/grid_options.h"

#include "ui/session/role_names.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

namespace headlight::ui {
namespace {

constexpr std::array orderIds{ std::pair(GridOrder::LayerHead, "layer-head"),
    std::pair(GridOrder::Entropy, "entropy"), std::pair(GridOrder::Distance, "distance"),
    std::pair(GridOrder::Largest, "largest"), std::pair(GridOrder::Role, "role"),
    std::pair(GridOrder::Importance, "importance") };

const QString importanceName = QStringLiteral("importance");

struct Limit {
    const char* name;
    std::optional<double> GridOptions::*value;
    const char* text; ///< "entropy ≥ %1"
};

constexpr std::array limits{
    Limit{ "minEntropy", &GridOptions::minEntropy, QT_TRANSLATE_NOOP("Grid", "entropy ≥ %1") },
    Limit{ "maxEntropy", &GridOptions::maxEntropy, QT_TRANSLATE_NOOP("Grid", "entropy ≤ %1") },
    Limit{ "minDistance", &GridOptions::minDistance, QT_TRANSLATE_NOOP("Grid", "distance ≥ %1") },
    Limit{ "maxDistance", &GridOptions::maxDistance, QT_TRANSLATE_NOOP("Grid", "distance ≤ %1") },
    Limit{ "minImportance", &GridOptions::minImportance, QT_TRANSLATE_NOOP("Grid", "importance ≥ %1") },
    Limit{ "maxImportance", &GridOptions::maxImportance, QT_TRANSLATE_NOOP("Grid", "importance ≤ %1") },
};

QString tr(const char* text)
{
    return QCoreApplication::translate("Grid", text);
}

bool within(double value, std::optional<double> least, std::optional<double> most)
{
    return (!least || value >= *least) && (!most || value <= *most);
}

} // namespace

QString id(GridOrder order)
{
    return QLatin1String(
        std::ranges::find(orderIds, order, [](const auto& pair) { return pair.first; })->second);
}

QString title(GridOrder order)
{
    switch (order) {
    case GridOrder::LayerHead:
        break;
    case GridOrder::Entropy:
        return tr("entropy");
    case GridOrder::Distance:
        return tr("distance");
    case GridOrder::Largest:
        return tr("largest weight");
    case GridOrder::Role:
        return tr("role");
    case GridOrder::Importance:
        return tr("importance");
    }
    return tr("layer × head");
}

QString sortedText(GridOrder order)
{
    switch (order) {
    case GridOrder::LayerHead:
        break;
    case GridOrder::Entropy:
        return tr("lowest entropy first");
    case GridOrder::Distance:
        return tr("nearest first");
    case GridOrder::Largest:
        return tr("most certain first");
    case GridOrder::Role:
        return tr("by role");
    case GridOrder::Importance:
        return tr("most important first");
    }
    return {};
}

GridOptions GridOptions::of(const QVariantMap& options)
{
    GridOptions out;
    for (const auto& [order, name] : orderIds) {
        if (options.value(QStringLiteral("order")).toString() == QLatin1String(name))
            out.order = order;
    }
    for (const Limit& limit : limits) {
        const QVariant value = options.value(QLatin1String(limit.name));
        if (value.isValid())
            out.*limit.value = value.toDouble();
    }
    out.role = roleFromId(options.value(QStringLiteral("role")).toString());
    return out;
}

QVariantMap GridOptions::toMap() const
{
    QVariantMap map{ { QStringLiteral("order"), id(order) } };
    for (const Limit& limit : limits) {
        if (this->*limit.value)
            map.insert(QLatin1String(limit.name), *(this->*limit.value));
    }
    if (role)
        map.insert(QStringLiteral("role"), id(*role));
    return map;
}

bool GridOptions::passes(const GridFacts& facts) const
{
    const bool important =
        !facts.importance || within(double(*facts.importance), minImportance, maxImportance);
    return within(double(facts.statistics.entropy), minEntropy, maxEntropy)
        && within(double(facts.statistics.distance), minDistance, maxDistance) && important
        && (!role || facts.role.role == *role);
}

float GridOptions::sortKey(const GridFacts& facts) const
{
    switch (order) {
    case GridOrder::LayerHead:
        break;
    case GridOrder::Entropy:
        return facts.statistics.entropy;
    case GridOrder::Distance:
        return facts.statistics.distance;
    case GridOrder::Largest:
        return -facts.statistics.largest;
    case GridOrder::Role: // scores are at most one: roles stay together
        return 2 * float(facts.role.role) - facts.role.score;
    case GridOrder::Importance:
        return -facts.importance.value_or(0);
    }
    return 0;
}

QStringList GridOptions::filterTexts() const
{
    QStringList texts;
    for (const Limit& limit : limits) {
        if (this->*limit.value)
            texts << tr(limit.text).arg(*(this->*limit.value), 0, 'g', 3);
    }
    return texts;
}

GridOptions::Range GridOptions::rangeOf(GridOrder order)
{
    if (order == GridOrder::Distance)
        return { "minDistance", "maxDistance", 1, 99'999 };
    if (order == GridOrder::Importance)
        return { "minImportance", "maxImportance", 0.05, 1 };
    return { "minEntropy", "maxEntropy", 0.1, 12 };
}

QVariantMap importanceOption(const ImportanceOfHeads& values, AttentionSite site)
{
    QVariantMap option;
    for (const auto& [place, heads] : values) {
        if (place.kind != site.kind || place.tower != site.tower)
            continue;
        QVariantList list;
        for (const float value : heads)
            list << double(value);
        option.insert(QString::number(place.layer), list);
    }
    return option;
}

std::optional<float> importanceOf(const QVariantMap& options, int layer, int head)
{
    const QVariantList list = options.value(importanceName).toMap().value(QString::number(layer)).toList();
    return head < list.size() ? std::optional(list[head].toFloat()) : std::nullopt;
}

} // namespace headlight::ui
