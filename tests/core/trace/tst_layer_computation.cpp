// What a run keeps of a layer, for every kind of model there is: the recorded weights, the context, the
// outcome and the sum are computed again in double from the stages alone, and held against what the layer
// really passed on.

#include "core/attention/mechanism.h"
#include "core/engine/pass.h"
#include "core/io/safetensors.h"
#include "core/models/families.h"
#include "tests/support/test_main.h"

#include <QDirIterator>

using namespace headlight;

class TestLayerComputation : public test::TestCase {
    Q_OBJECT
private slots:
    void stagesAgree_data();
    void stagesAgree();
    void nothingIsKeptUnasked();
    void onlyWhatIsAsked();
    void namesTheirExtraSteps_data();
    void namesTheirExtraSteps();
    void postNormLayerPassesTheSumOn();
    void parallelLayerPassesTheSumOn();
    void globalTokensHaveMapsOfTheirOwn();
    void everyMechanismTellsItsSteps();
    void everyFamilyTellsItsProjections();
};

namespace {

constexpr float masked = -std::numeric_limits<float>::infinity();

QString folderOf(const char* name)
{
    for (const char* place : { "tests/golden/", "../shared/golden/" }) {
        const QString folder = test::sourcePath((std::string(place) + name).c_str());
        if (QFile::exists(folder + "/model.safetensors"))
            return folder;
    }
    return {};
}

struct Ran {
    std::shared_ptr<const Model> model;
    std::shared_ptr<const Trace> trace;
};

Ran ranOn(const QString& folder, const QString& file, StepsRequest steps)
{
    auto loaded = loadModel(folder.toStdString());
    const auto reference = SafetensorsFile::open(file.toStdString());
    if (!loaded || !reference)
        return {};
    const auto inputs = inputsFromTensors(reference->tensors(), loaded->model->info());
    if (!inputs)
        return {};
    PassRequest request;
    request.trace.hiddenStates = true;
    request.trace.steps = std::move(steps);
    const auto pass = runPass(*loaded->model, inputs->back(), request, JobControl());
    return { std::move(loaded->model), pass ? pass->trace : nullptr };
}

Ran ranOn(const char* name, StepsRequest steps)
{
    const QString folder = folderOf(name);
    const QStringList files = QDir(folder).entryList({ "expected.*.safetensors" }, QDir::Files, QDir::Name);
    for (const QString& file : files)
        if (!file.contains(".explain."))
            return ranOn(folder, folder + '/' + file, std::move(steps));
    return {};
}

/// Largest deviation of `got` from `expected`, as a share of the largest number (or of `largest`, if that is
/// more).
double deviation(std::span<const float> got, std::span<const double> expected, double largest = 1e-3)
{
    double difference = 0.0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        largest = std::max(largest, std::abs(expected[i]));
        const double d = std::abs(double(got[i]) - expected[i]);
        difference = d <= difference ? difference : d;
    }
    return got.size() == expected.size() ? difference / largest : 1e9;
}

double valueOf(const Arithmetic& a)
{
    double sum = a.added ? double(*a.added) : 0.0;
    for (const Arithmetic::Term& term : a.terms)
        sum += double(term.left) * double(term.right.value_or(1.0f));
    return sum;
}

std::vector<double> doubles(std::span<const float> numbers)
{
    return { numbers.begin(), numbers.end() };
}

