// Sounds through the whole engine: Whisper and wav2vec 2.0 hear a file, their tokens are moments, the decoder begins as
// the files say. The numbers of the passes are those of tst_golden_models; here it is what surrounds them.

#include "core/audio/sound_reader.h"
#include "core/engine/engine.h"
#include "core/io/safetensors.h"
#include "tests/support/files.h"
#include "tests/support/sounds.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestSoundRun : public test::TestCase {
    Q_OBJECT
private slots:
    void hearsASpectrogram();
    void hearsAWaveform();
    void hidesPadding();
    void decoderBeginsAsTheFileSays_data();
    void decoderBeginsAsTheFileSays();
    void hearsTheLanguage();
    void writesWhatItHears();
    void transcribes();
    void refuses_data();
    void refuses();

private:
    Expected<std::shared_ptr<const AnalysisResult>> run(
        const std::filesystem::path& folder, AnalysisInput input, std::vector<std::int64_t> decoderIds = {}) const
    {
        const auto model = m_engine.open(folder.string(), {});
        if (!model)
            return model.error();
        AnalysisRequest request;
        request.input = std::move(input);
        request.decoderIds = std::move(decoderIds);
        return m_engine.run(*model, request, {});
    }

    const Engine m_engine { Resources("/no/such/resources") };
};

namespace {

/// Whisper of the golden cases: 80 bands and 80 frames, as one second with a hop of 200.
constexpr const char* whisperExtractor
    = R"({"feature_extractor_type": "WhisperFeatureExtractor", "chunk_length": 1, "hop_length": 200})";
constexpr const char* wav2vec2Extractor = R"({"feature_extractor_type": "Wav2Vec2FeatureExtractor"})";

class SoundModel : public test::ScratchFolder {
public:
    SoundModel(const char* golden, const char* extractor)
        : ScratchFolder(test::sourcePath(QString("tests/golden/") + golden))
    {
        test::writeBytes(*this / "preprocessor_config.json", extractor);
    }
};
SoundModel whisper()
{
    return { "whisper_tiny", whisperExtractor };
}

Sound chirp()
{
    const auto sound = readSound(test::sourcePath("tests/golden/whisper_logmel/chirp_up.wav").toStdString());
    if (!sound)
        qFatal("%s", sound.error().message.c_str());
    return *sound;
}

std::string say(const Expected<std::shared_ptr<const AnalysisResult>>& result)
{
    return result ? "it ran" : result.error().message;
}

} // namespace

void TestSoundRun::hearsASpectrogram()
{
    const SoundModel folder = whisper();
    const auto result = run(folder.path(), SoundInput { chirp() }, { 3, 5, 6 });
    QVERIFY2(result, say(result).c_str());
    const AnalysisResult& heard = **result;
    QCOMPARE(heard.tokens.size(), std::size_t(40));
    QCOMPARE(heard.tokens[0].label, std::string("0.00 s"));
    QCOMPARE(heard.tokens[4].label, std::string("0.10 s"));
    QCOMPARE(heard.decoderTokens.size(), std::size_t(3));
    QCOMPARE(heard.keyTokens({ AttentionKind::Cross, 0 }).size(), std::size_t(40));
    QCOMPARE(heard.queryTokens({ AttentionKind::Cross, 0 }).size(), std::size_t(3));
    QVERIFY(heard.times && heard.heard);
    QCOMPARE(heard.times->tokens, std::int64_t(40));
    QCOMPARE(heard.times->step, 0.025);
    QCOMPARE(heard.sound.seconds(), 1.5);
    QCOMPARE(heard.heard->secondsCut, 0.5);
    const auto same = run(folder.path(),
        TensorInput { { { "input_features", heard.heard->values }, { "decoder_input_ids", Tensor::fromIntegers({ 1, 3 }, { 3, 5, 6 }) } } });
    QVERIFY2(same, say(same).c_str());
    QVERIFY(std::ranges::equal(
        heard.trace->outputs().at("logits").floats(), (*same)->trace->outputs().at("logits").floats()));
    QCOMPARE((*same)->tokens[4].label, std::string("0.10 s"));
    QCOMPARE((*same)->decoderTokens.size(), std::size_t(3));
}

void TestSoundRun::hearsAWaveform()
{
    const SoundModel folder("wav2vec2_ctc", wav2vec2Extractor);
    const auto result = run(folder.path(), SoundInput { Sound(8000, test::tone(300, 8000, 4000)) });
    QVERIFY2(result, say(result).c_str());
    const AnalysisResult& heard = **result;
    // 8,000 samples at 16 kHz through kernels of 10, 3, 3 with strides of 5, 2, 2.
    QCOMPARE(heard.tokens.size(), std::size_t(399));
    QCOMPARE(heard.times->step, 20.0 / 16000);
    QCOMPARE(heard.times->width, 40.0 / 16000);
    QCOMPARE(heard.fed.samples.count(), std::int64_t(8000));
    QVERIFY(heard.decoderTokens.empty());
    QVERIFY(heard.predictions.empty()); // no tokenizer, no letters
}

