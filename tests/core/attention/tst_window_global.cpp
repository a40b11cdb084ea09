// Attention in windows with global tokens against its definition (Beltagy et al. 2020, §3.1), worked out in double over
// the whole map, and against finite differences. The reference's own layout is checked in tst_golden_models.

#include "core/attention/mechanism.h"
#include "core/autodiff/gradient_check.h"
#include "core/trace/attention_map.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

constexpr int heads = 2;
constexpr std::int64_t size = 3, width = heads * size;

struct Case {
    std::vector<std::int64_t> begins;
    std::vector<std::vector<std::int64_t>> tokens;
    std::vector<std::vector<std::uint8_t>> masks;
    std::int64_t radius;
    std::int64_t length() const { return begins.back(); }
    std::int64_t globals() const
    {
        std::int64_t count = 0;
        for (const auto& one : tokens)
            count += std::int64_t(one.size());
        return count;
    }
};

/// q, k, v, and the q (of global rows), k and v of global tokens.
std::vector<Tensor> numbers(const Case& c)
{
    std::vector<Tensor> all;
    for (std::uint32_t i = 0; i < 6; ++i)
        all.push_back(test::randomTensor({ i == 3 ? c.globals() : c.length(), width }, i + 1, -2.0f, 2.0f));
    return all;
}

AttentionInputs inputs(const Case& c, std::span<const Var> vars)
{
    AttentionInputs in;
    in.q = vars[0];
    in.k = vars[1];
    in.v = vars[2];
    in.heads = heads;
    in.scale = 0.7f;
    in.span = windowSpan(c.radius);
    in.queryBegins = in.keyBegins = c.begins;
    in.keyMasks = c.masks;
    auto globals = std::make_shared<GlobalTokens>();
    globals->tokens = c.tokens;
    globals->radius = c.radius;
    globals->paddedLength = c.length() + 2;
    if (c.globals() > 0) {
        globals->q = vars[3];
        globals->k = vars[4];
        globals->v = vars[5];
    }
    in.globals = globals;
    return in;
}

std::vector<Var> constants(const std::vector<Tensor>& tensors)
{
    return { tensors.begin(), tensors.end() };
}

double dot(const Tensor& a, std::int64_t rowA, const Tensor& b, std::int64_t rowB, int head)
{
    double sum = 0.0;
    for (std::int64_t d = head * size; d < (head + 1) * size; ++d)
        sum += double(a.row(rowA)[std::size_t(d)]) * double(b.row(rowB)[std::size_t(d)]);
    return sum;
}

/// A row of weights by the definition: local queries see their window and global keys, global ones see all.
std::vector<double> definition(const Case& c, const std::vector<Tensor>& t, std::size_t s, int head, std::int64_t query)
{
    const std::int64_t begin = c.begins[s], length = c.begins[s + 1] - begin;
    const auto& tokens = c.tokens[s];
    const auto isGlobal = [&](std::int64_t i) { return std::find(tokens.begin(), tokens.end(), i) != tokens.end(); };
    std::int64_t place = std::find(tokens.begin(), tokens.end(), query) - tokens.begin();
    for (std::size_t before = 0; before < s; ++before)
        place += std::int64_t(c.tokens[before].size());
    std::vector<double> row(static_cast<std::size_t>(length));
    double sum = 0.0;
    for (std::int64_t key = 0; key < length; ++key) {
        const bool seen = isGlobal(query) || isGlobal(key) || std::abs(query - key) <= c.radius;
        const bool masked = !c.masks[s].empty() && c.masks[s][std::size_t(key)] == 0;
        const double score = isGlobal(query) ? dot(t[3], place, t[4], begin + key, head) : dot(t[0], begin + query, t[1], begin + key, head);
        row[std::size_t(key)] = seen && !masked ? std::exp(0.7 * score) : 0.0;
        sum += row[std::size_t(key)];
    }
    for (double& weight : row)
        weight /= sum > 0.0 ? sum : 1.0;
    return row;
}

