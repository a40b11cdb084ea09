// Implements role_names.h.

#include "ui/session/role_names.h"

#include "ui/session/token_axis.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <unordered_map>

namespace headlight::ui {
namespace {

constexpr std::array roleIds{ std::pair(HeadRole::Previous, "previous"), std::pair(HeadRole::Next, "next"),
    std::pair(HeadRole::Self, "self"), std::pair(HeadRole::First, "first"),
    std::pair(HeadRole::Separator, "separator"), std::pair(HeadRole::Repeated, "repeated"),
    std::pair(HeadRole::Local, "local"), std::pair(HeadRole::Broad, "broad"),
    std::pair(HeadRole::Mixed, "mixed") };

QString tr(const char* text)
{
    return QCoreApplication::translate("Roles", text);
}

/// The separators of a text: [SEP], </s> and their like behind the first token, the rows' own end included.
std::vector<bool> separatorsOf(const TokenAxis& keys)
{
    std::vector<bool> separators(std::size_t(std::max(keys.count(), 0)), false);
    for (int token = 1; token < keys.count(); ++token) {
        const TokenInfo* info = keys.info(token);
        separators[std::size_t(token)] = info && info->special && keys.words()
            && info->piece.find("MASK") == std::string::npos && info->piece.find("mask") == std::string::npos;
    }
    return separators;
}

/// Equal numbers for equal pieces of text; each of another number where tokens are not words.
std::vector<int> sameTokens(const TokenAxis& axis)
{
    std::vector<int> same(std::size_t(std::max(axis.count(), 0)));
    std::unordered_map<std::string, int> seen;
    for (int token = 0; token < axis.count(); ++token) {
        const TokenInfo* info = axis.info(token);
        const bool word = info && !info->special && axis.words();
        same[std::size_t(token)] = word ? seen.try_emplace(info->label, token).first->second : token;
    }
    return same;
}

QString sinkName(const TokenAxis& keys, int token)
{
    return keys.special(token) ? tr("%1 sink").arg(keys.label(token)) : QString();
}

} // namespace

QString id(HeadRole role)
{
    return QLatin1String(
        std::ranges::find(roleIds, role, [](const auto& pair) { return pair.first; })->second);
}

std::optional<HeadRole> roleFromId(const QString& id)
{
    for (const auto& [role, name] : roleIds) {
        if (id == QLatin1String(name))
            return role;
    }
    return std::nullopt;
}

std::span<const HeadRole> allRoles()
{
    static constexpr HeadRole roles[]{ HeadRole::Previous, HeadRole::Next, HeadRole::Self, HeadRole::First,
        HeadRole::Separator, HeadRole::Repeated, HeadRole::Local, HeadRole::Broad, HeadRole::Mixed };
    return roles;
}

QString title(HeadRole role, const AnalysisResult& result, const LayerAttention& layer)
{
    const TokenAxis keys = TokenAxis::keys(result, layer);
    QString name;
    switch (role) {
    case HeadRole::Previous:
        return !keys.words() && keys.grid() ? tr("left neighbour") : tr("previous token");
    case HeadRole::Next:
        return !keys.words() && keys.grid() ? tr("right neighbour") : tr("next token");
    case HeadRole::Self:
        return tr("itself");
    case HeadRole::First:
        name = sinkName(keys, 0);
        return name.isEmpty() ? tr("first token") : name;
    case HeadRole::Separator: {
        const std::vector<bool> separators = separatorsOf(keys);
        const auto found = std::ranges::find(separators, true);
        name = found == separators.end() ? QString() : sinkName(keys, int(found - separators.begin()));
        return name.isEmpty() ? tr("separator sink") : name;
    }
    case HeadRole::Repeated:
        return tr("same word");
    case HeadRole::Local:
        return tr("local");
    case HeadRole::Broad:
        return tr("broad");
    case HeadRole::Mixed:
        break;
    }
    return tr("mixed");
}

QString summary(HeadRole role)
{
    switch (role) {
    case HeadRole::Previous:
        return tr("At least 0.4 of the attention is on the token before");
    case HeadRole::Next:
        return tr("At least 0.4 of the attention is on the token behind");
    case HeadRole::Self:
        return tr("At least 0.4 of the attention is on the token itself");
    case HeadRole::First:
        return tr("At least 0.4 of the attention is on the first token: a sink, often a sign of rest");
    case HeadRole::Separator:
        return tr("At least 0.4 of the attention is on separators: a sink, often a sign of rest");
    case HeadRole::Repeated:
        return tr("Of tokens that stand there twice, at least 0.4 of the attention is on the other ones");
    case HeadRole::Local:
        return tr("At least 0.7 of the attention is within three tokens, no one neighbour before all");
    case HeadRole::Broad:
        return tr(
            "Attention is spread over nearly everything: entropy is at least 0.85 of the largest possible");
    case HeadRole::Mixed:
        break;
    }
    return tr("No rule fits: what the head does depends on the input");
}

RoleTokens roleTokens(const AnalysisResult& result, const LayerAttention& layer)
{
    const TokenAxis queries = TokenAxis::queries(result, layer), keys = TokenAxis::keys(result, layer);
    RoleTokens tokens;
    tokens.separators = separatorsOf(keys);
    tokens.crosses = !(queries == keys);
    tokens.causal = layer.site.kind == AttentionKind::Decoder;
    if (!tokens.crosses)
        tokens.same = sameTokens(keys);
    return tokens;
}

namespace {

std::vector<RoleScore> readRoles(const AnalysisResult& result, const LayerAttention& layer)
{
    const RoleTokens tokens = roleTokens(result, layer);
    std::vector<RoleScore> roles;
    for (int head = 0; head < layer.heads; ++head)
        roles.push_back(roleOf(layer, head, tokens));
    return roles;
}

/// Roles of the layers that were asked for: every switch of a head names those of a whole layer or model, and
/// at 4,096 tokens reading them takes longer than drawing does.
class KnownRoles {
public:
    std::vector<RoleScore> of(const AnalysisResult& result, const LayerAttention& layer)
    {
        if (layer.source == nullptr)
            return readRoles(result, layer);
        {
            const std::lock_guard lock(m_mutex);
            const auto found = m_known.find(layer.source.get());
            if (found != m_known.end() && found->second.layer.lock() == layer.source)
                return found->second.roles;
        }
        std::vector<RoleScore> roles = readRoles(result, layer);
        const std::lock_guard lock(m_mutex);
        std::erase_if(m_known, [](const auto& each) { return each.second.layer.expired(); });
        m_known[layer.source.get()] = { layer.source, roles };
        return roles;
    }

private:
    struct Known {
        std::weak_ptr<const WeightSource> layer; ///< another one may come to lie at the same place
        std::vector<RoleScore> roles;
    };
    std::mutex m_mutex;
    std::map<const WeightSource*, Known> m_known;
};

} // namespace

std::vector<RoleScore> rolesOf(const AnalysisResult& result, const LayerAttention& layer)
{
    static KnownRoles known;
    return known.of(result, layer);
}

void readRolesOf(const AnalysisResult& result)
{
    for (const auto& layer : result.trace->layers())
        static_cast<void>(rolesOf(result, *layer));
}

Expected<std::shared_ptr<const AnalysisResult>> withRoles(
    Expected<std::shared_ptr<const AnalysisResult>> result)
{
    if (result)
        readRolesOf(**result);
    return result;
}

} // namespace headlight::ui