/// A padded sound gives on its own moments what it gives alone; the reference hides the rest from attention.
void TestSoundRun::hidesPadding()
{
    const SoundModel folder("wav2vec2_ctc", wav2vec2Extractor);
    std::vector<float> samples = test::tone(300, 16000, 800);
    std::vector<std::int64_t> mask(800, 1);
    std::fill(mask.begin() + 600, mask.end(), 0);
    const auto result = run(folder.path(),
        TensorInput { { { "input_values", Tensor::fromVector({ 1, 800 }, samples) }, { "attention_mask", Tensor::fromIntegers({ 1, 800 }, mask) } } });
    QVERIFY2(result, say(result).c_str());
    const auto named = namedTensors(*(*result)->trace, (*result)->model->network->info());
    const Tensor& weights = named.at("attentions.0");
    QVERIFY(weights.shape() == Shape({ 1, 4, 39, 39 }));
    for (std::int64_t row = 0; row < 4 * 39; ++row)
        for (std::int64_t key = 0; key < 39; ++key)
            QCOMPARE(weights.at(row * 39 + key) > 0.0f, key < 29); // 600 samples make 29 tokens
}

void TestSoundRun::decoderBeginsAsTheFileSays_data()
{
    QTest::addColumn<QByteArray>("generation");
    QTest::addColumn<std::vector<std::int64_t>>("expected");
    QTest::newRow("start alone") << QByteArray(R"({"decoder_start_token_id": 3})") << std::vector<std::int64_t> { 3 };
    QTest::newRow("English only") << QByteArray(R"({"decoder_start_token_id": 3, "no_timestamps_token_id": 31})")
                                  << std::vector<std::int64_t> { 3, 31 };
    QTest::newRow("forced") << QByteArray(R"({"decoder_start_token_id": 3, "forced_decoder_ids": [[1, 12], [2, 30], [3, 31]],
        "lang_to_id": {"<|a|>": 10}, "no_timestamps_token_id": 31})")
                            << std::vector<std::int64_t> { 3, 12, 30, 31 };
    QTest::newRow("language left open") << QByteArray(R"({"decoder_start_token_id": 3, "forced_decoder_ids": [[1, null], [2, 30]],
        "lang_to_id": {"<|a|>": 10}, "task_to_id": {"transcribe": 30, "translate": 29}, "no_timestamps_token_id": 31})")
                                        << std::vector<std::int64_t> { 3, 10, 30, 31 };
}

void TestSoundRun::decoderBeginsAsTheFileSays()
{
    QFETCH(QByteArray, generation);
    QFETCH(std::vector<std::int64_t>, expected);
    const SoundModel folder = whisper();
    test::writeBytes(folder / "generation_config.json", generation.toStdString());
    const auto result = run(folder.path(), SoundInput { chirp() });
    QVERIFY2(result, say(result).c_str());
    QCOMPARE((*result)->fed.decoderIds, expected);
    QCOMPARE((*result)->decoderTokens.size(), expected.size());
}

void TestSoundRun::hearsTheLanguage()
{
    const SoundModel folder = whisper();
    test::writeBytes(folder / "generation_config.json",
        R"({"decoder_start_token_id": 3, "lang_to_id": {"<|a|>": 10, "<|b|>": 20, "<|c|>": 40}, "task_to_id": {"transcribe": 30}})");
    const auto start = run(folder.path(), SoundInput { chirp() }, { 3 });
    const auto result = run(folder.path(), SoundInput { chirp() });
    QVERIFY(start && result);
    const Tensor& logits = (*start)->trace->outputs().at("logits");
    const std::int64_t likeliest = std::ranges::max(std::vector<std::int64_t> { 10, 20, 40 }, {},
        [&](std::int64_t id) { return logits.at(id); });
    QCOMPARE((*result)->fed.decoderIds, (std::vector<std::int64_t> { 3, likeliest, 30 }));
}

void TestSoundRun::writesWhatItHears()
{
    const SoundModel folder = whisper();
    const auto model = m_engine.open(folder.path().string(), {});
    QVERIFY(model);
    AnalysisRequest request;
    request.input = SoundInput { chirp() };
    request.generation.emplace();
    request.generation->newTokens = 4;
    const auto result = m_engine.run(*model, request, {});
    QVERIFY2(result, say(result).c_str());
    const AnalysisResult& written = **result;
    QVERIFY(written.generated && !written.generated->ids.empty());
    // Each token is the likeliest behind those before it, also in the one pass over all of them.
    const Tensor& logits = written.trace->outputs().at("logits");
    for (std::size_t i = 0; i < written.generated->ids.size(); ++i) {
        const auto row = logits.row(written.generated->firstToken - 1 + std::int64_t(i));
        QCOMPARE(std::int64_t(std::ranges::max_element(row) - row.begin()), written.generated->ids[i]);
    }
}

