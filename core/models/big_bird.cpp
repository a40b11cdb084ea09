// BigBird, as far as its attention is full: the reference's, too, for texts that fill less than a few blocks.
// Source: Zaheer et al. 2020.

#include "core/models/encoder_model.h"
#include "core/models/families.h"

namespace headlight {
namespace {

EncoderSizes readSizes(Config& config)
{
    return EncoderSizes::read(config, { .vocabulary = 50358, .positions = 4096, .activation = Activation::GeluTanh });
}

class BigBird final : public PlainEncoder {
public:
    BigBird(Config& config, ParameterSource& source)
        : PlainEncoder(config, readSizes(config))
    {
        readAttention(config);
        PostNormNames names;
        names.projectionBias = config.flag("use_bias", true) ? Linear::Bias::Yes : Linear::Bias::No;
        load(source, { "bert.embeddings.", "bert.encoder.layer.", {}, names });
        if (config.flag("rescale_embeddings", false))
            m_embeddings.scale = std::sqrt(float(m_sizes.width));
        loadNamedHeads(config, source);
    }

    Status check(const ModelInput& input) const override
    {
        if (m_fullLimit > 0 && std::int64_t(input.ids.size()) > m_fullLimit)
            return Error { ErrorKind::TooLong,
                fmt::format("The text is {} tokens long; beyond {} this BigBird attends in random blocks, which is not "
                            "supported: shorten it, or set attention_type to original_full.",
                    input.ids.size(), m_fullLimit) };
        return EncoderModel::check(input);
    }

private:
    void readAttention(Config& config)
    {
        const std::string kind = config.text("attention_type", "block_sparse");
        if (kind == "block_sparse")
            m_fullLimit = (5 + 2 * config.number("num_random_blocks", 3)) * config.size("block_size", 64);
        else if (kind != "original_full")
            config.problem(fmt::format("attention_type = \"{}\" is not known; original_full and block_sparse are.", kind));
        if (m_fullLimit > 0)
            m_info.maximumPositions = std::min(m_info.maximumPositions, m_fullLimit);
        m_separator = config.number("sep_token_id", 66);
    }

    void loadNamedHeads(Config& config, ParameterSource& source)
    {
        HeadLayout heads = HeadLayout::bert("bert.", m_sizes.activation);
        heads.pooler.dense = "bert.pooler";
        heads.classes = { .dense = "classifier.dense", .activation = m_sizes.activation };
        heads.classifier = "classifier.out_proj";
        heads.spans = "qa_classifier.qa_outputs";
        loadHeads(config, source, m_embeddings.words, heads);
        const std::int64_t width = m_sizes.width;
        if (m_info.task == Task::QuestionAnswering) {
            m_answer = { Linear::load(source, "qa_classifier.intermediate.dense", width, m_sizes.inner),
                Linear::load(source, "qa_classifier.output.dense", m_sizes.inner, width), m_sizes.activation };
            m_answerNorm = Norm::layer(source, "qa_classifier.output.LayerNorm", width, m_sizes.epsilon);
        } else if (m_info.task != Task::Features && source.has("bert.pooler.weight")) {
            Linear::load(source, "bert.pooler", width, width); // in the files, though only the bare model uses it
        }
    }

    /// An answer lies behind the question: tokens of the question are type 0, the rest type 1, where nothing else is said.
    Var encode(std::span<const ModelInput> batch, const WordRows& rows, Run& run) const override
    {
        if (m_info.task != Task::QuestionAnswering)
            return PlainEncoder::encode(batch, rows, run);
        WordRows typed = rows;
        for (std::size_t s = 0; s < batch.size(); ++s)
            for (std::int64_t i = rows.packing.begins[s]; batch[s].typeIds.empty() && i < rows.packing.begins[s + 1]; ++i)
                typed.typeIds[std::size_t(i)] = i - rows.packing.begins[s] < questionLength(batch[s]) ? 0 : 1;
        return PlainEncoder::encode(batch, typed, run);
    }
    std::int64_t questionLength(const ModelInput& input) const
    {
        const auto separator = std::find(input.ids.begin(), input.ids.end(), m_separator);
        return separator == input.ids.end() ? 1 : separator - input.ids.begin() + 1;
    }

    Var beforeSpans(const Var& hidden, Run& run) const override
    {
        return m_answerNorm(add(m_answer(hidden, run), hidden), run);
    }
    /// The question's own tokens are no answer; the first token stays, for "no answer".
    Var spanBias(std::span<const ModelInput> batch, const Packing& packing) const override
    {
        constexpr float never = -1e6f;
        return Var(Tensor::make({ packing.rows(), 2 }, [&](std::span<float> out) {
            std::fill(out.begin(), out.end(), 0.0f);
            for (std::size_t s = 0; s < batch.size(); ++s)
                for (std::int64_t i = 1; i < questionLength(batch[s]); ++i)
                    for (const std::int64_t which : { 0, 1 })
                        out[std::size_t(2 * (packing.begins[s] + i) + which)] = never;
        }));
    }

    std::int64_t m_fullLimit = 0; ///< tokens up to which attention is full; 0: always
    std::int64_t m_separator = 66;
    FeedForward m_answer;
    Norm m_answerNorm;
};

constexpr std::array<std::string_view, 6> architectures { "BigBirdModel", "BigBirdForSequenceClassification",
    "BigBirdForMaskedLM", "BigBirdForQuestionAnswering", "BigBirdForTokenClassification", "BigBirdForPreTraining" };

} // namespace

const ModelFamily bigBirdFamily { "big_bird", "BigBird", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<BigBird>(config, source); },
    "bert." };

} // namespace headlight