/// Everything that can be said of one head and query; empty when it holds.
class Check {
public:
    Check(const LayerComputation& layer, const LayerAttention& recorded, int head, std::int64_t query)
        : m_steps(layer.steps(head, query))
        , m_layer(layer)
        , m_recorded(recorded)
        , m_head(head)
        , m_query(query)
    {
    }
    QString operator()()
    {
        products();
        weights();
        context();
        after();
        sums();
        return m_problem;
    }

private:
    std::span<const float> numbers(std::string_view id) const { return m_steps.stage(id)->numbers; }
    bool has(std::string_view id) const { return m_steps.stage(id) != nullptr; }
    void hold(bool holds, const QString& what)
    {
        if (!holds && m_problem.isEmpty())
            m_problem = what;
    }
    void products()
    {
        const Stage &query = *m_steps.stage(stages::query), &key = *m_steps.stage(stages::key);
        for (std::size_t place = 0; place < m_steps.keys.size(); ++place) {
            double sum = 0.0;
            const auto k = key.vectorOf(std::int64_t(place));
            for (std::size_t i = 0; i < query.numbers.size(); ++i)
                sum += double(query.numbers[i]) * double(k[i]);
            m_scores.push_back(sum);
        }
        hold(deviation(numbers(stages::product), m_scores) < 2e-6, "q·k");
        if (has(stages::scaled)) {
            double top = 0.0, bottom = 0.0; // the factor that fits best is one for all keys
            for (std::size_t i = 0; i < m_scores.size(); ++i) {
                top += m_scores[i] * double(numbers(stages::scaled)[i]);
                bottom += m_scores[i] * m_scores[i];
            }
            for (double& score : m_scores)
                score *= bottom > 0.0 ? top / bottom : 1.0;
            hold(deviation(numbers(stages::scaled), m_scores) < 2e-6, "scale");
        }
        if (has(stages::bias)) {
            for (std::size_t i = 0; i < m_scores.size(); ++i)
                m_scores[i] += double(numbers(stages::bias)[i]);
            hold(deviation(numbers(stages::biased), m_scores) < 2e-6, "bias");
        }
    }
    void weights()
    {
        std::vector<double> scores = m_scores;
        if (has(stages::capped))
            scores = doubles(numbers(stages::capped));
        if (has(stages::masked))
            for (std::size_t i = 0; i < scores.size(); ++i) {
                const float after = numbers(stages::masked)[i];
                hold(after == masked || std::abs(double(after) - scores[i]) < 1e-4,
                    "mask changes a visible score");
                scores[i] = after == masked ? double(masked) : scores[i];
            }
        const double largest = *std::max_element(scores.begin(), scores.end());
        double sum = 0.0,
               rounding = 1e-6; // a score of f32 is off by its size · 2⁻²⁴, a weight by as much of itself
        for (const double score : scores)
            rounding = std::isinf(score) ? rounding : std::max(rounding, 5e-7 * std::abs(score));
        for (double& score : scores)
            sum += score = std::isinf(largest) ? 0.0 : std::exp(score - largest);
        std::vector<float> row(std::size_t(m_recorded.keys));
        m_recorded.source->weights(m_head, { m_query, m_query + 1, 0, m_recorded.keys }, row);
        // What a sink takes of the row is no key's.
        const double left = 1.0 - double(m_recorded.summaries[std::size_t(m_head)].rows()[std::size_t(m_query)].sink);
        double elsewhere = 0.0;
        for (const float weight : row)
            elsewhere += double(weight);
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const float weight = row[std::size_t(m_steps.keys[i])];
            hold(std::abs(double(weight) - (sum > 0.0 ? left * scores[i] / sum : 0.0)) < rounding, "softmax");
            hold(weight == numbers(stages::weight)[i], "not the recorded weight");
            elsewhere -= double(weight);
        }
        hold(std::abs(elsewhere) < 1e-6, "weights on keys that are not told");
    }
    void context()
    {
        const Stage& value = *m_steps.stage(stages::value);
        std::vector<double> sums(std::size_t(value.width), 0.0);
        double largest = 1e-3; // what cancels out leaves the rounding of what it was
        for (std::size_t place = 0; place < m_steps.keys.size(); ++place)
            for (std::size_t i = 0; i < sums.size(); ++i) {
                const double number = double(value.vectorOf(std::int64_t(place))[i]);
                largest = std::max(largest, std::abs(number));
                sums[i] += double(numbers(stages::weight)[place]) * number;
            }
        hold(deviation(numbers(stages::context), sums, largest) < 5e-6, "context");
        const auto part = numbers(stages::heads).subspan(std::size_t(m_head) * sums.size(), sums.size());
        hold(std::ranges::equal(part, numbers(stages::context)),
            "the context is not the head's part of all heads");
    }
    void after()
    {
        hold(has(stages::output) && has(stages::sum),
            QString::fromStdString(m_steps.notes.empty() ? "" : m_steps.notes.back()));
        if (!m_problem.isEmpty())
            return;
        std::vector<double> outcome;
        for (std::int64_t c = 0; c < m_steps.stage(stages::output)->width; ++c)
            outcome.push_back(valueOf(m_steps.stage(stages::output)->explain(0, c)));
        hold(deviation(numbers(stages::output), outcome) < 1e-5, "W_O");
        std::vector<double> sum = doubles(numbers(stages::residual));
        std::span<const float> last = numbers(stages::output);
        for (const Stage& stage : m_steps.stages)
            if (stage.id.starts_with("between"))
                last = stage.numbers;
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += double(last[i]) + (has("beside") ? double(numbers("beside")[i]) : 0.0);
        hold(deviation(numbers(stages::sum), sum) < 2e-6, "residual");
    }
    /// What explains a cell makes its number, for the first, a middle and the last cell of each stage.
    void sums()
    {
        const auto places = std::int64_t(m_steps.keys.size());
        for (const Stage& stage : m_steps.stages) {
            const bool perKey = stage.holds != Stage::Holds::Vector;
            for (const std::int64_t at : { std::int64_t(0), std::int64_t(1) << 30 }) {
                const std::int64_t place = perKey ? std::min(at, places - 1) : 0;
                const std::int64_t component =
                    stage.holds == Stage::Holds::Numbers ? 0 : std::min(at, stage.width - 1);
                if (!stage.explain)
                    continue;
                const Arithmetic a = stage.explain(place, component);
                const float result = stage.holds == Stage::Holds::Numbers ? stage.numbers[std::size_t(place)]
                    : perKey ? stage.vectorOf(place)[std::size_t(component)]
                             : stage.numbers[std::size_t(component)];
                const QString where = QString("explained %1").arg(stage.id.c_str());
                hold(a.result == result || (std::isnan(a.result) && std::isnan(result)), where);
                hold(!a.formula.empty() && (!a.terms.empty() || !a.substituted.empty() || !a.note.empty()),
                    where + " says nothing");
                const bool normed = a.formula.find("norm(") != std::string::npos;
                if (!a.terms.empty() && !normed)
                    hold(std::abs(valueOf(a) - double(result))
                            < 1e-4 * std::max(1.0, std::abs(double(result))),
                        where + " is another sum");
            }
        }
    }

    AttentionSteps m_steps;
    const LayerComputation& m_layer;
    const LayerAttention& m_recorded;
    int m_head;
    std::int64_t m_query;
    std::vector<double> m_scores;
    QString m_problem;
};

} // namespace

