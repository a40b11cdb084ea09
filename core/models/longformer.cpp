// Longformer: RoBERTa whose tokens see a window; a few global tokens see all and are seen by all, with projections of
// their own. Source: Beltagy et al. 2020.

#include "core/models/encoder_model.h"
#include "core/models/families.h"

namespace headlight {
namespace {

EncoderSizes readSizes(Config& config)
{
    return EncoderSizes::read(config, { .padding = 1 });
}

/// One width per layer, each even: half of it on either side.
std::vector<std::int64_t> readWindows(Config& config, std::int64_t layers)
{
    std::vector<std::int64_t> windows = config.numbers("attention_window");
    if (windows.empty())
        windows = { 512 };
    if (windows.size() == 1)
        windows.resize(std::size_t(layers), windows.front());
    if (std::int64_t(windows.size()) != layers)
        config.problem(fmt::format("attention_window holds {} widths for {} layers.", windows.size(), layers));
    windows.resize(std::size_t(layers), 2);
    for (const std::int64_t window : windows)
        if (window <= 0 || window % 2 != 0)
            config.problem(fmt::format("attention_window = {} is not an even number above 0.", window));
    return windows;
}

struct Layer {
    PostNormLayer parts;
    Linear globalQuery, globalKey, globalValue;

    static Layer load(ParameterSource& source, const EncoderSizes& sizes, std::int64_t window, int index)
    {
        const std::string name = fmt::format("longformer.encoder.layer.{}.", index), self = name + "attention.self.";
        const auto linear = [&](const char* part) { return Linear::load(source, self + part, sizes.width, sizes.width); };
        Layer layer { PostNormLayer::load(source, name, sizes, { AttentionKind::Encoder, index }), linear("query_global"),
            linear("key_global"), linear("value_global") };
        layer.parts.attention.heads.span = windowSpan(window / 2);
        return layer;
    }
};

class Longformer final : public EncoderModel {
public:
    Longformer(Config& config, ParameterSource& source)
        : Longformer(config, source, readSizes(config))
    {
    }

    Status check(const ModelInput& input) const override
    {
        HEADLIGHT_TRY_STATUS(EncoderModel::check(input));
        const auto separators = std::count(input.ids.begin(), input.ids.end(), m_separator);
        if (m_info.task == Task::QuestionAnswering && input.globalMask.empty() && separators != 3)
            return Error { ErrorKind::BadInput,
                fmt::format("This model makes the question global, and finds it by three separators (token {}): one behind the "
                            "question, one before the passage, one at the end. The input has {}.",
                    m_separator, separators) };
        return {};
    }

private:
    Longformer(Config& config, ParameterSource& source, const EncoderSizes& sizes)
        : EncoderModel(config, sizes, "")
        , m_windows(readWindows(config, sizes.layers))
        , m_separator(config.number("sep_token_id", 2))
    {
        m_info.attention = fmt::format("softmax, a token sees {} on each side; global tokens see all and are seen by all", m_windows.front() / 2);
        m_embeddings = WordEmbeddings::load(source, "longformer.embeddings.", m_sizes);
        for (std::size_t i = 0; i < m_windows.size(); ++i)
            m_layers.push_back(Layer::load(source, m_sizes, m_windows[i], int(i)));
        loadHeads(config, source, m_embeddings.words, HeadLayout::roberta("longformer."));
    }

    /// Which tokens are global: those asked for, else what the task makes global. Masked ones never are.
    std::vector<std::int64_t> globalTokens(const ModelInput& input) const
    {
        const auto separator = std::find(input.ids.begin(), input.ids.end(), m_separator) - input.ids.begin();
        const std::int64_t leading = m_info.task == Task::SequenceClassification ? 1
            : m_info.task == Task::QuestionAnswering                             ? separator
                                                                                 : 0;
        std::vector<std::int64_t> tokens;
        for (std::int64_t i = 0; i < std::int64_t(input.ids.size()); ++i) {
            const bool wanted = input.globalMask.empty() ? i < leading : input.globalMask[std::size_t(i)] != 0;
            if (wanted && (input.attentionMask.empty() || input.attentionMask[std::size_t(i)] != 0))
                tokens.push_back(i);
        }
        return tokens;
    }

    Var encode(std::span<const ModelInput> batch, const WordRows& rows, Run& run) const override
    {
        GlobalTokens globals;
        std::vector<std::int64_t> globalRows;
        for (std::size_t s = 0; s < batch.size(); ++s) {
            globals.tokens.push_back(globalTokens(batch[s]));
            for (const std::int64_t token : globals.tokens.back())
                globalRows.push_back(rows.packing.begins[s] + token);
        }
        const std::int64_t widest = *std::max_element(m_windows.begin(), m_windows.end());
        globals.paddedLength = (rows.packing.rows() + widest - 1) / widest * widest;
        return stack(m_embeddings(rows, run), m_sizes.layers, run, [&](int i, const Var& x) {
            const Layer& layer = m_layers[std::size_t(i)];
            auto own = std::make_shared<GlobalTokens>(globals);
            own->radius = m_windows[std::size_t(i)] / 2;
            if (!globalRows.empty()) {
                own->q = layer.globalQuery(gatherRows(x, globalRows), run);
                own->k = layer.globalKey(x, run);
                own->v = layer.globalValue(x, run);
            }
            return layer.parts.afterAttention(x, attend(layer.parts.attention, x, rows.packing, own, run), run);
        });
    }
    static Var attend(const SelfAttention& part, const Var& x, const Packing& packing, std::shared_ptr<const GlobalTokens> globals, Run& run)
    {
        const Heads::Pass pass { packing, packing, nullptr, nullptr, std::move(globals) };
        return part.output(part.heads(part.query(x, run), part.key(x, run), part.value(x, run), pass, run), run);
    }

    std::vector<std::int64_t> m_windows;
    std::int64_t m_separator;
    WordEmbeddings m_embeddings;
    std::vector<Layer> m_layers;
};

constexpr std::array<std::string_view, 5> architectures { "LongformerModel", "LongformerForSequenceClassification",
    "LongformerForMaskedLM", "LongformerForQuestionAnswering", "LongformerForTokenClassification" };

} // namespace

const ModelFamily longformerFamily { "longformer", "Longformer", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Longformer>(config, source); },
    "longformer." };

} // namespace headlight
