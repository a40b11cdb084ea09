#include "core/models/resnet_backbone.h"

#include "core/base/parallel_for.h"

namespace headlight {
namespace {

constexpr WindowSteps stemSteps { .stride = 2, .padding = 3 }, poolSteps { .stride = 2, .padding = 1 };
constexpr std::int64_t stemWindow = 7, poolWindow = 3, bottleneckShare = 4;
constexpr float normEpsilon = 1e-5f;

/// What timm's names mean. Widths of four stages, doubling.
struct KnownResnet {
    std::string_view name;
    bool bottleneck;
    std::array<std::int64_t, 4> depths;
};
constexpr std::array<KnownResnet, 5> knownResnets { {
    { "resnet18", false, { 2, 2, 2, 2 } },
    { "resnet34", false, { 3, 4, 6, 3 } },
    { "resnet50", true, { 3, 4, 6, 3 } },
    { "resnet101", true, { 3, 4, 23, 3 } },
    { "resnet152", true, { 3, 8, 36, 3 } },
} };

ResnetConfig namedResnet(Config& config)
{
    ResnetConfig c;
    const std::string name = config.text("backbone", "resnet50");
    const auto known = std::ranges::find(knownResnets, std::string_view(name), &KnownResnet::name);
    if (known == knownResnets.end()) {
        config.problem(fmt::format("The backbone \"{}\" is not known; ResNets (resnet18 to resnet152) are.", name));
        return c;
    }
    c.channels = config.size("num_channels", 3, 64);
    c.bottleneck = known->bottleneck;
    c.depths.assign(known->depths.begin(), known->depths.end());
    for (std::int64_t width = known->bottleneck ? 256 : 64; c.widths.size() < c.depths.size(); width *= 2)
        c.widths.push_back(width);
    c.dilatedLastStage = config.has("dilation") && config.flag("dilation", false);
    return c;
}

/// The number of the last stage that "out_features" asks for; all by default.
std::size_t lastStage(Config& backbone, std::size_t stages)
{
    if (!backbone.has("out_features"))
        return stages;
    std::size_t last = 0;
    for (const std::string& name : backbone.texts("out_features"))
        for (std::size_t i = 1; i <= stages; ++i)
            if (name == fmt::format("stage{}", i))
                last = std::max(last, i);
    if (last == 0)
        backbone.problem("out_features of the backbone names no stage that it has.");
    return last;
}

ResnetConfig describedResnet(Config backbone)
{
    ResnetConfig c;
    if (backbone.modelType() != "resnet")
        backbone.problem(fmt::format("The backbone is a \"{}\"; only ResNets are known.", backbone.modelType()));
    c.channels = backbone.size("num_channels", 3, 64);
    c.embedding = backbone.size("embedding_size", 64);
    c.widths = backbone.has("hidden_sizes") ? backbone.numbers("hidden_sizes") : std::vector<std::int64_t> { 256, 512, 1024, 2048 };
    c.depths = backbone.has("depths") ? backbone.numbers("depths") : std::vector<std::int64_t> { 3, 4, 6, 3 };
    c.bottleneck = backbone.text("layer_type", "bottleneck") == "bottleneck";
    c.strideInFirst = backbone.flag("downsample_in_bottleneck", false);
    c.halvesInFirstStage = backbone.flag("downsample_in_first_stage", false);
    c.activation = backbone.activation("hidden_act", "relu");
    const auto sensible = [](std::int64_t n) { return n >= 1 && n <= 1 << 16; };
    if (c.widths.empty() || c.widths.size() != c.depths.size() || !std::ranges::all_of(c.widths, sensible)
        || !std::ranges::all_of(c.depths, sensible)) {
        backbone.problem("hidden_sizes and depths of the backbone do not describe the same stages.");
        return c;
    }
    const std::size_t stages = lastStage(backbone, c.widths.size());
    c.widths.resize(stages);
    c.depths.resize(stages);
    return c;
}

} // namespace

ResnetConfig ResnetConfig::read(Config& config)
{
    return config.has("backbone_config") ? describedResnet(config.part("backbone_config")) : namedResnet(config);
}

std::int64_t ResnetConfig::stride(std::size_t stage) const
{
    if (stage == 0)
        return halvesInFirstStage ? 2 : 1;
    return dilatedLastStage && stage + 1 == widths.size() ? 1 : 2;
}

std::int64_t ResnetConfig::cellSize() const
{
    std::int64_t size = stemSteps.stride * poolSteps.stride;
    for (std::size_t stage = 0; stage < widths.size(); ++stage)
        size *= stride(stage);
    return size;
}

Tensor ResnetBackbone::ConvolutionNorm::operator()(const Tensor& x) const
{
    ChannelFinish finish { {}, {}, activation };
    const Tensor g = gain->value.toFloat(), b = offset->value.toFloat(), m = mean->value.toFloat(), v = variance->value.toFloat();
    for (std::int64_t i = 0; i < g.count(); ++i) {
        finish.scale.push_back(g.at(i) / std::sqrt(v.at(i) + normEpsilon));
        finish.shift.push_back(b.at(i) - m.at(i) * finish.scale.back());
    }
    return convolvePicture(x, weight->value, steps, finish);
}

/// Walks over stages and blocks and knows both ways of naming them.
class ResnetBackbone::Loader {
public:
    Loader(ParameterSource& source, const ResnetConfig& config, std::string prefix)
        : m_source(source)
        , m_config(config)
        , m_prefix(std::move(prefix))
        , m_timm(source.has(m_prefix + "conv1.weight"))
    {
    }

