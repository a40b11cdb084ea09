#include "core/models/seeing_decoder.h"

namespace headlight {

SeeingDecoder::SeeingDecoder(Config& config, ParameterSource& source, Words words)
    : RotaryDecoder(config, source, (words.settings.tiedUnlessStored = true, words.settings))
    , m_pictureToken(words.pictureToken)
{
    m_info.input = InputKind::ImageAndText;
    m_info.pictureToken = m_pictureToken;
    if (m_pictureToken < 0 || m_pictureToken >= words.settings.vocabulary)
        config.problem(fmt::format("The token {} that stands for pictures is not one of the {} words.",
            m_pictureToken, words.settings.vocabulary));
}

Status SeeingDecoder::checkBeside(const ModelInput& input) const
{
    if (input.hasPicture())
        HEADLIGHT_TRY_STATUS(checkPictures(input));
    const std::int64_t places = std::ranges::count(input.ids, m_pictureToken),
                       rows = input.hasPicture() ? seenRows(input) : 0;
    if (places == rows)
        return {};
    return Error{ ErrorKind::BadInput,
        fmt::format("The text holds {} tokens for pictures (id {}), and the pictures fill {}.", places,
            m_pictureToken, rows) };
}

CausalModel::Beside SeeingDecoder::beside(
    std::span<const ModelInput> batch, const WordRows& rows, Run& run) const
{
    Beside beside;
    if (batch.size() == 1)
        arrange(batch.front(), rows, run, beside);
    if (std::ranges::none_of(batch, &ModelInput::hasPicture))
        return beside;
    HEADLIGHT_CHECK(batch.size() == 1, "several texts with pictures at once");
    const Var words = embed(rows, run);
    Seen seen = see(batch.front(), run);
    // Behind the words come the pictures' rows; a row of zeros stands for what is added to words.
    const std::int64_t count = words.shape().rows(), pictures = seen.rows.shape().rows();
    std::vector<std::int64_t> merged, places;
    std::int64_t next = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const bool picture = rows.ids[std::size_t(i)] == m_pictureToken;
        merged.push_back(picture ? count + next : i);
        places.push_back(picture ? next++ : pictures);
    }
    beside.words = gatherRows(concatenateRows(std::array{ words, seen.rows }), merged);
    for (const Var& added : seen.added)
        beside.added.push_back(gatherRows(
            concatenateRows(std::array{ added, Var(Tensor::zeros({ 1, added.shape().columns() })) }),
            places));
    beside.outputs = std::move(seen.outputs);
    return beside;
}

PictureTower::Sizes PictureTower::readSizes(Config& config, const Usual& usual)
{
    Sizes s{};
    s.layers.sizes = { config.size("hidden_size", usual.width), config.size("num_hidden_layers", 12, 1000),
        config.size("num_attention_heads", usual.heads, 4096), config.size("intermediate_size", 3072) };
    s.layers.epsilon = config.real("layer_norm_eps", 1e-6f);
    s.layers.activation = config.activation("hidden_act", "gelu_pytorch_tanh");
    std::tie(s.image.rows, s.image.columns) = config.sizePair("image_size", usual.image, 1 << 14);
    std::tie(s.patch.rows, s.patch.columns) = config.sizePair("patch_size", usual.patch, 1 << 12);
    s.channels = config.size("num_channels", 3, 64);
    if (s.layers.sizes.width % s.layers.sizes.heads != 0)
        config.problem(fmt::format(
            "hidden_size {} cannot be shared by {} heads.", s.layers.sizes.width, s.layers.sizes.heads));
    if (s.grid().count() == 0)
        config.problem(
            fmt::format("image_size {} is smaller than a patch of {}.", s.image.rows, s.patch.rows));
    return s;
}

PictureTower PictureTower::load(ParameterSource& source, const std::string& name, const Sizes& s)
{
    PictureTower tower;
    tower.m_sizes = s;
    const std::int64_t width = s.layers.sizes.width;
    tower.m_embedding =
        PatchEmbedding::load(source, name + "embeddings.patch_embedding", { width, s.channels, s.patch });
    tower.m_positions =
        Embedding::load(source, name + "embeddings.position_embedding", s.grid().count(), width);
    for (int i = 0; i < s.layers.sizes.layers; ++i)
        tower.m_layers.push_back(loadTowerLayer(source, s.layers,
            fmt::format("{}encoder.layers.{}.", name, i), { AttentionKind::Encoder, i, Tower::Vision }));
    tower.m_last = Norm::layer(source, name + "post_layernorm", width, s.layers.epsilon);
    return tower;
}