void TestLayerComputation::stagesAgree_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("file");
    std::set<QString> rows;
    for (const char* place : { "tests/golden", "../shared/golden" }) {
        QDirIterator files(
            test::sourcePath(place), { "expected.*.safetensors" }, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QFileInfo info(files.next());
            if (info.fileName().contains(".explain.") || !QFile::exists(info.path() + "/config.json"))
                continue;
            const QString row = info.dir().dirName() + '/' + info.completeBaseName().mid(9);
            if (rows.insert(row).second)
                QTest::newRow(qPrintable(row)) << info.path() << info.filePath();
        }
    }
}

void TestLayerComputation::stagesAgree()
{
    QFETCH(QString, folder);
    QFETCH(QString, file);
    const Ran ran = ranOn(folder, file, { true, {} });
    QVERIFY(ran.trace != nullptr);
    QCOMPARE(ran.trace->computations().size(), ran.trace->layers().size());
    for (const auto& recorded : ran.trace->layers()) {
        const auto layer = ran.trace->computation(recorded->site);
        QVERIFY(layer != nullptr);
        QCOMPARE(layer->heads, recorded->heads);
        for (int head = 0; head < layer->heads; ++head)
            for (const std::int64_t query :
                std::set<std::int64_t>{ 0, recorded->queries / 2, recorded->queries - 1 }) {
                QString problem = Check(*layer, *recorded, head, query)();
                if (problem.startsWith("This cell lies beyond")) // of Swin's grid, filled up to whole windows
                    problem.clear();
                QVERIFY2(problem.isEmpty(),
                    qPrintable(QString("layer %1 head %2 query %3: %4")
                                   .arg(recorded->site.layer)
                                   .arg(head)
                                   .arg(query)
                                   .arg(problem)));
            }
    }
}

void TestLayerComputation::nothingIsKeptUnasked()
{
    const Ran plain = ranOn("bert_model", {}), kept = ranOn("bert_model", { true, {} });
    QVERIFY(plain.trace != nullptr && kept.trace != nullptr);
    QVERIFY(plain.trace->computations().empty());
    QVERIFY(kept.trace->bytes() > plain.trace->bytes());
    const Tensor a = plain.trace->hiddenStates().back().value, b = kept.trace->hiddenStates().back().value;
    QVERIFY(std::ranges::equal(a.floats(), b.floats()));
}

void TestLayerComputation::onlyWhatIsAsked()
{
    const Ran ran = ranOn("t5_relu", { false, { 1 } });
    QVERIFY(ran.trace != nullptr);
    QCOMPARE(ran.trace->computations().size(), std::size_t(3)); // encoder, decoder, cross
    for (const auto& layer : ran.trace->computations())
        QCOMPARE(layer->site.layer, 1);
    QVERIFY(ran.trace->computation({ AttentionKind::Encoder, 0 }) == nullptr);
}

