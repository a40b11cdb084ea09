// Every differentiable operation against finite differences (the definition of a derivative), and crossEntropy's value
// against numbers worked out by hand.

#include "core/autodiff/gradient_check.h"
#include "core/autodiff/operations.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

using Function = std::function<Var(std::span<const Var>)>;

struct Case {
    const char* name;
    std::vector<Shape> inputs;
    Function function;
};

/// Smooth, uneven numbers between −1.5 and 1.5.
Tensor sample(const Shape& shape, int seed)
{
    return Tensor::make(shape, [&](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = float(1.5 * std::sin(0.7 * double(i) + 1.9 * seed + 0.3 * double(i * i % 7)));
    });
}

Case activation(const char* name, Activation kind)
{
    return { name, { { 4, 9 } }, [kind](std::span<const Var> x) { return activate(kind, x[0]); } };
}

/// Four rows of uneven angles for two pairs of a head.
RotaryAngles someAngles(RotaryPairs pairs)
{
    const Tensor cosines = Tensor::make({ 4, 2 }, [](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = float(std::cos(0.4 * double(i) - 1.0));
    });
    const Tensor sines = Tensor::make({ 4, 2 }, [](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = float(std::sin(0.4 * double(i) - 1.0));
    });
    return { cosines, sines, pairs };
}

/// What projections, head norms and rotary positions are made of.
std::vector<Case> partsOfDecoders()
{
    static const std::vector<ColumnRange> ranges { { 4, 6 }, { 0, 1 }, { 4, 5 } };
    static const std::vector<std::int64_t> begins { 0, 3, 4 };
    return {
        { "linearTransposed", { { 5, 6 }, { 6, 4 }, { 4 } }, [](std::span<const Var> x) { return linearTransposed(x[0], x[1], x[2]); } },
        { "linearTransposed without bias", { { 3, 6 }, { 6, 4 } }, [](std::span<const Var> x) { return linearTransposed(x[0], x[1], Var()); } },
        { "multiply", { { 3, 4 }, { 3, 4 } }, [](std::span<const Var> x) { return multiply(x[0], x[1]); } },
        { "multiply by itself", { { 3, 4 } }, [](std::span<const Var> x) { return multiply(x[0], x[0]); } },
        { "rmsNorm", { { 3, 8 }, { 8 } }, [](std::span<const Var> x) { return rmsNorm(x[0], x[1], 1e-5f); } },
        { "rmsNorm by 1 + w", { { 3, 8 }, { 8 } }, [](std::span<const Var> x) { return rmsNorm(x[0], x[1], 1e-5f, 1.0f); } },
        { "rmsNorm without weight", { { 3, 8 } }, [](std::span<const Var> x) { return rmsNorm(x[0], Var(), 1e-5f); } },
        { "normalizeRows", { { 3, 4 } }, [](std::span<const Var> x) { return normalizeRows(x[0]); } },
        { "selectColumns, one of them twice", { { 3, 6 } }, [](std::span<const Var> x) { return selectColumns(x[0], ranges); } },
        { "concatenateColumns", { { 3, 2 }, { 3, 1 } },
            [](std::span<const Var> x) {
                const std::array<Var, 3> parts { x[1], x[0], x[1] };
                return concatenateColumns(parts);
            } },
        { "meanRows", { { 4, 3 } }, [](std::span<const Var> x) { return meanRows(x[0], begins); } },
        { "rotate halves", { { 4, 10 } }, [](std::span<const Var> x) { return rotate(x[0], 5, someAngles(RotaryPairs::Halves)); } },
        { "rotate neighbours", { { 4, 10 } }, [](std::span<const Var> x) { return rotate(x[0], 5, someAngles(RotaryPairs::Neighbours)); } },
    };
}

