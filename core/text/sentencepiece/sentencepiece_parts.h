#pragma once
// SentencePiece's own normalizer and models as parts of a tokenizer: exactly what its library computes, which
// Hugging Face's translation into tokenizer.json only nearly does. Source: Kudo and Richardson 2018.

#include "core/text/decoder.h"
#include "core/text/normalizer.h"
#include "core/text/sentencepiece/sentencepiece_model.h"
#include "core/text/subword_model.h"

namespace headlight {

/// Character map, spaces as the model wants them; user-defined pieces are left alone. Errors: BadFile.
Expected<NormalizerPtr> makeSentencePieceNormalizer(const SentencePieceModel& model, std::string_view where);

/// The id that each piece has in the checkpoint, if not its place in the file; -1 for a piece that is left
/// out.
using PieceIds = std::vector<std::int64_t>;
/// Errors: BadFile, Unsupported (word and character models).
Expected<SubwordModelPtr> makeSentencePieceSubwords(
    const SentencePieceModel& model, std::string_view where, const PieceIds& ids = {});

/// Pieces from `model`, ids from a vocabulary that several models may share; what it lacks is unknown.
SubwordModelPtr relabelled(
    SubwordModelPtr model, Vocabulary vocabulary, std::optional<std::int64_t> unknownId);

/// Bytes, "▁" to spaces, and the dummy prefix off again.
DecoderPtr makeSentencePieceDecoder(const SentencePieceModel& model);

} // namespace headlight
