#include "core/engine/imported.h"

#include "core/engine/pieces.h"
#include "core/io/json.h"
#include "core/io/numpy_file.h"
#include "core/io/safetensors.h"
#include "core/trace/dense_weights.h"

#include <regex>

namespace headlight {
namespace {

/// What a file holds, whatever its format.
struct Arrays {
    std::map<std::string, Tensor> tensors;
    std::map<std::string, std::vector<std::string>> texts;
};

std::vector<std::string> lines(const std::string& text)
{
    std::vector<std::string> all;
    for (std::size_t begin = 0; !text.empty() && begin <= text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        all.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return all;
}

Status flatten(
    const Json& value, std::size_t depth, std::vector<std::int64_t>& extents, std::vector<float>& numbers)
{
    constexpr std::size_t deepest = 5;
    const Error uneven{ ErrorKind::BadFile, "its lists are uneven, or hold something else than numbers" };
    if (value.is_number() && depth == extents.size()) {
        numbers.push_back(value.get<float>());
        return {};
    }
    if (!value.is_array() || depth >= deepest)
        return uneven;
    if (numbers.empty() && depth == extents.size())
        extents.push_back(std::int64_t(value.size()));
    if (depth >= extents.size() || extents[depth] != std::int64_t(value.size()))
        return uneven;
    for (const Json& entry : value)
        HEADLIGHT_TRY_STATUS(flatten(entry, depth + 1, extents, numbers));
    return {};
}

/// As `headlight attend -o F.json` writes it.
Expected<Arrays> readJsonArrays(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const Json document, readJson(path));
    const auto tensors = document.is_object() ? document.find("tensors") : document.end();
    Arrays arrays;
    if (tensors == document.end() || !tensors->is_object())
        return arrays;
    for (const auto& [name, value] : tensors->items()) {
        std::vector<std::int64_t> extents;
        std::vector<float> numbers;
        if (const Status flat = flatten(value, 0, extents, numbers); !flat)
            return Error{ ErrorKind::BadFile,
                fmt::format("{} in {}: {}.", name, path.string(), flat.error().message) };
        if (!numbers.empty())
            arrays.tensors.emplace(name, Tensor::fromVector(Shape(extents), std::move(numbers)));
    }
    HEADLIGHT_TRY(const auto metadata,
        (jsonOr<std::map<std::string, std::string>>(document, "metadata", {}, path.string())));
    for (const auto& [key, value] : metadata)
        arrays.texts[key] = lines(value);
    return arrays;
}

Expected<Arrays> readArrays(const std::filesystem::path& path)
{
    const std::string ending = path.extension().string();
    if (ending == ".json")
        return readJsonArrays(path);
    if (ending != ".safetensors") {
        HEADLIGHT_TRY(NumpyArrays numpy, readNumpyFile(path));
        return Arrays{ std::move(numpy.tensors), std::move(numpy.texts) };
    }
    HEADLIGHT_TRY(const SafetensorsFile file, SafetensorsFile::open(path));
    Arrays arrays{ file.tensors(), {} };
    for (const auto& [key, value] : file.metadata())
        arrays.texts[key] = lines(value);
    return arrays;
}

/// "attentions.3", "text.cross_attentions.0"; not gradients or hidden states, which have names of their own.
std::optional<AttentionSite> siteOf(const std::string& name)
{
    static const std::regex pattern(
        "(.*?)(att(?:n|ention)s?(?:_weights|_probs)?)(?:[._ ]?(\\d+))?", std::regex::icase);
    static const std::regex numberBefore(
        "(?:^|.*[._ ])(?:layers?|blocks?|h)?[._ ]?(\\d+)[._ ].*", std::regex::icase);
    std::smatch found, before;
    if (!std::regex_match(name, found, pattern))
        return std::nullopt;
    const std::string prefix = found[1].str();
    const auto has = [&](std::string_view word) { return prefix.find(word) != std::string::npos; };
    AttentionSite site;
    site.kind = has("cross") ? AttentionKind::Cross
        : has("decoder")     ? AttentionKind::Decoder
                             : AttentionKind::Encoder;
    site.tower = has("text.") ? Tower::Text : has("vision.") ? Tower::Vision : Tower::Only;
    std::string number = found[3].str();
    if (number.empty() && std::regex_match(prefix, before, numberBefore))
        number = before[1].str();
    site.layer = number.empty() || number.size() > 6 ? -1 : std::stoi(number);
    return site;
}

bool floating(const Tensor& tensor)
{
    return tensor.dtype() == DType::F32 || tensor.dtype() == DType::F16 || tensor.dtype() == DType::BF16
        || tensor.dtype() == DType::F64;
}

/// Maps of one layer without the axis of the batch: [H,T,S]; none for another shape.
std::optional<Tensor> mapsOf(const Tensor& tensor)
{
    const Shape& shape = tensor.shape();
    if (shape.rank() == 2)
        return tensor.reshaped({ 1, shape[0], shape[1] });
    if (shape.rank() == 3)
        return tensor;
    if (shape.rank() == 4)
        return tensor.slice(0, 1).reshaped({ shape[1], shape[2], shape[3] });
    return std::nullopt;
}

/// As NumPy calls an array that nobody named.
bool unnamed(const std::string& name)
{
    return name == "array" || name == "arr_0";
}

using Layers = std::map<AttentionSite, Tensor>;

/// An array without a number holds one layer, or all of them along its first axis.
void addAllLayers(Layers& layers, AttentionSite site, const Tensor& tensor)
{
    const Shape& shape = tensor.shape();
    const bool many = shape.rank() == 5 || (shape.rank() == 4 && shape[0] > 1);
    for (site.layer = 0; site.layer < (many ? shape[0] : 1); ++site.layer) {
        const Tensor one = many
            ? tensor.slice(site.layer, site.layer + 1).reshaped(Shape(shape.extents().subspan(1)))
            : tensor;
        if (const auto maps = mapsOf(one))
            layers.insert_or_assign(site, *maps);
    }
}

Layers layersIn(const Arrays& arrays)
{
    Layers layers;
    for (const auto& [name, tensor] : arrays.tensors) {
        const std::optional<AttentionSite> site =
            unnamed(name) ? AttentionSite{ AttentionKind::Encoder, -1 } : siteOf(name);
        if (!site || !floating(tensor) || tensor.shape().rank() < 2)
            continue;
        if (site->layer < 0)
            addAllLayers(layers, *site, tensor);
        else if (const auto maps = mapsOf(tensor))
            layers.insert_or_assign(*site, *maps);
    }
    return layers;
}

Error noAttention(const std::filesystem::path& path, const Arrays& arrays)
{
    std::string held;
    for (const auto& [name, tensor] : arrays.tensors) {
        if (held.size() > 120) {
            held += " …";
            break;
        }
        held += (held.empty() ? "" : ", ") + name + ' ' + tensor.shape().toString();
    }
    return { ErrorKind::Unsupported,
        fmt::format("{} holds no attention maps: expected arrays like attentions.0, attentions.1 … of shape "
                    "[heads, queries, keys]; it holds {}.",
            path.string(), held.empty() ? "none that can be read" : held) };
}

/// Weights are shares: a score or a logit is none.
Status checkWeights(const LayerAttention& layer, const Tensor& weights, const std::filesystem::path& path)
{
    const Tensor values = weights.toFloat();
    for (const float value : values.floats())
        if (!(value >= 0.0f && value <= 1.001f))
            return Error{ ErrorKind::BadFile,
                fmt::format("{}, layer {}: it holds {}, but an attention weight is between 0 and 1. Save "
                            "what comes out of the softmax, not the scores before it.",
                    path.string(), layer.site.layer, value) };
    return {};
}

std::vector<TokenInfo> tokensFor(const Arrays& arrays, const char* key, std::int64_t count)
{
    const auto found = arrays.texts.find(key);
    return found != arrays.texts.end() && std::int64_t(found->second.size()) == count
        ? tokensFromPieces(found->second)
        : std::vector<TokenInfo>();
}

void addTokens(AnalysisResult& result, const Arrays& arrays)
{
    for (const auto& layer : result.trace->layers()) {
        const bool crosses = layer->site.kind == AttentionKind::Cross;
        if (crosses || layer->site.kind == AttentionKind::Decoder) {
            if (result.decoderTokens.empty())
                result.decoderTokens = tokensFor(arrays, "decoder_tokens", layer->queries);
        } else if (result.tokens.empty()) {
            result.tokens = tokensFor(arrays, "tokens", layer->queries);
        }
        if (crosses && result.tokens.empty())
            result.tokens = tokensFor(arrays, "tokens", layer->keys);
        if (layer->site.tower == Tower::Vision && result.patchTokens.empty())
            result.patchTokens = tokensFor(arrays, "patch_tokens", layer->queries);
    }
}

Expected<std::shared_ptr<const AnalysisResult>> build(
    const std::filesystem::path& path, const JobControl& control)
{
    HEADLIGHT_TRY(const Arrays arrays, readArrays(path));
    const Layers layers = layersIn(arrays);
    if (layers.empty())
        return noAttention(path, arrays);
    auto trace = std::make_shared<Trace>();
    double done = 0;
    for (const auto& [site, weights] : layers) {
        const double from = done++ / double(layers.size());
        LayerAttention layer = denseLayer(site, weights,
            control.mapped([&](double f) { return from + f / double(layers.size()); },
                fmt::format("layer {}: ", site.layer)));
        HEADLIGHT_TRY_STATUS(checkWeights(layer, weights, path));
        trace->addLayer(std::move(layer));
    }
    auto result = std::make_shared<AnalysisResult>();
    result->trace = std::move(trace);
    result->source = path.filename().string();
    addTokens(*result, arrays);
    return std::shared_ptr<const AnalysisResult>(std::move(result));
}

} // namespace

bool holdsAttention(const std::filesystem::path& path)
{
    const std::string ending = path.extension().string();
    if (ending == ".npz" || ending == ".npy")
        return true;
    if (ending == ".json")
        return path.filename() != "config.json";
    if (ending != ".safetensors" || std::filesystem::exists(path.parent_path() / "config.json"))
        return false;
    const auto file = SafetensorsFile::open(path);
    return file && std::any_of(file->tensors().begin(), file->tensors().end(), [](const auto& tensor) {
        return siteOf(tensor.first).has_value() && tensor.second.shape().rank() >= 3;
    });
}

Expected<std::shared_ptr<const AnalysisResult>> importAttention(
    const std::filesystem::path& path, const JobControl& control)
{
    try {
        return build(path, control);
    } catch (const Stopped&) {
        return Error{ ErrorKind::Cancelled, {} };
    }
}

} // namespace headlight