void PictureTower::describe(ModelInfo& info) const
{
    info.imageSize = m_sizes.image.columns;
    info.patchSize = m_sizes.patch.columns;
    info.patchHeight = m_sizes.patch.rows;
    info.channels = m_sizes.channels;
}

Status PictureTower::check(const ModelInput& input) const
{
    const Shape wanted{ m_sizes.channels, m_sizes.image.rows, m_sizes.image.columns };
    if (input.pictures.empty())
        return Error{ ErrorKind::BadInput,
            "This model takes whole pictures, and cuts them into patches itself." };
    for (const Tensor& picture : input.pictures)
        if (!(picture.shape() == wanted))
            return Error{ ErrorKind::BadInput,
                fmt::format("A picture has the shape {}, this model takes {}.", picture.shape().toString(),
                    wanted.toString()) };
    return {};
}

/// 1 for patches that hold a real pixel; empty: all do.
static std::vector<std::uint8_t> patchMask(
    const ModelInput& input, std::size_t picture, const PictureTower::Sizes& s)
{
    if (input.pictureMasks.empty())
        return {};
    const std::span<const float> pixels = input.pictureMasks[picture].floats();
    std::vector<std::uint8_t> mask(std::size_t(s.grid().count()), 0);
    for (std::int64_t y = 0; y < s.grid().rows * s.patch.rows; ++y)
        for (std::int64_t x = 0; x < s.grid().columns * s.patch.columns; ++x)
            if (pixels[std::size_t(y * s.image.columns + x)] != 0.0f)
                mask[std::size_t(y / s.patch.rows * s.grid().columns + x / s.patch.columns)] = 1;
    return std::ranges::count(mask, 0) == 0 ? std::vector<std::uint8_t>() : mask;
}

Var PictureTower::operator()(const ModelInput& input, const Places& placeOf, Run& run) const
{
    Packing packing;
    std::vector<std::int64_t> places, sizes;
    for (std::size_t i = 0; i < input.pictures.size(); ++i) {
        const std::vector<std::uint8_t> mask = patchMask(input, i, m_sizes);
        const std::vector<std::int64_t> own = placeOf(mask);
        places.insert(places.end(), own.begin(), own.end());
        sizes.push_back(std::int64_t(own.size()));
        packing.add(sizes.back(), mask);
    }
    packing.windows = windowsOfPictures(sizes);
    Var hidden = add(m_embedding(input.pictures, run), m_positions(places, run));
    run.recordHidden(hidden, { AttentionKind::Encoder, 0, Tower::Vision });
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        run.enterLayer(int(i), int(m_layers.size()));
        hidden = m_layers[i](hidden, packing, run);
        run.recordHidden(hidden, { AttentionKind::Encoder, int(i) + 1, Tower::Vision });
    }
    return m_last(hidden, run);
}

std::shared_ptr<const Windows> windowsOfPictures(std::span<const std::int64_t> sizes)
{
    if (sizes.size() < 2)
        return nullptr;
    auto windows = std::make_shared<Windows>();
    std::int64_t next = 0;
    for (const std::int64_t size : sizes) {
        auto& tokens = windows->tokens.emplace_back();
        for (std::int64_t i = 0; i < size; ++i)
            tokens.push_back(next++);
    }
    return windows;
}

std::vector<std::int64_t> squareOrder(GridSize grid, std::int64_t side, std::int64_t pictures)
{
    std::vector<std::int64_t> order;
    for (std::int64_t p = 0; p < pictures; ++p)
        for (std::int64_t y = 0; y + side <= grid.rows; y += side)
            for (std::int64_t x = 0; x + side <= grid.columns; x += side)
                for (std::int64_t i = 0; i < side * side; ++i)
                    order.push_back(p * grid.count() + (y + i / side) * grid.columns + x + i % side);
    return order;
}

std::string prefixOf(
    const ParameterSource& source, std::span<const std::string_view> prefixes, std::string_view name)
{
    for (const std::string_view prefix : prefixes)
        if (source.has(fmt::format("{}{}", prefix, name)))
            return std::string(prefix);
    return std::string(prefixes.front());
}

} // namespace headlight
