// A trace hands out what was recorded by place and by kind, and knows what it weighs.

#include "core/trace/trace.h"
#include "tests/support/random_numbers.h"
#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestTrace : public test::TestCase {
    Q_OBJECT
private slots:
    void requestsKeepAllOrSome();
    void findsLayers();
    void gradientsStandBesideTheirLayer();
    void countsItsBytes();
    void theLargestErrorOfAnyRow();
};

namespace {

LayerAttention layerAt(AttentionSite site, std::int64_t size = 4)
{
    LayerAttention layer = test::givenLayer(site.layer, Tensor::filled({ 2, size, size }, 1.0f / float(size)));
    layer.site = site;
    return layer;
}

} // namespace

void TestTrace::requestsKeepAllOrSome()
{
    TraceRequest request;
    QVERIFY(request.keeps(0) && request.keeps(99));
    request.layers = std::set<int> { 0, 3 };
    QVERIFY(request.keeps(0) && request.keeps(3) && !request.keeps(1));
    request.layers = std::set<int> {};
    QVERIFY(!request.keeps(0));
}

void TestTrace::findsLayers()
{
    Trace trace;
    for (const AttentionKind kind : { AttentionKind::Encoder, AttentionKind::Decoder, AttentionKind::Cross })
        for (const int layer : { 0, 1 })
            trace.addLayer(layerAt({ kind, layer }));
    QCOMPARE(trace.layers().size(), std::size_t(6));
    const auto cross = trace.layers(AttentionKind::Cross);
    QCOMPARE(cross.size(), std::size_t(2));
    QCOMPARE(cross[1]->site.layer, 1);
    QCOMPARE(trace.layer({ AttentionKind::Decoder, 1 }), trace.layers()[3]);
    QVERIFY(trace.layer({ AttentionKind::Decoder, 2 }) == nullptr);
}

void TestTrace::gradientsStandBesideTheirLayer()
{
    Trace trace;
    trace.addLayer(layerAt({ AttentionKind::Encoder, 0 }));
    trace.addLayer(layerAt({ AttentionKind::Encoder, 1 }));
    const auto before = trace.layer({ AttentionKind::Encoder, 1 });
    const Tensor gradient = test::randomTensor({ 2, 4, 4 }, 1);
    trace.setGradient({ AttentionKind::Encoder, 1 }, gradient);
    const auto after = trace.layer({ AttentionKind::Encoder, 1 });
    QCOMPARE(after->gradient.data(), gradient.data());
    QCOMPARE(after->source, before->source); // the record is new, what it points to is not
    QVERIFY(before->gradient.empty());
    QVERIFY(trace.layer({ AttentionKind::Encoder, 0 })->gradient.empty());
    QVERIFY_EXCEPTION_THROWN(trace.setGradient({ AttentionKind::Cross, 1 }, gradient), CheckFailed);
}

void TestTrace::countsItsBytes()
{
    Trace trace;
    QCOMPARE(trace.bytes(), std::size_t(0));
    trace.addHiddenState({ {}, Tensor::zeros({ 10, 8 }) });
    trace.setOutput("logits", Tensor::zeros({ 1, 5 }));
    trace.setOutput("logits", Tensor::zeros({ 1, 3 })); // replaces
    QCOMPARE(trace.bytes(), std::size_t(4 * (80 + 3)));
    const std::size_t before = trace.bytes();
    trace.addLayer(layerAt({ AttentionKind::Encoder, 0 }));
    const std::size_t withLayer = trace.bytes();
    QVERIFY(withLayer >= before + 4 * 2 * 4 * 4);
    trace.setGradient({ AttentionKind::Encoder, 0 }, Tensor::zeros({ 2, 4, 4 }));
    QCOMPARE(trace.bytes(), withLayer + 4 * 2 * 4 * 4);
}

void TestTrace::theLargestErrorOfAnyRow()
{
    Trace trace;
    QCOMPARE(trace.largestRowSumError(), 0.0f);
    const auto add = [&trace](float weight) {
        LayerAttention layer = layerAt({ AttentionKind::Encoder, 0 });
        layer.summaries.assign(2, HeadSummary(1, 2));
        for (HeadSummary& summary : layer.summaries) {
            const std::vector<float> row { weight, 0.5f };
            summary.addRow(0, row);
            summary.finish();
        }
        trace.addLayer(std::move(layer));
    };
    add(0.75f);
    add(0.5f);
    QCOMPARE(trace.largestRowSumError(), 0.25f);
    add(std::numeric_limits<float>::quiet_NaN());
    QVERIFY(std::isnan(trace.largestRowSumError()));
    add(0.75f);
    QVERIFY(std::isnan(trace.largestRowSumError()));
}

HEADLIGHT_TEST_MAIN(TestTrace)
#include "tst_trace.moc"
