#pragma once
// Results as models of more than one place of attention leave them: pairs, captions, two towers, merged
// patches, found objects.

#include "tests/support/synthetic_result.h"

namespace headlight::test {

inline std::vector<TokenInfo> plainTokens(const std::vector<std::string>& words)
{
    std::vector<TokenInfo> tokens;
    for (const std::string& word : words) {
        TokenInfo token;
        token.label = token.piece = word;
        token.special = word.starts_with("<");
        token.word = int(tokens.size());
        tokens.push_back(token);
    }
    return tokens;
}

/// An encoder of 7 tokens, a decoder of 5 that looks at it; two layers each, 2 heads and 3 of the encoder.
inline std::shared_ptr<AnalysisResult> syntheticPair()
{
    auto trace = std::make_shared<Trace>();
    for (int layer = 0; layer < 2; ++layer)
        trace->addLayer(givenLayer({ AttentionKind::Encoder, layer }, plausibleWeights({ 2, 3, 7 }, layer)));
    for (int layer = 0; layer < 2; ++layer) {
        trace->addLayer(givenLayer({ AttentionKind::Decoder, layer }, plausibleWeights({ 2, 2, 5 }, layer)));
        trace->addLayer(givenLayer({ AttentionKind::Cross, layer }, plausibleWeights({ 2, 2, 5, 7 }, layer)));
    }
    auto result = std::make_shared<AnalysisResult>();
    result->trace = trace;
    result->tokens = textTokens({ "the", "cat", "is", "very", "tired" });
    result->decoderTokens = plainTokens({ "<s>", "le", "chat", "est", "las" });
    result->generated = Generated{ { 7, 8, 9 }, "chat est las", 2 };
    return result;
}

/// A picture of 4 × 5 patches behind one [CLS], and 5 words that look at it.
inline std::shared_ptr<AnalysisResult> syntheticCaption()
{
    auto result = syntheticImage(1, 2, 4, 5);
    auto trace = std::make_shared<Trace>(*result->trace);
    trace->addLayer(givenLayer({ AttentionKind::Decoder, 0 }, plausibleWeights({ 1, 2, 5 }, 1)));
    trace->addLayer(givenLayer({ AttentionKind::Cross, 0 }, plausibleWeights({ 1, 2, 5, 21 }, 2)));
    result->trace = trace;
    result->decoderTokens = plainTokens({ "<s>", "a", "red", "round", "thing" });
    return result;
}

/// A text of 6 tokens beside a picture of 3 × 4 patches behind one [CLS].
inline std::shared_ptr<AnalysisResult> syntheticTowers()
{
    auto result = syntheticImage(0, 2, 3, 4);
    auto trace = std::make_shared<Trace>();
    trace->addLayer(givenLayer({ AttentionKind::Decoder, 0, Tower::Text }, plausibleWeights({ 1, 2, 6 }, 0)));
    trace->addLayer(
        givenLayer({ AttentionKind::Encoder, 0, Tower::Vision }, plausibleWeights({ 1, 3, 13 }, 1)));
    result->trace = trace;
    result->patchTokens = std::move(result->tokens);
    result->tokens = textTokens({ "a", "red", "round", "thing" });
    return result;
}

/// Swin's kind: 8 × 6 patches in windows of 4 × 3, then 4 × 3 patches with twice the heads.
inline std::shared_ptr<AnalysisResult> syntheticMergedPatches()
{
    auto result = syntheticImage(0, 2, 8, 6);
    result->tokens.erase(result->tokens.begin());
    result->patches->leadingTokens = 0;
    auto windows = std::make_shared<Windows>();
    for (int corner : { 0, 3, 24, 27 }) {
        std::vector<std::int64_t> tokens;
        for (int row = 0; row < 4; ++row)
            for (int column = 0; column < 3; ++column)
                tokens.push_back(corner + row * 6 + column);
        windows->tokens.push_back(std::move(tokens));
    }
    auto first = givenLayer({ AttentionKind::Encoder, 0 }, plausibleWeights({ 1, 2, 48 }, 0));
    first.windows = windows;
    auto trace = std::make_shared<Trace>();
    trace->addLayer(std::move(first));
    trace->addLayer(givenLayer({ AttentionKind::Encoder, 1 }, plausibleWeights({ 1, 4, 12 }, 1)));
    result->trace = trace;
    return result;
}

/// DETR's kind: 4 × 5 places of the picture, 6 queries that look at them, 2 of which found something.
inline std::shared_ptr<AnalysisResult> syntheticBoxes()
{
    auto result = syntheticImage(1, 2, 4, 5);
    result->tokens.erase(result->tokens.begin());
    result->patches->leadingTokens = 0;
    auto trace = std::make_shared<Trace>();
    trace->addLayer(givenLayer({ AttentionKind::Encoder, 0 }, plausibleWeights({ 1, 2, 20 }, 0)));
    trace->addLayer(givenLayer({ AttentionKind::Decoder, 0 }, plausibleWeights({ 1, 2, 6 }, 1)));
    trace->addLayer(givenLayer({ AttentionKind::Cross, 0 }, plausibleWeights({ 1, 2, 6, 20 }, 2)));
    result->trace = trace;
    result->decoderTokens = plainTokens({ "query 0", "query 1", "query 2", "query 3", "query 4", "query 5" });
    result->boxes = { { "cat", 0.93f, 0.1, 0.2, 0.5, 0.8, 4 }, { "dog", 0.71f, 0.55, 0.3, 0.95, 0.9, 2 } };
    return result;
}

/// 0.6 s of sound in 0.8 s that the model hears: 40 moments of 20 ms, and 4 words that look at them.
inline std::shared_ptr<AnalysisResult> syntheticSound()
{
    auto trace = std::make_shared<Trace>();
    trace->addLayer(givenLayer({ AttentionKind::Encoder, 0 }, plausibleWeights({ 1, 2, 40 }, 0)));
    trace->addLayer(givenLayer({ AttentionKind::Decoder, 0 }, plausibleWeights({ 1, 2, 4 }, 1)));
    trace->addLayer(givenLayer({ AttentionKind::Cross, 0 }, plausibleWeights({ 1, 3, 4, 40 }, 2)));
    auto result = std::make_shared<AnalysisResult>();
    result->trace = trace;
    std::vector<std::string> moments;
    for (int i = 0; i < 40; ++i)
        moments.push_back(std::to_string(i * 20) + " ms");
    result->tokens = plainTokens(moments);
    result->decoderTokens = plainTokens({ "<s>", "one", "two", "three" });
    result->times = TimeGrid{ 40, 0.02, 0.025 };
    std::vector<float> samples(9600);
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = 0.4f * float(std::sin(0.05 * double(i) + 1e-5 * double(i * i)));
    result->sound = Sound(16000, samples);
    SoundFeatures heard;
    heard.name = "input_features";
    heard.heard = result->sound;
    heard.values = Tensor::make({ 1, 16, 80 }, [](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = i % 80 < 60 ? std::exp(-std::abs(float(i / 80) - float(i % 80) / 5.0f)) : 0.0f;
    });
    result->heard = std::move(heard);
    return result;
}

} // namespace headlight::test
