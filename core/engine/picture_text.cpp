#include "core/engine/picture_text.h"

#include <numeric>

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
    result.inPlace = result.words;
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
    result.inPlace = result.words;
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
    result.inPlace = repeated(token, result.cells.patches());
    result.words = fmt::format("<|vision_start|>{}<|vision_end|>", result.inPlace);
    result.placeholder = token;
    return result;
}

} // namespace

std::string PictureInText::inText(const std::string& text) const
{
    const auto place = text.find(placeholder);
    return place == std::string::npos ? words + text
                                      : std::string(text).replace(place, placeholder.size(), inPlace);
}

PatchGrid PictureInText::among(std::span<const std::int64_t> ids, std::int64_t pictureToken, int before) const
{
    std::vector<int> found, placed;
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (ids[i] == pictureToken && --before < 0)
            found.push_back(int(i));
    for (const int token : tokens)
        if (std::size_t(token) < found.size())
            placed.push_back(found[std::size_t(token)]);
    PatchGrid grid = cells;
    if (placed.size() == tokens.size())
        grid.placeAt(std::move(placed));
    return grid;
}

namespace {

Expected<PictureInText> prepared(const OpenModel& model, const Image& picture, const std::string& token)
{
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

} // namespace

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
    HEADLIGHT_TRY(PictureInText result, prepared(model, picture, token));
    for (std::size_t at = result.words.find(token); at != std::string::npos;
         at = result.words.find(token, at + token.size()))
        ++result.count;
    return result;
}

namespace {

/// A row of the tower, or a token of the text, that is of picture `number` of several (from 1).
struct Owned {
    int index, number;
};

/// Names patches of the shown picture by their place; the small one behind its squares, and other pictures,
/// have none in it.
void describeParts(std::vector<TokenInfo>& tokens, std::span<const Owned> parts, const PatchGrid& shown, int last)
{
    std::map<int, int> counted;
    for (const Owned& part : parts) {
        TokenInfo& token = tokens[std::size_t(part.index)];
        token.special = false;
        if (const auto cell = part.number == last ? shown.cellOfToken(part.index) : std::nullopt) {
            token.patchRow = cell->row;
            token.patchColumn = cell->column;
            token.label = fmt::format("{},{}", cell->row, cell->column);
        } else if (part.number == last)
            token.label = fmt::format("overview {}", ++counted[last]);
        else
            token.label = fmt::format("picture {}: {}", part.number, ++counted[part.number]);
    }
}

std::vector<TokenInfo> describeTower(std::span<const std::int64_t> rows, const PatchGrid& shown)
{
    std::vector<TokenInfo> tokens;
    std::vector<Owned> parts;
    for (std::size_t picture = 0; picture < rows.size(); ++picture)
        for (std::int64_t i = 0; i < rows[picture]; ++i) {
            parts.push_back({ int(tokens.size()), int(picture) + 1 });
            tokens.emplace_back().word = parts.back().index;
        }
    describeParts(tokens, parts, shown, int(rows.size()));
    for (TokenInfo& token : tokens)
        token.piece = token.label;
    return tokens;
}

std::int64_t rowsIn(const ModelInput& input, PixelSize patch)
{
    std::int64_t rows = input.patches.empty() ? 0 : input.patches.shape().rows();
    for (const Tensor& picture : input.pictures)
        rows += picture.shape()[1] / patch.height * (picture.shape()[2] / patch.width);
    return rows;
}

/// The cells stand `by` tokens further on.
void shift(PatchGrid& grid, std::int64_t by)
{
    if (by == 0)
        return;
    std::vector<int> tokens = grid.places != nullptr ? grid.places->tokens : inOrder(grid.patches());
    for (int& token : tokens)
        token += int(by);
    grid.placeAt(std::move(tokens));
}

Tensor joinedRows(const Tensor& a, const Tensor& b)
{
    if (a.empty())
        return b;
    return Tensor::make({ a.shape().rows() + b.shape().rows(), a.shape().columns() }, [&](std::span<float> out) {
        std::ranges::copy(b.floats(), std::ranges::copy(a.floats(), out.begin()).out);
    });
}

} // namespace

std::int64_t PictureInText::towerRows(const ModelInfo& info) const
{
    return rowsIn(input, patchSize(info));
}

PicturesInText putPictures(
    std::vector<PictureInText> pictures, const ModelInfo& info, ModelInput& row, std::vector<TokenInfo>& tokens)
{
    PictureInText& last = pictures.back();
    std::vector<std::int64_t> rows;
    std::vector<Owned> parts;
    int picture = 0, left = pictures.front().count, before = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (row.ids[i] != info.pictureToken)
            continue;
        while (left == 0 && picture + 1 < int(pictures.size())) {
            before += pictures[std::size_t(picture)].count;
            left = pictures[std::size_t(++picture)].count;
        }
        parts.push_back({ int(i), picture + 1 });
        --left;
    }
    PicturesInText all;
    all.textPatches = last.among(row.ids, info.pictureToken, before);
    if (all.textPatches.places != nullptr)
        describeParts(tokens, parts, all.textPatches, int(pictures.size()));
    for (PictureInText& each : pictures) {
        if (&each == &last)
            shift(each.patches, std::accumulate(rows.begin(), rows.end(), std::int64_t(0)));
        rows.push_back(each.towerRows(info));
        std::ranges::copy(each.input.pictures, std::back_inserter(row.pictures));
        std::ranges::copy(each.input.patchGrids, std::back_inserter(row.patchGrids));
        if (!each.input.patches.empty())
            row.patches = joinedRows(row.patches, each.input.patches);
    }
    all.patchTokens = describeTower(rows, last.patches);
    all.patches = std::move(last.patches);
    all.image = std::move(last.image);
    return all;
}

std::pair<PatchGrid, std::vector<TokenInfo>> towerOf(const ModelInput& row, const ModelInfo& info)
{
    const PixelSize patch = patchSize(info);
    PatchGrid grid = gridOf(row.pictures.empty()
            ? PixelSize{ int(row.patchGrids.front().columns) * patch.width,
                  int(row.patchGrids.front().rows) * patch.height }
            : PixelSize{ int(row.pictures.front().shape()[2]), int(row.pictures.front().shape()[1]) },
        patch, {});
    grid.area = { 0, 0, double(grid.model.width), double(grid.model.height) };
    const std::int64_t rows[]{ rowsIn(row, patch) };
    std::vector<TokenInfo> tokens = describeTower(rows, grid);
    for (std::size_t i = 0; i < row.patchMask.size() && i < tokens.size(); ++i)
        if (row.patchMask[i] == 0)
            tokens[i].label = tokens[i].piece = "padding";
    return { grid, std::move(tokens) };
}

} // namespace headlight
