#pragma once
// Results with attention weights that a test chose itself: no model, no forward pass.

#include "core/engine/analysis.h"
#include "core/tensor/tensor.h"

#include <functional>
#include <random>

namespace headlight::test {

/// Weights that are simply there. Shapes: [H,T,S].
class GivenWeights : public WeightSource {
public:
    explicit GivenWeights(Tensor weights)
        : m_weights(std::move(weights))
    {
    }
    void weights(int head, const Block& block, std::span<float> out) const override
    {
        const auto& shape = m_weights.shape();
        std::size_t i = 0;
        for (auto row = block.firstRow; row < block.lastRow; ++row)
            for (auto column = block.firstColumn; column < block.lastColumn; ++column)
                out[i++] = m_weights.at((head * shape[1] + row) * shape[2] + column);
    }
    void scores(int head, const Block& block, std::span<float> out) const override
    {
        weights(head, block, out);
        for (float& value : out)
            value = std::log(value);
    }
    std::size_t bytes() const override { return m_weights.bytes(); }

private:
    Tensor m_weights;
};

/// One recorded layer. Shapes: weights [H,T,S].
inline LayerAttention givenLayer(const AttentionSite& site, const Tensor& weights)
{
    const auto heads = weights.shape()[0], queries = weights.shape()[1], keys = weights.shape()[2];
    LayerAttention recorded;
    recorded.site = site;
    recorded.heads = int(heads);
    recorded.queries = queries;
    recorded.keys = keys;
    recorded.source = std::make_shared<GivenWeights>(weights);
    for (std::int64_t head = 0; head < heads; ++head) {
        HeadSummary summary(queries, keys);
        for (std::int64_t query = 0; query < queries; ++query)
            summary.addRow(query, weights.row(head * queries + query));
        summary.finish();
        recorded.summaries.push_back(std::move(summary));
    }
    return recorded;
}

inline LayerAttention givenLayer(int layer, const Tensor& weights)
{
    return givenLayer({ AttentionKind::Encoder, layer }, weights);
}

struct SyntheticShape {
    int layers = 2, heads = 3, tokens = 6;
    int keys = 0; ///< of cross attention; 0: as many as tokens
};

/// Weights of the given shape whose rows sum to one: diagonals, sinks and noise, as real heads have them.
inline Tensor plausibleWeights(const SyntheticShape& shape, int layer)
{
    std::mt19937 random(unsigned(layer * 7919 + 17)); // its numbers are the same with every library
    const auto number = [&random] { return float(random() >> 8) / float(1 << 24); };
    const int rows = shape.tokens, n = shape.keys > 0 ? shape.keys : rows;
    return Tensor::make({ shape.heads, rows, n }, [&](std::span<float> out) {
        for (int head = 0; head < shape.heads; ++head)
            for (int query = 0; query < rows; ++query) {
                const auto row = out.subspan(std::size_t((head * rows + query) * n), std::size_t(n));
                float sum = 0.0f;
                for (int key = 0; key < n; ++key) {
                    const int kind = (head + layer) % 4, distance = std::abs(query - key);
                    const bool bright = kind == 0 ? key == query - 1
                        : kind == 1               ? key == n - 1
                                                  : kind == 2 && distance < 3;
                    row[std::size_t(key)] =
                        0.02f + 0.3f * number() * number() + (bright ? 1.0f + float(n) / 16 : 0.0f);
                    sum += row[std::size_t(key)];
                }
                for (float& weight : row)
                    weight /= sum;
            }
    });
}

/// Tokens "[CLS]", the given words (a leading ## makes a continuation), "[SEP]".
inline std::vector<TokenInfo> textTokens(const std::vector<std::string>& words)
{
    std::vector<TokenInfo> tokens;
    const auto add = [&](const std::string& piece, bool special) {
        TokenInfo token;
        token.piece = piece;
        token.continuation = piece.starts_with("##");
        token.label = token.continuation ? piece.substr(2) : piece;
        token.special = special;
        token.sequence = special ? -1 : 0;
        token.word = special
            ? -1
            : (tokens.empty() ? 0 : std::max(tokens.back().word, -1) + (token.continuation ? 0 : 1));
        tokens.push_back(token);
    };
    add("[CLS]", true);
    for (const std::string& word : words)
        add(word, false);
    add("[SEP]", true);
    return tokens;
}

inline std::shared_ptr<AnalysisResult> resultOf(
    std::vector<TokenInfo> tokens, const std::vector<Tensor>& layers)
{
    auto trace = std::make_shared<Trace>();
    for (std::size_t layer = 0; layer < layers.size(); ++layer)
        trace->addLayer(givenLayer(int(layer), layers[layer]));
    auto result = std::make_shared<AnalysisResult>();
    result->trace = trace;
    result->tokens = std::move(tokens);
    return result;
}

/// A text of `shape.tokens` tokens, [CLS] and [SEP] among them when there are three or more.
inline std::shared_ptr<AnalysisResult> syntheticText(const SyntheticShape& shape)
{
    static const std::vector<std::string> vocabulary{ "the", "animal", "didn", "'", "t", "cross", "the",
        "street", "because", "it", "was", "too", "tired", "un", "##believ", "##ably", "." };
    std::vector<std::string> words;
    for (int i = 2; i < shape.tokens; ++i)
        words.push_back(vocabulary[std::size_t(i - 2) % vocabulary.size()]);
    auto tokens = textTokens(words);
    tokens.resize(std::size_t(shape.tokens));
    std::vector<Tensor> layers;
    for (int layer = 0; layer < shape.layers; ++layer)
        layers.push_back(plausibleWeights(shape, layer));
    return resultOf(std::move(tokens), layers);
}

/// The same with what layers say of themselves: heads that share a key, what their queries see, what else there is.
inline std::shared_ptr<AnalysisResult> withMarks(const SyntheticShape& shape, int queryGroup,
    const std::vector<std::string>& spans, const std::vector<std::string>& notes)
{
    const auto result = syntheticText(shape);
    auto trace = std::make_shared<Trace>();
    for (std::size_t i = 0; i < spans.size(); ++i) {
        LayerAttention layer = givenLayer(int(i), plausibleWeights(shape, int(i)));
        layer.queryGroup = queryGroup;
        layer.span = spans[i];
        layer.note = notes[i];
        trace->addLayer(std::move(layer));
    }
    result->trace = trace;
    return result;
}

/// A picture of rows × columns patches of 8 × 8 pixels behind one [CLS].
inline std::shared_ptr<AnalysisResult> syntheticImage(int layers, int heads, int rows, int columns)
{
    std::vector<TokenInfo> tokens(std::size_t(rows * columns + 1));
    tokens[0].label = tokens[0].piece = "[CLS]";
    tokens[0].special = true;
    for (int i = 0; i < rows * columns; ++i) {
        TokenInfo& token = tokens[std::size_t(i + 1)];
        token.patchRow = i / columns;
        token.patchColumn = i % columns;
        token.label = "patch " + std::to_string(token.patchRow) + "," + std::to_string(token.patchColumn);
        token.piece = token.label;
    }
    std::vector<Tensor> weights;
    for (int layer = 0; layer < layers; ++layer)
        weights.push_back(plausibleWeights({ layers, heads, rows * columns + 1 }, layer));
    auto result = resultOf(std::move(tokens), weights);
    const int width = columns * 8, height = rows * 8;
    ProcessedImage picture;
    picture.resized = Image::make(width, height, [&](std::span<std::uint8_t> pixels) {
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                const bool inside = std::hypot(x - width * 0.4, y - height * 0.45) < height * 0.28;
                const std::uint8_t colour[]{ std::uint8_t(inside ? 217 : 205),
                    std::uint8_t(inside ? 72 : 216 - y / 8), std::uint8_t(inside ? 60 : 200 + x / 16) };
                std::copy_n(colour, 3, pixels.begin() + (y * width + x) * 3);
            }
    });
    picture.area = { 0, 0, double(width), double(height) };
    result->picture = picture.resized;
    result->image = std::move(picture);
    result->patches = PatchGrid{ { width, height }, { 8, 8 }, 1, { 0, 0, double(width), double(height) } };
    return result;
}

} // namespace headlight::test
