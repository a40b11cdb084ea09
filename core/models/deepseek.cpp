#include "core/models/deepseek.h"

namespace headlight {
namespace {

using Place = RotaryDecoderSettings::Place;

/// Numbers per head: those that positions turn, the others, and values; and the widths of the latent vectors.
struct LatentSizes {
    std::int64_t heads, turned, plain, value, queryLatent, keyLatent;
};

/// A head's numbers stand as [turned|plain] here and as [plain|turned] in the file: products are the same,
/// and what turns comes first. Source: DeepSeek-AI 2024 (DeepSeek-V2), §2.1.
struct LatentAttention {
    LatentSizes size;
    std::optional<Linear> queryDown; ///< empty: `queryUp` takes the state itself
    std::optional<Norm> queryNorm;
    Linear queryUp, keyDown, keyUp;
    Norm keyNorm;

    Projections::Columns operator()(const Var& x, Run& run) const
    {
        const Var q = queryUp(queryDown ? (*queryNorm)((*queryDown)(x, run), run) : x, run);
        const Var down = keyDown(x, run);
        const std::vector<Var> parts = splitColumns(down, std::array{ size.keyLatent, size.turned });
        const Var up = keyUp(keyNorm(parts[0], run), run);
        const std::array<Var, 2> both{ parts[1], up };
        const Var keys = concatenateColumns(both); // what turns is one vector for all heads
        std::vector<ColumnRange> queryColumns, keyColumns, valueColumns;
        for (std::int64_t h = 0; h < size.heads; ++h) {
            const std::int64_t query = h * (size.plain + size.turned),
                               key = size.turned + h * (size.plain + size.value);
            queryColumns.push_back({ query + size.plain, query + size.plain + size.turned });
            queryColumns.push_back({ query, query + size.plain });
            keyColumns.push_back({ 0, size.turned });
            keyColumns.push_back({ key, key + size.plain });
            valueColumns.push_back({ key + size.plain, key + size.plain + size.value });
        }
        return { selectColumns(q, queryColumns), selectColumns(keys, keyColumns),
            selectColumns(keys, valueColumns) };
    }
};

LatentAttention loadLatent(const Place& place, const LatentSizes& size, const RotaryDecoderSettings& s)
{
    const auto linear = [&](const char* name, std::int64_t in, std::int64_t out,
                            Linear::Bias bias = Linear::Bias::No) {
        return Linear::load(place.source, place.name + "self_attn." + name, in, out, bias);
    };
    const auto norm = [&](const char* name, std::int64_t width) {
        return Norm::rootMeanSquare(place.source, place.name + "self_attn." + name, width, 1e-6f);
    };
    const std::int64_t queries = size.heads * (size.plain + size.turned);
    LatentAttention latent{ size, {}, {}, {}, {}, {}, {} };
    if (size.queryLatent > 0) {
        latent.queryDown = linear("q_a_proj", s.width, size.queryLatent, s.qkvBias);
        latent.queryNorm = norm("q_a_layernorm", size.queryLatent);
        latent.queryUp = linear("q_b_proj", size.queryLatent, queries);
    } else {
        latent.queryUp = linear("q_proj", s.width, queries);
    }
    latent.keyDown = linear("kv_a_proj_with_mqa", s.width, size.keyLatent + size.turned, s.qkvBias);
    latent.keyNorm = norm("kv_a_layernorm", size.keyLatent);
    latent.keyUp = linear("kv_b_proj", size.keyLatent, size.heads * (size.plain + size.value));
    return latent;
}

/// 1/√D, sharper for texts that YaRN stretches. Source: Peng et al. 2023, §3.4, as DeepSeek applies it.
float scoreScale(Config& config, std::int64_t headSize)
{
    Config scaling = config.part(config.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
    const float whole = scaling.real("mscale_all_dim", 0.0f), factor = scaling.real("factor", 1.0f);
    const float sharper = whole != 0.0f && factor > 1.0f ? 0.1f * whole * std::log(factor) + 1.0f : 1.0f;
    return sharper * sharper / std::sqrt(float(headSize));
}

} // namespace

DeepseekSettings readDeepseek(Config& config, const DeepseekDefaults& defaults)
{
    constexpr std::int64_t largest = 1 << 16;
    LatentSizes size{};
    size.turned = config.size("qk_rope_head_dim", 64, largest);
    size.plain = config.size("qk_nope_head_dim", 128, largest);
    size.value = config.size("v_head_dim", 128, largest);
    size.queryLatent = config.optionalNumber("q_lora_rank", 1536).value_or(0);
    size.keyLatent = config.size("kv_lora_rank", 512, largest);
    DeepseekSettings all;
    RotaryDecoderSettings& s = all.decoder;
    s = readRotaryDecoder(config, { .headSize = size.turned, .positions = defaults.positions }, defaults.sizes);
    const bool neighbours = config.flag("rope_interleave", true);
    s.rotary = { readRope(config,
        { .headSize = size.turned,
            .positions = defaults.positions,
            .pairs = neighbours ? RotaryPairs::Neighbours : RotaryPairs::Halves }) };
    s.keyHeads = size.heads = s.heads; // each has keys of its own, however num_key_value_heads counts
    s.headSize = size.turned + size.plain;
    s.valueSize = size.value;
    s.scoreScale = scoreScale(config, s.headSize);
    readAttentionBias(config, s);
    s.projections = [size, s](
                        const Place& place) { return Projections{ .own = loadLatent(place, size, s) }; };
    ExpertSettings& experts = all.experts;
    experts.count = config.size("n_routed_experts", defaults.experts, 65536);
    experts.router.chosen = config.size("num_experts_per_tok", defaults.chosen, 65536);
    experts.router.factor = config.real("routed_scaling_factor", defaults.factor);
    experts.inner = config.size("moe_intermediate_size", defaults.inner);
    experts.sharedInner = experts.inner * config.optionalNumber("n_shared_experts", defaults.shared).value_or(0);
    experts.in = [first = config.number("first_k_dense_replace", defaults.firstRouted)](
                     std::int64_t layer) { return layer >= first; };
    return all;
}

} // namespace headlight
