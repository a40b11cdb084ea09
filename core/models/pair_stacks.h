#pragma once
// Encoders and decoders of words as BART, mBART, M2M100, Marian, Whisper and TrOCR have them: embedding, positions, layers
// of core/nn/pair_layers.h, norms in some places.

#include "core/models/word_input.h"
#include "core/nn/layer_stack.h"
#include "core/nn/pair_layers.h"

namespace headlight {

/// What is added to words to say where they stand.
struct PairPositions {
    enum class Kind {
        Learned, ///< a table, `offset` rows of it unused
        Marian, ///< waves
        Fairseq, ///< waves that begin after the padding id and pass over padding
    };
    Kind kind = Kind::Learned;
    Embedding table = {};
    std::int64_t offset = 0, padding = 0;
    /// Shapes: → [ΣT,E].
    Var operator()(const WordRows& rows, std::int64_t width, Run& run) const;
};

/// What a stack is built of, beside its layers.
struct PairStackShape {
    PairLayerShape layer;
    std::int64_t layers = 0;
    std::int64_t positions = 0; ///< rows of a learned table
    PairPositions::Kind positionKind = PairPositions::Kind::Learned;
    std::int64_t positionOffset = 2, padding = 0;
    float embeddingScale = 1.0f;
    bool embeddingNorm = false, finalNorm = false;
};

/// From ids to the first layer's input. Parameters: "<name>embed_positions", "<name>layernorm_embedding".
struct PairFront {
    Embedding words;
    float scale = 1.0f, dropout = 0.0f;
    PairPositions positions;
    std::optional<Norm> norm;

    static PairFront load(ParameterSource& source, const std::string& name, const PairStackShape& shape, Embedding words);
    Var operator()(const WordRows& rows, Run& run) const;
};

/// Where a stack stands in its model, for the progress.
struct StackPlace {
    int before = 0, all = 0; ///< layers that ran before, and all of the model's
};

/// Parameters: those of the front, "<name>layers.<i>.", "<name>layer_norm".
struct PairEncoder {
    PairFront front;
    std::vector<PairEncoderLayer> layers;
    std::optional<Norm> norm;

    static PairEncoder load(ParameterSource& source, const std::string& name, const PairStackShape& shape, Embedding words);
    /// Shapes: → [ΣT,E].
    Var operator()(const WordRows& rows, StackPlace place, Run& run) const;
};

struct PairDecoder {
    PairFront front;
    std::vector<PairDecoderLayer> layers;
    std::optional<Norm> norm;

    static PairDecoder load(ParameterSource& source, const std::string& name, const PairStackShape& shape, Embedding words);
    /// Shapes: states of the encoder [ΣS,Es] → [ΣT,E].
    Var operator()(const WordRows& rows, const PairDecoderLayer::Encoder& encoder, StackPlace place, Run& run) const;
};

} // namespace headlight
