// Task "text-classification": which class has a text? Learned from tables of texts with labels.

#include "core/train/classification.h"
#include "core/train/random.h"
#include "core/train/tasks.h"
#include "core/train/text/bag_of_words.h"
#include "core/train/text/text_source.h"

namespace headlight {
namespace {

struct TextSettings {
    std::vector<std::string> classes;
    std::vector<TextSource> sources;
    std::int64_t maximumLength = 0;
    float smoothing = 0.0f;
    double wordDropout = 0.0; ///< share of the tokens hidden behind [MASK] while training
    bool balanced = false; ///< every class is shown equally often
};

TextSettings readSettings(RecipeFields& fields, const TaskContext& context)
{
    TextSettings settings;
    settings.classes = fields.texts("classes");
    if (settings.classes.size() < 2)
        fields.problem(fmt::format("{}: \"classes\" must name at least two.", fields.where()));
    for (RecipeFields& source : fields.list("sources"))
        settings.sources.push_back(readTextSource(source));
    settings.maximumLength = fields.size("maximum_length", context.positions, 8, context.positions);
    settings.smoothing = float(fields.real("label_smoothing", 0.0, 0.0, 0.9));
    settings.wordDropout = fields.real("word_dropout", 0.0, 0.0, 0.9);
    settings.balanced = fields.text("balance", "as found") == "equal classes";
    fields.close();
    return settings;
}

/// A text as the network takes it.
struct EncodedText {
    std::string text;
    std::vector<std::int64_t> ids;
    std::int64_t label = 0;
    int source = 0;
};

class TextClassificationTask final : public TrainingTask {
public:
    TextClassificationTask(TextSettings settings, std::shared_ptr<const Tokenizer> tokenizer, std::vector<SourceText> texts);

    Var loss(const Model& model, const BatchPart& part, Run& run) const override;
    Evaluation evaluate(const Model& model, Split split, const JobControl& control) const override
    {
        return classified(model, part(split), control).evaluation();
    }
    std::vector<Measure> measure(const Model& model, const JobControl& control) const override;
    std::string dataSummary() const override
    {
        return fmt::format("{} texts to train on, {} to choose the best parameters, {} for the test", m_train.size(),
            m_validation.size(), m_test.size());
    }
    std::vector<std::string> labels() const override { return m_settings.classes; }

private:
    using Texts = std::vector<EncodedText>;
    std::vector<std::int64_t> encode(const std::string& text) const;
    const Texts& part(Split split) const
    {
        return split == Split::Train ? m_train : split == Split::Validation ? m_validation : m_test;
    }
    /// The text shown at a place of the endless run through the training texts.
    const EncodedText& shown(std::int64_t position, std::uint64_t seed) const;
    Classified classified(const Model& model, const Texts& texts, const JobControl& control) const;
    Measure accuracyOf(const std::string& name, const Texts& texts, const Classified& result, int source) const;

