// What a pair's decoder is fed: given ids, a text shifted as the reference's training does, or the start token.

#include "core/engine/engine.h"
#include "tests/support/tiny_model.h"

using namespace headlight;

class TestDecoderInput : public test::TestCase {
    Q_OBJECT
private slots:
    void feeds_data();
    void feeds();
    void tensorsAreTakenAsTheyAre();
    void namesTheTokensOfEachSite();
    void refusesTextsForModelsWithoutDecoder();
    void writesBehindWhatItWasFed();
    void goesOnWithACaption();
};

namespace {

const JobControl control;
constexpr std::int64_t classifies = 2, separates = 3; ///< [CLS] and [SEP] of the small vocabulary
constexpr std::int64_t cat = 58, sat = 59;

using Ids = QList<qint64>;

Ids listed(const std::vector<std::int64_t>& ids)
{
    return Ids(ids.begin(), ids.end());
}

AnalysisRequest asking(AnalysisInput input)
{
    AnalysisRequest request;
    request.input = std::move(input);
    return request;
}

GenerationOptions writing(std::int64_t tokens, int beams)
{
    GenerationOptions options;
    options.newTokens = tokens;
    options.beams = beams;
    return options;
}

Expected<std::shared_ptr<const AnalysisResult>> run(const test::TinyModel& model, const AnalysisRequest& request)
{
    const Engine engine(Resources::locate());
    HEADLIGHT_TRY(const auto opened, engine.open(model.path().string(), control));
    return engine.run(opened, request, control);
}

} // namespace

void TestDecoderInput::feeds_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("target");
    QTest::addColumn<Ids>("given");
    QTest::addColumn<Ids>("fed");
    QTest::newRow("start token") << "t5_relu" << "" << Ids {} << Ids { 0 };
    QTest::newRow("start token of BART") << "bart_lm" << "" << Ids {} << Ids { 2 };
    QTest::newRow("ids") << "bart_lm" << "" << Ids { 2, 9, 8 } << Ids { 2, 9, 8 };
    QTest::newRow("ids win over a text") << "bart_lm" << "cat" << Ids { 2, 9, 8 } << Ids { 2, 9, 8 };
    // shift_tokens_right: the start token, then all but the last.
    QTest::newRow("text for BART") << "bart_lm" << "cat sat" << Ids {} << Ids { 2, classifies, cat, sat };
    QTest::newRow("text for mBART") << "mbart_lm" << "cat sat" << Ids {} << Ids { separates, classifies, cat, sat };
    QTest::newRow("text that does not end") << "t5_relu" << "cat" << Ids {} << Ids { 0, classifies, cat, separates };
    QTest::newRow("no text") << "t5_encoder" << "" << Ids {} << Ids {};
    QTest::newRow("what it classifies") << "bart_seqcls" << "" << Ids {} << Ids { 2, classifies, sat, cat };
}

void TestDecoderInput::feeds()
{
    QFETCH(QString, folder);
    QFETCH(QString, target);
    QFETCH(Ids, given);
    QFETCH(Ids, fed);
    const test::TinyModel model(qPrintable(folder));
    AnalysisRequest request = asking(TextInput { "sat cat", {} });
    if (!target.isEmpty())
        request.target = target.toStdString();
    request.decoderIds.assign(given.begin(), given.end());
    const auto result = run(model, request);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE(listed((*result)->fed.decoderIds), fed);
    QCOMPARE((*result)->decoderTokens.size(), std::size_t(fed.size()));
}

void TestDecoderInput::tensorsAreTakenAsTheyAre()
{
    const test::TinyModel model("bart_lm");
    const Tensor ids = Tensor::fromIntegers({ 1, 3 }, { 5, 6, 2 });
    AnalysisRequest request = asking(TensorInput { { { "input_ids", ids } } });
    auto result = run(model, request);
    QVERIFY(result);
    QCOMPARE(listed((*result)->fed.decoderIds), (Ids { 2, 5, 6 })); // as BartModel does it by itself
    request.input = TensorInput { { { "input_ids", ids }, { "decoder_input_ids", Tensor::fromIntegers({ 1, 2 }, { 2, 7 }) } } };
    result = run(model, request);
    QVERIFY(result);
    QCOMPARE(listed((*result)->fed.decoderIds), (Ids { 2, 7 }));
}

