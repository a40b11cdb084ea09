// What models are fed for a sound: against tests/golden/whisper_logmel (Hugging Face's extractors), for
// sounds of other rates and channels, and what configurations of other ages and wrong values do.

#include "core/audio/feature_extractor.h"

#include "core/audio/mel_filters.h"
#include "core/audio/sound_reader.h"
#include "core/audio/time_grid.h"
#include "core/io/safetensors.h"
#include "tests/support/files.h"
#include "tests/support/sounds.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestFeatureExtractor : public test::TestCase {
    Q_OBJECT
private slots:
    void logMelAgreesWithReference_data();
    void logMelAgreesWithReference();
    void melFiltersAgreeWithReference();
    void waveformAgreesWithReference();
    void otherRatesAndChannelsAgree_data();
    void otherRatesAndChannelsAgree();
    void shapesFollowTheFile_data();
    void shapesFollowTheFile();
    void cutsWhatDoesNotFit();
    void masks();
    void normalisesOnlyWhenAsked();
    void readsConfigurations_data();
    void readsConfigurations();
    void refusesConfigurations_data();
    void refusesConfigurations();
    void tellsSoundsFromPictures_data();
    void tellsSoundsFromPictures();
    void refusesSilenceOfNoLength();
    void findsTokensByTime();
};

namespace {

const QString golden = "tests/golden/whisper_logmel/";

std::map<std::string, Tensor> reference(const QString& file)
{
    const auto opened = SafetensorsFile::open(test::sourcePath(golden + file).toStdString());
    return opened ? opened->tensors() : std::map<std::string, Tensor>();
}

Sound chirp()
{
    const auto sound = readSound(test::sourcePath(golden + "chirp_up.wav").toStdString());
    return sound ? *sound : Sound();
}

FeatureExtractor extractor(const char* json)
{
    const auto config = parseFeatureExtractorConfig(json, "test");
    if (!config)
        qFatal("%s", config.error().message.c_str());
    return FeatureExtractor::fromConfig(*config);
}

/// Largest difference of row `band` of both, over the frames both have.
double difference(const Tensor& features, const Tensor& expected)
{
    const std::int64_t bands = expected.shape()[0], frames = features.shape()[2], kept = expected.shape()[1];
    double worst = 0;
    for (std::int64_t band = 0; band < bands; ++band)
        for (std::int64_t frame = 0; frame < std::min(frames, kept); ++frame)
            worst = std::max(worst,
                double(std::abs(features.at(band * frames + frame) - expected.at(band * kept + frame))));
    return worst;
}

constexpr const char* whisper3s =
    R"({"feature_extractor_type": "WhisperFeatureExtractor", "chunk_length": 3})";
constexpr const char* wav2vec2 = R"({"feature_extractor_type": "Wav2Vec2FeatureExtractor"})";

} // namespace

void TestFeatureExtractor::logMelAgreesWithReference_data()
{
    QTest::addColumn<std::int64_t>("frames");
    QTest::newRow("mel80_3s") << std::int64_t(300);
    QTest::newRow("mel80_30s") << std::int64_t(3000);
}

void TestFeatureExtractor::logMelAgreesWithReference()
{
    QFETCH(std::int64_t, frames);
    const QString folder = QTest::currentDataTag();
    const auto opened = FeatureExtractor::open(test::sourcePath(golden + folder).toStdString());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const auto features = opened->extract(chirp());
    QVERIFY(features);
    QCOMPARE(features->name, std::string("input_features"));
    QVERIFY(features->values.shape() == Shape({ 1, 80, frames }));
    const auto expected = reference(folder + "/expected.safetensors");
    QVERIFY(difference(features->values, expected.at("input_features")) < 1e-4);
    QVERIFY(difference(features->values, expected.at("input_features_f64path")) < 1e-6);
    if (expected.contains("frame_2999"))
        for (std::int64_t band = 0; band < 80; ++band)
            QVERIFY(std::abs(features->values.at(band * frames + 2999) - expected.at("frame_2999").at(band))
                < 1e-6f);
}

