#pragma once
// Layers of Gemma 4: larger heads where all is seen, keys and values of earlier layers, words fed beside the
// stream, and routed experts beside the feed-forward part.

#include "core/models/rotary_decoder.h"

namespace headlight {

struct Gemma4Config {
    RotaryDecoderSettings s;
    std::int64_t wholeHeadSize = 0, wholeKeyHeads = 0; ///< of layers that see everything
    std::int64_t firstSharing = 0; ///< from this layer on keys and values are those of earlier layers
    std::int64_t perLayer = 0; ///< width of what each layer is fed; 0: nothing
    bool keysAreValues = false; ///< in layers that see everything
    bool wideSharing = false; ///< feed-forward parts of layers that share are twice as wide
    std::int64_t experts = 0, expertsChosen = 0, expertInner = 0; ///< 0: there are none

    bool slides(int index) const { return s.windows[std::size_t(index)] > 0; }
    bool shares(int index) const { return index >= firstSharing; }
    std::int64_t headSize(int index) const { return slides(index) ? s.headSize : wholeHeadSize; }
    std::int64_t keyHeads(int index) const { return slides(index) ? s.keyHeads : wholeKeyHeads; }
};

/// A layer, and what it makes of the words it is fed beside the stream.
struct Gemma4Layer {
    DecoderLayer decoder;
    Linear gate, projection;
    std::optional<Norm> norm; ///< empty: it is fed nothing
    ParameterRef factor; ///< [1], of all that comes out
    ColumnRange own; ///< of what all layers are fed
    Activation activation;

    /// Parameters: "model.layers.N.". Problems stay in `config`.
    static Gemma4Layer load(Config& config, ParameterSource& source, int index, const Gemma4Config& c);
    /// Shapes: x [ΣT,E], fed [ΣT,L·P] → [ΣT,E].
    Var operator()(const Var& x, const Var& fed, const DecoderLayer::Pass& pass, Run& run) const;
};

} // namespace headlight