double contextNumber(const Case& c, const std::vector<Tensor>& t, std::size_t s, std::int64_t query, std::int64_t column)
{
    const std::vector<double> row = definition(c, t, s, int(column / size), query);
    const bool global = std::find(c.tokens[s].begin(), c.tokens[s].end(), query) != c.tokens[s].end();
    double sum = 0.0;
    for (std::size_t key = 0; key < row.size(); ++key)
        sum += row[key] * double(t[global ? 5 : 2].row(c.begins[s] + std::int64_t(key))[std::size_t(column)]);
    return sum;
}

} // namespace

Q_DECLARE_METATYPE(Case)

class TestWindowGlobal : public test::TestCase {
    Q_OBJECT
private slots:
    void mapsAreTheDefinition_data();
    void mapsAreTheDefinition();
    void contextIsTheDefinition_data();
    void contextIsTheDefinition();
    void gradientsAreDerivatives_data();
    void gradientsAreDerivatives();
    void gradientOfTheMapsIsADerivative();
    void exportedAsTheReferenceDoes();
};

void TestWindowGlobal::mapsAreTheDefinition_data()
{
    QTest::addColumn<Case>("given");
    QTest::newRow("first token global") << Case { { 0, 9 }, { { 0 } }, { {} }, 2 };
    QTest::newRow("two, and padding") << Case { { 0, 11 }, { { 0, 5 } }, { { 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0 } }, 1 };
    QTest::newRow("a masked global key") << Case { { 0, 6 }, { { 1, 4 } }, { { 1, 1, 1, 1, 0, 1 } }, 1 };
    QTest::newRow("none global") << Case { { 0, 7 }, { {} }, { {} }, 2 };
    QTest::newRow("all global") << Case { { 0, 4 }, { { 0, 1, 2, 3 } }, { {} }, 1 };
    QTest::newRow("more rows than a tile") << Case { { 0, 150 }, { { 0, 70, 149 } }, { {} }, 4 };
}

void TestWindowGlobal::mapsAreTheDefinition()
{
    QFETCH(Case, given);
    const std::vector<Tensor> t = numbers(given);
    for (const bool withTape : { false, true }) {
        Tape tape;
        const AttentionOutput out = windowGlobal().attend(inputs(given, constants(t)), { true, withTape ? &tape : nullptr });
        LayerAttention layer;
        layer.heads = heads;
        layer.queries = layer.keys = given.length();
        layer.source = out.source;
        const auto shared = std::make_shared<const LayerAttention>(layer);
        for (int head = 0; head < heads; ++head) {
            const AttentionMap map(shared, head);
            QVERIFY(out.summaries[std::size_t(head)].statistics().rowSumError < 1e-5f);
            for (std::int64_t query = 0; query < given.length(); ++query) {
                const std::vector<double> row = definition(given, t, 0, head, query);
                const std::vector<float> got = map.row(query);
                for (std::size_t key = 0; key < row.size(); ++key) {
                    QVERIFY2(std::fabs(double(got[key]) - row[key]) < 2e-6, qPrintable(QString("%1,%2").arg(query).arg(key)));
                    QVERIFY(row[key] > 0.0 || got[key] == 0.0f);
                    if (withTape)
                        QVERIFY(std::fabs(double(out.weights.value().at((head * given.length() + query) * given.length() + std::int64_t(key))) - row[key]) < 2e-6);
                }
            }
        }
    }
}

void TestWindowGlobal::contextIsTheDefinition_data()
{
    mapsAreTheDefinition_data();
    QTest::newRow("two texts") << Case { { 0, 5, 12 }, { { 0, 2 }, { 6 } }, { {}, { 1, 1, 1, 0, 1, 1, 1 } }, 1 };
    QTest::newRow("two texts, one without") << Case { { 0, 5, 12 }, { {}, { 3 } }, { {}, {} }, 2 };
}

