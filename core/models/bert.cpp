// BERT: learned positions, norms after each residual sum, every token sees every token. Source: Devlin et al. 2019.

#include "core/models/families.h"
#include "core/nn/attention.h"

namespace headlight {
namespace {

struct BertConfig {
    std::int64_t vocabulary, width, layers, heads, inner, positions, types;
    float epsilon, dropout;
    Activation activation = Activation::Gelu;
};

BertConfig readConfig(Config& config)
{
    BertConfig c {};
    c.vocabulary = config.size("vocab_size", 30522);
    c.width = config.size("hidden_size", 768);
    c.layers = config.size("num_hidden_layers", 12, 1000);
    c.heads = config.size("num_attention_heads", 12, 4096);
    c.inner = config.size("intermediate_size", 3072);
    c.positions = config.size("max_position_embeddings", 512);
    c.types = config.size("type_vocab_size", 2);
    c.epsilon = config.real("layer_norm_eps", 1e-12f);
    c.dropout = config.real("hidden_dropout_prob", 0.1f);
    const std::string activation = config.text("hidden_act", "gelu");
    if (const auto known = activationFromName(activation))
        c.activation = *known;
    else
        config.problem(fmt::format("The activation \"{}\" is not known.", activation));
    if (c.width % c.heads != 0)
        config.problem(fmt::format("hidden_size {} cannot be shared by {} heads.", c.width, c.heads));
    if (config.text("position_embedding_type", "absolute") != "absolute")
        config.problem("Only absolute positions are supported for BERT.");
    if (config.flag("is_decoder", false))
        config.problem("BERT as a decoder is not supported.");
    return c;
}

/// Post-norm: x = norm(x + attention(x)); x = norm(x + feedForward(x)).
struct Layer {
    SelfAttention attention;
    Norm attentionNorm, outputNorm;
    FeedForward feedForward;

    static Layer load(ParameterSource& source, const BertConfig& c, int index)
    {
        const std::string name = fmt::format("bert.encoder.layer.{}.", index), self = name + "attention.self.";
        const std::int64_t width = c.width;
        return { { Linear::load(source, self + "query", width, width), Linear::load(source, self + "key", width, width),
                     Linear::load(source, self + "value", width, width),
                     Linear::load(source, name + "attention.output.dense", width, width),
                     { .site = { AttentionKind::Encoder, index }, .heads = int(c.heads) } },
            Norm::layer(source, name + "attention.output.LayerNorm", width, c.epsilon),
            Norm::layer(source, name + "output.LayerNorm", width, c.epsilon),
            { Linear::load(source, name + "intermediate.dense", width, c.inner),
                Linear::load(source, name + "output.dense", c.inner, width), c.activation } };
    }

    Var operator()(const Var& x, const Packing& packing, float dropout, Run& run) const
    {
        const Var attended = attentionNorm(add(x, run.dropout(attention(x, packing, run), dropout)), run);
        return outputNorm(add(attended, run.dropout(feedForward(attended, run), dropout)), run);
    }
};

/// What stands on top of the encoder; parts that a task lacks stay empty.
struct Head {
    std::optional<Linear> pooler, classifier, spans, transform;
    std::optional<Norm> transformNorm;
    ParameterRef decoder, decoderBias; ///< masked words; the decoder is the word embedding unless untied
};

class Bert final : public Model {
public:
    Bert(Config& config, ParameterSource& source)
        : m_config(readConfig(config))
    {
        describe(config);
        const BertConfig& c = m_config;
        m_words = Embedding::load(source, "bert.embeddings.word_embeddings", c.vocabulary, c.width);
        m_positions = Embedding::load(source, "bert.embeddings.position_embeddings", c.positions, c.width);
        m_types = Embedding::load(source, "bert.embeddings.token_type_embeddings", c.types, c.width);
        m_norm = Norm::layer(source, "bert.embeddings.LayerNorm", c.width, c.epsilon);
        for (int i = 0; i < c.layers; ++i)
            m_layers.push_back(Layer::load(source, c, i));
        loadHead(config, source);
    }

