#include "core/engine/picture_input.h"

#include "core/engine/tokens.h"
#include "core/tensor/kernels.h"

namespace headlight {
namespace {

/// What is less likely is not called an object.
constexpr float objectThreshold = 0.5f;

TokenInfo described(std::string label, std::string piece, int index)
{
    TokenInfo info;
    info.label = std::move(label);
    info.piece = std::move(piece);
    info.word = index;
    return info;
}

} // namespace

Expected<PictureInput> preparePicture(const OpenModel& model, const Image& picture)
{
    if (!model.imageProcessor)
        return Error { ErrorKind::BadInput,
            fmt::format("{} holds no preprocessor_config.json, so it is not known how its pictures are prepared.",
                model.folder.string()) };
    HEADLIGHT_TRY(ProcessedImage image, model.imageProcessor->process(picture));
    ModelInput input;
    const Shape& shape = image.pixelValues.shape();
    input.pixelValues = image.pixelValues.reshaped({ shape[1], shape[2], shape[3] });
    if (image.pixelMask)
        input.pixelMask = image.pixelMask->toFloat().reshaped({ shape[2], shape[3] });
    return PictureInput { std::move(image), std::move(input) };
}

PatchGrid patchGrid(const ModelInfo& info, const Shape& pixels, const PictureArea& area)
{
    PatchGrid grid;
    grid.model = { int(pixels[2]), int(pixels[1]) };
    grid.patch = { int(info.patchSize), int(info.patchHeight > 0 ? info.patchHeight : info.patchSize) };
    grid.leadingTokens = info.leadingTokens;
    grid.area = area;
    if (!info.partialPatches || grid.patch.width < 1 || grid.patch.height < 1)
        return grid;
    // The last patches reach beyond the pixels: the grid covers as much more of the picture as they do.
    const auto whole = [](int length, int patch) { return (length + patch - 1) / patch * patch; };
    const PixelSize covered { whole(grid.model.width, grid.patch.width), whole(grid.model.height, grid.patch.height) };
    grid.area.width *= double(covered.width) / grid.model.width;
    grid.area.height *= double(covered.height) / grid.model.height;
    grid.model = covered;
    return grid;
}

std::vector<TokenInfo> describePicture(const ModelInfo& info, const PatchGrid& grid)
{
    std::vector<TokenInfo> tokens = describePatches(grid);
    for (int i = 0; i < info.registerTokens && info.registerTokens <= grid.leadingTokens; ++i) {
        TokenInfo& token = tokens[std::size_t(grid.leadingTokens - info.registerTokens + i)];
        token.label = token.piece = fmt::format("[REG {}]", i + 1);
    }
    for (int i = 0; i < info.trailingTokens; ++i)
        tokens.push_back(described(fmt::format("object {}", i), "[DET]", int(tokens.size())));
    return tokens;
}

std::vector<TokenInfo> describeQueries(const ModelInfo& info)
{
    std::vector<TokenInfo> tokens;
    for (int i = 0; i < info.queries; ++i)
        tokens.push_back(described(fmt::format("object {}", i), fmt::format("[{}]", i), i));
    return tokens;
}

std::vector<DetectedBox> detectedBoxes(
    const ModelInfo& info, const std::map<std::string, Tensor>& outputs, const std::optional<PatchGrid>& patches)
{
    std::vector<DetectedBox> found;
    if (info.task != Task::ObjectDetection || !outputs.contains("logits") || !outputs.contains("pred_boxes"))
        return found;
    const Tensor &logits = outputs.at("logits"), &boxes = outputs.at("pred_boxes");
    const std::int64_t classes = logits.shape().columns() - 1; // the last one is "nothing"
    const std::int64_t first = info.queries > 0 || !patches ? 0 : patches->leadingTokens + patches->patches();
    for (std::int64_t i = 0; i < logits.shape().rows(); ++i) {
        std::vector<float> shares(logits.row(i).begin(), logits.row(i).end());
        kernels::softmaxRow(shares.data(), std::int64_t(shares.size()));
        const auto best = std::max_element(shares.begin(), shares.begin() + classes);
        if (!(*best > objectThreshold))
            continue;
        const std::span<const float> box = boxes.row(i); // centre, then width and height
        const double x = double(box[0]), y = double(box[1]), width = double(box[2]), height = double(box[3]);
        found.push_back({ info.labels[std::size_t(best - shares.begin())], *best, x - width / 2, y - height / 2, x + width / 2,
            y + height / 2, first + i });
    }
    std::ranges::stable_sort(found, std::ranges::greater {}, &DetectedBox::probability);
    return found;
}

} // namespace headlight
