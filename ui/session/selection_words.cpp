#include "ui/session/selection_words.h"

#include "ui/session/sites.h"

#include <QCoreApplication>
#include <algorithm>
#include <numeric>

namespace headlight::ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Present", text);
}

QString named(const TokenAxis& axis, int token)
{
    return axis.words() ? tr("“\u2068%1\u2069”").arg(axis.text(token).trimmed()) : axis.name(token);
}

QString joined(const TokenAxis& axis, const std::vector<int>& tokens)
{
    QStringList names;
    for (const int token : tokens)
        names << named(axis, token);
    return names.size() <= 3 ? names.join(tr(" and ")) : tr("%1 tokens").arg(names.size());
}

QString placeOf(const AnalysisResult& result, const Selection& selection)
{
    const QString site = sitesOf(result).size() > 1
        ? title(SiteGroup::of(selection)).toLower() + QStringLiteral(", ")
        : QString();
    if (selection.heads.size() == 1)
        return site + tr("layer %1, head %2").arg(selection.layer).arg(selection.head());
    return site + tr("layer %1, %2 heads together").arg(selection.layer).arg(selection.heads.size());
}

QString capitalised(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

/// The sum of the chosen rows, divided by how many there are.
std::vector<float> meanRow(const AttentionMap& map, const std::vector<int>& queries)
{
    std::vector<float> mean(std::size_t(map.keys()), 0.0f);
    for (const int query : queries) {
        const std::vector<float> row = map.row(query);
        for (std::size_t key = 0; key < mean.size(); ++key)
            mean[key] += row[key] / float(queries.size());
    }
    return mean;
}

QString bold(float weight)
{
    return QStringLiteral("<b>%1</b>").arg(double(weight), 0, 'f', 2);
}

/// "0.55 of its attention to “animal”, 0.13 to “street”"
QString ofAttention(QStringList parts)
{
    if (!parts.isEmpty())
        parts.front().replace(QStringLiteral("</b>"), QStringLiteral("</b> ") + tr("of its attention"));
    return parts.join(QStringLiteral(", "));
}

} // namespace

QString questionOf(const AnalysisResult& result, const Selection& selection)
{
    const auto layer = layerOf(result, selection);
    if (!layer)
        return tr("What does the model look at?");
    if (!selection.queries.empty()) {
        const QString who = joined(TokenAxis::queries(result, *layer), selection.queries);
        return selection.queries.size() == 1 ? tr("What does %1 look at?").arg(who)
                                             : tr("What do %1 look at?").arg(who);
    }
    if (selection.key)
        return tr("Who looks at %1?").arg(named(TokenAxis::keys(result, *layer), *selection.key));
    return tr("What does %1 look at?").arg(placeOf(result, selection));
}

QString answerOf(const AnalysisResult& result, const Selection& selection, const DisplaySettings& display)
{
    constexpr std::size_t told = 3;
    const auto layer = layerOf(result, selection);
    const AttentionMap map = mapOf(result, selection);
    if (!layer || map.empty())
        return {};
    const TokenAxis keys = TokenAxis::keys(result, *layer);
    const QString where = capitalised(placeOf(result, selection));
    if (selection.queries.empty())
        return where.toHtmlEscaped() + u'.';
    const std::vector<float> row = meanRow(map, selection.queries);
    std::vector<int> order;
    for (int key = 0; key < keys.count(); ++key) {
        if (!keys.hidden(key, display))
            order.push_back(key);
    }
    const std::size_t count = std::min(order.size(), told);
    std::ranges::partial_sort(order, order.begin() + std::ptrdiff_t(count), std::greater(),
        [&](int key) { return row[std::size_t(key)]; });
    QStringList parts;
    for (std::size_t i = 0; i < count; ++i)
        parts << tr("%1 to %2").arg(bold(row[std::size_t(order[i])]), named(keys, order[i]).toHtmlEscaped());
    QString text = tr("%1 gives %2").arg(where.toHtmlEscaped(), ofAttention(parts));
    if (selection.key && *selection.key < keys.count()) {
        const QString chosen =
            tr("%1 to %2")
                .arg(bold(row[std::size_t(*selection.key)]), named(keys, *selection.key).toHtmlEscaped());
        if (!parts.contains(chosen))
            text += tr("; %1").arg(chosen);
    }
    return text + u'.';
}

QString isolated(const QString& text)
{
    const bool rightToLeft = std::ranges::any_of(
        text, [](QChar c) { return c.direction() == QChar::DirR || c.direction() == QChar::DirAL; });
    return rightToLeft ? QStringLiteral("\u2068%1\u2069").arg(text) : text;
}

QString fromTo(const QString& from, const QString& to)
{
    const QString first = isolated(from), second = isolated(to);
    const bool plain = first.size() == from.size() && second.size() == to.size();
    return QStringLiteral("%1%2 → %3").arg(plain ? QString() : QStringLiteral("\u200E"), first, second);
}

} // namespace headlight::ui
