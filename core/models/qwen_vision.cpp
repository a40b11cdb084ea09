#include "core/models/qwen_vision.h"

namespace headlight {
namespace {

/// A window or frame of `tokens`, one more sequence of a packing.
void addChunk(Packing& packing, Windows& windows, std::vector<std::int64_t> tokens)
{
    packing.add(std::int64_t(tokens.size()), {});
    windows.tokens.push_back(std::move(tokens));
}

/// Squares of one frame window by window; without windows the frame is one.
std::vector<std::vector<GridSize>> squaresByWindow(GridSize squares, std::int64_t window)
{
    const std::int64_t high = window > 0 ? window : squares.rows,
                       wide = window > 0 ? window : squares.columns;
    std::vector<std::vector<GridSize>> all;
    for (std::int64_t top = 0; top < squares.rows; top += high)
        for (std::int64_t left = 0; left < squares.columns; left += wide) {
            std::vector<GridSize>& within = all.emplace_back();
            for (std::int64_t y = top; y < std::min(top + high, squares.rows); ++y)
                for (std::int64_t x = left; x < std::min(left + wide, squares.columns); ++x)
                    within.push_back({ y, x });
        }
    return all;
}

} // namespace

QwenPatches QwenPatches::of(std::span<const PatchVolume> grids, std::int64_t side, std::int64_t window)
{
    QwenPatches patches;
    auto windows = std::make_shared<Windows>(), frames = std::make_shared<Windows>();
    const std::int64_t square = side * side;
    std::int64_t before = 0; // patches of the frames before
    for (const PatchVolume& grid : grids)
        for (std::int64_t frame = 0; frame < grid.frames; ++frame, before += grid.rows * grid.columns) {
            const GridSize squares{ grid.rows / side, grid.columns / side };
            std::vector<std::int64_t> whole;
            for (const std::vector<GridSize>& within : squaresByWindow(squares, window)) {
                std::vector<std::int64_t> tokens;
                for (const GridSize& at : within)
                    for (std::int64_t i = 0; i < square; ++i) {
                        const std::int64_t row = at.rows * side + i / side,
                                           column = at.columns * side + i % side;
                        tokens.push_back(before + row * grid.columns + column);
                        patches.places.push_back({ row, column, tokens.back() });
                        patches.order.push_back(
                            before + (at.rows * squares.columns + at.columns) * square + i);
                    }
                whole.insert(whole.end(), tokens.begin(), tokens.end());
                addChunk(patches.windows, *windows, std::move(tokens));
            }
            addChunk(patches.frames, *frames, std::move(whole));
        }
    patches.merged.resize(patches.order.size() / std::size_t(square));
    for (std::size_t i = 0; i < patches.merged.size(); ++i)
        patches.merged[std::size_t(patches.order[i * std::size_t(square)] / square)] = std::int64_t(i);
    for (Windows* each : { windows.get(), frames.get() }) {
        each->apart = true;
        if (grids.size() == 1 && grids.front().frames == 1)
            each->rows = grids.front().rows, each->columns = grids.front().columns;
    }
    patches.windows.windows = std::move(windows);
    patches.frames.windows = std::move(frames);
    return patches;
}

Var QwenMerger::operator()(const Var& patches, Run& run) const
{
    const std::int64_t wide = in.weight->value.shape()[1];
    const Shape squares{ patches.value().count() / wide, wide };
    const Var joined =
        normsSquares ? norm(reshape(patches, squares), run) : reshape(norm(patches, run), squares);
    return out(activate(Activation::Gelu, in(joined, run)), run);
}

QwenTowerConfig QwenTowerConfig::read(Config& config, const QwenTowerConfig& usual)
{
    QwenTowerConfig c = usual;
    c.width = config.size("hidden_size", c.width);
    c.heads = config.size("num_heads", c.heads, 4096);
    c.layers = config.size("depth", c.layers, 1000);
    c.inner = config.size("intermediate_size", c.inner);
    c.channels = config.size(config.has("in_chans") ? "in_chans" : "in_channels", c.channels, 64);
    c.patch = config.size("patch_size", c.patch, 1 << 12);
    c.frames = config.size("temporal_patch_size", c.frames, 64);
    c.side = config.size("spatial_merge_size", c.side, 64);
    c.activation = config.has("hidden_act") ? config.activation("hidden_act", "") : usual.activation;
    if (c.width % c.heads != 0 || c.width / c.heads % 4 != 0)
        config.problem(
            fmt::format("A width of {} with {} heads cannot turn by rows and columns.", c.width, c.heads));
    return c;
}

QwenTower QwenTower::load(ParameterSource& source, const std::string& name, const QwenTowerConfig& c,
    Linear::Bias patchBias, const LoadLayer& loadLayer)
{
    QwenTower tower;
    tower.m_config = c;
    const std::string patches = name + "patch_embed.proj";
    tower.m_weight = source.take(patches + ".weight", { c.width, c.channels, c.frames, c.patch, c.patch },
        Initialisation::normal(0.02f));
    if (patchBias == Linear::Bias::Yes)
        tower.m_bias = source.take(patches + ".bias", { c.width }, Initialisation::zeros());
    for (int i = 0; i < c.layers; ++i) {
        const std::string layer = fmt::format("{}blocks.{}.", name, i);
        SelfAttention attention;
        attention.joint = Linear::load(source, layer + "attn.qkv", c.width, 3 * c.width);
        attention.output = Linear::load(source, layer + "attn.proj", c.width, c.width);
        attention.heads = { .site = { AttentionKind::Encoder, i, Tower::Vision },
            .heads = int(c.heads),
            .exportNames = { fmt::format("vision.block_attentions.{}", i) } };
        tower.m_layers.push_back(loadLayer(source, layer, std::move(attention)));
    }
    return tower;
}

QwenPatches QwenTower::patchesOf(const ModelInput& input) const
{
    return QwenPatches::of(input.patchGrids, m_config.side, m_config.window);
}

/// The first half of the pairs turns by the row, the other by the column.
RotaryAngles QwenTower::angles(const QwenPatches& patches) const
{
    Rope rope = Rope::plain(m_config.width / m_config.heads / 2, 10000.0);
    const auto half = std::int64_t(rope.frequencies.size());
    const std::vector<double> once = rope.frequencies;
    rope.frequencies.insert(rope.frequencies.end(), once.begin(), once.end());
    return rope.angles(std::int64_t(patches.places.size()), [&](std::int64_t row, std::int64_t pair) {
        const QwenPatches::Place& place = patches.places[std::size_t(row)];
        return pair < half ? place.row : place.column;
    });
}

Var QwenTower::operator()(const ModelInput& input, const QwenPatches& patches, const Var& positions, Run& run,
    const std::function<void(std::size_t, const Var&)>& after) const
{
    const Var flat = reshape(run.use(m_weight), { m_config.width, m_config.numbers() });
    const Var given = linear(Var(input.patches.toFloat()), flat, m_bias ? run.use(m_bias) : Var());
    Var hidden = gatherRows(given, patches.order);
    if (!positions.empty())
        hidden = add(hidden, positions);
    const RotaryAngles turned = angles(patches);
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        run.enterLayer(int(i), int(m_layers.size()));
        const bool whole = m_config.window == 0 || m_config.wholeLayers.contains(std::int64_t(i));
        hidden = m_layers[i](hidden, whole ? patches.frames : patches.windows, run, nullptr, &turned);
        if (after)
            after(i, hidden);
    }
    return hidden;
}

