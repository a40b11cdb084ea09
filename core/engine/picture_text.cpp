#include "core/engine/picture_text.h"

namespace headlight {
namespace {

using Words = ImageProcessorConfig::Words;

std::string repeated(std::string_view token, std::int64_t count)
{
    std::string all;
    for (std::int64_t i = 0; i < count; ++i)
        all += token;
    return all;
}

PatchGrid gridOf(PixelSize model, PixelSize patch, const PictureArea& area)
{
    PatchGrid grid;
    grid.model = model;
    grid.patch = patch;
    grid.area = area;
    return grid;
}

/// Cells of `side` patches each.
PatchGrid merged(PatchGrid grid, std::int64_t side)
{
    grid.patch = { int(grid.patch.width * side), int(grid.patch.height * side) };
    return grid;
}

std::vector<int> inOrder(int count)
{
    std::vector<int> tokens(static_cast<std::size_t>(count));
    std::iota(tokens.begin(), tokens.end(), 0);
    return tokens;
}

PixelSize patchSize(const ModelInfo& info)
{
    return { int(info.patchSize), int(info.patchHeight > 0 ? info.patchHeight : info.patchSize) };
}

/// A picture that is one square for the model.
Expected<PictureInText> wholePicture(const OpenModel& model, const Image& picture, const std::string& token)
{
    const ModelInfo& info = model.network->info();
    PictureInText result;
    HEADLIGHT_TRY(result.image, model.imageProcessor->process(picture));
    result.input.pictures = { withoutBatch(result.image.pixelValues) };
    const PixelSize pixels{ result.image.resized.width(), result.image.resized.height() };
    result.patches = gridOf(pixels, patchSize(info), result.image.area);
    result.cells = merged(result.patches, info.patchesPerToken);
    result.tokens = inOrder(result.cells.patches());
    result.words =
        fmt::format("\n\n<start_of_image>{}<end_of_image>\n\n", repeated(token, result.cells.patches()));
    result.placeholder = "<start_of_image>";
    return result;
}

/// A cell of the whole picture to its place in its square, squares of `cells` × `cells` one after the other.
std::vector<int> squareBySquare(int rows, int columns, int cells)
{
    std::vector<int> tokens;
    for (int row = 0; row < rows * cells; ++row)
        for (int column = 0; column < columns * cells; ++column)
            tokens.push_back((row / cells * columns + column / cells) * cells * cells + row % cells * cells
                + column % cells);
    return tokens;
}

std::string tileWords(int rows, int columns, const std::string& tokens)
{
    constexpr std::string_view border = "<fake_token_around_image>";
    std::string words;
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column)
            words += fmt::format("{}<row_{}_col_{}>{}", border, row + 1, column + 1, tokens);
        words += '\n';
    }
    return fmt::format("{}{}{}<global-img>{}{}", words, rows > 0 ? "\n" : "", border, tokens, border);
}

/// A picture in squares; the small one at the end is shown only where there are no others.
Expected<PictureInText> picturesInSquares(
    const OpenModel& model, const Image& picture, const std::string& token)
{
    const ModelInfo& info = model.network->info();
    HEADLIGHT_TRY(ProcessedTiles tiles, model.imageProcessor->processTiles(picture));
    PictureInText result;
    const int rows = std::max(tiles.rows, 1), columns = std::max(tiles.columns, 1);
    for (const ProcessedImage& part : tiles.parts)
        result.input.pictures.push_back(withoutBatch(part.pixelValues));
    const int side = tiles.parts.front().resized.width();
    result.image = tiles.parts.back();
    result.image.resized = tiles.resized;
    result.patches = gridOf({ columns * side, rows * side }, patchSize(info), result.image.area);
    result.cells = merged(result.patches, info.patchesPerToken);
    const int patches = side / int(info.patchSize), cells = patches / int(info.patchesPerToken);
    result.patches.placeAt(squareBySquare(rows, columns, patches));
    result.tokens = squareBySquare(rows, columns, cells);
    result.words = tileWords(tiles.rows, tiles.columns, repeated(token, std::int64_t(cells) * cells));
    result.placeholder = "<image>";
    return result;
}

