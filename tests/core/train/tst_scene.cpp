// Properties every generated scene must have: objects inside the picture and apart, the marked one visible and where its
// box and coverage say, the same picture for the same seed.

#include "core/train/scenes/outline.h"
#include "tests/support/test_main.h"

#include <numbers>

using namespace headlight;

namespace {

constexpr int tried = 300;

double distance(ScenePoint a, ScenePoint b)
{
    return std::hypot(double(a.x - b.x), double(a.y - b.y));
}

int difference(const std::array<std::uint8_t, 3>& a, const std::array<std::uint8_t, 3>& b)
{
    return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
}

SceneObject object(ShapeKind kind, float turn = 0.0f)
{
    return { kind, { 0.5f, 0.5f }, 0.4f, turn, { 1, 0, 0 } };
}

double coveredArea(const SceneObject& shape)
{
    double area = 0.0;
    const Tensor shares = coverage(shape, 200);
    for (const float share : shares.floats())
        area += double(share) / (200.0 * 200.0);
    return area;
}

} // namespace

class TestScene : public test::TestCase {
    Q_OBJECT
private slots:
    void theSameSeedIsTheSamePicture();
    void objectsAreInsideAndApart();
    void distractorsAreOfOtherKinds();
    void everyKindIsMarkedAboutEquallyOften();
    void theMarkedObjectIsVisible();
    void settingsAreKept();
    void outlinesFitTheirCircle_data();
    void outlinesFitTheirCircle();
    void coverageIsTheAreaOfTheShape_data();
    void coverageIsTheAreaOfTheShape();
    void distancesHaveTheRightSign();
};

void TestScene::theSameSeedIsTheSamePicture()
{
    QVERIFY(paint(makeScene(5), 64) == paint(makeScene(5), 64));
    QVERIFY(!(paint(makeScene(5), 64) == paint(makeScene(6), 64)));
    QCOMPARE(paint(makeScene(5), 97).width(), 97);
}

void TestScene::objectsAreInsideAndApart()
{
    for (std::uint64_t seed = 0; seed < tried; ++seed) {
        const Scene scene = makeScene(seed);
        for (std::size_t i = 0; i < scene.objects.size(); ++i) {
            const SceneObject& a = scene.objects[i];
            const double reach = double(a.radius) * (i == 0 ? double(markRadius) : 1.0);
            QVERIFY(double(a.centre.x) - reach >= 0.0 && double(a.centre.x) + reach <= 1.0);
            QVERIFY(double(a.centre.y) - reach >= 0.0 && double(a.centre.y) + reach <= 1.0);
            const SceneBox box = a.box();
            QVERIFY(box.left >= 0.0f && box.top >= 0.0f && box.right <= 1.0f && box.bottom <= 1.0f);
            QVERIFY(box.left < a.centre.x && a.centre.x < box.right);
            for (std::size_t j = i + 1; j < scene.objects.size(); ++j)
                QVERIFY(distance(a.centre, scene.objects[j].centre) > reach + double(scene.objects[j].radius));
        }
    }
}

void TestScene::distractorsAreOfOtherKinds()
{
    for (std::uint64_t seed = 0; seed < tried; ++seed) {
        const Scene scene = makeScene(seed);
        for (std::size_t i = 1; i < scene.objects.size(); ++i)
            QVERIFY(scene.objects[i].kind != scene.marked().kind);
    }
}

void TestScene::everyKindIsMarkedAboutEquallyOften()
{
    std::array<int, shapeKinds> counts {};
    for (std::uint64_t seed = 0; seed < 1400; ++seed)
        ++counts[std::size_t(makeScene(seed).marked().kind)];
    for (const int count : counts)
        QVERIFY(std::abs(count - 200) < 66); // five standard deviations
}