void TestLayerComputation::namesTheirExtraSteps_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QStringList>("has");
    QTest::addColumn<QStringList>("lacks");
    const auto row = [](const char* model, const QStringList& has, const QStringList& lacks) {
        QTest::newRow(model) << QString(model) << has << lacks;
    };
    row("bert_model", { "product", "scaled", "weight", "context", "output", "residual", "sum" },
        { "bias", "capped", "query-before", "between-0" });
    row("gpt2_lm", { "masked" }, { "bias", "query-before" });
    row("llama_gqa", { "query-before", "key-before", "masked" }, { "bias" });
    row("gptj_lm", { "query-before", "beside" }, {});
    row("falcon_alibi", { "bias", "biased" }, { "query-before" });
    row("t5_relu", { "bias", "biased" }, { "scaled" });
    row("gemma2_lm", { "capped", "query-before", "between-0" }, { "bias" });
    row("mistral_sw", { "masked", "query-before" }, {});
    row("debertav2_mlm", { "bias" }, {});
    row("swin_cls", { "bias", "residual" }, { "query-before" });
    row("dinov2_model", { "between-0" }, {});
    row("whisper_tiny", { "scaled", "sum" }, {});
}

void TestLayerComputation::namesTheirExtraSteps()
{
    QFETCH(QString, model);
    QFETCH(QStringList, has);
    QFETCH(QStringList, lacks);
    if (folderOf(qPrintable(model)).isEmpty())
        QSKIP("this case is not here");
    const Ran ran = ranOn(qPrintable(model), { true, {} });
    QVERIFY(ran.trace != nullptr);
    const AttentionSteps steps = ran.trace->computations().front()->steps(0, 1);
    for (const QString& id : has)
        QVERIFY2(steps.stage(id.toStdString()) != nullptr, qPrintable(id));
    for (const QString& id : lacks)
        QVERIFY2(steps.stage(id.toStdString()) == nullptr, qPrintable(id));
}

/// BERT: the next hidden state is norm(m + feedForward(m)) with m = norm(sum); computed here from the file's
/// parameters.
void TestLayerComputation::postNormLayerPassesTheSumOn()
{
    const Ran ran = ranOn("bert_model", { false, { 0 } });
    const auto file = SafetensorsFile::open((folderOf("bert_model") + "/model.safetensors").toStdString());
    QVERIFY(ran.trace != nullptr && file);
    const auto parameter = [&](const char* name) {
        for (const auto& [key, value] : file->tensors())
            if (QString::fromStdString(key).endsWith(QString("encoder.layer.0.") + name))
                return value.toFloat();
        return Tensor();
    };
    const auto norm = [&](std::vector<double> x, const char* name) {
        const Tensor w = parameter(qPrintable(QString(name) + ".weight")),
                     b = parameter(qPrintable(QString(name) + ".bias"));
        double mean = 0.0, square = 0.0;
        for (const double v : x)
            mean += v / double(x.size());
        for (const double v : x)
            square += (v - mean) * (v - mean) / double(x.size());
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = (x[i] - mean) / std::sqrt(square + 1e-12) * double(w.at(std::int64_t(i)))
                + double(b.at(std::int64_t(i)));
        return x;
    };
    const auto mapped = [&](const std::vector<double>& x, const char* name) {
        const Tensor w = parameter(qPrintable(QString(name) + ".weight")),
                     b = parameter(qPrintable(QString(name) + ".bias"));
        std::vector<double> y;
        for (std::int64_t r = 0; r < w.shape()[0]; ++r) {
            double sum = double(b.at(r));
            for (std::size_t i = 0; i < x.size(); ++i)
                sum += x[i] * double(w.row(r)[i]);
            y.push_back(sum);
        }
        return y;
    };
    const auto layer = ran.trace->computation({});
    QVERIFY(layer != nullptr);
    for (const std::int64_t query : { 0, 3 }) {
        const AttentionSteps steps = layer->steps(1, query);
        const std::span<const float> before = ran.trace->hiddenStates()[0].value.row(query);
        QVERIFY(std::ranges::equal(before, steps.stage(stages::residual)->numbers));
        const std::vector<double> middle =
            norm(doubles(steps.stage(stages::sum)->numbers), "attention.output.LayerNorm");
        std::vector<double> inner = mapped(middle, "intermediate.dense");
        for (double& v : inner)
            v = 0.5 * v * (1.0 + std::erf(v / std::sqrt(2.0)));
        std::vector<double> after = mapped(inner, "output.dense");
        for (std::size_t i = 0; i < after.size(); ++i)
            after[i] += middle[i];
        QVERIFY(
            deviation(ran.trace->hiddenStates()[1].value.row(query), norm(after, "output.LayerNorm")) < 1e-5);
    }
}

