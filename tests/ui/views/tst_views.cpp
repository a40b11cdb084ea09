// What every view promises: it draws something for every result it says it can show, in both themes, on the
// screen and into a file, without a word of complaint from Qt; and says why when it cannot.

#include "tests/support/synthetic_models.h"
#include "tests/support/view_fixture.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

std::shared_ptr<const AnalysisResult> resultNamed(const QString& name)
{
    if (name == "none")
        return nullptr;
    if (name == "no layers")
        return test::resultOf({}, {});
    if (name == "one token")
        return test::syntheticText({ 1, 1, 1 });
    if (name == "sentence")
        return test::syntheticText({ 4, 4, 16 });
    if (name == "12x12")
        return test::syntheticText({ 12, 12, 14 });
    if (name == "picture")
        return test::syntheticImage(2, 4, 9, 12);
    if (name == "pair")
        return test::syntheticPair();
    if (name == "caption")
        return test::syntheticCaption();
    if (name == "towers")
        return test::syntheticTowers();
    if (name == "merged patches")
        return test::syntheticMergedPatches();
    if (name == "sound")
        return test::syntheticSound();
    if (name == "boxes")
        return test::syntheticBoxes();
    return test::syntheticText({ 2, 2, 512 });
}

Scene sceneOf(const std::shared_ptr<const AnalysisResult>& result, ThemeKind theme)
{
    Scene scene;
    scene.result = result;
    scene.theme = theme;
    if (result && !result->trace->layers().empty())
        scene.selection = firstSelection(*result);
    return scene;
}

QImage painted(const Figure& figure, const Scene& scene, const QSize& size)
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(Theme::of(scene.theme).window);
    QPainter painter(&image);
    figure.paint(painter, QRectF(QPointF(0, 0), size), scene);
    return image;
}

} // namespace

class TestViews : public test::TestCase {
    Q_OBJECT
private slots:
    void everyViewIsDescribed();
    void everyViewDraws_data();
    void everyViewDraws();
    void everyFigureDraws_data() { everyViewDraws_data(); }
    void everyFigureDraws();
    void hiddenViewsDoNoWork();
    void keysWalkThroughHeadsAndLayers();
    void viewsSayWhichSiteTheyNeed();
};

void TestViews::everyViewIsDescribed()
{
    QSet<QString> ids;
    for (const ViewDescriptor& view : views()) {
        QVERIFY(!view.id.isEmpty() && !view.title.isEmpty());
        QVERIFY2(view.summary.endsWith('.') && view.needs.endsWith('.'), qPrintable(view.id));
        QVERIFY2(!ids.contains(view.id), qPrintable(view.id));
        QCOMPARE(viewById(view.id), &view);
        ids.insert(view.id);
    }
    QVERIFY(!viewById("no such view"));
}

void TestViews::everyViewDraws_data()
{
    QTest::addColumn<QString>("view");
    QTest::addColumn<QString>("result");
    QTest::addColumn<bool>("dark");
    for (const ViewDescriptor& view : views())
        for (const char* result : { "none", "no layers", "one token", "sentence", "12x12", "512 tokens",
                 "picture", "pair", "caption", "towers", "merged patches", "boxes", "sound" })
            for (const bool dark : { false, true })
                QTest::addRow("%s, %s, %s", qPrintable(view.id), result, dark ? "dark" : "light")
                    << view.id << result << dark;
}

void TestViews::everyViewDraws()
{
    QFETCH(QString, view);
    QFETCH(QString, result);
    QFETCH(bool, dark);
    applyTheme(*qApp, dark ? ThemeKind::Dark : ThemeKind::Light);
    test::ViewFixture fixture(view, resultNamed(result));
    const auto shown = fixture.session.result();
    const bool possible = shown && viewById(view)->available(*shown);
    if (possible)
        fixture.session.setSelection(viewById(view)->reachable(*shown, fixture.session.selection()));
    QVERIFY(test::colourCount(fixture.picture()) >= (possible ? 12 : 4)); // a message is grey on one colour
    QVERIFY(!fixture.view->accessibleName().isEmpty());
    fixture.view->resize(320, 200);
    QCoreApplication::processEvents();
    fixture.picture();
    fixture.session.setResult(test::syntheticText({ 1, 2, 3 }));
    fixture.picture();
}

