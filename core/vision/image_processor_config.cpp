// Reading forgives what older files leave out (their class's defaults hold), but no value of a wrong type or
// range.

#include "core/vision/image_processor_config.h"

#include "core/io/file.h"
#include "core/io/json.h"
#include "core/vision/image_processor_types.h"

namespace headlight {
namespace {

constexpr int largestSide = 16384;
/// What DETR's class adds when an old file gives one number as the size.
constexpr int usualLongestEdge = 1333;
constexpr std::string_view classEndings[] = { "ImageProcessorFast", "ImageProcessor", "FeatureExtractor" };

const Json* find(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Error wrong(std::string_view where, std::string_view key, std::string_view expected, const Json& found)
{
    return { ErrorKind::BadFile,
        fmt::format("{}: \"{}\" is {}, expected {}.", where, key, found.dump(), expected) };
}

Expected<int> readSide(const Json& value, std::string_view key, std::string_view where)
{
    if (!value.is_number() || value.get<double>() < 1 || value.get<double>() > largestSide)
        return wrong(where, key, fmt::format("a whole number of pixels from 1 to {}", largestSide), value);
    return value.get<int>();
}

/// A number (square), [height, width] or {"height", "width"}.
Expected<PixelSize> readSquareOrSize(const Json& value, std::string_view key, std::string_view where)
{
    if (value.is_number()) {
        HEADLIGHT_TRY(const int side, readSide(value, key, where));
        return PixelSize{ side, side };
    }
    const bool pair = value.is_array() && value.size() == 2;
    if (!pair && (find(value, "height") == nullptr || find(value, "width") == nullptr))
        return wrong(where, key, "a number or \"height\" and \"width\"", value);
    HEADLIGHT_TRY(const int height, readSide(pair ? value[0] : value["height"], key, where));
    HEADLIGHT_TRY(const int width, readSide(pair ? value[1] : value["width"], key, where));
    return PixelSize{ width, height };
}

/// `json` is the whole file: the limit of the longer side may stand inside or (older) beside "size".
Expected<ResizeRule> readEdges(const Json& json, const ImageProcessorType& type, std::string_view where)
{
    using Reading = ImageProcessorType::SizeReading;
    const Json& size = json["size"];
    ResizeRule rule = *type.defaults.resize;
    HEADLIGHT_TRY(
        rule.shortestEdge, readSide(size.is_number() ? size : size["shortest_edge"], "size", where));
    rule.fit = ResizeRule::Fit::ShortestEdge;
    if (type.sizeReading != Reading::BetweenEdges)
        return rule;
    rule.fit = ResizeRule::Fit::BetweenEdges;
    rule.longestEdge.reset();
    if (size.is_number())
        rule.longestEdge = usualLongestEdge;
    const Json* limit = find(size, "longest_edge");
    if (limit == nullptr)
        limit = find(json, "max_size");
    if (limit != nullptr) {
        HEADLIGHT_TRY(rule.longestEdge, readSide(*limit, "longest_edge", where));
    }
    return rule;
}

Expected<ResizeRule> readSize(const Json& json, const ImageProcessorType& type, std::string_view where)
{
    const Json* size = find(json, "size");
    if (size == nullptr)
        return *type.defaults.resize;
    const bool edges = find(*size, "shortest_edge") != nullptr
        || (size->is_number() && type.sizeReading != ImageProcessorType::SizeReading::Square);
    if (edges)
        return readEdges(json, type, where);
    if (!size->is_number() && !size->is_array() && find(*size, "height") == nullptr)
        return Error{ ErrorKind::Unsupported,
            fmt::format("{}: \"size\" is {}; known are a number, \"height\" with \"width\", and "
                        "\"shortest_edge\" with or "
                        "without \"longest_edge\".",
                where, size->dump()) };
    ResizeRule rule;
    rule.resample = type.defaults.resize->resample;
    HEADLIGHT_TRY(rule.size, readSquareOrSize(*size, "size", where));
    return rule;
}

/// Sizes of processors that keep a picture's proportions: they stand beside "size" as well.
Expected<ResizeRule> readBudget(const Json& json, const ImageProcessorType& type, std::string_view where)
{
    using Reading = ImageProcessorType::SizeReading;
    ResizeRule rule = *type.defaults.resize;
    const Json* size = find(json, "size");
    const auto inSize = [&](const char* key) { return size == nullptr ? nullptr : find(*size, key); };
    if (type.sizeReading == Reading::LongestEdge) {
        if (const Json* edge = inSize("longest_edge")) {
            HEADLIGHT_TRY(rule.longestEdge, readSide(*edge, "longest_edge", where));
        }
        return rule;
    }
    HEADLIGHT_TRY(const int patch, jsonOr(json, "patch_size", type.sizeReading == Reading::PatchBudget ? 16 : 14, where));
    if (type.sizeReading == Reading::PatchBudget) {
        HEADLIGHT_TRY(rule.maxPatches, jsonOr(json, "max_num_patches", rule.maxPatches, where));
        rule.multipleOf = patch;
    } else {
        HEADLIGHT_TRY(const int merge, jsonOr(json, "merge_size", 2, where));
        rule.multipleOf = patch * merge;
        for (const auto& [older, newer, target] : { std::tuple { "min_pixels", "shortest_edge", &rule.minPixels },
                 std::tuple { "max_pixels", "longest_edge", &rule.maxPixels } }) {
            const Json* pixels = find(json, older) != nullptr ? find(json, older) : inSize(newer);
            if (pixels == nullptr)
                continue;
            if (!pixels->is_number() || pixels->get<double>() < 1)
                return wrong(where, older, "a number of pixels", *pixels);
            *target = pixels->get<std::int64_t>();
        }
    }
    if (rule.multipleOf < 1 || rule.multipleOf > largestSide || (type.sizeReading == Reading::PatchBudget && rule.maxPatches < 1)
        || rule.minPixels > rule.maxPixels)
        return Error { ErrorKind::BadFile, fmt::format("{}: the sizes of patches and pictures do not fit each other.", where) };
    return rule;
}

/// The patches of processors that cut, beside the size they chose.
Status readPatches(const Json& json, const ImageProcessorType& type, ImageProcessorConfig& config, std::string_view where)
{
    using Reading = ImageProcessorType::SizeReading;
    if (type.sizeReading != Reading::PixelBudget && type.sizeReading != Reading::PatchBudget)
        return {};
    ImageProcessorConfig::Patches patches;
    HEADLIGHT_TRY(patches.side, jsonOr(json, "patch_size", type.sizeReading == Reading::PatchBudget ? 16 : 14, where));
    if (type.sizeReading == Reading::PixelBudget) {
        HEADLIGHT_TRY(patches.merged, jsonOr(json, "merge_size", 2, where));
        HEADLIGHT_TRY(patches.frames, jsonOr(json, "temporal_patch_size", 2, where));
    }
    if (std::min({ patches.side, patches.merged, patches.frames }) < 1)
        return Error { ErrorKind::BadFile, fmt::format("{}: a patch must have a size.", where) };
    config.patches = patches;
    return {};
}

Status readTiles(const Json& json, ImageProcessorConfig& config, std::string_view where)
{
    if (!config.tiles)
        return {};
    HEADLIGHT_TRY(config.tiles->cut, jsonOr(json, "do_image_splitting", true, where));
    if (const Json* size = find(json, "max_image_size"); size != nullptr && find(*size, "longest_edge") != nullptr) {
        HEADLIGHT_TRY(config.tiles->side, readSide(*find(*size, "longest_edge"), "max_image_size", where));
    }
    return {};
}

Status readResize(
    const Json& json, const ImageProcessorType& type, ImageProcessorConfig& config, std::string_view where)
{
    HEADLIGHT_TRY(const bool wanted, jsonOr(json, "do_resize", true, where));
    config.resize.reset();
    if (!wanted)
        return {};
    const bool keepsProportions = type.sizeReading >= ImageProcessorType::SizeReading::LongestEdge;
    HEADLIGHT_TRY(ResizeRule rule, keepsProportions ? readBudget(json, type, where) : readSize(json, type, where));
    HEADLIGHT_TRY(const int number, jsonOr(json, "resample", int(rule.resample), where));
    const std::optional<Resample> resample = resampleFromNumber(number);
    if (!resample)
        return wrong(where, "resample", "a number from 0 (nearest) to 5 (Hamming)", json["resample"]);
    rule.resample = *resample;
    config.resize = rule;
    return {};
}

Status readCrop(const Json& json, ImageProcessorConfig& config, std::string_view where)
{
    HEADLIGHT_TRY(const bool wanted, jsonOr(json, "do_center_crop", true, where));
    if (!wanted)
        config.crop.reset();
    if (const Json* size = find(json, "crop_size"); size != nullptr && config.crop) {
        HEADLIGHT_TRY(config.crop, readSquareOrSize(*size, "crop_size", where));
    }
    return {};
}

/// One number for all channels, or one per channel.
Status readChannels(
    const Json& json, const char* key, std::array<double, Image::channels>& target, std::string_view where)
{
    const Json* value = find(json, key);
    if (value == nullptr)
        return {};
    const bool each = value->is_array() && value->size() == target.size()
        && std::all_of(value->begin(), value->end(), [](const Json& item) { return item.is_number(); });
    if (!each && !value->is_number())
        return wrong(where, key, "a number per colour channel (3)", *value);
    for (std::size_t c = 0; c < target.size(); ++c)
        target[c] = (each ? (*value)[c] : *value).get<double>();
    return {};
}

Status readScaling(const Json& json, ImageProcessorConfig& config, std::string_view where)
{
    HEADLIGHT_TRY(const bool rescale, jsonOr(json, "do_rescale", true, where));
    HEADLIGHT_TRY(const double factor, jsonOr(json, "rescale_factor", *config.rescale, where));
    config.rescale = rescale ? std::optional(factor) : std::nullopt;
    HEADLIGHT_TRY(const bool normalise, jsonOr(json, "do_normalize", true, where));
    ImageProcessorConfig::Normalisation values = *config.normalise;
    HEADLIGHT_TRY_STATUS(readChannels(json, "image_mean", values.mean, where));
    HEADLIGHT_TRY_STATUS(readChannels(json, "image_std", values.deviation, where));
    config.normalise.reset();
    if (!normalise)
        return {};
    if (std::any_of(
            values.deviation.begin(), values.deviation.end(), [](double value) { return !(value > 0.0); }))
        return wrong(where, "image_std", "numbers above zero", json["image_std"]);
    config.normalise = values;
    return {};
}

Status readPadding(const Json& json, ImageProcessorConfig& config, std::string_view where)
{
    HEADLIGHT_TRY(const bool older, jsonOr(json, "pad_and_return_pixel_mask", true, where));
    HEADLIGHT_TRY(const bool wanted, jsonOr(json, "do_pad", older, where));
    if (!wanted)
        config.padding.reset();
    if (const Json* size = find(json, "pad_size"); size != nullptr && config.padding) {
        HEADLIGHT_TRY(config.padding->size, readSquareOrSize(*size, "pad_size", where));
    }
    return {};
}

std::string knownTypes()
{
    std::string names;
    for (const ImageProcessorType& type : imageProcessorTypes())
        names += fmt::format("{}{}", names.empty() ? "" : ", ", type.name);
    return names;
}

Expected<const ImageProcessorType*> typeOfClass(std::string_view className, std::string_view where)
{
    std::string_view stem = className;
    for (const std::string_view ending : classEndings) {
        if (stem.ends_with(ending)) {
            stem.remove_suffix(ending.size());
            break;
        }
    }
    for (const ImageProcessorType& type : imageProcessorTypes()) {
        if (type.name == stem)
            return &type;
    }
    return Error{ ErrorKind::Unsupported,
        fmt::format("{} asks for \"{}\", which is not known; the image processors known are {}.", where,
            className, knownTypes()) };
}

Expected<const ImageProcessorType*> typeOfModel(std::string_view modelType, std::string_view where)
{
    for (const ImageProcessorType& type : imageProcessorTypes()) {
        if (std::find(type.modelTypes.begin(), type.modelTypes.end(), modelType) != type.modelTypes.end())
            return &type;
    }
    return Error{ ErrorKind::Unsupported,
        fmt::format("{} names no \"image_processor_type\", and none is known for model_type \"{}\"; the "
                    "image processors "
                    "known are {}.",
            where, modelType, knownTypes()) };
}

/// `modelType` is what config.json says, or empty.
Expected<ImageProcessorConfig> parse(const Json& json, const std::string& modelType, std::string_view where)
{
    if (!json.is_object())
        return Error{ ErrorKind::BadFile,
            fmt::format("{} holds {}, an object was expected.", where, json.type_name()) };
    HEADLIGHT_TRY(const std::string older, jsonOr(json, "feature_extractor_type", std::string(), where));
    HEADLIGHT_TRY(const std::string className, jsonOr(json, "image_processor_type", older, where));
    HEADLIGHT_TRY(const ImageProcessorType* type,
        className.empty() ? typeOfModel(modelType, where) : typeOfClass(className, where));
    ImageProcessorConfig config = type->defaults;
    HEADLIGHT_TRY_STATUS(readResize(json, *type, config, where));
    HEADLIGHT_TRY_STATUS(readCrop(json, config, where));
    HEADLIGHT_TRY_STATUS(readTiles(json, config, where));
    HEADLIGHT_TRY_STATUS(readPatches(json, *type, config, where));
    HEADLIGHT_TRY_STATUS(readScaling(json, config, where));
    HEADLIGHT_TRY_STATUS(readPadding(json, config, where));
    return config;
}

/// model_type of config.json, that of the encoder where there is one; empty without the file.
Expected<std::string> modelTypeOf(const std::filesystem::path& folder)
{
    const std::filesystem::path path = folder / "config.json";
    if (!std::filesystem::exists(path))
        return std::string();
    HEADLIGHT_TRY(const Json json, readJson(path));
    const Json* encoder = find(json, "encoder");
    return jsonOr(encoder != nullptr ? *encoder : json, "model_type", std::string(), path.string());
}

} // namespace

Expected<ImageProcessorConfig> readImageProcessorConfig(const std::filesystem::path& folder)
{
    const std::filesystem::path path = folder / "preprocessor_config.json";
    HEADLIGHT_TRY(const Json json, readJson(path));
    HEADLIGHT_TRY(const std::string modelType, modelTypeOf(folder));
    return parse(json, modelType, path.string());
}

Expected<ImageProcessorConfig> parseImageProcessorConfig(std::string_view json, std::string_view where)
{
    HEADLIGHT_TRY(const Json parsed, parseJson(json, where));
    return parse(parsed, {}, where);
}

} // namespace headlight
