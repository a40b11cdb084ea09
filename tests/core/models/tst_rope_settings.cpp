// Rotary positions from config.json. Frequencies were worked out with NumPy in f64 from the papers' formulas (Chen et al.
// 2023, bloc97 2023, Grattafiori et al. 2024, Peng et al. 2023, Ding et al. 2024); the golden models of Llama, Phi-3 and
// GPT-NeoX hold the whole against huggingface/transformers.

#include "core/models/rope_settings.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestRopeSettings : public test::TestCase {
    Q_OBJECT
private slots:
    void frequencies_data();
    void frequencies();
    void bothFormsSayTheSame();
    void layerKindsHaveTheirOwn();
    void someLayersAreNotScaled();
    void queriesGrowWithTheirPlace();
    void longTextsTurnOtherwise();
    void magnitudes_data();
    void magnitudes();
    void neighboursByAKeyOfOurOwn();
    void problems_data();
    void problems();
};

namespace {

Config parsed(const QString& json)
{
    return std::move(*Config::parse(json.toStdString(), "config.json"));
}

QList<double> asList(const Rope& rope)
{
    return QList<double>(rope.frequencies.begin(), rope.frequencies.end());
}

bool close(const QList<double>& a, const QList<double>& b)
{
    bool same = a.size() == b.size();
    for (qsizetype i = 0; same && i < a.size(); ++i)
        same = std::abs(a[i] - b[i]) <= 4e-7 * std::abs(b[i]);
    return same;
}

const QList<double> plain { 1.0, 0.31622776601683794, 0.1, 0.03162277660168379, 0.01, 0.0031622776601683794, 0.001, 0.00031622776601683794 };

} // namespace

void TestRopeSettings::frequencies_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QList<double>>("expected");
    QList<double> quarter;
    for (const double frequency : plain)
        quarter << frequency / 4.0;
    QTest::newRow("nothing said") << "{}" << plain;
    QTest::newRow("null") << R"({"rope_scaling": null})" << plain;
    QTest::newRow("default") << R"({"rope_scaling": {"rope_type": "default"}})" << plain;
    QTest::newRow("linear, older key") << R"({"rope_scaling": {"type": "linear", "factor": 4}})" << quarter;
    QTest::newRow("dynamic, within") << R"({"max_position_embeddings": 64, "rope_scaling": {"rope_type": "dynamic", "factor": 2.0}})" << plain;
    QTest::newRow("a quarter turns") << R"({"partial_rotary_factor": 0.25})" << QList<double> { 1.0, 0.01 };
    QTest::newRow("proportional: half of the pairs, as fast as in a whole head")
        << R"({"partial_rotary_factor": 0.5, "rope_scaling": {"rope_type": "proportional"}})"
        << QList<double> { plain[0], plain[1], plain[2], plain[3], 0.0, 0.0, 0.0, 0.0 };
    QTest::newRow("llama3") << R"({"rope_theta": 500000, "rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1,
        "high_freq_factor": 4, "original_max_position_embeddings": 32}})"
                            << QList<double> { 1.0, 0.02424034309358572, 0.004700753866357992, 0.0009115830921521386,
                                   0.0001767766952966369, 3.428102195952591e-05, 6.647869871181235e-06, 1.2891731721515572e-06 };
    QTest::newRow("llama3, other positions") << R"({"rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1,
        "high_freq_factor": 4, "original_max_position_embeddings": 512}})"
                                             << QList<double> { 1.0, 0.31622776601683794, 0.1, 0.018496675401442404, 0.00125,
                                                    0.0003952847075210474, 0.000125, 3.952847075210474e-05 };
    QTest::newRow("yarn") << R"({"max_position_embeddings": 2048, "rope_scaling": {"rope_type": "yarn", "factor": 4,
        "original_max_position_embeddings": 512}})"
                          << QList<double> { 1.0, 0.2569350598886808, 0.0625, 0.01383496476323666, 0.0025,
                                 0.0007905694150420948, 0.00025, 7.905694150420948e-05 };
    QTest::newRow("yarn, factor by positions") << R"({"max_position_embeddings": 2048, "rope_scaling": {"rope_type": "yarn",
        "truncate": false, "original_max_position_embeddings": 512}})"
                                               << QList<double> { 1.0, 0.30140647845953206, 0.07039863663460479, 0.014383359341231184,
                                                      0.0025, 0.0007905694150420948, 0.00025, 7.905694150420948e-05 };
}

