// Where the tokens of pictures are, and which boxes detectors found. Boxes: by hand from the definition in DETR's paper
// (centre and size as shares, softmax with a class for nothing), threshold one half.

#include "core/engine/picture_input.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestPictureInput : public test::TestCase {
    Q_OBJECT
private slots:
    void wholePatchesOnly();
    void partialPatchesReachBeyond();
    void paddingLiesBesideThePicture();
    void detectionsFollowThePatches();
    void boxesAreSharesLikeliestFirst();
    void boxesOfDetectionTokens();
    void numbersThatBrokeAreNoObjects();
    void otherModelsFindNothing();
};

namespace {

ModelInfo patchModel(std::int64_t patch)
{
    ModelInfo info;
    info.input = InputKind::Image;
    info.patchSize = patch;
    info.leadingTokens = 1;
    return info;
}

ModelInfo detector()
{
    ModelInfo info;
    info.task = Task::ObjectDetection;
    info.labels = { "cat", "dog" };
    info.queries = 3;
    return info;
}

/// Probabilities as logits: their softmax is themselves.
Tensor logits(std::vector<float> probabilities)
{
    for (float& p : probabilities)
        p = std::log(p);
    const auto rows = std::int64_t(probabilities.size() / 3);
    return Tensor::fromVector({ 1, rows, 3 }, std::move(probabilities));
}

} // namespace

void TestPictureInput::wholePatchesOnly()
{
    const PatchGrid grid = patchGrid(patchModel(16), { 3, 50, 35 }, { 0, 0, 70, 100 });
    QCOMPARE(grid.rows(), 3);
    QCOMPARE(grid.columns(), 2);
    QCOMPARE(grid.pictureArea({ 0, 1 }), (PictureArea { 32, 0, 32, 32 }));
}

void TestPictureInput::partialPatchesReachBeyond()
{
    // 40 × 48 pixels under cells of 32: 2 × 2 cells, of which the last end at 64.
    ModelInfo info = patchModel(32);
    info.partialPatches = true;
    info.leadingTokens = 0;
    const PatchGrid grid = patchGrid(info, { 3, 40, 48 }, { 0, 0, 96, 80 });
    QCOMPARE(grid.patches(), 4);
    QCOMPARE(grid.pictureArea({ 0, 0 }), (PictureArea { 0, 0, 64, 64 }));
    QCOMPARE(grid.pictureArea({ 1, 1 }), (PictureArea { 64, 64, 64, 64 }));
    QVERIFY(grid.cellAt(95, 79) == (PatchGrid::Cell { 1, 1 }));
}

void TestPictureInput::paddingLiesBesideThePicture()
{
    // A picture of 320 × 160 was halved to 160 × 80 and padded to 160 × 160: the area says what all pixels cover.
    ModelInfo info = patchModel(32);
    info.partialPatches = true;
    const PatchGrid grid = patchGrid(info, { 3, 160, 160 }, { 0, 0, 320, 320 });
    QCOMPARE(grid.rows(), 5);
    QCOMPARE(grid.pictureArea({ 4, 0 }), (PictureArea { 0, 256, 64, 64 }));
    QVERIFY(grid.cellAt(10, 159) == (PatchGrid::Cell { 2, 0 }));
}

void TestPictureInput::detectionsFollowThePatches()
{
    ModelInfo info = patchModel(8);
    info.patchHeight = 4;
    info.trailingTokens = 2;
    const PatchGrid grid = patchGrid(info, { 3, 8, 16 }, { 0, 0, 16, 8 });
    const std::vector<TokenInfo> tokens = describePicture(info, grid);
    QCOMPARE(tokens.size(), std::size_t(1 + 4 + 2));
    QVERIFY(tokens[0].special);
    QCOMPARE(tokens[4].patchRow, 1);
    QCOMPARE(tokens[4].patchColumn, 1);
    QCOMPARE(tokens[6].label, std::string("object 1"));
    QCOMPARE(tokens[6].patchRow, -1);
}

void TestPictureInput::boxesAreSharesLikeliestFirst()
{
    const std::map<std::string, Tensor> outputs { { "logits", logits({ 0.6f, 0.3f, 0.1f, 0.2f, 0.2f, 0.6f, 0.1f, 0.8f, 0.1f }) },
        { "pred_boxes", Tensor::fromVector({ 1, 3, 4 }, { 0.5f, 0.5f, 0.5f, 0.25f, 0, 0, 1, 1, 0.25f, 0.75f, 0.5f, 0.5f }) } };
    const auto boxes = detectedBoxes(detector(), outputs, {});
    QCOMPARE(boxes.size(), std::size_t(2));
    QCOMPARE(boxes[0].label, std::string("dog"));
    QVERIFY(std::abs(boxes[0].probability - 0.8f) < 1e-6f);
    QCOMPARE(boxes[0].token, std::int64_t(2));
    QVERIFY(std::abs(boxes[0].left) < 1e-9 && std::abs(boxes[0].top - 0.5) < 1e-9);
    QVERIFY(std::abs(boxes[0].right - 0.5) < 1e-9 && std::abs(boxes[0].bottom - 1.0) < 1e-9);
    QCOMPARE(boxes[1].label, std::string("cat"));
    QVERIFY(std::abs(boxes[1].top - 0.375) < 1e-9 && std::abs(boxes[1].bottom - 0.625) < 1e-9);
}

void TestPictureInput::boxesOfDetectionTokens()
{
    ModelInfo info = patchModel(8);
    info.task = Task::ObjectDetection;
    info.labels = { "cat", "dog" };
    info.trailingTokens = 2;
    const PatchGrid grid = patchGrid(info, { 3, 16, 16 }, { 0, 0, 16, 16 });
    const std::map<std::string, Tensor> outputs { { "logits", logits({ 0.2f, 0.2f, 0.6f, 0.9f, 0.05f, 0.05f }) },
        { "pred_boxes", Tensor::filled({ 1, 2, 4 }, 0.5f) } };
    const auto boxes = detectedBoxes(info, outputs, grid);
    QCOMPARE(boxes.size(), std::size_t(1));
    QCOMPARE(boxes[0].token, std::int64_t(1 + 4 + 1));
}

void TestPictureInput::numbersThatBrokeAreNoObjects()
{
    const std::map<std::string, Tensor> outputs { { "logits", Tensor::filled({ 1, 3, 3 }, std::nanf("")) },
        { "pred_boxes", Tensor::filled({ 1, 3, 4 }, 0.5f) } };
    QVERIFY(detectedBoxes(detector(), outputs, {}).empty());
}

void TestPictureInput::otherModelsFindNothing()
{
    QVERIFY(detectedBoxes(patchModel(8), { { "logits", Tensor::zeros({ 1, 3 }) } }, {}).empty());
    QVERIFY(detectedBoxes(detector(), {}, {}).empty());
    QCOMPARE(describeQueries(detector()).size(), std::size_t(3));
    QCOMPARE(describeQueries(detector())[2].label, std::string("object 2"));
}

HEADLIGHT_TEST_MAIN(TestPictureInput)
#include "tst_picture_input.moc"
