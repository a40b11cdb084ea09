#include "core/models/rope_settings.h"

namespace headlight {
namespace {

/// The settings as both forms of the file have them, with what stands beside them.
struct Settings {
    Config scaling;
    std::string kind;
    double base;
    std::int64_t rotary; ///< numbers of a head that turn; of an odd count the last pair turns as well
    std::int64_t positions, originalPositions; ///< original: 0 where the file does not say
    RotaryPairs pairs;

    double factor()
    {
        if (scaling.has("factor") || originalPositions == 0)
            return scaling.precise("factor", 1.0);
        return double(positions) / double(originalPositions);
    }
    double original() const { return double(originalPositions > 0 ? originalPositions : positions); }
    Rope plain() const { return Rope::plain(rotary, base, pairs); }
};

/// The newer form has parameters of this kind of layer's own.
bool nests(Config& config, const RopeDefaults& defaults)
{
    return defaults.layerKind != nullptr && config.part("rope_parameters").has(defaults.layerKind);
}

Config scalingPart(Config& config, const RopeDefaults& defaults)
{
    if (defaults.unmentioned != nullptr && !config.mentions("rope_parameters") && !config.mentions("rope_scaling"))
        return std::move(*Config::parse(defaults.unmentioned, "The usual scaling"));
    if (!config.has("rope_parameters"))
        return config.part("rope_scaling");
    Config all = config.part("rope_parameters");
    return nests(config, defaults) ? all.part(defaults.layerKind) : std::move(all);
}

Settings readSettings(Config& config, const RopeDefaults& defaults)
{
    Config scaling = scalingPart(config, defaults);
    const double base = config.precise(defaults.baseKey, double(defaults.base)),
                 share = config.precise(defaults.shareKey, double(defaults.share));
    const std::int64_t original = config.number("original_max_position_embeddings", 0);
    Settings s { std::move(scaling), "default", 0.0, 0, 0, 0, defaults.pairs };
    if (defaults.scaled || nests(config, defaults))
        s.kind = s.scaling.text("rope_type", s.scaling.text("type", defaults.kind));
    s.base = s.scaling.precise("rope_theta", base);
    s.rotary = std::int64_t(double(defaults.headSize) * s.scaling.precise("partial_rotary_factor", share));
    s.positions = config.size("max_position_embeddings", defaults.positions);
    s.originalPositions = s.scaling.number("original_max_position_embeddings", original);
    s.pairs = config.flag("rope_interleaved", s.pairs == RotaryPairs::Neighbours) ? RotaryPairs::Neighbours : RotaryPairs::Halves;
    if (s.kind == "longrope" && s.originalPositions == 0)
        s.originalPositions = defaults.originalPositions;
    if (s.rotary < 2 || s.rotary + s.rotary % 2 > defaults.headSize) {
        config.problem(fmt::format("{} numbers of a head of {} cannot turn with the positions.", s.rotary, defaults.headSize));
        s.rotary = 2;
    }
    if (s.base <= 1.0 || s.factor() <= 0.0)
        config.problem(fmt::format("Rotary positions need a base above 1 and a factor above 0, not {} and {}.", s.base, s.factor()));
    return s;
}

/// The base grows with the text. Source: bloc97 2023 ("dynamic NTK").
RotaryPositions dynamic(Settings& s)
{
    RotaryPositions positions { s.plain(), s.positions };
    if (s.rotary <= 2)
        return positions.limit = 0, positions; // one pair: its frequency is 1 whatever the base
    const double factor = s.factor(), exponent = double(s.rotary) / double(s.rotary - 2);
    positions.longer = [=, base = s.base, rotary = s.rotary, pairs = s.pairs, trained = double(s.positions)](std::int64_t length) {
        return Rope::plain(rotary, base * std::pow(factor * double(length) / trained - (factor - 1.0), exponent), pairs);
    };
    return positions;
}

Rope llama3(Settings& s)
{
    const double low = double(s.scaling.real("low_freq_factor", 1.0f)), high = double(s.scaling.real("high_freq_factor", 4.0f));
    return s.plain().llama3({ s.factor(), low, high, s.original() });
}

/// How much scores are sharpened for a text `factor` times as long. Source: Peng et al. 2023, §3.4.
double yarnMagnitude(double factor, double strength)
{
    return factor <= 1.0 ? 1.0 : 0.1 * strength * std::log(factor) + 1.0;
}

Rope yarn(Settings& s)
{
    const auto positive = [&](const char* key, float fallback) {
        const float found = s.scaling.real(key, fallback);
        return double(found == 0.0f ? fallback : found); // the reference takes 0 for "not said", too
    };
    Rope rope = s.plain().yarn({ s.base, s.factor(), s.original(), positive("beta_fast", 32.0f), positive("beta_slow", 1.0f),
        s.scaling.flag("truncate", true) });
    const double strength = double(s.scaling.real("mscale", 0.0f)), whole = double(s.scaling.real("mscale_all_dim", 0.0f));
    const double usual = strength != 0.0 && whole != 0.0
        ? yarnMagnitude(s.factor(), strength) / yarnMagnitude(s.factor(), whole)
        : yarnMagnitude(s.factor(), 1.0);
    rope.magnitude = s.scaling.real("attention_factor", float(usual));
    return rope;
}

RotaryPositions longRope(Settings& s, Config& config)
{
    const std::vector<double> shorter = s.scaling.reals("short_factor"), longer = s.scaling.reals("long_factor");
    const auto pairs = std::size_t((s.rotary + 1) / 2);
    if (shorter.size() != pairs || longer.size() != pairs) {
        config.problem(fmt::format("Rotary scaling \"{}\" has {} short and {} long factors, {} pairs of each head turn.", s.kind,
            shorter.size(), longer.size(), pairs));
        return { s.plain() };
    }
    const double factor = s.originalPositions > 0 ? double(s.positions) / s.original() : s.factor();
    const double usual = factor <= 1.0 ? 1.0 : std::sqrt(1.0 + std::log(factor) / std::log(s.original()));
    Rope within = s.plain().divided(shorter), beyond = s.plain().divided(longer);
    within.magnitude = beyond.magnitude = s.scaling.real("attention_factor", float(usual));
    return { within, std::int64_t(s.original()), [beyond](std::int64_t) { return beyond; }, true };
}

/// Share and base mean the whole head.
Rope proportional(Settings& s, std::int64_t headSize)
{
    return Rope::proportional(headSize, s.base, double(s.rotary / 2 * 2) / double(headSize)).interpolated(s.factor());
}

RotaryPositions turning(Settings& s, Config& config, const RopeDefaults& defaults)
{
    if (s.kind == "default" || s.kind == "mrope") // mrope: how places in a picture share the pairs, not a scaling
        return { s.plain() };
    if (s.kind == "linear")
        return { s.plain().interpolated(s.factor()) };
    if (s.kind == "dynamic")
        return dynamic(s);
    if (s.kind == "llama3")
        return { llama3(s) };
    if (s.kind == "yarn")
        return { yarn(s) };
    if (s.kind == "longrope" || s.kind == "su")
        return longRope(s, config);
    if (s.kind == "proportional")
        return { proportional(s, defaults.headSize) };
    config.problem(fmt::format(
        "Rotary positions scaled by \"{}\" are not known; known are default, linear, dynamic, llama3, yarn, longrope and "
        "proportional.", s.kind));
    return { s.plain() };
}

} // namespace

RotaryPositions readRope(Config& config, const RopeDefaults& defaults)
{
    Settings s = readSettings(config, defaults);
    RotaryPositions positions = turning(s, config, defaults);
    positions.growth = double(s.scaling.real("llama_4_scaling_beta", 0.0f));
    positions.growthEvery = s.original();
    return positions;
}

} // namespace headlight