void TestRopeSettings::frequencies()
{
    QFETCH(QString, json);
    QFETCH(QList<double>, expected);
    Config config = parsed(json);
    const QList<double> found = asList(readRope(config, { .headSize = 16 }).usual);
    QVERIFY(config.status());
    QVERIFY2(close(found, expected), qPrintable(QString("second pair %1").arg(found.value(1), 0, 'g', 10)));
}

void TestRopeSettings::bothFormsSayTheSame()
{
    Config older = parsed(R"({"rope_theta": 5000, "partial_rotary_factor": 0.5, "rope_scaling": {"type": "linear", "factor": 2.5}})");
    Config newer = parsed(R"({"rope_parameters": {"rope_theta": 5000, "partial_rotary_factor": 0.5, "rope_type": "linear", "factor": 2.5}})");
    const RotaryPositions a = readRope(older, { .headSize = 16 }), b = readRope(newer, { .headSize = 16 });
    QCOMPARE(a.usual.frequencies.size(), std::size_t(4));
    QCOMPARE(asList(a.usual), asList(b.usual));
}

void TestRopeSettings::layerKindsHaveTheirOwn()
{
    const QString json = R"({"rope_parameters": {"full_attention": {"rope_theta": 10000}, "sliding_attention": {"rope_theta": 100}}})";
    Config config = parsed(json);
    const Rope full = readRope(config, { .headSize = 4, .base = 7.0f, .layerKind = "full_attention" }).usual;
    const Rope sliding = readRope(config, { .headSize = 4, .base = 7.0f, .layerKind = "sliding_attention" }).usual;
    QVERIFY(close(asList(full), { 1.0, 0.01 }));
    QVERIFY(close(asList(sliding), { 1.0, 0.1 }));
}

/// Gemma 3 and OLMo 3 scale the layers that see everything; the newer form says so itself.
void TestRopeSettings::someLayersAreNotScaled()
{
    const QString older = R"({"rope_theta": 10000, "rope_local_base_freq": 100, "rope_scaling": {"rope_type": "linear", "factor": 4}})";
    const QString newer = R"({"rope_parameters": {"full_attention": {"rope_theta": 10000, "rope_type": "linear", "factor": 4},
        "sliding_attention": {"rope_theta": 100, "rope_type": "default"}}})";
    for (const QString& json : { older, newer }) {
        Config config = parsed(json);
        const Rope full = readRope(config, { .headSize = 4, .layerKind = "full_attention" }).usual;
        const Rope sliding = readRope(
            config, { .headSize = 4, .baseKey = "rope_local_base_freq", .layerKind = "sliding_attention", .scaled = false }).usual;
        QVERIFY(close(asList(full), { 0.25, 0.0025 }));
        QVERIFY(close(asList(sliding), { 1.0, 0.1 }));
    }
}

/// 1 + β·ln(1 + ⌊p / original⌋): 1, 1 + 0.1 ln 2, 1 + 0.1 ln 4.
void TestRopeSettings::queriesGrowWithTheirPlace()
{
    Config config = parsed(R"({"rope_parameters": {"rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 16,
        "llama_4_scaling_beta": 0.1}})");
    const std::array<std::int64_t, 4> places { 0, 15, 16, 63 };
    const std::vector<float> factors = readRope(config, { .headSize = 4 }).angles(places).queryFactors;
    const std::array expected { 1.0f, 1.0f, 1.0693147f, 1.1386294f };
    QCOMPARE(factors.size(), expected.size());
    for (std::size_t i = 0; i < factors.size(); ++i)
        QVERIFY(std::abs(factors[i] - expected[i]) < 1e-6f);
    Config plainly = parsed("{}");
    QVERIFY(readRope(plainly, { .headSize = 4 }).angles(places).queryFactors.empty());
}