void TestSoundRun::transcribes()
{
    const SoundModel folder("wav2vec2_ctc", wav2vec2Extractor);
    std::string letters = R"({"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3, "|": 4)";
    for (int id = 5; id < 40; ++id)
        letters += QStringLiteral(", \"%1\": %2").arg(QChar(id < 31 ? 'A' + id - 5 : '1' + id - 31)).arg(id).toStdString();
    test::writeBytes(folder / "vocab.json", letters + "}");
    test::writeBytes(folder / "tokenizer_config.json",
        R"({"tokenizer_class": "Wav2Vec2CTCTokenizer", "word_delimiter_token": "|", "pad_token": "<pad>", "unk_token": "<unk>"})");
    const auto result = run(folder.path(), SoundInput { Sound(16000, test::tone(300, 16000, 2000)) });
    QVERIFY2(result, say(result).c_str());
    const Tensor& logits = (*result)->trace->outputs().at("logits");
    std::string expected;
    std::int64_t last = -1;
    for (std::int64_t i = 0; i < logits.shape().rows(); ++i) {
        const std::int64_t id = std::ranges::max_element(logits.row(i)) - logits.row(i).begin();
        if (id != last && id != 0)
            expected += id == 4 ? " " : (*result)->model->tokenizer->token(id);
        last = id;
    }
    QCOMPARE((*result)->predictions.size(), std::size_t(1));
    const Prediction& said = (*result)->predictions.front();
    QCOMPARE(said.title, std::string("transcript"));
    QCOMPARE(QString::fromStdString(said.classes.front().label), QString::fromStdString(expected).trimmed());
    QVERIFY(said.classes.front().probability > 0.0f && said.classes.front().probability <= 1.0f);
}

void TestSoundRun::refuses_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QByteArray>("extractor");
    QTest::addColumn<QByteArray>("generation");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("words");
    const QByteArray start = R"({"decoder_start_token_id": 3})";
    QTest::newRow("a text") << "whisper_tiny" << QByteArray(whisperExtractor) << start << 0 << QByteArray("takes a sound, not a text");
    QTest::newRow("ids") << "whisper_tiny" << QByteArray(whisperExtractor) << start << 1 << QByteArray("takes a sound, not token ids");
    QTest::newRow("a picture") << "whisper_tiny" << QByteArray(whisperExtractor) << start << 2 << QByteArray("takes a sound, not a picture");
    QTest::newRow("no sound") << "whisper_tiny" << QByteArray(whisperExtractor) << start << 3 << QByteArray("the sound is empty");
    QTest::newRow("too short") << "wav2vec2_ctc" << QByteArray(wav2vec2Extractor) << start << 4
                               << QByteArray("The sound is 10 samples long, too short: this model needs 40 at least.");
    QTest::newRow("another spectrogram") << "whisper_tiny" << QByteArray(R"({"feature_extractor_type": "WhisperFeatureExtractor", "chunk_length": 2})")
                                         << start << 4 << QByteArray("80 bands and 200 frames, this model takes 80 bands and 80 frames");
    QTest::newRow("a waveform for Whisper") << "whisper_tiny" << QByteArray(wav2vec2Extractor) << start << 4 << QByteArray("as a log-mel spectrogram");
    QTest::newRow("a spectrogram for wav2vec 2.0") << "wav2vec2_ctc" << QByteArray(whisperExtractor) << start << 4 << QByteArray("as a waveform");
    QTest::newRow("an unknown extractor") << "whisper_tiny" << QByteArray(R"({"feature_extractor_type": "ASTFeatureExtractor", "sampling_rate": 16000})")
                                          << start << 4 << QByteArray("\"ASTFeatureExtractor\", which is not known");
    QTest::newRow("a language of another model") << "whisper_tiny" << QByteArray(whisperExtractor)
                                                 << QByteArray(R"({"decoder_start_token_id": 3, "lang_to_id": {"<|a|>": 160}})") << 4 << QByteArray("token 160");
    QTest::newRow("a sound for a text model") << "bert_model" << QByteArray() << start << 4 << QByteArray("takes text, not a sound");
}

void TestSoundRun::refuses()
{
    QFETCH(QString, model);
    QFETCH(QByteArray, extractor);
    QFETCH(QByteArray, generation);
    QFETCH(int, kind);
    QFETCH(QByteArray, words);
    const test::ScratchFolder folder(test::sourcePath("tests/golden/" + model));
    if (!extractor.isEmpty())
        test::writeBytes(folder / "preprocessor_config.json", extractor.toStdString());
    test::writeBytes(folder / "generation_config.json", generation.toStdString());
    const Image picture = Image::make(4, 4, [](std::span<std::uint8_t> pixels) { std::ranges::fill(pixels, 9); });
    const std::vector<AnalysisInput> inputs { TextInput { "a", {} }, IdsInput { { 1 } }, ImageInput { picture }, SoundInput {},
        SoundInput { Sound(16000, std::vector<float>(10, 0.1f)) } };
    const auto result = run(folder.path(), inputs[std::size_t(kind)]);
    QVERIFY(!result);
    QVERIFY2(result.error().message.find(words.toStdString()) != std::string::npos, result.error().message.c_str());
    QVERIFY(result.error().message.find('\n') == std::string::npos);
}

HEADLIGHT_TEST_MAIN(TestSoundRun)
#include "tst_sound_run.moc"
