// What the model says, as a person reads it.

#include "core/engine/decoder_input.h"
#include "core/engine/tokens.h"
#include "core/tensor/kernels.h"

#include <numeric>

namespace headlight {
namespace {

constexpr std::size_t shownClasses = 10, shownFills = 5;
constexpr std::int64_t longestAnswer = 30; ///< tokens, as the reference's question answering pipeline caps it

/// The best `count` of a row of logits with their softmax probabilities. `label` names a class.
std::vector<ClassProbability> best(
    std::span<const float> logits, std::size_t count, const std::function<std::string(std::int64_t)>& label)
{
    std::vector<float> probabilities(logits.begin(), logits.end());
    kernels::softmaxRow(probabilities.data(), std::int64_t(probabilities.size()));
    std::vector<std::int64_t> order(logits.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = std::int64_t(i);
    if (std::any_of(probabilities.begin(), probabilities.end(), [](float p) { return std::isnan(p); }))
        return {}; // numbers that overflowed have no order
    count = std::min(count, order.size());
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(count), order.end(), [&](std::int64_t a, std::int64_t b) {
        return std::pair(-logits[std::size_t(a)], a) < std::pair(-logits[std::size_t(b)], b);
    });
    std::vector<ClassProbability> classes;
    for (std::size_t i = 0; i < count; ++i)
        classes.push_back({ label(order[i]), probabilities[std::size_t(order[i])], logits[std::size_t(order[i])], order[i] });
    return classes;
}

Prediction classes(const AnalysisResult& result)
{
    const std::vector<std::string>& labels = result.model->network->info().labels;
    const Tensor& logits = result.trace->outputs().at("logits");
    return { "class", best(logits.row(0), shownClasses, [&](std::int64_t i) { return labels[std::size_t(i)]; }) };
}

/// A token as a person reads it; what goes on a word keeps its mark.
std::string readable(std::int64_t id, const Tokenizer* tokenizer)
{
    const TokenInfo token = describeIds({ &id, 1 }, tokenizer).front();
    return token.piece.starts_with("##") ? token.piece : token.label;
}

std::vector<Prediction> fills(const AnalysisResult& result)
{
    const Tokenizer* tokenizer = result.model->tokenizer.get();
    const std::int64_t mask = tokenizer == nullptr ? -1 : tokenizer->special().mask.value_or(-1);
    std::vector<Prediction> found;
    const Tensor& logits = result.trace->outputs().at("logits");
    for (std::size_t i = 0; mask >= 0 && i < result.fed.ids.size(); ++i)
        if (result.fed.ids[i] == mask)
            found.push_back({ fmt::format("[MASK] {}", found.size() + 1),
                best(logits.row(std::int64_t(i)), shownFills, [&](std::int64_t id) { return readable(id, tokenizer); }) });
    return found;
}

/// The words that were likely put in for others, by a model with one logit per token (ELECTRA's discriminator).
std::vector<Prediction> replacedWords(const AnalysisResult& result)
{
    const std::span<const float> logits = result.trace->outputs().at("logits").row(0);
    std::vector<ClassProbability> found;
    for (std::size_t i = 0; i < std::min(logits.size(), result.tokens.size()); ++i)
        if (logits[i] > 0.0f && !result.tokens[i].special)
            found.push_back({ result.tokens[i].label, 1.0f / (1.0f + std::exp(-logits[i])), logits[i], std::int64_t(i) });
    std::ranges::stable_sort(found, std::greater(), &ClassProbability::logit);
    found.resize(std::min(found.size(), shownClasses));
    return { { "replaced", std::move(found) } };
}

/// Each token's class, in the order of the text; those that are outside of any ("O") are left out.
std::vector<Prediction> tokenClasses(const AnalysisResult& result)
{
    const Tensor& logits = result.trace->outputs().at("logits");
    if (logits.shape().rank() == 2)
        return replacedWords(result);
    const std::vector<std::string>& labels = result.model->network->info().labels;
    std::vector<ClassProbability> found;
    for (std::size_t i = 0; i < result.tokens.size(); ++i) {
        const auto top = best(logits.row(std::int64_t(i)), 1, [&](std::int64_t c) { return labels[std::size_t(c)]; });
        if (!result.tokens[i].special && !top.empty() && top.front().label != "O")
            found.push_back({ fmt::format("{}: {}", result.tokens[i].label, top.front().label), top.front().probability,
                top.front().logit, std::int64_t(i) });
    }
    return { { "tokens", std::move(found) } };
}

/// What would be written next.
Prediction nextWords(const AnalysisResult& result)
{
    const Tokenizer* tokenizer = decoderTokenizer(*result.model);
    const Tensor& logits = result.trace->outputs().at("logits");
    return { "next", best(logits.row(logits.shape().rows() - 1), shownClasses, [&](std::int64_t id) { return readable(id, tokenizer); }) };
}

/// The span with the largest start + end logit that lies in the passage (the second text, if there is one).
std::optional<std::pair<std::size_t, std::size_t>> answerSpan(const AnalysisResult& result)
{
    const std::span<const float> start = result.trace->outputs().at("start_logits").row(0);
    const std::span<const float> end = result.trace->outputs().at("end_logits").row(0);
    const bool pair = std::any_of(result.tokens.begin(), result.tokens.end(), [](const TokenInfo& t) { return t.sequence == 1; });
    const auto allowed = [&](std::size_t i) { return !result.tokens[i].special && result.tokens[i].sequence == (pair ? 1 : 0); };
    std::optional<std::pair<std::size_t, std::size_t>> found;
    float top = -std::numeric_limits<float>::infinity();
    for (std::size_t i = 0; i < start.size(); ++i)
        for (std::size_t j = i; allowed(i) && j < std::min(start.size(), i + std::size_t(longestAnswer)) && allowed(j); ++j)
            if (start[i] + end[j] > top) {
                top = start[i] + end[j];
                found = { i, j };
            }
    return found;
}

std::string answerText(const AnalysisResult& result, std::size_t first, std::size_t last)
{
    if (result.model->tokenizer != nullptr)
        return result.model->tokenizer->decode(std::span(result.fed.ids).subspan(first, last - first + 1));
    std::string text;
    for (std::size_t i = first; i <= last; ++i)
        text += (text.empty() ? "" : " ") + result.tokens[i].label;
    return text;
}

std::vector<Prediction> answer(const AnalysisResult& result)
{
    const auto span = answerSpan(result);
    if (!span)
        return {};
    std::vector<float> start(result.trace->outputs().at("start_logits").row(0).begin(), result.trace->outputs().at("start_logits").row(0).end());
    std::vector<float> end(result.trace->outputs().at("end_logits").row(0).begin(), result.trace->outputs().at("end_logits").row(0).end());
    const float logit = start[span->first] + end[span->second];
    kernels::softmaxRow(start.data(), std::int64_t(start.size()));
    kernels::softmaxRow(end.data(), std::int64_t(end.size()));
    const std::string text = answerText(result, span->first, span->second);
    return { { "answer", { { text, start[span->first] * end[span->second], logit, std::int64_t(span->first) } } } };
}

/// How well a picture and a text go together: the cosine of their vectors.
std::vector<Prediction> agreement(const AnalysisResult& result)
{
    const auto& outputs = result.trace->outputs();
    if (!outputs.contains("logits_per_image"))
        return {}; // one of them alone
    const std::span<const float> picture = outputs.at("image_embeds").row(0), text = outputs.at("text_embeds").row(0);
    const float cosine = std::inner_product(picture.begin(), picture.end(), text.begin(), 0.0f);
    return { { "picture and text", { { "agreement (cosine)", cosine, outputs.at("logits_per_image").at(0), 0 } } } };
}

/// The likeliest letter of each moment, repeats and blanks taken out; its probability is the geometric mean of theirs.
/// Source: Graves et al. 2006 (best path decoding).
std::vector<Prediction> transcript(const AnalysisResult& result)
{
    const Tokenizer* tokenizer = result.model->tokenizer.get();
    if (tokenizer == nullptr)
        return {};
    const Tensor& logits = result.trace->outputs().at("logits");
    std::vector<std::int64_t> letters;
    double logProbability = 0, logit = 0;
    for (std::int64_t i = 0; i < logits.shape().rows(); ++i) {
        const auto likeliest = best(logits.row(i), 1, [](std::int64_t) { return std::string(); });
        if (likeliest.empty())
            return {};
        letters.push_back(likeliest.front().index);
        logProbability += std::log(double(likeliest.front().probability)) / double(logits.shape().rows());
        logit += double(likeliest.front().logit) / double(logits.shape().rows());
    }
    // Blanks are special, but it is they that keep double letters apart.
    return { { "transcript",
        { { tokenizer->decode(letters, SkipSpecial::No), float(std::exp(logProbability)), float(logit), 0 } } } };
}

} // namespace

std::vector<Prediction> predictions(const AnalysisResult& result)
{
    switch (result.model->network->info().task) {
    case Task::SequenceClassification:
    case Task::ImageClassification:
        return { classes(result) };
    case Task::TokenClassification:
        return tokenClasses(result);
    case Task::MaskedLanguage:
        return fills(result);
    case Task::QuestionAnswering:
        return answer(result);
    case Task::ImageTextMatching:
        return agreement(result);
    case Task::Transcription:
        return transcript(result);
    case Task::CausalLanguage:
    case Task::SequenceToSequence:
        return { nextWords(result) };
    default:
        return {};
    }
}

} // namespace headlight
