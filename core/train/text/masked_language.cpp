// Task "masked-language": fill in words that were hidden. It needs no labels, so a model can learn from much more text
// than anyone has judged before it learns its real task. Source: Devlin et al. 2019, §3.1 (task 1).

#include "core/train/classification.h"
#include "core/base/parallel_for.h"
#include "core/train/random.h"
#include "core/train/tasks.h"
#include "core/train/text/text_source.h"

namespace headlight {
namespace {

struct MaskedSettings {
    std::vector<TextSource> sources;
    double share = 0.15; ///< of the tokens that are to be guessed
    std::int64_t maximumLength = 0, validation = 1000;
};

using Ids = std::vector<std::int64_t>;

/// A text with hidden words: what goes in, where they are, what they were.
struct MaskedText {
    ModelInput input;
    std::vector<std::int64_t> positions, targets;
};

class MaskedLanguageTask final : public TrainingTask {
public:
    MaskedLanguageTask(MaskedSettings settings, std::shared_ptr<const Tokenizer> tokenizer, const std::vector<SourceText>& texts)
        : m_settings(std::move(settings))
        , m_tokenizer(std::move(tokenizer))
    {
        std::vector<Ids> encoded(texts.size());
        parallelFor(0, std::int64_t(texts.size()), 256, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i)
                encoded[std::size_t(i)] = encode(texts[std::size_t(i)].text);
        });
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (encoded[i].size() <= 4 || texts[i].split == Split::Test)
                continue;
            if (texts[i].split == Split::Train)
                m_order.insert(m_order.end(), std::size_t(m_settings.sources[std::size_t(texts[i].source)].repeats), m_train.size());
            (texts[i].split == Split::Train ? m_train : m_validation).push_back(std::move(encoded[i]));
        }
        if (std::int64_t(m_validation.size()) > m_settings.validation)
            m_validation.resize(std::size_t(m_settings.validation));
    }

    Var loss(const Model& model, const BatchPart& part, Run& run) const override
    {
        std::vector<MaskedText> texts;
        for (std::int64_t i = part.first; i < part.last; ++i) {
            const std::int64_t position = part.step * part.batch + i;
            const std::int64_t index = shuffledExample(position, std::int64_t(m_order.size()), part.seed);
            texts.push_back(mask(m_train[m_order[std::size_t(index)]], mixSeeds(part.seed, 7, std::uint64_t(position))));
        }
        std::vector<std::int64_t> targets;
        const Var logits = wordLogits(model, texts, targets, run);
        return crossEntropy(logits, targets);
    }

    Evaluation evaluate(const Model& model, Split split, const JobControl& control) const override;
    std::vector<Measure> measure(const Model& model, const JobControl& control) const override
    {
        return { { "hidden words guessed right, held-out texts", evaluate(model, Split::Validation, control).accuracy, "" } };
    }
    std::string dataSummary() const override
    {
        return fmt::format("{} texts without labels to guess hidden words in", m_train.size());
    }

private:
    Ids encode(const std::string& text) const;
    MaskedText mask(const Ids& ids, std::uint64_t seed) const;
    static Var wordLogits(const Model& model, const std::vector<MaskedText>& texts, std::vector<std::int64_t>& targets, Run& run);

    MaskedSettings m_settings;
    std::shared_ptr<const Tokenizer> m_tokenizer;
    std::vector<Ids> m_train, m_validation;
    std::vector<std::size_t> m_order; ///< places in m_train that one round shows
};

Ids MaskedLanguageTask::encode(const std::string& text) const
{
    Ids ids = m_tokenizer->encode(text).ids;
    if (std::int64_t(ids.size()) > m_settings.maximumLength) {
        ids.resize(std::size_t(m_settings.maximumLength));
        ids.back() = *m_tokenizer->id("[SEP]");
    }
    return ids;
}