void TestFeatureExtractor::melFiltersAgreeWithReference()
{
    const Tensor expected = reference("mel80_30s/expected.safetensors").at("mel_filters");
    const auto filters = melFilters({});
    QCOMPARE(filters.size(), std::size_t(80));
    for (std::size_t band = 0; band < filters.size(); ++band)
        for (int bin = 0; bin < 201; ++bin) {
            const int at = bin - filters[band].firstBin;
            const bool inside = at >= 0 && at < int(filters[band].weights.size());
            const double weight = inside ? filters[band].weights[std::size_t(at)] : 0.0;
            QVERIFY(std::abs(weight - double(expected.at(bin * 80 + std::int64_t(band)))) < 1e-8);
        }
}

void TestFeatureExtractor::waveformAgreesWithReference()
{
    const auto features = extractor(wav2vec2).extract(chirp());
    QVERIFY(features);
    QCOMPARE(features->name, std::string("input_values"));
    QVERIFY(features->values.shape() == Shape({ 1, 24000 }));
    QVERIFY(!features->attentionMask);
    const Tensor expected = reference("wav2vec2_input_values_first4000.safetensors").at("input_values");
    for (std::int64_t i = 0; i < expected.count(); ++i)
        QVERIFY(std::abs(features->values.at(i) - expected.at(i)) < 2e-6f);
}

void TestFeatureExtractor::otherRatesAndChannelsAgree_data()
{
    QTest::addColumn<int>("rate");
    QTest::addColumn<int>("channels");
    QTest::newRow("CD") << 44100 << 1;
    QTest::newRow("film, stereo") << 48000 << 2;
    QTest::newRow("telephone") << 8000 << 1;
    QTest::newRow("surround") << 22050 << 6;
}

/// The same tone, once at the model's rate and once at another, on every channel with another loudness.
void TestFeatureExtractor::otherRatesAndChannelsAgree()
{
    QFETCH(int, rate);
    QFETCH(int, channels);
    std::vector<float> frames;
    for (const float sample : test::tone(1000, rate, 4 * rate))
        for (int c = 0; c < channels; ++c)
            frames.push_back(sample * 2 * float(c + 1) / float(channels + 1));
    const test::ScratchFolder folder;
    QVERIFY(test::writeSoundFile(folder / "it", frames, { SF_FORMAT_WAV | SF_FORMAT_FLOAT, rate, channels }));
    const auto sound = readSound(folder / "it");
    QVERIFY(sound);
    const FeatureExtractor whisper = extractor(whisper3s);
    const auto features = whisper.extract(*sound),
               expected = whisper.extract(Sound(16000, test::tone(1000, 16000, 64000)));
    QVERIFY(features && expected);
    double worst = 0;
    for (std::int64_t band = 0; band < 80; ++band)
        for (std::int64_t frame = 20; frame < 300; ++frame)
            worst = std::max(worst,
                double(std::abs(
                    features->values.at(band * 300 + frame) - expected->values.at(band * 300 + frame))));
    QVERIFY2(worst < 1e-4, qPrintable(QString::number(worst)));
}

void TestFeatureExtractor::shapesFollowTheFile_data()
{
    QTest::addColumn<QByteArray>("options");
    QTest::addColumn<std::int64_t>("bands");
    QTest::addColumn<std::int64_t>("frames");
    QTest::newRow("large-v3") << QByteArray(R"("feature_size": 128, "chunk_length": 30)") << std::int64_t(128)
                              << std::int64_t(3000);
    QTest::newRow("other hop") << QByteArray(R"("hop_length": 320, "n_fft": 512, "chunk_length": 2)")
                               << std::int64_t(80) << std::int64_t(100);
    QTest::newRow("odd window") << QByteArray(R"("n_fft": 401, "chunk_length": 1)") << std::int64_t(80)
                                << std::int64_t(100);
    QTest::newRow("prime window, odd hop")
        << QByteArray(R"("n_fft": 397, "hop_length": 97, "chunk_length": 1)") << std::int64_t(80)
        << std::int64_t(164);
    QTest::newRow("other rate") << QByteArray(R"("sampling_rate": 8000, "chunk_length": 1)")
                                << std::int64_t(80) << std::int64_t(50);
}