void TestViews::everyFigureDraws()
{
    QFETCH(QString, view);
    QFETCH(QString, result);
    QFETCH(bool, dark);
    Scene scene = sceneOf(resultNamed(result), dark ? ThemeKind::Dark : ThemeKind::Light);
    if (scene.result)
        scene.selection = viewById(view)->reachable(*scene.result, scene.selection);
    const Figure& figure = viewById(view)->figure();
    const QSizeF natural = figure.naturalSize(scene);
    QVERIFY(natural.width() >= 100 && natural.height() >= 60 && natural.width() <= 4000
        && natural.height() <= 6000);
    const bool possible = scene.result && viewById(view)->available(*scene.result);
    const QImage image = painted(figure, scene, natural.toSize());
    QVERIFY(test::colourCount(image) >= (possible ? 12 : 4));
    QCOMPARE(painted(figure, scene, natural.toSize()), image);
    painted(figure, scene, { 200, 120 });
    const auto table = figure.table(scene);
    if (possible)
        QVERIFY(table.size() >= 2);
    for (const auto& row : table)
        QCOMPARE(row.size(), table.front().size());
}

void TestViews::hiddenViewsDoNoWork()
{
    for (const ViewDescriptor& view : views()) {
        test::ViewFixture fixture(view.id, test::syntheticText({ 2, 2, 8 }));
        fixture.view->hide();
        fixture.session.setResult(test::syntheticText({ 2, 2, 24 }));
        fixture.select([](Selection& s) { s.layer = 0; });
        fixture.view->show();
        test::ViewFixture fresh(view.id, fixture.session.result());
        fresh.session.setSelection(fixture.session.selection());
        QCOMPARE(fixture.picture(), fresh.picture());
    }
}

void TestViews::keysWalkThroughHeadsAndLayers()
{
    test::ViewFixture fixture("heatmap", test::syntheticText({ 3, 2, 6 }));
    fixture.select([](Selection& s) { s.layer = 0; });
    QTest::keyClick(fixture.view.get(), Qt::Key_BracketRight);
    QCOMPARE(fixture.session.selection().heads, std::vector{ 1 });
    QTest::keyClick(fixture.view.get(), Qt::Key_BracketLeft);
    QCOMPARE(fixture.session.selection().heads, std::vector{ 0 });
    QTest::keyClick(fixture.view.get(), Qt::Key_BraceRight);
    QCOMPARE(fixture.session.selection().layer, 1);
    QTest::keyClick(fixture.view.get(), Qt::Key_BraceLeft);
    QCOMPARE(fixture.session.selection().layer, 0);
    QTest::keyClick(fixture.view.get(), Qt::Key_Escape);
    QVERIFY(fixture.session.selection().queries.empty());
}

void TestViews::viewsSayWhichSiteTheyNeed()
{
    const auto result = test::syntheticCaption();
    const ViewDescriptor& image = *viewById("image");
    Selection decoder;
    decoder.kind = AttentionKind::Decoder;
    QVERIFY(image.available(*result) && !image.available(*result, decoder));
    QCOMPARE(image.reachable(*result, decoder).kind, AttentionKind::Cross);
    test::ViewFixture fixture("image", result);
    fixture.session.setSelection(decoder);
    const auto labels = fixture.view->findChildren<QLabel*>();
    QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) {
        return label->isVisible() && label->text().contains("Decoder") && label->text().contains("Cross");
    }));
}

HEADLIGHT_TEST_MAIN(TestViews)
#include "tst_views.moc"