/// Of the chosen tokens 80 % become [MASK], 10 % another token, 10 % stay; at least one is chosen.
MaskedText MaskedLanguageTask::mask(const Ids& ids, std::uint64_t seed) const
{
    Random random(seed);
    MaskedText result;
    result.input.ids = ids;
    const std::int64_t inner = std::int64_t(ids.size()) - 2, hidden = *m_tokenizer->id("[MASK]");
    const std::int64_t surely = 1 + random.below(inner);
    for (std::int64_t i = 1; i <= inner; ++i) {
        if (random.uniform() >= m_settings.share && i != surely)
            continue;
        result.positions.push_back(i);
        result.targets.push_back(ids[std::size_t(i)]);
        const double kind = random.uniform();
        if (kind < 0.8)
            result.input.ids[std::size_t(i)] = hidden;
        else if (kind < 0.9)
            result.input.ids[std::size_t(i)] = random.below(m_tokenizer->vocabularySize());
    }
    return result;
}

Var MaskedLanguageTask::wordLogits(
    const Model& model, const std::vector<MaskedText>& texts, std::vector<std::int64_t>& targets, Run& run)
{
    std::vector<ModelInput> inputs;
    std::int64_t begin = 0;
    for (const MaskedText& text : texts) {
        inputs.push_back(text.input);
        for (const std::int64_t position : text.positions)
            run.outputRows.push_back(begin + position);
        targets.insert(targets.end(), text.targets.begin(), text.targets.end());
        begin += std::int64_t(text.input.ids.size());
    }
    return model.forward(inputs, run).at("logits").value;
}

Evaluation MaskedLanguageTask::evaluate(const Model& model, Split, const JobControl& control) const
{
    constexpr std::int64_t group = 16;
    const std::int64_t count = std::int64_t(m_validation.size());
    struct Sum {
        double loss = 0.0;
        std::int64_t right = 0, all = 0;
    };
    std::vector<Sum> sums(std::size_t((count + group - 1) / group));
    parallelFor(0, count, group, [&](std::int64_t first, std::int64_t last) {
        std::vector<MaskedText> texts;
        for (std::int64_t i = first; i < last; ++i)
            texts.push_back(mask(m_validation[std::size_t(i)], mixSeeds(11, std::uint64_t(i))));
        std::vector<std::int64_t> targets;
        Run run(control);
        const Var logits = wordLogits(model, texts, targets, run);
        Sum& sum = sums[std::size_t(first / group)];
        sum.all = std::int64_t(targets.size());
        sum.loss = double(crossEntropy(logits, targets).value().at(0)) * double(sum.all);
        for (std::int64_t i = 0; i < sum.all; ++i) {
            const std::span<const float> row = logits.value().row(i);
            sum.right += std::max_element(row.begin(), row.end()) - row.begin() == targets[std::size_t(i)] ? 1 : 0;
        }
    });
    Sum total;
    for (const Sum& sum : sums)
        total = { total.loss + sum.loss, total.right + sum.right, total.all + sum.all };
    const double all = double(std::max<std::int64_t>(1, total.all));
    return { total.loss / all, double(total.right) / all, total.all };
}

MaskedSettings readSettings(RecipeFields& fields, const TaskContext& context)
{
    MaskedSettings settings;
    for (RecipeFields& source : fields.list("sources"))
        settings.sources.push_back(readTextSource(source));
    settings.share = fields.real("share", 0.15, 0.01, 0.9);
    settings.maximumLength = fields.size("maximum_length", context.positions, 8, context.positions);
    settings.validation = fields.size("validation", 1000);
    fields.close();
    return settings;
}

} // namespace

const TaskKind maskedLanguageTask { "masked-language", "BertForMaskedLM",
    [](RecipeFields& fields, const TaskContext& context) -> Expected<std::unique_ptr<TrainingTask>> {
        const MaskedSettings settings = readSettings(fields, context);
        HEADLIGHT_TRY_STATUS(fields.status());
        if (context.tokenizer == nullptr)
            return Error { ErrorKind::BadFile, "The task \"masked-language\" needs a \"vocabulary\" in the recipe." };
        HEADLIGHT_TRY(const std::vector<SourceText> texts, readSources(settings.sources, context.data, {}));
        if (texts.size() < 100)
            return Error { ErrorKind::BadFile, fmt::format("{} texts are too few to learn from.", texts.size()) };
        return std::unique_ptr<TrainingTask>(std::make_unique<MaskedLanguageTask>(settings, context.tokenizer, texts));
    },
    nullptr };

} // namespace headlight
