// Numbers of figures as tensors: the weights of the maps themselves, read one by one, and what stands in
// tables.

#include "core/io/safetensors.h"
#include "tests/support/synthetic_models.h"
#include "tests/support/test_main.h"
#include "ui/export/export_figure.h"
#include "ui/export/numbers.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

Scene textScene()
{
    Scene scene;
    scene.result = test::syntheticText({ 2, 3, 9 });
    scene.selection.layer = 1;
    scene.selection.heads = { 2 };
    scene.selection.queries = { 2 };
    return scene;
}

float weight(const Scene& scene, int layer, int head, int query, int key)
{
    return AttentionMap(scene.result->trace->layer({ AttentionKind::Encoder, layer }), head).at(query, key);
}

} // namespace

class TestNumbers : public test::TestCase {
    Q_OBJECT
private slots:
    void oneHeadIsItsMap();
    void hiddenTokensAreLeftOut();
    void gridIsEveryHead();
    void tablesBecomeColumns();
    void readBackFromAFile();
    void tooLargeIsRefused();
    void tabsSeparate();
};

void TestNumbers::oneHeadIsItsMap()
{
    const Scene scene = textScene();
    const auto numbers = figureNumbers(*viewById("heatmap"), scene);
    QVERIFY(numbers);
    QCOMPARE(numbers->tensors.size(), 3u);
    const Tensor& map = numbers->tensors.at("attention");
    QCOMPARE(map.shape(), Shape({ 9, 9 }));
    for (int query = 0; query < 9; ++query)
        for (int key = 0; key < 9; ++key)
            QCOMPARE(map.at(query * 9 + key), weight(scene, 1, 2, query, key));
    QCOMPARE(QString::fromStdString(numbers->texts.at("query_tokens")).count('\n'), 8);
}

void TestNumbers::hiddenTokensAreLeftOut()
{
    Scene scene = textScene();
    scene.display.hideSpecialTokens = true;
    const auto numbers = figureNumbers(*viewById("heatmap"), scene);
    const auto keys = numbers->tensors.at("key_index").integers();
    QVERIFY(keys.size() < 9u && keys.front() == 1); // [CLS] is gone
    QCOMPARE(numbers->tensors.at("attention").at(0), weight(scene, 1, 2, int(keys[0]), int(keys[0])));
}

void TestNumbers::gridIsEveryHead()
{
    const Scene scene = textScene();
    const auto numbers = figureNumbers(*viewById("grid"), scene);
    for (int layer = 0; layer < 2; ++layer) {
        const Tensor& maps = numbers->tensors.at("attentions." + std::to_string(layer));
        QCOMPARE(maps.shape(), Shape({ 1, 3, 9, 9 }));
        for (int head = 0; head < 3; ++head)
            QCOMPARE(maps.at((head * 9 + 4) * 9 + 5), weight(scene, layer, head, 4, 5));
    }
    QCOMPARE(numbers->tensors.at("entropy").shape(), Shape({ 6 }));
}

void TestNumbers::tablesBecomeColumns()
{
    const Scene scene = textScene();
    const auto numbers = figureNumbers(*viewById("text"), scene);
    const Tensor& index = numbers->tensors.at("index");
    QCOMPARE(index.count(), 9);
    bool found = false;
    for (const auto& [name, tensor] : numbers->tensors)
        found = found
            || (tensor.count() == 9 && name.find("looks_at") != std::string::npos
                && tensor.at(5) == weight(scene, 1, 2, 2, 5));
    QVERIFY(found);
}

void TestNumbers::readBackFromAFile()
{
    QTemporaryDir folder;
    const std::string path = folder.filePath("a.safetensors").toStdString();
    const Scene scene = textScene();
    QVERIFY(exportFigure(*viewById("heatmap"), scene, path, {}));
    const auto file = SafetensorsFile::open(path);
    QVERIFY(file);
    QCOMPARE(file->tensors().at("attention").toFloat().at(9 * 3 + 4), weight(scene, 1, 2, 3, 4));
    QCOMPARE(file->metadata().at("view"), "heatmap");
    QCOMPARE(file->metadata().at("head"), "2");
    QVERIFY(file->metadata().contains("key_tokens"));
}

void TestNumbers::tooLargeIsRefused()
{
    Scene scene;
    // 40,000 tokens that nobody asks the weights of.
    auto result = std::make_shared<AnalysisResult>(*test::syntheticText({ 1, 1, 4 }));
    LayerAttention layer = *result->trace->layers().front();
    layer.queries = layer.keys = 40'000;
    auto trace = std::make_shared<Trace>();
    trace->addLayer(layer);
    result->trace = trace;
    scene.result = result;
    const auto numbers = figureNumbers(*viewById("heatmap"), scene);
    QVERIFY(!numbers);
    QVERIFY2(numbers.error().message.find("6.4 GB") != std::string::npos, numbers.error().message.c_str());
    // As texts they would take the memory of the machine.
    QTemporaryDir folder;
    const Status csv = exportFigure(*viewById("heatmap"), scene, folder.filePath("a.csv").toStdString(), {});
    QVERIFY(!csv);
    QVERIFY2(csv.error().message.starts_with("A table of 40000 × 40000"), csv.error().message.c_str());
    QVERIFY(!checkTable(*viewById("compare"), scene));
    scene.options.insert("threshold", 0.0);
    QVERIFY(!checkTable(*viewById("links"), scene));
    scene.options.insert("threshold", 0.1); // no more than ten of each row
    QVERIFY(checkTable(*viewById("links"), scene));
    QVERIFY(checkTable(*viewById("grid"), scene));
}

void TestNumbers::tabsSeparate()
{
    QCOMPARE(tabSeparated({ { "a\tb", "c" }, { "1", "2\n3" } }), "a b\tc\n1\t2 3\n");
}

HEADLIGHT_TEST_MAIN(TestNumbers)
#include "tst_numbers.moc"