    TextSettings m_settings;
    std::shared_ptr<const Tokenizer> m_tokenizer;
    Texts m_train, m_validation, m_test;
    std::vector<std::vector<std::size_t>> m_order; ///< places in m_train per class, or of all in the only entry
};

TextClassificationTask::TextClassificationTask(
    TextSettings settings, std::shared_ptr<const Tokenizer> tokenizer, std::vector<SourceText> texts)
    : m_settings(std::move(settings))
    , m_tokenizer(std::move(tokenizer))
    , m_order(m_settings.balanced ? m_settings.classes.size() : 1)
{
    for (SourceText& text : texts) {
        EncodedText encoded { std::move(text.text), {}, text.label, text.source };
        encoded.ids = encode(encoded.text);
        Texts& target = text.split == Split::Train ? m_train : text.split == Split::Validation ? m_validation : m_test;
        target.push_back(std::move(encoded));
    }
    for (std::size_t i = 0; i < m_train.size(); ++i)
        for (std::int64_t again = 0; again < m_settings.sources[std::size_t(m_train[i].source)].repeats; ++again)
            m_order[m_settings.balanced ? std::size_t(m_train[i].label) : 0].push_back(i);
}

std::vector<std::int64_t> TextClassificationTask::encode(const std::string& text) const
{
    std::vector<std::int64_t> ids = m_tokenizer->encode(text).ids;
    if (std::int64_t(ids.size()) > m_settings.maximumLength) {
        ids.resize(std::size_t(m_settings.maximumLength));
        ids.back() = *m_tokenizer->id("[SEP]");
    }
    return ids;
}

const EncodedText& TextClassificationTask::shown(std::int64_t position, std::uint64_t seed) const
{
    const auto lists = std::int64_t(m_order.size());
    const std::vector<std::size_t>& list = m_order[std::size_t(position % lists)];
    const std::int64_t place = shuffledExample(position / lists, std::int64_t(list.size()), seed);
    return m_train[list[std::size_t(place)]];
}

Var TextClassificationTask::loss(const Model& model, const BatchPart& part, Run& run) const
{
    const std::int64_t hidden = *m_tokenizer->id("[MASK]");
    std::vector<ClassifiedInput> examples;
    for (std::int64_t i = part.first; i < part.last; ++i) {
        const std::int64_t position = part.step * part.batch + i;
        const EncodedText& text = shown(position, part.seed);
        Random random(mixSeeds(part.seed, 5, std::uint64_t(position)));
        ClassifiedInput example;
        example.input.ids = text.ids;
        for (std::size_t token = 1; token + 1 < text.ids.size(); ++token)
            if (random.uniform() < m_settings.wordDropout)
                example.input.ids[token] = hidden;
        example.target = text.label;
        examples.push_back(std::move(example));
    }
    return classificationLoss(model, examples, m_settings.smoothing, run);
}

Classified TextClassificationTask::classified(const Model& model, const Texts& texts, const JobControl& control) const
{
    const auto example = [&](std::int64_t i) {
        ClassifiedInput made;
        made.input.ids = texts[std::size_t(i)].ids;
        made.target = texts[std::size_t(i)].label;
        return made;
    };
    return classify(model, std::int64_t(texts.size()), example, control);
}

Measure TextClassificationTask::accuracyOf(
    const std::string& name, const Texts& texts, const Classified& result, int source) const
{
    Classified chosen;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (source < 0 || texts[i].source == source) {
            chosen.predicted.push_back(result.predicted[i]);
            chosen.targets.push_back(result.targets[i]);
        }
    return { fmt::format("accuracy, {} ({} held-out texts)", name, chosen.targets.size()), chosen.accuracy(),
        fmt::format("most frequent class alone: {:.3f}", majorityShare(chosen.targets)) };
}

std::vector<Measure> TextClassificationTask::measure(const Model& model, const JobControl& control) const
{
    const Classified result = classified(model, m_test, control);
    std::vector<Measure> measures { accuracyOf("all sources", m_test, result, -1) };
    for (std::size_t i = 0; i < m_settings.sources.size(); ++i)
        measures.push_back(accuracyOf(m_settings.sources[i].name, m_test, result, int(i)));
    if (m_settings.classes.size() != 2)
        return measures;
    const auto examples = [](const Texts& texts, int source) {
        std::vector<BagOfWords::Example> list;
        for (const EncodedText& text : texts)
            if (source < 0 || text.source == source)
                list.push_back({ text.text, text.label });
        return list;
    };
    const BagOfWords baseline = bestBagOfWords(examples(m_train, -1), examples(m_validation, -1));
    for (std::size_t i = 0; i < measures.size(); ++i)
        measures[i].note += fmt::format("; bag-of-words logistic regression: {:.3f}",
            baseline.accuracy(examples(m_test, int(i) - 1)));
    return measures;
}

} // namespace

const TaskKind textClassificationTask { "text-classification", "BertForSequenceClassification",
    [](RecipeFields& fields, const TaskContext& context) -> Expected<std::unique_ptr<TrainingTask>> {
        const TextSettings settings = readSettings(fields, context);
        HEADLIGHT_TRY_STATUS(fields.status());
        if (context.tokenizer == nullptr)
            return Error { ErrorKind::BadFile, "The task \"text-classification\" needs a \"vocabulary\" in the recipe." };
        HEADLIGHT_TRY(std::vector<SourceText> texts, readSources(settings.sources, context.data, settings.classes));
        for (const SourceText& text : texts)
            if (text.label < 0)
                return Error { ErrorKind::BadFile, "Every source of \"text-classification\" needs a \"label\" column." };
        if (texts.size() < 50)
            return Error { ErrorKind::BadFile, fmt::format("{} texts are too few to learn from.", texts.size()) };
        return std::unique_ptr<TrainingTask>(
            std::make_unique<TextClassificationTask>(settings, context.tokenizer, std::move(texts)));
    },
    nullptr };

} // namespace headlight
