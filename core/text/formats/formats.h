#pragma once
// The files a tokenizer may come in. Each format is a file of this folder that turns its files into a
// Pipeline; the list in formats.cpp is in order of preference.

#include "core/text/pipeline.h"

#include <filesystem>

namespace headlight {

/// Reads a folder in the first format it holds, or one file. Errors: NotFound, BadFile, Unsupported.
Expected<Pipeline> readTokenizerFiles(const std::filesystem::path& path);
/// The file that tells in which format a folder's tokenizer is, or `path` itself if it is one; empty when
/// there is none.
std::filesystem::path findTokenizerFile(const std::filesystem::path& path);

// Each takes the file that tells the format; others that belong to it lie beside it.

Expected<Pipeline> readTokenizerJson(const std::filesystem::path& path);
/// vocab.txt, as BERT's slow tokenizers save it.
Expected<Pipeline> readBertVocabulary(const std::filesystem::path& path);
/// merges.txt with vocab.json: GPT-2, RoBERTa, BART, CLIP, Whisper, Qwen2.
Expected<Pipeline> readByteLevelVocabulary(const std::filesystem::path& path);
/// Any SentencePiece model.
Expected<Pipeline> readSentencePieceFile(const std::filesystem::path& path);
/// source.spm or target.spm with vocab.json.
Expected<Pipeline> readMarian(const std::filesystem::path& path);
/// vocab.json alone: the characters of a CTC model.
Expected<Pipeline> readCtcVocabulary(const std::filesystem::path& path);
/// tiktoken's ranks: a token in Base64 and its id per line.
Expected<Pipeline> readTiktoken(const std::filesystem::path& path);

} // namespace headlight
