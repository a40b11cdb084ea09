#pragma once
// A decoder that reads pictures among its words: where a text holds the picture token, the rows of a picture
// stand in place of the word's. A family brings the tower that sees.

#include "core/models/patch_encoder.h"
#include "core/models/rotary_decoder.h"
#include "core/models/two_towers.h"

namespace headlight {

class SeeingDecoder : public RotaryDecoder {
public:
    /// Pictures are not compared: with one nothing is read on.
    bool readsOn(const ModelInput& input) const override
    {
        return !input.hasPicture() && RotaryDecoder::readsOn(input);
    }

protected:
    struct Words {
        RotaryDecoderSettings settings;
        std::int64_t pictureToken;
    };
    SeeingDecoder(Config& config, ParameterSource& source, Words words);

    struct Seen {
        Var rows; ///< in place of the picture tokens of the text, in their order: [Σ tokens,E]
        std::vector<Var> added = {}; ///< to these rows behind the first layers of the decoder
        ModelOutputs outputs = {};
    };
    virtual Seen see(const ModelInput& input, Run& run) const = 0;
    /// Rows that `see` will give. The pictures have passed `checkPictures`.
    virtual std::int64_t seenRows(const ModelInput& input) const = 0;
    virtual Status checkPictures(const ModelInput& input) const = 0;
    /// Angles and spans of one example that are not those of a text.
    virtual void arrange(const ModelInput&, const WordRows&, Run&, Beside&) const { }

    std::int64_t m_pictureToken;

private:
    Beside beside(std::span<const ModelInput> batch, const WordRows& rows, Run& run) const final;
    Status checkBeside(const ModelInput& input) const final;
};

/// Towers in the manner of SigLIP, all of whose pictures have one size.
class PictureTower {
public:
    struct Sizes {
        TowerLayerConfig layers;
        GridSize image, patch;
        std::int64_t channels;
        GridSize grid() const { return { image.rows / patch.rows, image.columns / patch.columns }; }
    };
    /// Without keys in the file.
    struct Usual {
        std::int64_t width, heads, image, patch;
    };
    static Sizes readSizes(Config& config, const Usual& usual);
    /// Parameters: "<name>embeddings.patch_embedding", "<name>encoder.layers.0." ..., "<name>post_layernorm".
    static PictureTower load(ParameterSource& source, const std::string& name, const Sizes& sizes);

    /// Rows of all pictures one after the other, normed; patches that a mask hides are not seen. Recorded as
    /// one map, with pictures as its windows where there are several. `placeOf` gives the row of the position
    /// table for each patch of a picture.
    using Places = std::function<std::vector<std::int64_t>(std::span<const std::uint8_t> mask)>;
    Var operator()(const ModelInput& input, const Places& placeOf, Run& run) const;
    /// BadInput when a picture is not of the one size.
    Status check(const ModelInput& input) const;
    const Sizes& sizes() const { return m_sizes; }
    /// Fills in what is known of the picture.
    void describe(ModelInfo& info) const;

private:
    Sizes m_sizes{};
    PatchEmbedding m_embedding;
    Embedding m_positions;
    std::vector<PreNormLayer> m_layers;
    Norm m_last;
};

/// The windows of several pictures seen side by side, `sizes[i]` rows each; null for one.
std::shared_ptr<const Windows> windowsOfPictures(std::span<const std::int64_t> sizes);

/// Rows of a grid put together in squares of `side`, row by row of each square, the squares row by row;
/// `pictures` grids one after the other. What merges patches takes them so.
std::vector<std::int64_t> squareOrder(GridSize grid, std::int64_t side, std::int64_t pictures);

/// The first of these prefixes under which `name` is found; the first one when none is.
std::string prefixOf(
    const ParameterSource& source, std::span<const std::string_view> prefixes, std::string_view name);

} // namespace headlight