void TestRopeSettings::longTextsTurnOtherwise()
{
    Config grows = parsed(R"({"max_position_embeddings": 64, "rope_scaling": {"rope_type": "dynamic", "factor": 2.0}})");
    const RotaryPositions dynamic = readRope(grows, { .headSize = 16 });
    QCOMPARE(dynamic.limit, std::int64_t(64));
    QVERIFY(close(asList(dynamic.longer(100)), { 1.0, 0.2839451388482507, 0.08062484187555236, 0.02289303192097197,
                                                   0.0065003651274578205, 0.0018457470786803376, 0.0005240909105346415, 0.0001488130663608649 }));
    Config switches = parsed(R"({"max_position_embeddings": 128, "original_max_position_embeddings": 32,
        "rope_scaling": {"type": "su", "short_factor": [1, 2], "long_factor": [4, 8]}})");
    const RotaryPositions longRope = readRope(switches, { .headSize = 4 });
    QVERIFY(switches.status());
    const std::array<std::int64_t, 1> within { 31 }, beyond { 32 };
    const auto angle = [](const RotaryAngles& angles) { return std::atan2(angles.sines.at(1), angles.cosines.at(1)); };
    QVERIFY(std::abs(angle(longRope.angles(within)) - 31.0f * 0.01f / 2.0f) < 1e-6f);
    QVERIFY(std::abs(angle(longRope.angles(beyond)) - 32.0f * 0.01f / 8.0f) < 1e-6f);
}

void TestRopeSettings::magnitudes_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<double>("expected");
    const auto yarn = [](const char* more) {
        return QString(R"({"max_position_embeddings": 512, "rope_scaling": {"rope_type": "yarn", "factor": 4%1}})").arg(more);
    };
    QTest::newRow("plain") << "{}" << 1.0;
    QTest::newRow("yarn: 1 + 0.1 ln 4") << yarn("") << 1.138629436111989;
    QTest::newRow("yarn, said") << yarn(R"(, "attention_factor": 1.5)") << 1.5;
    QTest::newRow("yarn, two strengths that cancel") << yarn(R"(, "mscale": 1.0, "mscale_all_dim": 1.0)") << 1.0;
    QTest::newRow("longrope: root of 1 + ln 4 / ln 32")
        << R"({"max_position_embeddings": 128, "original_max_position_embeddings": 32, "rope_scaling": {"rope_type": "longrope",
            "short_factor": [1, 1, 1, 1, 1, 1, 1, 1], "long_factor": [1, 1, 1, 1, 1, 1, 1, 1]}})"
        << 1.1832159566199232;
}

void TestRopeSettings::magnitudes()
{
    QFETCH(QString, json);
    QFETCH(double, expected);
    Config config = parsed(json);
    const RotaryPositions rope = readRope(config, { .headSize = 16 });
    QVERIFY(config.status());
    const std::array<std::int64_t, 1> start { 0 };
    QVERIFY(std::abs(double(rope.angles(start).cosines.at(0)) - expected) < 1e-6);
}

void TestRopeSettings::neighboursByAKeyOfOurOwn()
{
    Config config = parsed(R"({"rope_interleaved": true})"), other = parsed("{}");
    QVERIFY(readRope(config, { .headSize = 4 }).usual.pairs == RotaryPairs::Neighbours);
    QVERIFY(readRope(other, { .headSize = 4 }).usual.pairs == RotaryPairs::Halves);
}

void TestRopeSettings::problems_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("said");
    QTest::newRow("unknown scaling") << R"({"rope_scaling": {"rope_type": "spiral"}})" << "\"spiral\"";
    QTest::newRow("factors of another head") << R"({"rope_scaling": {"type": "longrope", "short_factor": [1], "long_factor": [1]}})" << "1 short and 1 long";
    QTest::newRow("nothing turns") << R"({"partial_rotary_factor": 0})" << "0 numbers of a head of 16";
    QTest::newRow("more turns than there is") << R"({"partial_rotary_factor": 1e9})" << "of a head of 16";
    QTest::newRow("no base") << R"({"rope_theta": 0})" << "base above 1";
    QTest::newRow("no factor") << R"({"rope_scaling": {"rope_type": "linear", "factor": 0}})" << "factor above 0";
    QTest::newRow("a word for a number") << R"({"rope_scaling": {"rope_type": "linear", "factor": "two"}})" << "\"factor\"";
}

void TestRopeSettings::problems()
{
    QFETCH(QString, json);
    QFETCH(QString, said);
    Config config = parsed(json);
    readRope(config, { .headSize = 16 });
    const Status status = config.status();
    QVERIFY(!status);
    QVERIFY2(QString::fromStdString(status.error().message).contains(said), status.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestRopeSettings)
#include "tst_rope_settings.moc"