std::vector<Case> cases()
{
    static const std::vector<std::int64_t> ids { 2, 0, 2, 4 }, targets { 1, 0, 3 };
    std::vector<Case> all = partsOfDecoders();
    const std::vector<Case> others {
        { "linear", { { 5, 6 }, { 4, 6 }, { 4 } }, [](std::span<const Var> x) { return linear(x[0], x[1], x[2]); } },
        { "linear without bias", { { 2, 3, 6 }, { 4, 6 } }, [](std::span<const Var> x) { return linear(x[0], x[1], Var()); } },
        { "add", { { 3, 4 }, { 3, 4 } }, [](std::span<const Var> x) { return add(x[0], x[1]); } },
        { "add to itself", { { 3, 4 } }, [](std::span<const Var> x) { return add(x[0], add(x[0], x[0])); } },
        { "scale", { { 3, 4 } }, [](std::span<const Var> x) { return scale(x[0], -1.7f); } },
        activation("gelu", Activation::Gelu),
        activation("gelu by tanh", Activation::GeluTanh),
        activation("quick gelu", Activation::QuickGelu),
        activation("silu", Activation::Silu),
        activation("tanh", Activation::Tanh),
        activation("sigmoid", Activation::Sigmoid),
        activation("identity", Activation::Identity),
        { "layerNorm", { { 3, 8 }, { 8 }, { 8 } },
            [](std::span<const Var> x) { return layerNorm(x[0], x[1], x[2], 1e-5f); } },
        { "embedding", { { 5, 3 } }, [](std::span<const Var> x) { return embedding(x[0], ids); } },
        { "gatherRows", { { 5, 3 } }, [](std::span<const Var> x) { return gatherRows(x[0], ids); } },
        { "concatenateRows", { { 2, 3 }, { 1, 3 } },
            [](std::span<const Var> x) {
                const std::array<Var, 3> parts { x[0], x[1], x[0] };
                return concatenateRows(parts);
            } },
        { "reshape", { { 2, 6 } }, [](std::span<const Var> x) { return activate(Activation::Tanh, reshape(x[0], { 3, 4 })); } },
        { "dropout", { { 6, 5 } },
            [](std::span<const Var> x) {
                std::mt19937_64 random(3);
                return dropout(x[0], 0.4f, random);
            } },
        { "crossEntropy", { { 3, 4 } }, [](std::span<const Var> x) { return crossEntropy(x[0], targets); } },
        { "crossEntropy, smoothed", { { 3, 4 } }, [](std::span<const Var> x) { return crossEntropy(x[0], targets, 0.2f); } },
        { "weightedSum", { { 3, 4 } }, [](std::span<const Var> x) { return weightedSum(x[0], sample({ 3, 4 }, 9)); } },
        { "a small network", { { 4, 6 }, { 5, 6 }, { 5 }, { 5 }, { 5 } },
            [](std::span<const Var> x) {
                const Var hidden = activate(Activation::Gelu, linear(x[0], x[1], x[2]));
                return crossEntropy(layerNorm(add(hidden, hidden), x[3], x[4], 1e-5f), std::vector<std::int64_t> { 0, 4, 2, 2 });
            } },
    };
    all.insert(all.end(), others.begin(), others.end());
    return all;
}

} // namespace

class TestOperations : public test::TestCase {
    Q_OBJECT
private slots:
    void gradientsAreDerivatives_data();
    void gradientsAreDerivatives();
    void gradientsThroughStoredWeights_data();
    void gradientsThroughStoredWeights();
    void aWrongGradientIsFound();
    void reluIsItsSlopeAwayFromZero();
    void crossEntropyByHand();
    void dropoutKeepsTheMeanAndTheGradientOfWhatItKeeps();
    void constantsTakeNoGradient();
    void aLeafAddsIntoTheCallersMemory();
};

void TestOperations::gradientsAreDerivatives_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const Case& c : cases())
        QTest::newRow(c.name) << index++;
}

void TestOperations::gradientsAreDerivatives()
{
    QFETCH(int, index);
    const Case c = cases()[std::size_t(index)];
    std::vector<Tensor> inputs;
    for (const Shape& shape : c.inputs)
        inputs.push_back(sample(shape, int(inputs.size())));
    const GradientCheck check = checkGradients(inputs, c.function);
    QVERIFY2(check.error < 2e-4, qPrintable(QString("input %1, number %2: %3, by differences %4")
                                                .arg(check.input).arg(check.index).arg(check.analytic).arg(check.numeric)));
}

void TestOperations::gradientsThroughStoredWeights_data()
{
    QTest::addColumn<bool>("transposed");
    QTest::newRow("[out,in], three blocks of expanded rows") << false;
    QTest::newRow("[in,out]") << true;
}

