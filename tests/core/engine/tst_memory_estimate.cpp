// The estimate of a run's memory against what runs of that size really kept, and the refusal above a limit.

#include "core/engine/engine.h"
#include "core/engine/memory_estimate.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestMemoryEstimate : public test::TestCase {
    Q_OBJECT
private slots:
    void coversWhatATraceKeeps_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<int>("tokens");
        for (const char* model : { "bert_mlm", "gpt2_lm", "llama_rope3" })
            for (const int tokens : { 4, 30 })
                QTest::addRow("%s %d", model, tokens) << model << tokens;
    }
    void coversWhatATraceKeeps()
    {
        QFETCH(QString, model);
        QFETCH(int, tokens);
        const Engine engine{ Resources(HEADLIGHT_SOURCE_DIR "/resources") };
        const auto opened = engine.open(test::sourcePath("tests/golden/" + model).toStdString(), {});
        QVERIFY(bool(opened));
        AnalysisRequest request;
        request.input = IdsInput{ std::vector<std::int64_t>(std::size_t(tokens), 3) };
        const auto result = engine.run(*opened, request, {});
        QVERIFY(bool(result));
        const ModelInfo& info = (*opened)->network->info();
        const std::uint64_t estimate = estimatedBytes(info, tokens, request);
        QVERIFY(estimate >= (*result)->trace->bytes());
    }
    void aRunAboveItsLimitIsRefused()
    {
        const Engine engine{ Resources(HEADLIGHT_SOURCE_DIR "/resources") };
        const auto opened = engine.open(test::sourcePath("tests/golden/gpt2_lm").toStdString(), {});
        QVERIFY(bool(opened));
        AnalysisRequest request;
        request.input = IdsInput{ std::vector<std::int64_t>(20, 3) };
        request.memoryLimit = 1000;
        const auto refused = engine.run(*opened, request, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::TooLong);
        QVERIFY2(refused.error().message.find("20 tokens") != std::string::npos
                && refused.error().message.find("limit") != std::string::npos,
            refused.error().message.c_str());
        request.memoryLimit = std::uint64_t(1) << 40;
        QVERIFY(bool(engine.run(*opened, request, {})));
    }
    /// Maps kept for a gradient grow with the square of the length, all else with the length.
    void growth()
    {
        ModelInfo info;
        info.layers = 12;
        info.heads = 12;
        info.width = 768;
        AnalysisRequest plain, graded;
        graded.gradient = GradientTarget{ "logits", { 0 } };
        const auto maps = [&](std::int64_t tokens) {
            return estimatedBytes(info, tokens, graded) - estimatedBytes(info, tokens, plain);
        };
        QCOMPARE(maps(2000), 4 * maps(1000));
        QCOMPARE(maps(512), std::uint64_t(3) * 144 * 512 * 512 * 4);
        QVERIFY(estimatedBytes(info, 2000, plain) <= 2 * estimatedBytes(info, 1000, plain));
    }
};

HEADLIGHT_TEST_MAIN(TestMemoryEstimate)
#include "tst_memory_estimate.moc"