    ConvolutionNorm stem()
    {
        return take({ m_timm ? "conv1" : "embedder.embedder.convolution", m_timm ? "bn1" : "embedder.embedder.normalization",
            m_config.channels, m_config.embedding, stemWindow, stemSteps, m_config.activation });
    }

    std::vector<Block> blocks()
    {
        std::vector<Block> all;
        std::int64_t in = m_config.embedding;
        for (std::size_t stage = 0; stage < m_config.widths.size(); ++stage)
            for (std::int64_t i = 0; i < m_config.depths[stage]; ++i) {
                const std::int64_t stride = i == 0 ? m_config.stride(stage) : 1;
                // A stage that does not halve sees as far as one that does, from its second block on.
                const bool dilated = m_config.dilatedLastStage && stage + 1 == m_config.widths.size() && i > 0;
                all.push_back(block({ stage, i, in, m_config.widths[stage], stride, dilated ? 2 : 1 }));
                in = m_config.widths[stage];
            }
        return all;
    }

private:
    struct Place {
        std::size_t stage;
        std::int64_t block, in, out, stride, dilation;
    };
    struct Wanted {
        std::string convolution, norm;
        std::int64_t in, out, window;
        WindowSteps steps;
        kernels::Activation activation;
    };

    ConvolutionNorm take(const Wanted& w)
    {
        const auto number = [&](const char* part, Initialisation start) {
            return m_source.take(m_prefix + w.norm + part, { w.out }, start);
        };
        return { m_source.take(m_prefix + w.convolution + ".weight", { w.out, w.in, w.window, w.window }, Initialisation::normal(0.02f)),
            number(".weight", Initialisation::ones()), number(".bias", Initialisation::zeros()),
            number(".running_mean", Initialisation::zeros()), number(".running_var", Initialisation::ones()), w.steps, w.activation };
    }

    std::string name(const Place& p, bool norm, int index) const
    {
        if (m_timm)
            return fmt::format("layer{}.{}.{}{}", p.stage + 1, p.block, norm ? "bn" : "conv", index + 1);
        return fmt::format("encoder.stages.{}.layers.{}.layer.{}.{}", p.stage, p.block, index, norm ? "normalization" : "convolution");
    }
    std::string shortcutName(const Place& p, bool norm) const
    {
        if (m_timm)
            return fmt::format("layer{}.{}.downsample.{}", p.stage + 1, p.block, norm ? 1 : 0);
        return fmt::format("encoder.stages.{}.layers.{}.shortcut.{}", p.stage, p.block, norm ? "normalization" : "convolution");
    }

    Block block(const Place& p)
    {
        struct Step {
            std::int64_t in, out, window, stride, dilation;
        };
        const std::int64_t inner = p.out / bottleneckShare;
        const std::int64_t early = m_config.strideInFirst ? p.stride : 1, late = m_config.strideInFirst ? 1 : p.stride;
        const std::vector<Step> steps = m_config.bottleneck
            ? std::vector<Step> { { p.in, inner, 1, early, 1 }, { inner, inner, 3, late, p.dilation }, { inner, p.out, 1, 1, 1 } }
            : std::vector<Step> { { p.in, p.out, 3, p.stride, p.dilation }, { p.out, p.out, 3, 1, p.dilation } };
        Block block;
        for (int i = 0; i < int(steps.size()); ++i) {
            const Step& s = steps[std::size_t(i)];
            const WindowSteps moves { .stride = s.stride, .padding = s.window / 2 * s.dilation, .dilation = s.dilation };
            block.convolutions.push_back(take({ name(p, false, i), name(p, true, i), s.in, s.out, s.window, moves,
                i + 1 < int(steps.size()) ? m_config.activation : kernels::Activation::Identity }));
        }
        if (p.in != p.out || p.stride != 1)
            block.shortcut = take({ shortcutName(p, false), shortcutName(p, true), p.in, p.out, 1, { .stride = p.stride },
                kernels::Activation::Identity });
        return block;
    }

    ParameterSource& m_source;
    const ResnetConfig& m_config;
    std::string m_prefix;
    bool m_timm;
};

ResnetBackbone ResnetBackbone::load(ParameterSource& source, const ResnetConfig& config, const std::string& prefix)
{
    ResnetBackbone backbone;
    Loader loader(source, config, prefix);
    backbone.m_stem = loader.stem();
    backbone.m_blocks = loader.blocks();
    backbone.m_activation = config.activation;
    return backbone;
}

Tensor ResnetBackbone::operator()(const Tensor& picture, const std::function<void()>& betweenBlocks) const
{
    Tensor x = maximumPool(m_stem(picture), poolWindow, poolSteps);
    for (const Block& block : m_blocks) {
        betweenBlocks();
        Tensor y = x;
        for (const ConvolutionNorm& convolution : block.convolutions)
            y = convolution(y);
        const Tensor around = block.shortcut ? (*block.shortcut)(x) : x;
        x = Tensor::make(y.shape(), [&](std::span<float> out) {
            parallelFor(0, y.count(), 1 << 16, [&](std::int64_t first, std::int64_t last) {
                kernels::add(y.floats().data() + first, around.floats().data() + first, out.data() + first, last - first);
                kernels::activate(m_activation, out.data() + first, out.data() + first, last - first);
            });
        });
    }
    return x;
}

} // namespace headlight
