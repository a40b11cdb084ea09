// AdamW against its published formulas worked out in double, and against what they promise: it finds the minimum of a
// quadratic. The schedule against its formula.

#include "core/base/parallel_for.h"
#include "core/train/adamw.h"
#include "core/train/schedule.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestAdamW : public test::TestCase {
    Q_OBJECT
private slots:
    void stepsAreTheFormula();
    void onlyTheNamedRangesDecay();
    void aQuadraticIsMinimised();
    void restoredMomentsGoOnTheSame();
    void clippingScalesToTheLimit_data();
    void clippingScalesToTheLimit();
    void theSumIsInOrderForAnyThreads();
    void theScheduleWarmsUpAndFalls_data();
    void theScheduleWarmsUpAndFalls();
};

void TestAdamW::stepsAreTheFormula()
{
    const AdamWSettings settings { 0.9f, 0.99f, 1e-6f, 0.1f };
    AdamW optimizer(settings, 2, { { 0, 2 } });
    std::vector<float> parameters { 1.0f, -2.0f };
    double p[2] = { 1.0, -2.0 }, m[2] = {}, v[2] = {};
    for (int t = 1; t <= 5; ++t) {
        const std::vector<float> gradient { float(t) * 0.3f, -0.7f };
        const double rate = 0.01 * t;
        optimizer.step(parameters, gradient, rate);
        for (int i = 0; i < 2; ++i) { // Loshchilov & Hutter 2019, algorithm 2, lines 6 to 12
            const double g = double(gradient[std::size_t(i)]);
            m[i] = 0.9 * m[i] + 0.1 * g;
            v[i] = 0.99 * v[i] + 0.01 * g * g;
            const double first = m[i] / (1.0 - std::pow(0.9, t)), second = v[i] / (1.0 - std::pow(0.99, t));
            p[i] -= rate * (first / (std::sqrt(second) + 1e-6) + 0.1 * p[i]);
            QVERIFY(std::fabs(p[i] - double(parameters[std::size_t(i)])) < 2e-6);
        }
    }
}

void TestAdamW::onlyTheNamedRangesDecay()
{
    AdamW optimizer({ 0.9f, 0.999f, 1e-8f, 0.5f }, 3, { { 1, 2 } });
    std::vector<float> parameters { 1.0f, 1.0f, 1.0f };
    optimizer.step(parameters, std::vector<float>(3, 0.0f), 0.1);
    QCOMPARE(parameters[0], 1.0f);
    QCOMPARE(parameters[1], 0.95f);
    QCOMPARE(parameters[2], 1.0f);
}

void TestAdamW::aQuadraticIsMinimised()
{
    // ½·Σ cᵢ·(pᵢ − aᵢ)², conditions 1 to 100; the rate falls to zero, so it ends at the minimum.
    constexpr int steps = 3000;
    const std::vector<float> curvature { 1.0f, 10.0f, 100.0f }, target { 3.0f, -1.0f, 0.5f };
    AdamW optimizer({ 0.9f, 0.999f, 1e-8f, 0.0f }, 3, {});
    std::vector<float> parameters(3), gradient(3);
    for (int step = 0; step < steps; ++step) {
        for (std::size_t i = 0; i < 3; ++i)
            gradient[i] = curvature[i] * (parameters[i] - target[i]);
        optimizer.step(parameters, gradient, Schedule { 0.05, 0, 0.0 }.rate(step, steps));
    }
    for (std::size_t i = 0; i < 3; ++i)
        QVERIFY(std::fabs(parameters[i] - target[i]) < 1e-3f);
}

void TestAdamW::restoredMomentsGoOnTheSame()
{
    const std::vector<float> gradient { 0.4f, -0.1f };
    std::vector<float> straight { 1.0f, 1.0f };
    AdamW whole({}, 2, { { 0, 1 } });
    for (int i = 0; i < 3; ++i)
        whole.step(straight, gradient, 0.01);
    std::vector<float> resumed { 1.0f, 1.0f };
    AdamW first({}, 2, { { 0, 1 } }), second({}, 2, { { 0, 1 } });
    first.step(resumed, gradient, 0.01);
    first.step(resumed, gradient, 0.01);
    second.restore(first.steps(), first.firstMoment(), first.secondMoment());
    second.step(resumed, gradient, 0.01);
    QCOMPARE(resumed, straight);
}

void TestAdamW::clippingScalesToTheLimit_data()
{
    QTest::addColumn<double>("limit");
    QTest::addColumn<double>("norm");
    QTest::newRow("above: scaled") << 1.0 << 1.0;
    QTest::newRow("below: left") << 10.0 << 5.0;
    QTest::newRow("no limit") << 0.0 << 5.0;
}

void TestAdamW::clippingScalesToTheLimit()
{
    QFETCH(double, limit);
    QFETCH(double, norm);
    std::vector<float> gradient { 3.0f, -4.0f };
    QCOMPARE(clipGlobalNorm(gradient, limit), 5.0);
    QVERIFY(std::fabs(globalNorm(gradient) - norm) < 1e-6);
    QVERIFY(gradient[0] > 0.0f && gradient[1] < 0.0f);
}

void TestAdamW::theSumIsInOrderForAnyThreads()
{
    constexpr std::size_t count = 200001;
    std::vector<std::vector<float>> parts(3, std::vector<float>(count));
    for (std::size_t i = 0; i < count; ++i) {
        parts[0][i] = 1e8f;
        parts[1][i] = float(i % 7);
        parts[2][i] = -1e8f;
    }
    auto other = parts;
    const int before = threadCount();
    setThreadCount(1);
    sumInto(parts);
    const double one = globalNorm(parts[0]);
    setThreadCount(4);
    sumInto(other);
    const double four = globalNorm(other[0]);
    setThreadCount(before);
    QCOMPARE(parts[0], other[0]);
    QCOMPARE(one, four);
    QCOMPARE(parts[0][6], (1e8f + 6.0f) - 1e8f);
}

void TestAdamW::theScheduleWarmsUpAndFalls_data()
{
    QTest::addColumn<int>("step");
    QTest::addColumn<double>("rate");
    QTest::newRow("first step") << 0 << 0.2;
    QTest::newRow("end of the warm-up") << 9 << 2.0;
    QTest::newRow("peak") << 10 << 2.0;
    QTest::newRow("half way") << 60 << 2.0 * (0.1 + 0.9 * 0.5);
    QTest::newRow("end") << 110 << 0.2;
    QTest::newRow("beyond") << 500 << 0.2;
}

void TestAdamW::theScheduleWarmsUpAndFalls()
{
    QFETCH(int, step);
    QFETCH(double, rate);
    QVERIFY(std::fabs(Schedule { 2.0, 10, 0.1 }.rate(step, 110) - rate) < 1e-12);
}

HEADLIGHT_TEST_MAIN(TestAdamW)
#include "tst_adamw.moc"
