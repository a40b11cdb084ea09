#include "core/models/pair_model.h"

namespace headlight {
namespace {

Task taskOf(const std::string& architecture)
{
    if (architecture.ends_with("ForConditionalGeneration") || architecture.ends_with("MTModel")
        || architecture == "VisionEncoderDecoderModel")
        return Task::SequenceToSequence;
    if (architecture.ends_with("ForSequenceClassification"))
        return Task::SequenceClassification;
    return architecture.ends_with("ForQuestionAnswering") ? Task::QuestionAnswering : Task::Features;
}

} // namespace

void PairModel::describe(Config& config, const Sizes& sizes, std::string attention)
{
    m_info.architecture = config.architecture();
    m_info.task = taskOf(m_info.architecture);
    m_info.pair = !m_info.architecture.ends_with("EncoderModel");
    m_info.writes = m_info.task == Task::SequenceToSequence;
    m_info.layers = int(m_info.pair ? std::max(sizes.encoderLayers, sizes.decoderLayers) : sizes.encoderLayers);
    m_info.heads = int(sizes.heads);
    m_info.width = int(sizes.width);
    m_info.headSize = int(sizes.headSize);
    m_info.vocabulary = sizes.vocabulary;
    m_info.maximumPositions = sizes.positions;
    m_info.decoderVocabulary = m_info.pair ? sizes.decoderVocabulary : 0;
    m_info.decoderPositions = m_info.pair ? sizes.decoderPositions : 0;
    m_info.attention = std::move(attention);
    if (m_info.task == Task::SequenceClassification)
        m_info.labels = config.labels();
}

PairModel::WordHead PairModel::loadWordHead(
    ParameterSource& source, const std::string& name, const Embedding& words, const Shape& shape, bool tied)
{
    // Some files hold the tied weight once more; it is the same.
    const ParameterRef own = !tied || source.has(name + ".weight")
        ? source.take(name + ".weight", shape, Initialisation::normal(0.02f))
        : nullptr;
    return { tied ? words.table : own };
}

Status PairModel::checkSource(const ModelInput& input) const
{
    return checkWords(input, { m_info.vocabulary, m_info.maximumPositions, 0 });
}

Status PairModel::check(const ModelInput& input) const
{
    HEADLIGHT_TRY_STATUS(checkSource(input));
    if (!m_info.pair)
        return {};
    ModelInput fed;
    fed.decoderIds = input.decoderIds.empty() ? impliedDecoderIds(input) : input.decoderIds;
    return checkDecoderWords(fed, { decoderRows(), m_info.decoderPositions, 0 });
}

PairModel::Encoded PairModel::encodeOnce(std::span<const ModelInput> batch, Run& run) const
{
    KeyValueCache* cache = run.cache;
    if (cache == nullptr)
        return encode(batch, run);
    if (!cache->encoderStates.empty())
        return { Var(cache->encoderStates), { cache->encoderBegins, cache->encoderMasks }, {} };
    Encoded encoded = encode(batch, run);
    cache->encoderStates = encoded.states.value();
    cache->encoderBegins = encoded.packing.begins;
    cache->encoderMasks = encoded.packing.keyMasks;
    return encoded;
}

WordRows PairModel::packDecoder(std::span<const ModelInput> batch, const Run& run) const
{
    std::vector<ModelInput> fed(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i)
        fed[i].decoderIds = batch[i].decoderIds.empty() ? impliedDecoderIds(batch[i]) : batch[i].decoderIds;
    WordRows rows = packDecoderWords(fed, run);
    for (std::size_t i = 0; i < batch.size(); ++i)
        rows.packing.keyMasks[i] = decoderMask(batch[i]);
    return rows;
}

ModelOutputs PairModel::forward(std::span<const ModelInput> batch, Run& run) const
{
    const Encoded encoder = encodeOnce(batch, run);
    if (!m_info.pair)
        return { { "last_hidden_state", { encoder.states, ModelOutput::Rows::PerToken } } };
    const WordRows rows = packDecoder(batch, run);
    const DecoderPass pass { rows, encoder, run };
    ModelOutputs out = outputs(batch, decode(pass), pass);
    out.insert(encoder.outputs.begin(), encoder.outputs.end());
    return out;
}

ModelOutputs PairModel::outputs(std::span<const ModelInput>, const Var& hidden, const DecoderPass& pass) const
{
    using Rows = ModelOutput::Rows;
    ModelOutputs out { { "encoder_last_hidden_state", { pass.encoder.states, Rows::PerToken } } };
    if (m_words)
        out["logits"] = { wordLogits(wantedRows(hidden, pass.run), pass.run), Rows::PerToken };
    else
        out["last_hidden_state"] = { hidden, Rows::PerToken };
    return out;
}

Var PairModel::wantedRows(const Var& hidden, const Run& run)
{
    return run.outputRows.empty() ? hidden : gatherRows(hidden, run.outputRows);
}

Var PairModel::wordLogits(const Var& rows, Run& run) const
{
    const std::int64_t vocabulary = m_words->weight->value.shape()[0];
    return linear(m_words->scale == 1.0f ? rows : scale(rows, m_words->scale), run.use(m_words->weight),
        m_words->bias ? reshape(run.useFloat(m_words->bias), { vocabulary }) : Var());
}

Embedding loadSharedWords(ParameterSource& source, std::span<const std::string> names, std::int64_t rows, std::int64_t width)
{
    for (const std::string& name : names)
        if (source.has(name + ".weight"))
            return Embedding::load(source, name, rows, width);
    return Embedding::load(source, names.front(), rows, width);
}

} // namespace headlight
