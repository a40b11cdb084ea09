#include "core/models/text_pair.h"

#include "core/models/causal_model.h"

namespace headlight {
namespace {

/// `side` is "encoder" or "decoder".
PairStackShape readStack(Config& config, const TextPairStyle& style, const std::string& side, std::int64_t padding)
{
    PairStackShape shape;
    PairLayerShape& layer = shape.layer;
    layer.width = config.size("d_model", 1024);
    layer.heads = config.size((side + "_attention_heads").c_str(), 16, 4096);
    layer.inner = config.size((side + "_ffn_dim").c_str(), 4096);
    layer.activation = config.activation("activation_function", style.activation);
    layer.norms = style.norms;
    layer.dropout = config.real("dropout", 0.1f);
    shape.layers = config.size((side + "_layers").c_str(), 12, 1000);
    shape.positions = config.size("max_position_embeddings", 1024);
    shape.positionKind = style.positions;
    shape.padding = padding;
    shape.embeddingScale = config.flag("scale_embedding", style.scaleEmbedding) ? std::sqrt(float(layer.width)) : 1.0f;
    shape.embeddingNorm = style.embeddingNorm;
    shape.finalNorm = style.finalNorm;
    if (layer.width % layer.heads != 0)
        config.problem(fmt::format("d_model {} cannot be shared by {} {} heads.", layer.width, layer.heads, side));
    if (style.positions == PairPositions::Kind::Fairseq && layer.width < 4)
        config.problem(fmt::format("d_model {} is too narrow for positions made of waves.", layer.width));
    return shape;
}

} // namespace

TextPair::TextPair(Config& config, ParameterSource& source, const TextPairStyle& style)
    : m_style(style)
    , m_padding(config.number("pad_token_id", style.padding))
    , m_start(config.number("decoder_start_token_id", 2))
    , m_end(config.number("eos_token_id", 2))
{
    const PairStackShape encoder = readStack(config, style, "encoder", m_padding),
                         decoder = readStack(config, style, "decoder", m_padding);
    describeFrom(config, encoder, decoder);
    loadWords(config, source);
    m_encoder = PairEncoder::load(source, "model.encoder.", encoder, m_encoderWords);
    m_decoder = PairDecoder::load(source, "model.decoder.", decoder, m_decoderWords);
    loadHead(config, source);
}

void TextPair::describeFrom(Config& config, const PairStackShape& encoder, const PairStackShape& decoder)
{
    const PairLayerShape& layer = decoder.layer;
    Sizes sizes { .width = layer.width, .heads = layer.heads, .headSize = layer.width / layer.heads,
        .encoderLayers = encoder.layers, .decoderLayers = decoder.layers };
    sizes.vocabulary = sizes.decoderVocabulary = config.size("vocab_size", m_style.vocabulary);
    if (!config.flag("share_encoder_decoder_embeddings", true) && config.has("decoder_vocab_size"))
        sizes.decoderVocabulary = config.size("decoder_vocab_size");
    // Fairseq's waves go on for ever, tables end.
    sizes.positions = sizes.decoderPositions = m_style.positions == PairPositions::Kind::Fairseq ? 0 : encoder.positions;
    describe(config, sizes, "softmax; the encoder sees all of the text, the decoder what it has written and the encoder");
    if (m_info.task == Task::SequenceClassification)
        m_info.labels = config.labels(m_style.labels);
}

void TextPair::loadWords(Config& config, ParameterSource& source)
{
    const std::int64_t rows = m_info.vocabulary, width = m_info.width;
    if (config.flag("share_encoder_decoder_embeddings", true)) {
        const std::array<std::string, 4> names { "model.shared", "model.encoder.embed_tokens", "model.decoder.embed_tokens", "lm_head" };
        m_encoderWords = m_decoderWords = loadSharedWords(source, names, rows, width);
        return;
    }
    m_encoderWords = Embedding::load(source, "model.encoder.embed_tokens", rows, width);
    m_decoderWords = Embedding::load(source, "model.decoder.embed_tokens", rows, width); // as many rows, the rest unused
}

void TextPair::loadHead(Config& config, ParameterSource& source)
{
    const std::int64_t width = m_info.width, words = m_info.decoderVocabulary;
    if (m_info.task == Task::SequenceClassification) {
        m_dense = Linear::load(source, "classification_head.dense", width, width);
        m_classes = Linear::load(source, "classification_head.out_proj", width, std::int64_t(m_info.labels.size()));
    }
    if (m_info.task == Task::QuestionAnswering)
        m_spans = Linear::load(source, "qa_outputs", width, 2);
    if (m_info.task != Task::SequenceToSequence)
        return;
    const bool tied = config.flag("tie_word_embeddings", true);
    if (tied && words != m_info.vocabulary)
        config.problem(fmt::format("The word head is tied to {} words, but decoder_vocab_size is {}.", m_info.vocabulary, words));
    m_words = loadWordHead(source, "lm_head", m_decoderWords, { words, width }, tied);
    if (m_style.outputBias && source.has("final_logits_bias"))
        m_words->bias = source.take("final_logits_bias", { 1, words }, Initialisation::zeros());
}

std::vector<std::int64_t> TextPair::impliedDecoderIds(const ModelInput& input) const
{
    std::vector<std::int64_t> ids = input.ids;
    if (m_style.implied == TextPairStyle::Implied::Nothing || ids.empty())
        return {};
    const auto words = std::count_if(ids.begin(), ids.end(), [this](std::int64_t id) { return id != m_padding; });
    const std::int64_t first = m_style.implied == TextPairStyle::Implied::StartToken
        ? m_start
        : ids[std::size_t(std::max<std::ptrdiff_t>(words, 1) - 1)];
    ids.pop_back();
    ids.insert(ids.begin(), first);
    return ids;
}

Status TextPair::checkSource(const ModelInput& input) const
{
    HEADLIGHT_TRY_STATUS(PairModel::checkSource(input));
    if (m_info.task != Task::SequenceClassification)
        return {};
    if (std::find(input.ids.begin(), input.ids.end(), m_end) == input.ids.end())
        return Error { ErrorKind::BadInput,
            fmt::format("This model classifies at the last end token (id {}); the text has none.", m_end) };
    if (!input.decoderIds.empty() && input.decoderIds.size() != input.ids.size())
        return Error { ErrorKind::BadInput,
            fmt::format("This model classifies at the place of the last end token: its decoder needs {} ids, not {}.",
                input.ids.size(), input.decoderIds.size()) };
    return {};
}

PairModel::Encoded TextPair::encode(std::span<const ModelInput> batch, Run& run) const
{
    const Run fresh(run.control()); // no cache: an encoder reads everything at once
    const WordRows rows = packWords(batch, fresh);
    return { m_encoder(rows, { 0, int(m_encoder.layers.size() + m_decoder.layers.size()) }, run), rows.packing };
}

Var TextPair::decode(const DecoderPass& pass) const
{
    const auto before = int(m_encoder.layers.size());
    return m_decoder(pass.rows, { pass.encoder.states, pass.encoder.packing },
        { before, before + int(m_decoder.layers.size()) }, pass.run);
}

std::vector<std::int64_t> TextPair::endRows(std::span<const ModelInput> batch, const WordRows& rows) const
{
    std::vector<std::int64_t> chosen;
    for (std::size_t s = 0; s < batch.size(); ++s) {
        const auto& ids = batch[s].ids;
        const auto last = std::find(ids.rbegin(), ids.rend(), m_end);
        chosen.push_back(rows.packing.begins[s] + (ids.rend() - last) - 1);
    }
    return chosen;
}

ModelOutputs TextPair::outputs(std::span<const ModelInput> batch, const Var& hidden, const DecoderPass& pass) const
{
    ModelOutputs out = PairModel::outputs(batch, hidden, pass);
    if (!m_classes && !m_spans)
        return out;
    out.erase("last_hidden_state");
    if (m_spans)
        addSpanLogits(out, hidden, *m_spans, pass.run);
    if (m_classes) {
        const Var pooled = gatherRows(hidden, endRows(batch, pass.rows));
        const Var features = activate(Activation::Tanh, (*m_dense)(pooled, pass.run));
        out["logits"] = { (*m_classes)(features, pass.run), ModelOutput::Rows::PerSequence };
    }
    return out;
}

} // namespace headlight