void TestWindowGlobal::contextIsTheDefinition()
{
    QFETCH(Case, given);
    const std::vector<Tensor> t = numbers(given);
    for (const bool withTape : { false, true }) {
        Tape tape;
        const Tensor context = windowGlobal().attend(inputs(given, constants(t)), { false, withTape ? &tape : nullptr }).context.value();
        for (std::size_t s = 0; s + 1 < given.begins.size(); ++s)
            for (std::int64_t query = 0; query < given.begins[s + 1] - given.begins[s]; ++query)
                for (std::int64_t column = 0; column < width; ++column)
                    QVERIFY(std::fabs(double(context.row(given.begins[s] + query)[std::size_t(column)])
                                - contextNumber(given, t, s, query, column)) < 1e-5);
    }
}

void TestWindowGlobal::gradientsAreDerivatives_data()
{
    QTest::addColumn<Case>("given");
    QTest::newRow("two texts") << Case { { 0, 5, 12 }, { { 0, 2 }, { 6 } }, { {}, { 1, 1, 1, 0, 1, 1, 1 } }, 1 };
    QTest::newRow("none global in one") << Case { { 0, 5, 9 }, { {}, { 3 } }, { {}, {} }, 2 };
}

void TestWindowGlobal::gradientsAreDerivatives()
{
    QFETCH(Case, given);
    std::vector<Tensor> t = numbers(given);
    const GradientCheck check = checkGradients(t, [&](std::span<const Var> vars) {
        return windowGlobal().attend(inputs(given, vars), { false, vars[0].tape() }).context;
    });
    QVERIFY2(check.error < 5e-4, qPrintable(QString("input %1 at %2: %3, %4").arg(check.input).arg(check.index).arg(check.analytic).arg(check.numeric)));
}

void TestWindowGlobal::gradientOfTheMapsIsADerivative()
{
    // d Σ context / d weight[i,j] is the sum of the value that row i takes from key j.
    const Case given { { 0, 6 }, { { 2 } }, { {} }, 1 };
    const std::vector<Tensor> t = numbers(given);
    Tape tape;
    const AttentionOutput out = windowGlobal().attend(inputs(given, constants(t)), { true, &tape });
    tape.backward(out.context, Tensor::filled(out.context.shape(), 1.0f));
    const Tensor gradient = tape.gradient(out.weights);
    for (int head = 0; head < heads; ++head)
        for (std::int64_t i = 0; i < 6; ++i)
            for (std::int64_t j = 0; j < 6; ++j) {
                double expected = 0.0;
                for (std::int64_t d = 0; d < size; ++d)
                    expected += double(t[i == 2 ? 5 : 2].row(j)[std::size_t(head * size + d)]);
                QVERIFY(std::fabs(double(gradient.at((head * 6 + i) * 6 + j)) - expected) < 1e-5);
            }
}

void TestWindowGlobal::exportedAsTheReferenceDoes()
{
    const Case given { { 0, 6 }, { { 0, 3 } }, { {} }, 1 };
    const std::vector<Tensor> t = numbers(given);
    const AttentionOutput out = windowGlobal().attend(inputs(given, constants(t)), { true, nullptr });
    const auto named = out.exported(4);
    const Tensor local = named.at("attentions.4"), global = named.at("global_attentions.4");
    QCOMPARE(local.shape(), (Shape { 1, heads, 6, 2 + 3 }));
    QCOMPARE(global.shape(), (Shape { 1, heads, 8, 2 }));
    const std::vector<double> row = definition(given, t, 0, 1, 4), all = definition(given, t, 0, 1, 3);
    const std::array<double, 5> expected { row[0], row[3], 0.0, row[4], row[5] }; // key 3 stands among the global ones
    for (std::size_t i = 0; i < expected.size(); ++i)
        QVERIFY(std::fabs(double(local.at((6 + 4) * 5 + std::int64_t(i))) - expected[i]) < 2e-6);
    for (std::int64_t i = 0; i < 5; ++i)
        QCOMPARE(local.at((6 + 3) * 5 + i), 0.0f); // a global query has its weights in the other tensor
    for (std::int64_t key = 0; key < 8; ++key)
        QVERIFY(std::fabs(double(global.at((8 + key) * 2 + 1)) - (key < 6 ? all[std::size_t(key)] : 0.0)) < 2e-6);
}

HEADLIGHT_TEST_MAIN(TestWindowGlobal)
#include "tst_window_global.moc"
