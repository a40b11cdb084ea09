// The operations of routed experts against finite differences, and against numbers worked out by hand.

#include "core/autodiff/gradient_check.h"
#include "core/autodiff/operations.h"
#include "core/autodiff/routing.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

using Function = std::function<Var(std::span<const Var>)>;

/// Smooth, uneven numbers, none near 0 when `positive`.
Tensor sample(const Shape& shape, int seed, bool positive)
{
    return Tensor::make(shape, [&](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = float(1.5 * std::sin(0.7 * double(i) + 1.9 * seed)) + (positive ? 2.0f : 0.0f);
    });
}

struct Case {
    const char* name;
    std::vector<Shape> inputs;
    Function function;
    bool positive = false;
};

std::vector<Case> cases()
{
    static const std::vector<std::int32_t> columns{ 2, 0, 1, 1, 3, 2 };
    static const std::vector<std::int64_t> places{ 4, 0, 1, 4, 2, 3 };
    return {
        { "softmaxRows", { { 3, 5 } }, [](std::span<const Var> x) { return softmaxRows(x[0]); } },
        { "takeColumns, one of them twice", { { 3, 4 } },
            [](std::span<const Var> x) { return takeColumns(x[0], columns); } },
        { "normalizeSums", { { 3, 4 } }, [](std::span<const Var> x) { return normalizeSums(x[0]); }, true },
        { "mixRows, one row twice", { { 5, 3 }, { 3, 2 } },
            [](std::span<const Var> x) { return mixRows(x[0], x[1], places); } },
        { "partOf", { { 3, 2, 4 } }, [](std::span<const Var> x) { return partOf(x[0], 1); } },
        { "clampedGate", { { 3, 6 } },
            [](std::span<const Var> x) { return clampedGate(x[0], 7.0f, 1.702f); } },
        { "clampedGate beyond its limit", { { 3, 6 } },
            [](std::span<const Var> x) { return clampedGate(x[0], 0.31f, 1.702f); } },
    };
}

} // namespace

class TestRouting : public test::TestCase {
    Q_OBJECT
private slots:
    void derivatives_data();
    void derivatives();
    void aGateByHand();
    void aMixByHand();
    void partsShareTheirNumbers();
};

void TestRouting::derivatives_data()
{
    QTest::addColumn<int>("index");
    const auto all = cases();
    for (std::size_t i = 0; i < all.size(); ++i)
        QTest::newRow(all[i].name) << int(i);
}

void TestRouting::derivatives()
{
    QFETCH(int, index);
    const Case one = cases()[std::size_t(index)];
    std::vector<Tensor> inputs;
    for (std::size_t i = 0; i < one.inputs.size(); ++i)
        inputs.push_back(sample(one.inputs[i], int(i), one.positive));
    const GradientCheck check = checkGradients(inputs, one.function, 1e-3);
    QVERIFY2(check.error < 3e-3,
        qPrintable(QString("input %1 [%2]: %3 instead of %4")
                       .arg(check.input)
                       .arg(check.index)
                       .arg(check.analytic)
                       .arg(check.numeric)));
}

/// gate 9 → 7, up −8 → −7: (−7 + 1)·7·σ(11.914); gate 1, up 0.5: 1.5·σ(1.702).
void TestRouting::aGateByHand()
{
    const Var y = clampedGate(Var(Tensor::fromVector({ 1, 4 }, { 9.0f, -8.0f, 1.0f, 0.5f })), 7.0f, 1.702f);
    QVERIFY(std::fabs(double(y.value().at(0)) + 42.0 / (1.0 + std::exp(-11.914))) < 1e-4);
    QVERIFY(std::fabs(double(y.value().at(1)) - 1.5 / (1.0 + std::exp(-1.702))) < 1e-6);
}

void TestRouting::aMixByHand()
{
    const std::vector<std::int64_t> places{ 2, 0 };
    const Var y = mixRows(Var(Tensor::fromVector({ 3, 2 }, { 1, 2, 3, 4, 5, 6 })),
        Var(Tensor::fromVector({ 1, 2 }, { 0.5f, 2.0f })), places);
    QCOMPARE(y.value().at(0), 4.5f);
    QCOMPARE(y.value().at(1), 7.0f);
}

void TestRouting::partsShareTheirNumbers()
{
    const Tensor whole = sample({ 3, 2, 2 }, 1, false);
    const Var part = partOf(Var(whole), 2);
    QVERIFY(part.value().data() == whole.data() + 8 * sizeof(float));
    QCOMPARE(part.shape(), (Shape{ 2, 2 }));
}

HEADLIGHT_TEST_MAIN(TestRouting)
#include "tst_routing.moc"