/// GPT-J adds attention and feed-forward at once: the sum is the next hidden state itself.
void TestLayerComputation::parallelLayerPassesTheSumOn()
{
    const Ran ran = ranOn("gptj_lm", { false, { 0 } });
    QVERIFY(ran.trace != nullptr);
    const AttentionSteps steps = ran.trace->computations().front()->steps(0, 2);
    QVERIFY(std::ranges::equal(
        ran.trace->hiddenStates()[0].value.row(2), steps.stage(stages::residual)->numbers));
    QVERIFY(std::ranges::equal(ran.trace->hiddenStates()[1].value.row(2), steps.stage(stages::sum)->numbers));
}

void TestLayerComputation::globalTokensHaveMapsOfTheirOwn()
{
    const Ran ran = ranOn("longformer_seqcls", { true, {} });
    QVERIFY(ran.trace != nullptr);
    const auto layer = ran.trace->computations().front();
    QVERIFY(!layer->attention->usesLayerMaps(0)); // [CLS] is global for a classifier
    QVERIFY(layer->attention->usesLayerMaps(1));
    QVERIFY(layer->steps(0, 0).stage(stages::masked) == nullptr
        || layer->steps(0, 0).stage(stages::masked)->numbers[1] != masked);
    const AttentionSteps local = layer->steps(0, ran.trace->layers().front()->queries / 2);
    QVERIFY(local.stage(stages::masked) != nullptr);
    QVERIFY(local.stage(stages::query)->explain != nullptr);
}

/// A mechanism that is added later must tell its own stages; the last one is the context it really made.
void TestLayerComputation::everyMechanismTellsItsSteps()
{
    const auto values = [](float first) {
        return Var(Tensor::make({ 5, 8 }, [&](std::span<float> out) {
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] = std::sin(first + float(i));
        }));
    };
    for (const AttentionMechanism* mechanism : mechanisms()) {
        AttentionInputs in;
        in.q = values(1), in.k = values(2), in.v = values(3);
        in.heads = 2;
        in.scale = 0.5f;
        in.queryBegins = in.keyBegins = { 0, 5 };
        QVERIFY(mechanism->attend(in, { true, nullptr }).steps == nullptr);
        const AttentionOutput out = mechanism->attend(in, { true, nullptr, true });
        QVERIFY2(out.steps != nullptr, mechanism->id().data());
        const AttentionSteps steps = out.steps->steps(1, 3);
        QCOMPARE(steps.keys.size(), std::size_t(5));
        QVERIFY(
            std::ranges::equal(out.context.value().row(3).subspan(4), steps.stage(stages::context)->numbers));
        std::set<std::string> ids;
        for (const Stage& stage : steps.stages)
            QVERIFY2(ids.insert(stage.id).second && !stage.title.empty() && !stage.stepTitle.empty(),
                stage.id.c_str());
    }
}

/// Families make q, k and v by a map, columns of one, or a norm, so that every cell opens the sum behind it. Two do not:
/// latent attention has a norm between two maps, and Gemma 4's later layers take the keys of earlier ones.
void TestLayerComputation::everyFamilyTellsItsProjections()
{
    QStringList without;
    QDirIterator folders(test::sourcePath("tests/golden"), QDir::Dirs | QDir::NoDotAndDotDot);
    while (folders.hasNext()) {
        const QString name = QFileInfo(folders.next()).fileName();
        const Ran ran = ranOn(qPrintable(name), { true, {} });
        if (ran.trace == nullptr)
            continue;
        for (const auto& layer : ran.trace->computations())
            for (const ProjectionRecord& projection : layer->projections)
                if (projection.map.empty() && !without.contains(name))
                    without.push_back(name);
    }
    without.sort();
    QVERIFY2(without == QStringList({ "deepseek_v2_lm", "deepseek_v3_lm", "gemma4_lm" }), qPrintable(without.join(u' ')));
}

HEADLIGHT_TEST_MAIN(TestLayerComputation)
#include "tst_layer_computation.moc"
