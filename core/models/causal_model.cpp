#include "core/models/causal_model.h"

#include "core/models/encoder_parts.h"

namespace headlight {
namespace {

Task taskOf(const std::string& architecture)
{
    if (architecture.ends_with("ForCausalLM") || architecture.ends_with("LMHeadModel")
        || architecture.ends_with("ForConditionalGeneration"))
        return Task::CausalLanguage;
    if (architecture.ends_with("ForSequenceClassification"))
        return Task::SequenceClassification;
    if (architecture.ends_with("ForTokenClassification"))
        return Task::TokenClassification;
    return architecture.ends_with("ForQuestionAnswering") ? Task::QuestionAnswering : Task::Features;
}

} // namespace

void CausalModel::describe(Config& config, const Sizes& sizes, std::string attention)
{
    m_info.architecture = config.architecture();
    m_info.task = taskOf(m_info.architecture);
    m_info.writes = m_info.task == Task::CausalLanguage;
    m_info.layers = int(sizes.layers);
    m_info.heads = int(sizes.heads);
    m_info.width = int(sizes.width);
    m_info.headSize = int(sizes.headSize);
    m_info.vocabulary = sizes.vocabulary;
    m_info.maximumPositions = sizes.positions;
    m_info.attention = std::move(attention);
    if (m_info.task == Task::SequenceClassification || m_info.task == Task::TokenClassification)
        m_info.labels = config.labels();
}

void CausalModel::loadHead(Config& config, ParameterSource& source, const Embedding& words, const HeadNames& names)
{
    const std::int64_t width = names.width == 0 ? m_info.width : names.width, classes = std::int64_t(m_info.labels.size());
    Config text = config.part("text_config"); // where several parts have configurations of their own
    m_padding = (config.has("pad_token_id") ? config : text).optionalNumber("pad_token_id");
    if (m_info.task == Task::SequenceClassification)
        m_score = Linear::load(source, "score", width, classes, Linear::Bias::No);
    if (m_info.task == Task::TokenClassification)
        m_score = Linear::load(source, source.has("score.weight") ? "score" : "classifier", width, classes);
    if (m_info.task == Task::QuestionAnswering)
        m_spans = Linear::load(source, "qa_outputs", width, 2);
    if (m_info.task != Task::CausalLanguage)
        return;
    const std::string weight = names.headName + ".weight";
    const bool tied = names.tiedUnlessStored ? !source.has(weight) : config.flag("tie_word_embeddings", names.tied);
    // Some files hold the tied weight once more; it is the same.
    const ParameterRef own = !tied || source.has(weight)
        ? source.take(weight, { m_info.vocabulary, width }, Initialisation::normal(0.02f))
        : nullptr;
    m_words = Linear::of(tied ? words.table : own,
        names.bias ? source.take(names.headName + ".bias", { m_info.vocabulary }, Initialisation::zeros()) : nullptr);
}

Status CausalModel::check(const ModelInput& input) const
{
    HEADLIGHT_TRY_STATUS(checkWords(input, { m_info.vocabulary, m_info.maximumPositions, 0 }));
    return checkBeside(input);
}

bool CausalModel::readsOn(const ModelInput& input) const
{
    if (m_bothWays)
        return false;
    const auto isRead = [](std::uint8_t mask) { return mask != 0; };
    return !input.hasPicture() && std::ranges::all_of(input.attentionMask, isRead)
        && (m_readsOnUpTo == 0 || std::int64_t(input.ids.size()) <= m_readsOnUpTo);
}

void CausalModel::limitLength(const RotaryPositions& kind)
{
    if (kind.limit == 0)
        return;
    m_rereadsPast = kind.rereads ? kind.limit : m_rereadsPast;
    m_readsOnUpTo = m_readsOnUpTo == 0 ? kind.limit : std::min(m_readsOnUpTo, kind.limit);
}

ModelOutputs CausalModel::forward(std::span<const ModelInput> batch, Run& run) const
{
    if (run.cache == nullptr || m_rereadsPast == 0)
        return read(batch, run);
    run.cache->read.resize(batch.size());
    for (std::size_t s = 0; s < batch.size(); ++s)
        run.cache->read[s].insert(run.cache->read[s].end(), batch[s].ids.begin(), batch[s].ids.end());
    const std::int64_t past = run.past(), length = std::int64_t(run.cache->read.front().size());
    const bool crosses = past > 0 && past <= m_rereadsPast && length > m_rereadsPast;
    return crosses ? readAnew(length - past, run) : read(batch, run);
}

/// All that the cache has read at once; outputs are those of the last `added` tokens.
ModelOutputs CausalModel::readAnew(std::int64_t added, Run& run) const
{
    KeyValueCache& cache = *run.cache;
    const std::int64_t past = cache.length();
    std::vector<ModelInput> batch(cache.read.size());
    for (std::size_t s = 0; s < batch.size(); ++s)
        batch[s].ids = cache.read[s];
    std::vector<std::int64_t> wanted = run.outputRows;
    for (std::int64_t row = 0; run.outputRows.empty() && row < std::int64_t(batch.size()) * added; ++row)
        wanted.push_back(row);
    for (std::int64_t& row : wanted)
        row = row / added * (past + added) + past + row % added;
    std::swap(run.outputRows, wanted);
    cache.forget();
    ModelOutputs outputs = read(batch, run);
    std::swap(run.outputRows, wanted);
    cache.advance(past);
    return outputs;
}

ModelOutputs CausalModel::read(std::span<const ModelInput> batch, Run& run) const
{
    const WordRows rows = packWords(batch, run);
    const Beside beside = this->beside(batch, rows, run);
    Var hidden = beside.words.empty() ? embed(rows, run) : beside.words;
    run.recordHidden(hidden, { kind(), 0 });
    const std::vector<RotaryAngles> turned = beside.angles.empty() ? angles(rows) : beside.angles;
    HandedOn handedOn;
    for (int i = 0; i < m_info.layers; ++i) {
        run.enterLayer(i, m_info.layers);
        hidden = layer(i, hidden, { rows, turned, handedOn, run, beside });
        if (i + 1 < m_info.layers)
            run.recordHidden(hidden, { kind(), i + 1 });
        if (std::size_t(i) < beside.added.size())
            hidden = add(hidden, beside.added[std::size_t(i)]);
    }
    hidden = finish(hidden, run);
    run.recordHidden(hidden, { kind(), m_info.layers }); // the last state is after the norm
    ModelOutputs out = outputs(batch, hidden, rows, run);
    out.insert(beside.outputs.begin(), beside.outputs.end());
    return out;
}

Var CausalModel::wordLogits(const Var& hidden, Run& run) const
{
    const Var rows = run.outputRows.empty() ? hidden : gatherRows(hidden, run.outputRows);
    Var logits = (*m_words)(rows, run);
    if (m_logitScale != 1.0f)
        logits = scale(logits, m_logitScale);
    if (m_logitCap > 0.0f)
        logits = scale(activate(Activation::Tanh, scale(logits, 1.0f / m_logitCap)), m_logitCap);
    return logits;
}

std::vector<std::int64_t> CausalModel::classifyingRows(std::span<const ModelInput> batch, const WordRows& rows) const
{
    std::vector<std::int64_t> chosen = rows.packing.lastRows();
    for (std::size_t s = 0; s < batch.size() && m_padding; ++s) {
        const auto& ids = batch[s].ids;
        std::size_t last = ids.size();
        while (last > 1 && ids[last - 1] == *m_padding)
            --last;
        if (last > 0)
            chosen[s] = rows.packing.begins[s] + std::int64_t(last) - 1;
    }
    return chosen;
}

ModelOutputs CausalModel::outputs(
    std::span<const ModelInput> batch, const Var& hidden, const WordRows& rows, Run& run) const
{
    using Rows = ModelOutput::Rows;
    ModelOutputs out;
    if (m_words)
        out["logits"] = { wordLogits(hidden, run), Rows::PerToken };
    else if (m_score && m_info.task == Task::TokenClassification)
        out["logits"] = { (*m_score)(hidden, run), Rows::PerToken };
    else if (m_score)
        out["logits"] = { (*m_score)(gatherRows(hidden, classifyingRows(batch, rows)), run), Rows::PerSequence };
    else if (m_spans)
        addSpanLogits(out, hidden, *m_spans, run);
    else
        out["last_hidden_state"] = { hidden, Rows::PerToken };
    if (m_bothWays && m_info.task == Task::Features) // what stands for a sentence, before any projection
        out["mean_hidden_state"] = { meansOfTexts(hidden, rows.packing), Rows::PerSequence };
    return out;
}

void addSpanLogits(ModelOutputs& outputs, const Var& hidden, const Linear& spans, Run& run)
{
    const Var both = spans(hidden, run);
    const std::array<std::string, 2> names { "start_logits", "end_logits" };
    for (std::int64_t i = 0; i < 2; ++i) {
        const ColumnRange column { i, i + 1 };
        outputs[names[std::size_t(i)]]
            = { reshape(selectColumns(both, { &column, 1 }), { hidden.shape().rows() }), ModelOutput::Rows::PerToken };
    }
}

} // namespace headlight