void TestFeatureExtractor::shapesFollowTheFile()
{
    QFETCH(QByteArray, options);
    QFETCH(std::int64_t, bands);
    QFETCH(std::int64_t, frames);
    const QByteArray json = R"({"feature_extractor_type": "WhisperFeatureExtractor", )" + options + "}";
    const auto features = extractor(json.constData()).extract(chirp());
    QVERIFY(features);
    QVERIFY(features->values.shape() == Shape({ 1, bands, frames }));
    const auto values = features->values.floats();
    QVERIFY(std::ranges::all_of(values, [](float x) { return std::isfinite(x); }));
    // Eight decades below the maximum is two units below it.
    QVERIFY(*std::ranges::max_element(values) - *std::ranges::min_element(values) <= 2.0f);
}

void TestFeatureExtractor::cutsWhatDoesNotFit()
{
    const auto features = extractor(whisper3s).extract(Sound(8000, test::tone(500, 8000, 40000)));
    QVERIFY(features);
    QCOMPARE(features->heard.rate(), 16000);
    QCOMPARE(features->heard.seconds(), 3.0);
    QCOMPARE(features->secondsCut, 2.0);
    const auto whole = extractor(wav2vec2).extract(Sound(8000, test::tone(500, 8000, 40000)));
    QVERIFY(whole);
    QCOMPARE(whole->heard.seconds(), 5.0);
    QCOMPARE(whole->secondsCut, 0.0);
}

void TestFeatureExtractor::masks()
{
    const char* asked =
        R"({"feature_extractor_type": "WhisperFeatureExtractor", "chunk_length": 3, "return_attention_mask": true})";
    const auto features = extractor(asked).extract(chirp());
    QVERIFY(features && features->attentionMask);
    const auto expected = reference("mel80_3s/expected.safetensors").at("attention_mask").integers();
    QCOMPARE(features->attentionMask->integers(), expected);
    QVERIFY(features->attentionMask->shape() == Shape({ 1, 300 }));
    const char* wave =
        R"({"feature_extractor_type": "Wav2Vec2FeatureExtractor", "return_attention_mask": true})";
    const auto waveform = extractor(wave).extract(chirp().first(5));
    QVERIFY(waveform && waveform->attentionMask);
    QCOMPARE(waveform->attentionMask->integers(), (std::vector<std::int64_t>{ 1, 1, 1, 1, 1 }));
}

void TestFeatureExtractor::normalisesOnlyWhenAsked()
{
    const char* raw = R"({"feature_extractor_type": "Wav2Vec2FeatureExtractor", "do_normalize": false})";
    const Sound sound = chirp();
    const auto features = extractor(raw).extract(sound);
    QVERIFY(features && std::ranges::equal(features->values.floats(), sound.samples()));
    const auto silence = extractor(wav2vec2).extract(Sound(16000, std::vector<float>(100, 0.25f)));
    QVERIFY(silence && std::ranges::all_of(silence->values.floats(), [](float x) { return x == 0.0f; }));
}

void TestFeatureExtractor::readsConfigurations_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("modelType");
    QTest::addColumn<bool>("spectrogram");
    QTest::newRow("class") << QByteArray(wav2vec2) << "" << false;
    QTest::newRow("by config.json") << QByteArray(R"({"sampling_rate": 16000})") << "whisper" << true;
    QTest::newRow("waveform by config.json")
        << QByteArray(R"({"do_normalize": true})") << "wav2vec2" << false;
    QTest::newRow("old file with its filters") << QByteArray(
        R"({"feature_extractor_type": "WhisperFeatureExtractor", "mel_filters": [[0.0, 1.0]], "n_samples": 7})")
                                               << "" << true;
}

