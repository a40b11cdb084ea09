// Resampled position tables against a dense bicubic matrix (NumPy, formula below) and what every resampling must keep.
// tst_golden_models holds them against the reference's own ViT with pictures of another size.

#include "core/nn/positions.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestPositions : public test::TestCase {
    Q_OBJECT
private slots:
    void agreesWithADenseMatrix_data();
    void agreesWithADenseMatrix();
    void theSameSizeIsTheSameTable();
    void smoothOnesWiden();
    void constantsStay();
    void mirrorsCommute();
    void storedTypesAreExpanded();
    void bilinearAgreesWithADenseMatrix();
    void onlyItsOwnGrid();
};

void TestPositions::agreesWithADenseMatrix_data()
{
    // W(n, m)[i, clip(j)] += k(p - j) for j = floor(p)-1 .. floor(p)+2, p = (i + ½)·m/n - ½, with Keys' kernel k and
    // a = -0.75; the result is W(height, 3) · [[1, 2, 4], [-3, 0, 5], [2, -1, 7]] · W(width, 3)ᵀ
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::addColumn<QList<double>>("expected");
    QTest::newRow("lower and wider") << 2 << 5
                                     << QList<double> { -0.24178125, 0.37828125, 1.58203125, 3.27726563, 4.403375, 0.8773125, -0.417375, -0.84375, 3.58776563, 7.29490625 };
    QTest::newRow("one column") << 4 << 1 << QList<double> { 2.14355469, 0.83056641, -0.58007812, -1.07177734 };
}

void TestPositions::agreesWithADenseMatrix()
{
    QFETCH(int, height);
    QFETCH(int, width);
    QFETCH(QList<double>, expected);
    const std::vector<float> grid { 1, 2, 4, -3, 0, 5, 2, -1, 7 };
    // Two numbers per position: the grid and its negative.
    const Tensor table = Tensor::make({ 9, 2 }, [&](std::span<float> out) {
        for (std::size_t i = 0; i < 9; ++i)
            out[2 * i] = grid[i], out[2 * i + 1] = -grid[i];
    });
    const Tensor resampled = resamplePositions(table, { 3, 3 }, { height, width });
    QVERIFY((resampled.shape() == Shape { height * width, 2 }));
    for (qsizetype i = 0; i < expected.size(); ++i) {
        QVERIFY2(std::abs(double(resampled.at(2 * i)) - expected[i]) < 2e-6, qPrintable(QString("%1: %2").arg(i).arg(double(resampled.at(2 * i)))));
        QCOMPARE(resampled.at(2 * i + 1), -resampled.at(2 * i));
    }
}

/// A smooth resampling widens when it shrinks: a triangle of two cells to each side, cut at the edges.
void TestPositions::smoothOnesWiden()
{
    const Tensor table = Tensor::fromVector({ 4, 1 }, { 1, 2, 4, -3 });
    const Tensor half = resamplePositions(table, { 1, 4 }, { 1, 2 }, Interpolation::SmoothBilinear);
    // Centre 1 of 4: distances 0.25, 0.25, 0.75 of the reach; then the mirror image.
    QVERIFY(std::abs(half.at(0) - (0.75f * 1 + 0.75f * 2 + 0.25f * 4) / 1.75f) < 1e-6f);
    QVERIFY(std::abs(half.at(1) - (0.25f * 2 + 0.75f * 4 - 0.75f * 3) / 1.75f) < 1e-6f);
    for (const Interpolation kind : { Interpolation::SmoothBilinear, Interpolation::SmoothBicubic })
        QVERIFY(std::ranges::equal(resamplePositions(table, { 2, 2 }, { 2, 2 }, kind).floats(), table.floats()));
}

void TestPositions::theSameSizeIsTheSameTable()
{
    const Tensor table = test::randomTensor({ 49, 16 }, 1);
    QVERIFY(std::ranges::equal(resamplePositions(table, { 7, 7 }, { 7, 7 }).floats(), table.floats()));
}

void TestPositions::constantsStay()
{
    const Tensor table = Tensor::filled({ 16, 3 }, 2.5f);
    for (const auto& [height, width] : std::vector<std::pair<int, int>> { { 1, 1 }, { 3, 9 }, { 4, 31 }, { 2, 2 } }) {
        const Tensor resampled = resamplePositions(table, { 4, 4 }, { height, width });
        QVERIFY(std::ranges::all_of(resampled.floats(), [](float value) { return std::abs(value - 2.5f) < 5e-6f; }));
    }
}

void TestPositions::mirrorsCommute()
{
    constexpr std::int64_t grid = 5, height = 8, width = 3;
    const Tensor table = test::randomTensor({ grid * grid, 1 }, 2);
    const Tensor mirrored = Tensor::make({ grid * grid, 1 }, [&](std::span<float> out) {
        for (std::int64_t i = 0; i < grid * grid; ++i)
            out[std::size_t(i)] = table.at(i / grid * grid + grid - 1 - i % grid);
    });
    const GridSize from { grid, grid }, to { height, width };
    const Tensor a = resamplePositions(table, from, to), b = resamplePositions(mirrored, from, to);
    for (std::int64_t i = 0; i < height * width; ++i)
        QVERIFY(std::abs(a.at(i) - b.at(i / width * width + width - 1 - i % width)) < 5e-6f);
}

void TestPositions::storedTypesAreExpanded()
{
    const Tensor half = test::randomTensor({ 16, 4 }, 3).converted(DType::F16);
    QVERIFY(std::ranges::equal(resamplePositions(half, { 2, 8 }, { 3, 6 }).floats(), resamplePositions(half.toFloat(), { 2, 8 }, { 3, 6 }).floats()));
}

void TestPositions::bilinearAgreesWithADenseMatrix()
{
    // NumPy's np.interp over sample centres at half pixels, clamped at the edges, along both axes of [[1, 5], [3, 13]].
    const Tensor table = Tensor::fromVector({ 4, 1 }, { 1, 5, 3, 13 });
    const std::vector<float> expected { 1, 3, 5, 2, 5.5f, 9, 3, 8, 13 };
    const Tensor resampled = resamplePositions(table, { 2, 2 }, { 3, 3 }, Interpolation::Bilinear);
    for (std::int64_t i = 0; i < 9; ++i)
        QVERIFY(std::abs(resampled.at(i) - expected[std::size_t(i)]) < 1e-6f);
}

void TestPositions::onlyItsOwnGrid()
{
    QVERIFY_EXCEPTION_THROWN(resamplePositions(Tensor::zeros({ 12, 4 }), { 3, 3 }, { 3, 4 }), CheckFailed);
}

HEADLIGHT_TEST_MAIN(TestPositions)
#include "tst_positions.moc"