void TestScene::theMarkedObjectIsVisible()
{
    constexpr int size = 128;
    for (std::uint64_t seed = 0; seed < tried; ++seed) {
        const Scene scene = makeScene(seed);
        const SceneObject& marked = scene.marked();
        const Image picture = paint(scene, size);
        const Tensor inside = coverage(marked, size);
        std::int64_t pixels = 0, visible = 0;
        for (int y = 0; y < size; ++y)
            for (int x = 0; x < size; ++x)
                if (inside.at(y * size + x) == 1.0f) {
                    ++pixels;
                    visible += difference(picture.at(x, y), { 250, 250, 250 }) > 60 ? 1 : 0;
                }
        QVERIFY(pixels > 60);
        QVERIFY2(visible == pixels, qPrintable(QString("seed %1: %2 of %3").arg(seed).arg(visible).arg(pixels)));
        // The spot is white between the object and its rim, all around.
        for (int i = 0; i < 8; ++i) {
            const double angle = 2.0 * std::numbers::pi * i / 8.0, reach = 1.17 * double(marked.radius);
            const auto white = picture.at(int((double(marked.centre.x) + reach * std::cos(angle)) * size),
                int((double(marked.centre.y) + reach * std::sin(angle)) * size));
            QVERIFY2(white[0] > 150 && white[1] > 150 && white[2] > 150, qPrintable(QString("seed %1").arg(seed)));
        }
    }
}

void TestScene::settingsAreKept()
{
    const SceneSettings alone { 0, 0, 0.2f, 0.25f };
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Scene scene = makeScene(seed, alone);
        QCOMPARE(scene.objects.size(), std::size_t(1));
        QVERIFY(scene.marked().radius >= 0.2f && scene.marked().radius <= 0.25f);
    }
}

void TestScene::outlinesFitTheirCircle_data()
{
    QTest::addColumn<int>("kind");
    for (int kind = 0; kind < shapeKinds; ++kind)
        QTest::newRow(std::string(displayName(ShapeKind(kind))).c_str()) << kind;
}

void TestScene::outlinesFitTheirCircle()
{
    QFETCH(int, kind);
    const SceneObject shape = object(ShapeKind(kind), 0.3f);
    double farthest = 0.0;
    for (const ScenePoint& corner : outline(shape))
        farthest = std::max(farthest, distance(corner, shape.centre));
    QVERIFY2(farthest <= 0.4 * 1.09, qPrintable(QString::number(farthest)));
    QVERIFY2(farthest >= 0.4 * 0.88, qPrintable(QString::number(farthest)));
}

void TestScene::coverageIsTheAreaOfTheShape_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<double>("area");
    const double r = 0.4;
    QTest::newRow("circle") << int(ShapeKind::Circle) << std::numbers::pi * 0.81 * r * r;
    QTest::newRow("square") << int(ShapeKind::Square) << 4 * 0.76 * 0.76 * r * r;
    QTest::newRow("triangle") << int(ShapeKind::Triangle) << 0.75 * std::sqrt(3.0) * r * r;
    QTest::newRow("star") << int(ShapeKind::Star) << 5 * 0.42 * std::sin(std::numbers::pi / 5) * r * r;
    QTest::newRow("cross") << int(ShapeKind::Cross) << (2 * 1.88 * 0.6 - 0.36) * r * r;
}

void TestScene::coverageIsTheAreaOfTheShape()
{
    QFETCH(int, kind);
    QFETCH(double, area);
    for (const float turn : { 0.0f, 0.3f })
        QVERIFY2(std::fabs(coveredArea(object(ShapeKind(kind), turn)) - area) < 0.01 * area,
            qPrintable(QString("%1, expected %2").arg(coveredArea(object(ShapeKind(kind), turn))).arg(area)));
}

void TestScene::distancesHaveTheRightSign()
{
    const std::vector<ScenePoint> square = outline(object(ShapeKind::Square));
    QVERIFY(std::fabs(signedDistance(square, { 0.5f, 0.5f }) + 0.4f * 0.76f) < 1e-6f);
    QVERIFY(std::fabs(signedDistance(square, { 0.5f + 0.4f * 0.76f + 0.1f, 0.5f }) - 0.1f) < 1e-6f);
    QVERIFY(signedDistance(outline(object(ShapeKind::Moon)), { 0.5f + 0.2f, 0.5f }) > 0.0f); // the bite
}

HEADLIGHT_TEST_MAIN(TestScene)
#include "tst_scene.moc"