void TestFeatureExtractor::readsConfigurations()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, modelType);
    QFETCH(bool, spectrogram);
    const test::ScratchFolder folder;
    test::writeBytes(folder / "preprocessor_config.json", json.toStdString());
    if (!modelType.isEmpty())
        test::writeBytes(folder / "config.json", R"({"model_type": ")" + modelType.toStdString() + "\"}");
    const auto config = readFeatureExtractorConfig(folder.path());
    QVERIFY2(config, config ? "" : config.error().message.c_str());
    QCOMPARE(config->spectrogram.has_value(), spectrogram);
    QCOMPARE(config->chunkSamples().value_or(0), std::int64_t(spectrogram ? 480'000 : 0));
}

void TestFeatureExtractor::refusesConfigurations_data()
{
    QTest::addColumn<QByteArray>("options");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("another class") << QByteArray(R"("feature_extractor_type": "ASTFeatureExtractor")")
                                   << QByteArray("\"ASTFeatureExtractor\", which is not known; the feature "
                                                 "extractors known for sound are Whisper");
    QTest::newRow("no class") << QByteArray(R"("sampling_rate": 16000)")
                              << QByteArray("names no \"feature_extractor_type\"");
    const QByteArray whisper = R"("feature_extractor_type": "WhisperFeatureExtractor", )";
    QTest::newRow("no hop") << whisper + R"("hop_length": 0)"
                            << QByteArray("\"hop_length\" is 0, expected 1 to");
    QTest::newRow("negative bands") << whisper + R"("feature_size": -80)"
                                    << QByteArray("\"feature_size\" is -80");
    QTest::newRow("endless chunk") << whisper + R"("chunk_length": 1000000)"
                                   << QByteArray("\"chunk_length\" is 1000000");
    QTest::newRow("huge spectrogram")
        << whisper + R"("chunk_length": 3000, "hop_length": 1)" << QByteArray("too large");
    QTest::newRow("window beyond the chunk")
        << whisper + R"("chunk_length": 1, "n_fft": 65536)" << QByteArray("shorter than one window");
    QTest::newRow("rate of no sound")
        << whisper + R"("sampling_rate": 16)" << QByteArray("\"sampling_rate\" is 16");
    QTest::newRow("text for a number")
        << whisper + R"("n_fft": "400")" << QByteArray("\"n_fft\" has the wrong type");
    QTest::newRow("half a number") << whisper + R"("n_fft": 400.5)"
                                   << QByteArray("\"n_fft\" has the wrong type");
}

void TestFeatureExtractor::refusesConfigurations()
{
    QFETCH(QByteArray, options);
    QFETCH(QByteArray, words);
    const auto config = parseFeatureExtractorConfig(("{" + options + "}").toStdString(), "the file");
    QVERIFY(!config);
    QVERIFY2(config.error().message.find(words.toStdString()) != std::string::npos,
        config.error().message.c_str());
    QVERIFY(config.error().message.starts_with("the file"));
    QVERIFY(!parseFeatureExtractorConfig("[]", "it"));
}

void TestFeatureExtractor::tellsSoundsFromPictures_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("sound");
    QTest::newRow("whisper") << QByteArray(whisper3s) << true;
    QTest::newRow("wav2vec2") << QByteArray(wav2vec2) << true;
    QTest::newRow("unknown, of sound")
        << QByteArray(R"({"feature_extractor_type": "ASTFeatureExtractor", "sampling_rate": 16000})") << true;
    QTest::newRow("picture") << QByteArray(R"({"image_processor_type": "ViTImageProcessor"})") << false;
    QTest::newRow("old picture") << QByteArray(R"({"feature_extractor_type": "ViTFeatureExtractor"})")
                                 << false;
}

void TestFeatureExtractor::tellsSoundsFromPictures()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, sound);
    const test::ScratchFolder folder;
    QVERIFY(!describesSound(folder.path()));
    test::writeBytes(folder / "preprocessor_config.json", json.toStdString());
    const auto answer = describesSound(folder.path());
    QVERIFY(answer);
    QCOMPARE(*answer, sound);
}

void TestFeatureExtractor::refusesSilenceOfNoLength()
{
    const auto features = extractor(wav2vec2).extract(Sound());
    QVERIFY(!features);
    QCOMPARE(features.error().kind, ErrorKind::BadInput);
}

void TestFeatureExtractor::findsTokensByTime()
{
    const TimeGrid grid{ 10, 0.02, 0.025 };
    QCOMPARE(grid.start(3), 0.06);
    QCOMPARE(grid.tokenAt(0.0), std::optional<std::int64_t>(0));
    QCOMPARE(grid.tokenAt(0.199), std::optional<std::int64_t>(9));
    QVERIFY(!grid.tokenAt(0.201) && !grid.tokenAt(-0.001) && !TimeGrid().tokenAt(0.0));
}

HEADLIGHT_TEST_MAIN(TestFeatureExtractor)
#include "tst_feature_extractor.moc"
