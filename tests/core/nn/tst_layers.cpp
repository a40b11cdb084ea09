// The small parts: which parameters each takes and in which shape, what is said when they do not fit, and how
// sequences are packed.

#include "core/nn/layers.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestLayers : public test::TestCase {
    Q_OBJECT
private slots:
    void takeTheirParametersByName();
    void oneParameterMayServeTwice();
    void problemsSayNameFoundAndExpected();
    void linearIsAProduct();
    void layerNormUsesItsEpsilon();
    void activationNames_data();
    void activationNames();
    void packingCountsRows();
    void runAnnouncesLayers();
    void hiddenStatesOnlyWhenAsked();
};

namespace {

/// Parameters from a plain map.
class GivenParameters final : public ParameterSource {
public:
    explicit GivenParameters(std::map<std::string, Tensor> tensors)
        : m_tensors(std::move(tensors))
    {
    }
    bool has(const std::string& name) const override { return m_tensors.contains(name); }

private:
    Tensor find(const std::string& name, const Shape&, Initialisation) override
    {
        return has(name) ? m_tensors.at(name) : Tensor();
    }
    std::map<std::string, Tensor> m_tensors;
};

} // namespace

void TestLayers::takeTheirParametersByName()
{
    GivenParameters source({ { "a.weight", Tensor::zeros({ 3, 2 }) }, { "a.bias", Tensor::zeros({ 3 }) }, { "n.weight", Tensor::zeros({ 2 }) },
        { "n.bias", Tensor::zeros({ 2 }) }, { "e.weight", Tensor::zeros({ 9, 2 }) } });
    const Linear linear = Linear::load(source, "a", 2, 3);
    const Norm norm = Norm::layer(source, "n", 2, 1e-5f);
    const Embedding embedding = Embedding::load(source, "e", 9, 2);
    QVERIFY(source.problems().empty());
    QCOMPARE(linear.bias->name, std::string("a.bias"));
    QCOMPARE(norm.epsilon, 1e-5f);
    QCOMPARE(embedding.table->index, 4);
    QCOMPARE(source.taken().size(), std::size_t(5));
    const Linear bare = Linear::load(source, "a", 2, 3, Linear::Bias::No);
    QVERIFY(bare.bias == nullptr && bare.weight == linear.weight);
}

void TestLayers::oneParameterMayServeTwice()
{
    GivenParameters source({ { "w", Tensor::zeros({ 2 }) } });
    const auto first = source.take("w", { 2 }, {}), second = source.take("w", { 2 }, {});
    QCOMPARE(first, second);
    QCOMPARE(source.taken().size(), std::size_t(1));
}

void TestLayers::problemsSayNameFoundAndExpected()
{
    GivenParameters source({ { "a.weight", Tensor::zeros({ 2, 3 }) } });
    Linear::load(source, "a", 2, 3);
    QCOMPARE(source.problems(), (std::vector<std::string> { "a.weight has shape [2, 3], expected [3, 2]", "a.bias is missing (expected [3])" }));
}

void TestLayers::linearIsAProduct()
{
    GivenParameters source({ { "a.weight", Tensor::fromVector({ 2, 3 }, { 1, 2, 3, 4, 5, 6 }) }, { "a.bias", Tensor::fromVector({ 2 }, { 10, 20 }) } });
    const Linear linear = Linear::load(source, "a", 3, 2);
    const JobControl control;
    Run run(control);
    const Var y = linear(Var(Tensor::fromVector({ 2, 3 }, { 1, 0, 0, 1, 1, 1 })), run);
    const std::vector<float> expected { 11, 24, 16, 35 };
    QVERIFY(std::ranges::equal(y.value().floats(), expected));
}

void TestLayers::layerNormUsesItsEpsilon()
{
    GivenParameters source({ { "n.weight", Tensor::filled({ 2 }, 1.0f) }, { "n.bias", Tensor::zeros({ 2 }) } });
    const Norm norm = Norm::layer(source, "n", 2, 3.0f);
    const JobControl control;
    Run run(control);
    const Var y = norm(Var(Tensor::fromVector({ 1, 2 }, { 1.0f, -1.0f })), run);
    QVERIFY(std::abs(y.value().at(0) - 0.5f) < 1e-6f); // variance 1: 1/√(1 + 3)
}

void TestLayers::activationNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("expected");
    // transformers/activations.py, ACT2FN
    QTest::newRow("gelu") << "gelu" << int(Activation::Gelu);
    QTest::newRow("gelu_new") << "gelu_new" << int(Activation::GeluTanh);
    QTest::newRow("gelu_pytorch_tanh") << "gelu_pytorch_tanh" << int(Activation::GeluTanh);
    QTest::newRow("quick_gelu") << "quick_gelu" << int(Activation::QuickGelu);
    QTest::newRow("relu") << "relu" << int(Activation::Relu);
    QTest::newRow("silu") << "silu" << int(Activation::Silu);
    QTest::newRow("swish") << "swish" << int(Activation::Silu);
    QTest::newRow("tanh") << "tanh" << int(Activation::Tanh);
    QTest::newRow("unknown") << "mish-mash" << -1;
    QTest::newRow("none") << "" << -1;
}

void TestLayers::activationNames()
{
    QFETCH(QString, name);
    const auto found = activationFromName(name.toStdString());
    QTEST(found ? int(*found) : -1, "expected");
}

void TestLayers::packingCountsRows()
{
    Packing packing;
    packing.add(3, {});
    packing.add(1, { 1 });
    packing.add(5, { 1, 1, 0, 0, 0 });
    QCOMPARE(packing.begins, (std::vector<std::int64_t> { 0, 3, 4, 9 }));
    QCOMPARE(packing.sequences(), std::int64_t(3));
    QCOMPARE(packing.rows(), std::int64_t(9));
    QVERIFY(packing.keyMasks[0].empty() && packing.keyMasks[2].size() == 5);
}

void TestLayers::runAnnouncesLayers()
{
    std::vector<std::string> phases;
    double last = -1.0;
    const JobControl control({}, [&](double fraction, std::string_view phase) {
        last = fraction;
        phases.emplace_back(phase);
    });
    Run run(control);
    run.enterLayer(0, 4);
    run.enterLayer(3, 4);
    QCOMPARE(phases, (std::vector<std::string> { "layer 1 of 4", "layer 4 of 4" }));
    QCOMPARE(last, 0.75);
}

void TestLayers::hiddenStatesOnlyWhenAsked()
{
    const JobControl control;
    Trace trace;
    Run run(control);
    run.recordHidden(Var(Tensor::zeros({ 2, 2 })));
    run.trace = &trace;
    run.recordHidden(Var(Tensor::zeros({ 2, 2 })));
    QCOMPARE(trace.hiddenStates().size(), std::size_t(0));
    run.request.hiddenStates = true;
    run.recordHidden(Var(Tensor::zeros({ 2, 2 })));
    QCOMPARE(trace.hiddenStates().size(), std::size_t(1));
    QVERIFY(!run.training());
    const Var x(test::randomTensor({ 4, 4 }, 1));
    QCOMPARE(run.dropout(x, 0.5f).value().data(), x.value().data()); // off while viewing
}

HEADLIGHT_TEST_MAIN(TestLayers)
#include "tst_layers.moc"