Status QwenTower::check(const ModelInput& input) const
{
    if (input.patches.empty())
        return Error{ ErrorKind::BadInput,
            "This model takes pictures cut into patches (pixel_values with image_grid_thw)." };
    std::int64_t rows = 0;
    for (const PatchVolume& grid : input.patchGrids) {
        if (grid.frames < 1 || grid.rows < m_config.side || grid.columns < m_config.side
            || grid.rows % m_config.side != 0 || grid.columns % m_config.side != 0)
            return Error{ ErrorKind::BadInput,
                fmt::format("A picture of {} × {} patches cannot be merged in squares of {}.", grid.columns,
                    grid.rows, m_config.side) };
        rows += grid.count();
    }
    const Shape& shape = input.patches.shape();
    if (shape.rank() != 2 || shape[0] != rows || shape[1] != m_config.numbers())
        return Error{ ErrorKind::BadInput,
            fmt::format("The patches have the shape {}, their pictures need {} × {}.", shape.toString(), rows,
                m_config.numbers()) };
    return {};
}

std::int64_t QwenTower::tokens(const ModelInput& input) const
{
    return input.patches.shape()[0] / (m_config.side * m_config.side);
}

void QwenTower::describe(ModelInfo& info) const
{
    info.patchSize = m_config.patch;
    info.channels = m_config.channels;
    info.patchesPerToken = m_config.side;
    info.framesPerPatch = m_config.frames;
}

} // namespace headlight