void TestOperations::gradientsThroughStoredWeights()
{
    QFETCH(bool, transposed);
    const Tensor stored = sample({ 1200, 1500 }, 2).converted(DType::BF16);
    const auto inputGradient = [&](const Tensor& weight) {
        Tape tape;
        const Var x = tape.leaf(sample({ 2, transposed ? 1200 : 1500 }, 1));
        const Var y = transposed ? linearTransposed(x, Var(weight), Var()) : linear(x, Var(weight), Var());
        tape.backward(y, sample(y.shape(), 3));
        return tape.gradient(x);
    };
    const Tensor throughStored = inputGradient(stored), throughFloats = inputGradient(stored.toFloat());
    double largest = 0.0;
    for (std::int64_t i = 0; i < throughFloats.count(); ++i)
        largest = std::max(largest, std::abs(double(throughStored.at(i)) - double(throughFloats.at(i))));
    QVERIFY2(largest < 1e-3, qPrintable(QString::number(largest)));
}

void TestOperations::aWrongGradientIsFound()
{
    const std::array<Tensor, 1> inputs { sample({ 2, 3 }, 0) };
    const GradientCheck check = checkGradients(inputs, [](std::span<const Var> x) {
        return Tape::record(scale(Var(x[0].value()), 2.0f).value(), { &x[0] },
            [](const Tensor& gradient, GradientSink& sink) { sink.add(0, gradient); });
    });
    QVERIFY(check.error > 0.3);
}

void TestOperations::reluIsItsSlopeAwayFromZero()
{
    const std::array<Tensor, 1> inputs { Tensor::fromVector({ 4 }, { -2.0f, -0.5f, 0.5f, 2.0f }) };
    const GradientCheck check
        = checkGradients(inputs, [](std::span<const Var> x) { return activate(Activation::Relu, x[0]); });
    QVERIFY(check.error < 2e-4);
}

void TestOperations::crossEntropyByHand()
{
    // softmax(0, ln 2, ln 5) = 1/8, 2/8, 5/8.
    const Var logits(Tensor::fromVector({ 1, 3 }, { 0.0f, std::log(2.0f), std::log(5.0f) }));
    const std::array<std::int64_t, 1> target { 2 };
    QVERIFY(std::fabs(crossEntropy(logits, target).value().at(0) - std::log(8.0 / 5.0)) < 1e-6);
    // With 0.3 of the mass spread: 0.1 on each class, 0.7 more on the target.
    const double smoothed = 0.1 * std::log(8.0) + 0.1 * std::log(4.0) + 0.8 * std::log(8.0 / 5.0);
    QVERIFY(std::fabs(double(crossEntropy(logits, target, 0.3f).value().at(0)) - smoothed) < 1e-6);
}

void TestOperations::dropoutKeepsTheMeanAndTheGradientOfWhatItKeeps()
{
    constexpr std::int64_t count = 40000;
    std::mt19937_64 random(5);
    Tape tape;
    const Var x = tape.leaf(Tensor::filled({ count }, 2.0f));
    const Var y = dropout(x, 0.25f, random);
    double mean = 0.0;
    for (std::int64_t i = 0; i < count; ++i)
        mean += double(y.value().at(i)) / double(count);
    QVERIFY(std::fabs(mean - 2.0) < 0.03); // five standard deviations
    tape.backward(y, Tensor::filled({ count }, 1.0f));
    const Tensor gradient = tape.gradient(x);
    for (std::int64_t i = 0; i < count; ++i)
        QCOMPARE(gradient.at(i), y.value().at(i) / 2.0f);
}

void TestOperations::constantsTakeNoGradient()
{
    Tape tape;
    const Var x = tape.leaf(sample({ 2, 3 }, 0));
    const Var constant(sample({ 2, 3 }, 1));
    QVERIFY(!add(constant, constant).tracked());
    const Var y = add(x, constant);
    QVERIFY(y.tracked());
    tape.backward(y, Tensor::filled({ 2, 3 }, 1.0f));
    QCOMPARE(tape.gradient(x).at(4), 1.0f);
}

void TestOperations::aLeafAddsIntoTheCallersMemory()
{
    std::vector<float> gradient { 10.0f, 20.0f };
    Tape tape;
    const Var x = tape.leaf(Tensor::fromVector({ 2 }, { 1.0f, 2.0f }), gradient);
    tape.backward(add(x, scale(x, 2.0f)), Tensor::filled({ 2 }, 1.0f));
    QCOMPARE(gradient[0], 13.0f);
    QCOMPARE(gradient[1], 23.0f);
}

HEADLIGHT_TEST_MAIN(TestOperations)
#include "tst_operations.moc"