    Status check(const ModelInput& input) const override;
    std::int64_t tokens(const ModelInput& input) const override { return std::int64_t(input.ids.size()); }
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const override;

private:
    void describe(Config& config);
    void loadHead(Config& config, ParameterSource& source);
    Var embed(std::span<const ModelInput> batch, Packing& packing, Run& run) const;
    ModelOutputs outputs(const Var& hidden, const Packing& packing, Run& run) const;
    Var pooled(const Var& hidden, const Packing& packing, Run& run) const;
    Var maskedWords(const Var& hidden, Run& run) const;

    BertConfig m_config;
    Embedding m_words, m_positions, m_types;
    Norm m_norm;
    std::vector<Layer> m_layers;
    Head m_head;
};

void Bert::describe(Config& config)
{
    const std::string architecture = config.architecture();
    m_info.architecture = architecture.empty() ? "BertModel" : architecture;
    m_info.task = architecture == "BertForSequenceClassification" ? Task::SequenceClassification
        : architecture == "BertForMaskedLM"                       ? Task::MaskedLanguage
        : architecture == "BertForQuestionAnswering"              ? Task::QuestionAnswering
                                                                  : Task::Features;
    m_info.input = InputKind::Text;
    m_info.layers = int(m_config.layers);
    m_info.heads = int(m_config.heads);
    m_info.width = int(m_config.width);
    m_info.headSize = int(m_config.width / m_config.heads);
    m_info.vocabulary = m_config.vocabulary;
    m_info.maximumPositions = m_config.positions;
    m_info.attention = "softmax, every token sees every token";
    if (m_info.task == Task::SequenceClassification)
        m_info.labels = config.labels();
}

void Bert::loadHead(Config& config, ParameterSource& source)
{
    const std::int64_t width = m_config.width;
    const bool classifies = m_info.task == Task::SequenceClassification;
    if (classifies || (m_info.task == Task::Features && source.has("bert.pooler.dense.weight")))
        m_head.pooler = Linear::load(source, "bert.pooler.dense", width, width);
    if (classifies)
        m_head.classifier = Linear::load(source, "classifier", width, std::int64_t(m_info.labels.size()));
    if (m_info.task == Task::QuestionAnswering)
        m_head.spans = Linear::load(source, "qa_outputs", width, 2);
    if (m_info.task != Task::MaskedLanguage)
        return;
    m_head.transform = Linear::load(source, "cls.predictions.transform.dense", width, width);
    m_head.transformNorm = Norm::layer(source, "cls.predictions.transform.LayerNorm", width, m_config.epsilon);
    m_head.decoder = config.flag("tie_word_embeddings", true)
        ? m_words.table
        : source.take("cls.predictions.decoder.weight", { m_config.vocabulary, width }, Initialisation::normal(0.02f));
    m_head.decoderBias = source.take("cls.predictions.bias", { m_config.vocabulary }, Initialisation::zeros());
}

Status Bert::check(const ModelInput& input) const
{
    const std::int64_t length = tokens(input);
    if (length == 0)
        return Error { ErrorKind::BadInput, "There is nothing to run: the text is empty." };
    if (length > m_config.positions)
        return Error { ErrorKind::TooLong,
            fmt::format("The text is {} tokens long; this model has positions for {}.", length, m_config.positions) };
    for (std::int64_t id : input.ids)
        if (id < 0 || id >= m_config.vocabulary)
            return Error { ErrorKind::BadInput,
                fmt::format("Token id {} is outside of the model's vocabulary of {}.", id, m_config.vocabulary) };
    for (std::int64_t type : input.typeIds)
        if (type < 0 || type >= m_config.types)
            return Error { ErrorKind::BadInput,
                fmt::format("Token type {} is outside of the model's {} types.", type, m_config.types) };
    for (const std::size_t other : { input.typeIds.size(), input.attentionMask.size() })
        if (other != 0 && std::int64_t(other) != length)
            return Error { ErrorKind::BadInput,
                fmt::format("The input has {} token ids, but token types or a mask for {}.", length, other) };
    return {};
}

Var Bert::embed(std::span<const ModelInput> batch, Packing& packing, Run& run) const
{
    std::vector<std::int64_t> ids, positions, types;
    for (const ModelInput& input : batch) {
        packing.add(tokens(input), input.attentionMask);
        ids.insert(ids.end(), input.ids.begin(), input.ids.end());
        for (std::int64_t i = 0; i < tokens(input); ++i) {
            positions.push_back(i);
            types.push_back(input.typeIds.empty() ? 0 : input.typeIds[std::size_t(i)]);
        }
    }
    const Var sum = add(add(m_words(ids, run), m_types(types, run)), m_positions(positions, run));
    return run.dropout(m_norm(sum, run), m_config.dropout);
}

ModelOutputs Bert::forward(std::span<const ModelInput> batch, Run& run) const
{
    Packing packing;
    Var hidden = embed(batch, packing, run);
    run.recordHidden(hidden);
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        run.enterLayer(int(i), int(m_layers.size()));
        hidden = m_layers[i](hidden, packing, m_config.dropout, run);
        run.recordHidden(hidden, { AttentionKind::Encoder, int(i) + 1 });
    }
    return outputs(hidden, packing, run);
}

Var Bert::pooled(const Var& hidden, const Packing& packing, Run& run) const
{
    const Var first = gatherRows(hidden, { packing.begins.data(), std::size_t(packing.sequences()) });
    return activate(Activation::Tanh, (*m_head.pooler)(first, run));
}

Var Bert::maskedWords(const Var& hidden, Run& run) const
{
    const Var transformed = activate(m_config.activation, (*m_head.transform)(hidden, run));
    return linear((*m_head.transformNorm)(transformed, run), run.use(m_head.decoder), run.use(m_head.decoderBias));
}

ModelOutputs Bert::outputs(const Var& hidden, const Packing& packing, Run& run) const
{
    using Rows = ModelOutput::Rows;
    ModelOutputs out;
    switch (m_info.task) {
    case Task::SequenceClassification: {
        const Var features = run.dropout(pooled(hidden, packing, run), m_config.dropout);
        out["logits"] = { (*m_head.classifier)(features, run), Rows::PerSequence };
        break;
    }
    case Task::MaskedLanguage:
        out["logits"] = { maskedWords(run.outputRows.empty() ? hidden : gatherRows(hidden, run.outputRows), run),
            Rows::PerToken };
        break;
    case Task::QuestionAnswering: {
        const std::array<std::string, 2> names { "start_logits", "end_logits" };
        const Var weight = run.use(m_head.spans->weight), bias = reshape(run.use(m_head.spans->bias), { 2, 1 });
        for (std::int64_t i = 0; i < 2; ++i) {
            const Var scores = linear(hidden, gatherRows(weight, { &i, 1 }), reshape(gatherRows(bias, { &i, 1 }), { 1 }));
            out[names[std::size_t(i)]] = { reshape(scores, { packing.rows() }), Rows::PerToken };
        }
        break;
    }
    default:
        out["last_hidden_state"] = { hidden, Rows::PerToken };
        if (m_head.pooler)
            out["pooler_output"] = { pooled(hidden, packing, run), Rows::PerSequence };
    }
    return out;
}

constexpr std::array<std::string_view, 4> architectures { "BertModel", "BertForSequenceClassification",
    "BertForMaskedLM", "BertForQuestionAnswering" };

} // namespace

const ModelFamily bertFamily { "bert", "BERT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Bert>(config, source); },
    "bert." };

} // namespace headlight