/// A picture of any size, whose squares of patches are a token each.
Expected<PictureInText> pictureSpan(const OpenModel& model, const Image& picture, const std::string& token)
{
    const ModelInfo& info = model.network->info();
    PictureInText result;
    HEADLIGHT_TRY(result.image, model.imageProcessor->process(picture));
    const Tensor pixels = withoutBatch(result.image.pixelValues);
    const std::int64_t unit = info.patchSize * info.patchesPerToken;
    if (pixels.shape()[1] % unit != 0 || pixels.shape()[2] % unit != 0)
        return Error{ ErrorKind::BadFile,
            fmt::format("The image processor of {} gives {} × {} pixels, and the model's squares of patches "
                        "are {} pixels wide.",
                model.folder.string(), pixels.shape()[2], pixels.shape()[1], unit) };
    result.input.patches = patchesInSquares(
        pixels, { int(info.patchSize), int(info.patchesPerToken), int(info.framesPerPatch) });
    result.input.patchGrids = { { 1, pixels.shape()[1] / info.patchSize,
        pixels.shape()[2] / info.patchSize } };
    result.patches =
        gridOf({ int(pixels.shape()[2]), int(pixels.shape()[1]) }, patchSize(info), result.image.area);
    result.cells = merged(result.patches, info.patchesPerToken);
    result.tokens = inOrder(result.cells.patches());
    result.words = fmt::format("<|vision_start|>{}<|vision_end|>", repeated(token, result.cells.patches()));
    result.placeholder = "<|vision_start|>" + token + "<|vision_end|>";
    return result;
}

} // namespace

std::string PictureInText::inText(const std::string& text) const
{
    const auto place = text.find(placeholder);
    return place == std::string::npos ? words + text
                                      : std::string(text).replace(place, placeholder.size(), words);
}

PatchGrid PictureInText::among(std::span<const std::int64_t> ids, std::int64_t pictureToken) const
{
    std::vector<int> found, placed;
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (ids[i] == pictureToken)
            found.push_back(int(i));
    for (const int token : tokens)
        if (std::size_t(token) < found.size())
            placed.push_back(found[std::size_t(token)]);
    PatchGrid grid = cells;
    if (placed.size() == tokens.size())
        grid.placeAt(std::move(placed));
    return grid;
}

Expected<PictureInText> preparePictureInText(const OpenModel& model, const Image& picture)
{
    if (!model.imageProcessor)
        return Error{ ErrorKind::BadInput,
            fmt::format(
                "{} holds no preprocessor_config.json, so it is not known how its pictures are prepared.",
                model.folder.string()) };
    if (model.tokenizer == nullptr)
        return Error{ ErrorKind::BadInput,
            fmt::format("{} holds no tokenizer (tokenizer.json or vocab.txt), so a picture cannot be put "
                        "into a text.",
                model.folder.string()) };
    const std::string token = model.tokenizer->token(model.network->info().pictureToken);
    switch (model.imageProcessor->config().words) {
    case Words::SoftTokens:
        return wholePicture(model, picture, token);
    case Words::Tiles:
        return picturesInSquares(model, picture, token);
    case Words::VisionSpan:
        return pictureSpan(model, picture, token);
    case Words::None:
        break;
    }
    return Error{ ErrorKind::BadFile,
        fmt::format("The image processor of {} ({}) does not say how a picture stands in a text.",
            model.folder.string(), model.imageProcessor->config().type) };
}

void describePatchesInText(std::vector<TokenInfo>& tokens, std::span<const std::int64_t> ids, std::int64_t pictureToken,
    const PatchGrid& cells)
{
    int beside = 0; // of the small picture behind the squares
    for (std::size_t i = 0; i < tokens.size() && cells.places != nullptr; ++i) {
        if (ids[i] != pictureToken)
            continue;
        tokens[i].special = false;
        if (const auto cell = cells.cellOfToken(int(i))) {
            tokens[i].patchRow = cell->row;
            tokens[i].patchColumn = cell->column;
            tokens[i].label = fmt::format("{},{}", cell->row, cell->column);
        } else
            tokens[i].label = fmt::format("overview {}", ++beside);
    }
}

} // namespace headlight
