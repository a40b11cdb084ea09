#include "core/models/encoder_model.h"

namespace headlight {
namespace {

Task taskOf(const std::string& architecture)
{
    static const std::array<std::pair<std::string_view, Task>, 5> endings { {
        { "ForSequenceClassification", Task::SequenceClassification },
        { "ForTokenClassification", Task::TokenClassification },
        { "ForQuestionAnswering", Task::QuestionAnswering },
        { "ForMaskedLM", Task::MaskedLanguage },
        { "ForPreTraining", Task::MaskedLanguage }, // masked words and more; the words are shown
    } };
    for (const auto& [ending, task] : endings)
        if (architecture.ends_with(ending))
            return task;
    return Task::Features;
}

} // namespace

HeadLayout HeadLayout::bert(const std::string& prefix, Activation activation)
{
    HeadLayout layout;
    const std::string words = "cls.predictions.";
    layout.words = { .dense = words + "transform.dense", .norm = words + "transform.LayerNorm", .activation = activation };
    layout.decoder = words + "decoder";
    layout.decoderBias = words + "bias";
    layout.pooler = { .dense = prefix + "pooler.dense" };
    layout.classes = layout.pooler;
    return layout;
}

HeadLayout HeadLayout::roberta(const std::string& prefix)
{
    HeadLayout layout;
    layout.words = { .dense = "lm_head.dense", .norm = "lm_head.layer_norm", .activation = Activation::Gelu };
    layout.decoder = "lm_head.decoder";
    layout.decoderBias = "lm_head.bias";
    layout.pooler = { .dense = prefix + "pooler.dense" };
    layout.classes = { .dense = "classifier.dense" };
    layout.classifier = "classifier.out_proj";
    return layout;
}

Var OutputHead::operator()(Var x, Run& run) const
{
    if (transform)
        x = activate(activation, (*transform)(x, run));
    if (norm)
        x = (*norm)(x, run);
    return output ? (*output)(run.dropout(x, dropout), run) : x;
}

EncoderModel::EncoderModel(Config& config, const EncoderSizes& sizes, std::string attention)
    : m_sizes(sizes)
{
    m_info.architecture = config.architecture();
    m_info.task = taskOf(m_info.architecture);
    m_info.input = InputKind::Text;
    m_info.layers = int(sizes.layers);
    m_info.heads = int(sizes.heads);
    m_info.width = int(sizes.width);
    m_info.headSize = int(sizes.width / sizes.heads);
    m_info.vocabulary = sizes.vocabulary;
    m_info.maximumPositions = sizes.longestText();
    m_info.attention = std::move(attention);
    if (m_info.task == Task::SequenceClassification || m_info.task == Task::TokenClassification)
        m_info.labels = config.labels();
}

OutputHead EncoderModel::loadHead(ParameterSource& source, const HeadTransform& transform, std::int64_t width) const
{
    OutputHead head;
    if (!transform.dense.empty())
        head.transform = Linear::load(source, transform.dense, m_sizes.width, width, transform.bias);
    if (!transform.norm.empty())
        head.norm = Norm::layer(source, transform.norm, width, m_sizes.epsilon, transform.normBias);
    head.activation = transform.activation;
    return head;
}

void EncoderModel::loadWordHead(Config& config, ParameterSource& source, const Embedding& words, const HeadLayout& layout)
{
    const std::int64_t width = m_sizes.embeddingWidth();
    m_head = loadHead(source, layout.words, width);
    const ParameterRef weight = layout.decoder.empty() || config.flag("tie_word_embeddings", layout.tied)
        ? words.table
        : source.take(layout.decoder + ".weight", { m_sizes.vocabulary, width }, Initialisation::normal(0.02f));
    // The bias stands under two names, of which a file may hold either.
    const std::string bias = source.has(layout.decoderBias) ? layout.decoderBias
        : source.has(layout.decoder + ".bias")              ? layout.decoder + ".bias"
                                                            : layout.decoderBias;
    m_head.output = Linear::of(
        weight, layout.decoderBias.empty() ? nullptr : source.take(bias, { m_sizes.vocabulary }, Initialisation::zeros()));
}

void EncoderModel::loadHeads(Config& config, ParameterSource& source, const Embedding& words, const HeadLayout& layout)
{
    const std::int64_t width = m_sizes.width;
    m_pooling = layout.pooling;
    m_findsReplaced = !layout.replacedOutput.empty() && m_info.architecture.ends_with("ForPreTraining");
    if (m_findsReplaced) {
        m_info.task = Task::TokenClassification;
        m_info.labels = { "original", "replaced" };
        m_head = loadHead(source, layout.replaced, width);
        m_head.output = Linear::load(source, layout.replacedOutput, width, 1);
    } else if (m_info.task == Task::SequenceClassification) {
        m_head = loadHead(source, layout.classes, width);
        m_head.output = Linear::load(source, layout.classifier, width, std::int64_t(m_info.labels.size()));
        m_head.dropout = m_sizes.dropout;
    } else if (m_info.task == Task::TokenClassification) {
        m_head = loadHead(source, layout.tokenClasses, width);
        m_head.output = Linear::load(
            source, layout.tokenClassifier, width, std::int64_t(m_info.labels.size()), layout.tokenBias);
        m_head.dropout = m_sizes.dropout;
    } else if (m_info.task == Task::MaskedLanguage) {
        loadWordHead(config, source, words, layout);
    } else if (m_info.task == Task::QuestionAnswering) {
        m_head = loadHead(source, layout.spanScores, width);
        m_spans = Linear::load(source, layout.spans, width, 2);
    } else if (!layout.pooler.dense.empty() && source.has(layout.pooler.dense + ".weight")) {
        m_pooler = loadHead(source, layout.pooler, width);
    }
}

Status EncoderModel::check(const ModelInput& input) const
{
    return checkWords(input, { m_sizes.vocabulary, m_info.maximumPositions, m_sizes.types, m_sizes.padding });
}

WordRows EncoderModel::pack(std::span<const ModelInput> batch, const Run& run) const
{
    WordRows rows = packWords(batch, run);
    for (std::size_t s = 0; m_sizes.padding && s < batch.size(); ++s) {
        std::int64_t last = *m_sizes.padding;
        for (std::int64_t i = rows.packing.begins[s]; i < rows.packing.begins[s + 1]; ++i)
            rows.positions[std::size_t(i)] = rows.ids[std::size_t(i)] == *m_sizes.padding ? *m_sizes.padding : ++last;
    }
    return rows;
}

Var EncoderModel::stack(
    Var hidden, std::int64_t count, Run& run, const std::function<Var(int index, const Var& x)>& layer) const
{
    run.recordHidden(hidden);
    for (int i = 0; i < int(count); ++i) {
        run.enterLayer(i, int(count));
        hidden = layer(i, hidden);
        run.recordHidden(hidden, { AttentionKind::Encoder, i + 1 });
    }
    return hidden;
}

Var EncoderModel::representatives(const Var& hidden, const Packing& packing) const
{
    if (m_pooling == HeadLayout::Pooling::First)
        return gatherRows(hidden, { packing.begins.data(), std::size_t(packing.sequences()) });
    return meansOfTexts(hidden, packing);
}

void EncoderModel::addSpans(ModelOutputs& outputs, std::span<const ModelInput> batch, const Var& hidden,
    const Packing& packing, Run& run) const
{
    const Var scores = (*m_spans)(beforeSpans(hidden, run), run), bias = spanBias(batch, packing);
    const std::array<std::string, 2> names { "start_logits", "end_logits" };
    const auto columns = splitColumns(bias.empty() ? scores : add(scores, bias), std::array<std::int64_t, 2> { 1, 1 });
    for (std::size_t i = 0; i < 2; ++i)
        outputs[names[i]] = { reshape(columns[i], { packing.rows() }), ModelOutput::Rows::PerToken };
}

ModelOutputs EncoderModel::forward(std::span<const ModelInput> batch, Run& run) const
{
    using Rows = ModelOutput::Rows;
    const WordRows rows = pack(batch, run);
    const Var hidden = encode(batch, rows, run);
    ModelOutputs out;
    switch (m_info.task) {
    case Task::SequenceClassification:
        out["logits"] = { m_pooling == HeadLayout::Pooling::MeanOfScores
                ? representatives(m_head(hidden, run), rows.packing)
                : m_head(representatives(hidden, rows.packing), run),
            Rows::PerSequence };
        break;
    case Task::MaskedLanguage:
        out["logits"] = { m_head(run.outputRows.empty() ? hidden : gatherRows(hidden, run.outputRows), run), Rows::PerToken };
        break;
    case Task::TokenClassification: {
        const Var logits = m_head(hidden, run);
        out["logits"] = { m_findsReplaced ? reshape(logits, { rows.packing.rows() }) : logits, Rows::PerToken };
        break;
    }
    case Task::QuestionAnswering:
        addSpans(out, batch, hidden, rows.packing, run);
        break;
    default:
        out["last_hidden_state"] = { hidden, Rows::PerToken };
        if (m_pooler)
            out["pooler_output"] = { (*m_pooler)(representatives(hidden, rows.packing), run), Rows::PerSequence };
    }
    return out;
}

void PlainEncoder::load(ParameterSource& source, const Layout& layout)
{
    m_embeddings = WordEmbeddings::load(source, layout.embeddings, m_sizes);
    if (m_sizes.embeddingWidth() != m_sizes.width)
        m_projection = Linear::load(source, layout.projection, m_sizes.embeddingWidth(), m_sizes.width);
    for (int i = 0; i < int(m_sizes.layers); ++i)
        m_layers.push_back(PostNormLayer::load(
            source, fmt::format("{}{}.", layout.layers, i), m_sizes, { AttentionKind::Encoder, i }, layout.parts));
}

Var PlainEncoder::encode(std::span<const ModelInput>, const WordRows& rows, Run& run) const
{
    const Var embedded = m_embeddings(rows, run);
    return stack(m_projection ? (*m_projection)(embedded, run) : embedded, m_sizes.layers, run,
        [&](int i, const Var& x) { return m_layers[std::size_t(i)](x, rows.packing, run); });
}

} // namespace headlight