void TestDecoderInput::namesTheTokensOfEachSite()
{
    const test::TinyModel model("bart_lm");
    AnalysisRequest request = asking(TextInput { "the cat", {} });
    request.target = "sat";
    const auto result = run(model, request);
    QVERIFY(result);
    const AttentionSite encoder { AttentionKind::Encoder, 0 }, decoder { AttentionKind::Decoder, 0 }, cross { AttentionKind::Cross, 0 };
    QCOMPARE((*result)->queryTokens(encoder).at(2).piece, std::string("cat"));
    QCOMPARE((*result)->queryTokens(decoder).at(2).piece, std::string("sat"));
    QCOMPARE((*result)->queryTokens(cross).at(2).piece, std::string("sat"));
    QCOMPARE((*result)->keyTokens(cross).at(2).piece, std::string("cat"));
    for (const auto& layer : (*result)->trace->layers()) {
        QCOMPARE(layer->queries, std::int64_t((*result)->queryTokens(layer->site).size()));
        QCOMPARE(layer->keys, std::int64_t((*result)->keyTokens(layer->site).size()));
    }
}

void TestDecoderInput::refusesTextsForModelsWithoutDecoder()
{
    const test::TinyModel model("bert_mlm");
    AnalysisRequest request = asking(TextInput { "the cat", {} });
    request.target = "sat";
    const auto result = run(model, request);
    QVERIFY(!result);
    QVERIFY(result.error().message.find("has no decoder") != std::string::npos);
}

void TestDecoderInput::writesBehindWhatItWasFed()
{
    for (const char* name : { "t5_relu", "bart_lm", "marian_sep", "m2m100_lm" }) {
        const test::TinyModel model(name);
        AnalysisRequest request = asking(IdsInput { { 5, 6, 7 } });
        request.decoderIds = { 2, 9 };
        request.generation = writing(4, 3);
        const auto result = run(model, request);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE((*result)->generated->firstToken, std::int64_t(2));
        QCOMPARE((*result)->decoderTokens.size(), 2 + (*result)->generated->ids.size());
        QVERIFY(!(*result)->generated->ids.empty());
    }
}

/// As the reference's generate: the text's first token becomes the start, its end goes, and the rest is kept.
void TestDecoderInput::goesOnWithACaption()
{
    const test::TinyModel model("blip_caption");
    const std::map<std::string, Tensor> tensors { { "pixel_values", Tensor::filled({ 1, 3, 32, 32 }, 0.5f) },
        { "input_ids", Tensor::fromIntegers({ 1, 4 }, { classifies, cat, sat, 96 }) } };
    AnalysisRequest request = asking(TensorInput { tensors });
    auto result = run(model, request);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE(listed((*result)->fed.decoderIds), (Ids { classifies, cat, sat, 96 }));
    request.generation = writing(3, 1);
    result = run(model, request);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    const Ids fed = listed((*result)->fed.decoderIds);
    QCOMPARE(fed.first(3), (Ids { 97, cat, sat })); // 97 begins and 96 ends captions, says text_config
    QCOMPARE(fed.size(), qsizetype(3 + (*result)->generated->ids.size()));
    const AttentionSite text { AttentionKind::Cross, 1, Tower::Text }, picture { AttentionKind::Encoder, 0, Tower::Vision };
    QCOMPARE((*result)->queryTokens(text).at(1).piece, std::string("cat"));
    QCOMPARE((*result)->keyTokens(text).size(), std::size_t(17));
    QCOMPARE((*result)->queryTokens(picture).size(), std::size_t(17));
    QCOMPARE((*result)->tokens.size(), std::size_t(fed.size()));
}

HEADLIGHT_TEST_MAIN(TestDecoderInput)
#include "tst_decoder_input.moc"
