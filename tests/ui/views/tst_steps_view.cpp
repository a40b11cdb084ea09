// The Steps under mouse and keyboard: which numbers stand where, how steps and half-steps go, what a cell
// opens, and that the computation of another layer comes without being waited for. Numbers are held against
// the recorded maps and sums.

#include "core/engine/engine.h"
#include "tests/support/view_fixture.h"
#include "ui/views/steps_canvas.h"
#include "ui/views/steps_chips.h"
#include "ui/views/steps_figure.h"
#include "ui/widgets/arithmetic_panel.h"
#include "ui/widgets/computation_loader.h"

#include <QAccessible>
#include <QClipboard>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTreeView>
#include <QToolButton>

using namespace headlight;
using namespace headlight::ui;

namespace {

constexpr const char* sentence = "The animal didn't cross the street because it was too tired.";

using Result = std::shared_ptr<const AnalysisResult>;

/// Of a model on disk, with or without the computation of its layers.
Result resultOf(
    const QString& model, AnalysisInput input, StepsRequest steps, std::optional<std::string> target = {})
{
    const Engine engine{ Resources(HEADLIGHT_SOURCE_DIR "/resources") };
    const auto opened = engine.open(model.toStdString(), JobControl());
    if (!opened)
        return nullptr;
    AnalysisRequest request;
    request.input = std::move(input);
    request.trace.steps = std::move(steps);
    request.target = std::move(target);
    const auto result = engine.run(*opened, request, JobControl());
    return result ? *result : nullptr;
}
Result sentenceResult(StepsRequest steps = { true, {} })
{
    return resultOf("sentiment", TextInput{ sentence, {} }, std::move(steps));
}
/// The folder of a reference model, in the repository or beside it.
QString golden(const char* name)
{
    const QString beside = test::sourcePath(("../shared/golden/" + std::string(name)).c_str());
    const QString own = test::sourcePath(("tests/golden/" + std::string(name)).c_str());
    return QFile::exists(own + "/model.safetensors") ? own : beside;
}
IdsInput ids(int count)
{
    IdsInput input;
    for (int i = 0; i < count; ++i)
        input.ids.push_back(3 + i * 7 % 40);
    return input;
}

/// A view that has settled.
struct Fixture : test::ViewFixture {
    explicit Fixture(Result result, QSize size = { 1000, 640 })
        : ViewFixture("steps", std::move(result), size)
    {
    }
    StepsCanvas& canvas() const { return *child<StepsCanvas>(); }
    ArithmeticPanel& panel() const { return *child<ArithmeticPanel>(); }
    StepChips& chips() const { return *static_cast<StepChips*>(find("Steps")); }
    QWidget* find(const QString& name) const
    {
        for (QWidget* widget : view->findChildren<QWidget*>())
            if (widget->accessibleName() == name)
                return widget;
        return nullptr;
    }
    QPushButton* button(const QString& text) const
    {
        for (auto* one : view->findChildren<QPushButton*>())
            if (one->text().contains(text))
                return one;
        return nullptr;
    }
    StepsData data() const { return StepsData(view->scene()); }
    QString step() const { return session.viewOptions("steps").value("step").toString(); }
    int row() const { return session.viewOptions("steps").value("row", -1).toInt(); }
    void clickCell(const StepCell& cell)
    {
        const StepsData now(view->scene());
        const QPointF point = canvas().layoutNow().cellRect(now, cell).center();
        QTest::mouseClick(canvas().viewport(), Qt::LeftButton, {}, point.toPoint());
    }
    void key(int key, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::keyClick(view.get(), Qt::Key(key), modifiers);
    }
    bool shows(const QString& text) const
    {
        return std::ranges::any_of(view->findChildren<QLabel*>(),
            [&](const QLabel* label) { return label->isVisible() && label->text().contains(text); });
    }
};

} // namespace

class TestStepsView : public test::TestCase {
    Q_OBJECT
private slots:
    void keysStepForwardAndBack();
    void halfStepsGoKeyByKey();
    void buttonsAndChipsStep();
    void playGoesToTheEndAndStops();
    void aCellOpensItsSum();
    void theSumIsCopiedWithAllItsTerms();
    void everyCellOpensSomething_data();
    void everyCellOpensSomething();
    void aRowIsTheSharedKey();
    void arrowsMoveKeyAndQuery();
    void withoutAChoiceItSaysWhoseStepsTheseAre();
    void severalHeadsShowTheFirst();
    void largestFirstSorts();
    void hiddenTokensAreGone();
    void anotherLayerIsFetched();
    void anotherInputEndsTheWish();
    void runsKeepTheChosenLayerWhileItIsShown();
    void resultsWithoutAModelSaySo();
    void aScreenReaderHearsTheNumbers();
    void longInputsScroll();
    void layoutFindsItsCells_data();
    void layoutFindsItsCells();
    void tableHasEveryStage();
    void figureFramesTheStep();
    void extraStepsAreThere();
};

void TestStepsView::keysStepForwardAndBack()
{
    Fixture fixture(sentenceResult());
    QCOMPARE(fixture.step(), QString());
    QStringList seen;
    for (int i = 0; i < 9; ++i) {
        fixture.key(Qt::Key_Space);
        if (!seen.contains(fixture.step()))
            seen.push_back(fixture.step());
    }
    QCOMPARE(seen, (QStringList{ "vectors", "score", "scale", "softmax", "sum", "output", "residual" }));
    fixture.key(Qt::Key_Backspace);
    QCOMPARE(fixture.step(), QString("output"));
    fixture.key(Qt::Key_Space, Qt::ShiftModifier);
    QCOMPARE(fixture.step(), QString("sum"));
    for (int i = 0; i < 9; ++i)
        fixture.key(Qt::Key_Backspace);
    QCOMPARE(fixture.step(), QString());
}

void TestStepsView::halfStepsGoKeyByKey()
{
    Fixture fixture(sentenceResult());
    fixture.key(Qt::Key_Space);
    fixture.key(Qt::Key_Space); // score
    fixture.key(Qt::Key_Period);
    QCOMPARE(fixture.row(), 0);
    fixture.key(Qt::Key_Period);
    QCOMPARE(fixture.row(), 1);
    const auto map = fixture.session.selectedMap();
    QVERIFY(fixture.shows("q·k of")); // the sum of the key it is at
    fixture.key(Qt::Key_Comma);
    QCOMPARE(fixture.row(), 0);
    for (std::int64_t i = 0; i < map.keys(); ++i)
        fixture.key(Qt::Key_Period);
    QCOMPARE(fixture.step(), QString("scale"));
    QCOMPARE(fixture.row(), 0);
    fixture.key(Qt::Key_Comma);
    QCOMPARE(fixture.step(), QString("score"));
    fixture.key(Qt::Key_Space); // a whole step again
    QCOMPARE(fixture.row(), -1);
}

void TestStepsView::buttonsAndChipsStep()
{
    Fixture fixture(sentenceResult());
    QTest::mouseClick(fixture.button("▶"), Qt::LeftButton);
    QCOMPARE(fixture.step(), QString("vectors"));
    QTest::mouseClick(fixture.button("◀"), Qt::LeftButton);
    QCOMPARE(fixture.step(), QString());
    QVERIFY(!fixture.button("◀")->isEnabled());
    StepChips& chips = fixture.chips();
    QCOMPARE(chips.count(), 7);
    QTest::mouseClick(&chips, Qt::LeftButton, {}, chips.chipRect(3).center());
    QCOMPARE(fixture.step(), QString("softmax"));
    QVERIFY(chips.accessibleDescription().contains("4 of 7"));
    QTest::mouseClick(&chips, Qt::LeftButton, {}, chips.chipRect(3).center());
    QCOMPARE(fixture.step(), QString());
    fixture.key(Qt::Key_Space); // after a click the keys still step
    QCOMPARE(fixture.step(), QString("vectors"));
}

void TestStepsView::playGoesToTheEndAndStops()
{
    Fixture fixture(sentenceResult());
    QTest::mouseClick(&fixture.chips(), Qt::LeftButton, {}, fixture.chips().chipRect(4).center());
    QTest::mouseClick(fixture.button("play"), Qt::LeftButton);
    QCOMPARE(fixture.step(), QString("output"));
    QVERIFY(fixture.button("pause"));
    QTRY_COMPARE_WITH_TIMEOUT(fixture.step(), QString("residual"), 4000);
    QVERIFY(fixture.button("play"));
    QTest::mouseClick(fixture.button("play"), Qt::LeftButton); // from the end it starts over
    QCOMPARE(fixture.step(), QString("vectors"));
    fixture.view->hide();
    QVERIFY(fixture.button("play"));
}

void TestStepsView::aCellOpensItsSum()
{
    Fixture fixture(sentenceResult());
    fixture.select([](Selection& s) {
        s.queries = { 9 };
        s.key = 3;
    });
    const StepsData now = fixture.data();
    fixture.clickCell({ "product", 5, 0 });
    QVERIFY(fixture.panel().isVisible());
    QCOMPARE(fixture.panel().termCount(), int(now.stage(stages::query)->width));
    // Its result is the score of the map, once scaled: the number the mechanism recorded.
    const float score = fixture.session.selectedMap().score(9, 5);
    const float product = now.stage(stages::product)->numbers[5];
    QVERIFY(std::abs(product / std::sqrt(float(now.stage(stages::query)->width)) - score) < 1e-4f);
    QVERIFY(fixture.shows(QString::number(double(product), 'g', 6).replace('-', QChar(0x2212))));
    fixture.key(Qt::Key_Escape);
    QVERIFY(!fixture.panel().isVisible());
    QCOMPARE(fixture.session.selection().queries, std::vector{ 9 }); // Esc closed the panel alone
    fixture.key(Qt::Key_Return); // the sum behind the chosen weight
    QVERIFY(fixture.panel().isVisible());
    QVERIFY(fixture.shows("÷ Σ"));
}

void TestStepsView::theSumIsCopiedWithAllItsTerms()
{
    Fixture fixture(sentenceResult());
    fixture.select([](Selection& s) { s.queries = { 9 }; });
    fixture.clickCell({ "context", 0, 2 });
    const int keys = int(fixture.session.selectedMap().keys());
    QCOMPARE(fixture.panel().termCount(), keys);
    QTreeView* terms = fixture.child<QTreeView>();
    QVERIFY(!terms->isVisible());
    QTest::mouseClick(fixture.button("All"), Qt::LeftButton);
    QVERIFY(terms->isVisible());
    double sum = 0;
    for (int i = 0; i < keys; ++i) {
        QString product = terms->model()->index(i, 3).data().toString();
        sum += product.replace(QChar(0x2212), '-').toDouble();
    }
    const float context = fixture.data().stage(stages::context)->numbers[2];
    QVERIFY(std::abs(sum - double(context)) < 1e-4);
    QTest::mouseClick(static_cast<QWidget*>(fixture.find("Copy the sum with all its terms")), Qt::LeftButton);
    const QString copied = QGuiApplication::clipboard()->text();
    QCOMPARE(copied, fixture.panel().text());
    QVERIFY(copied.count('\n') >= keys + 2);
    QTest::mouseClick(static_cast<QWidget*>(fixture.find("Close (Esc)")), Qt::LeftButton);
    QVERIFY(!fixture.panel().isVisible());
}

void TestStepsView::everyCellOpensSomething_data()
{
    QTest::addColumn<QString>("model");
    for (const char* name :
        { "bert_model", "gpt2_lm", "llama_gqa", "t5_relu", "debertav2_seqcls", "longformer_seqcls" })
        if (QFile::exists(golden(name) + "/model.safetensors"))
            QTest::newRow(name) << golden(name);
}

void TestStepsView::everyCellOpensSomething()
{
    QFETCH(QString, model);
    const Result result = resultOf(model, ids(9), { true, {} });
    QVERIFY(result);
    Fixture fixture(result, { 1200, 760 });
    fixture.select([](Selection& s) { s.queries = { std::min(5, s.kind == AttentionKind::Cross ? 0 : 5) }; });
    const StepsData now = fixture.data();
    QVERIFY(!now.empty());
    for (const Stage& stage : now.told.stages) {
        if (stage.id == stages::queryBefore || stage.id == stages::keyBefore)
            continue; // on the picture while theirs is the step
        fixture.clickCell({ stage.id, now.order[2],
            std::min<std::int64_t>(3, std::max<std::int64_t>(0, stage.width - 1)) });
        QVERIFY2(fixture.panel().isVisible(), stage.id.c_str());
        QVERIFY2(!fixture.panel().text().isEmpty(), stage.id.c_str());
        fixture.key(Qt::Key_Escape);
        QVERIFY(!fixture.panel().isVisible());
    }
}

void TestStepsView::aRowIsTheSharedKey()
{
    Fixture fixture(sentenceResult());
    fixture.select([](Selection& s) {
        s.queries = { 9 };
        s.key.reset();
    });
    const StepsLayout layout = fixture.canvas().layoutNow();
    const QPointF label(layout.labelsRight() - 6, layout.rowTop(4) + layout.rowHeight() / 2);
    QTest::mouseMove(fixture.canvas().viewport(), label.toPoint());
    QTest::mouseClick(fixture.canvas().viewport(), Qt::LeftButton, {}, label.toPoint());
    QCOMPARE(fixture.session.selection().key, std::optional(4));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 9 });
    QVERIFY(!fixture.panel().isVisible()); // a label is no number
    QCOMPARE(fixture.data().chosenPlace, 4);
}

void TestStepsView::arrowsMoveKeyAndQuery()
{
    Fixture fixture(sentenceResult());
    fixture.select([](Selection& s) {
        s.queries = { 9 };
        s.key = 4;
    });
    fixture.key(Qt::Key_Down);
    QCOMPARE(fixture.session.selection().key, std::optional(5));
    fixture.key(Qt::Key_Up);
    fixture.key(Qt::Key_Up);
    QCOMPARE(fixture.session.selection().key, std::optional(3));
    fixture.key(Qt::Key_Right);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 10 });
    QCOMPARE(fixture.session.selection().key, std::optional(3));
    fixture.key(Qt::Key_BracketRight);
    QCOMPARE(fixture.session.selection().head(), 1);
    QCOMPARE(fixture.data().head, 1);
}

void TestStepsView::withoutAChoiceItSaysWhoseStepsTheseAre()
{
    Fixture fixture(sentenceResult());
    fixture.select([](Selection& s) {
        s.queries.clear();
        s.key.reset();
    });
    const StepsData now = fixture.data();
    const auto layer = layerOf(*fixture.session.result(), fixture.session.selection());
    QVERIFY(now.byItself);
    QCOMPARE(now.query, int(layer->summaries[0].statistics().largestQuery));
    QVERIFY(fixture.shows("No query is chosen"));
    QVERIFY(fixture.session.selection().queries.empty()); // looking chooses nothing
    fixture.key(Qt::Key_Down);
    QCOMPARE(fixture.session.selection().queries, std::vector{ now.query });
    QVERIFY(!fixture.shows("No query is chosen"));
}

void TestStepsView::severalHeadsShowTheFirst()
{
    Fixture fixture(sentenceResult());
    fixture.select([](Selection& s) { s.heads = { 2, 3 }; });
    const StepsData now = fixture.data();
    QCOMPARE(now.head, 2);
    QVERIFY(now.heading(fixture.view->scene()).chips.contains("first of 2 heads"));
}

void TestStepsView::largestFirstSorts()
{
    Fixture fixture(sentenceResult());
    fixture.session.setViewOption("steps", "order", "weight");
    QCoreApplication::processEvents();
    const StepsData now = fixture.data();
    const auto& weights = now.stage(stages::weight)->numbers;
    for (std::size_t i = 1; i < now.order.size(); ++i)
        QVERIFY(weights[std::size_t(now.order[i - 1])] >= weights[std::size_t(now.order[i])]);
    // A click on the first row chooses the key of the largest weight.
    const StepsLayout layout = fixture.canvas().layoutNow();
    QTest::mouseClick(fixture.canvas().viewport(), Qt::LeftButton, {},
        QPointF(layout.labelsRight() - 6, layout.rowTop(0) + 4).toPoint());
    const auto row = fixture.session.selectedMap().row(now.query);
    QCOMPARE(fixture.session.selection().key, int(std::ranges::max_element(row) - row.begin()));
}

void TestStepsView::hiddenTokensAreGone()
{
    Fixture fixture(sentenceResult());
    const auto all = fixture.data().order.size();
    fixture.display([](DisplaySettings& d) { d.hideSpecialTokens = true; });
    QCOMPARE(fixture.data().order.size(), all - 2); // [CLS] and [SEP]
    QVERIFY(fixture.shows("2 special tokens are hidden"));
}

void TestStepsView::anotherLayerIsFetched()
{
    const Result plain = sentenceResult({});
    QVERIFY(plain->trace->computations().empty());
    Fixture fixture(plain);
    QVERIFY(
        fixture.data().empty() || fixture.view->scene().computation); // a result of before is not waited for
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.data().empty(), 5000);
    QCOMPARE(fixture.data().layer->site.layer, fixture.session.selection().layer);
    // What was fetched is what the run itself would have kept.
    const Result kept = sentenceResult();
    const AttentionSite site = fixture.session.selection().site();
    const AttentionSteps a = fixture.data().layer->steps(1, 3),
                         b = kept->trace->computation(site)->steps(1, 3);
    QCOMPARE(a.stage(stages::sum)->numbers, b.stage(stages::sum)->numbers);
    QCOMPARE(a.stage(stages::weight)->numbers, b.stage(stages::weight)->numbers);
    fixture.select([](Selection& s) { s.layer = 0; }); // all layers of a small input came at once
    QVERIFY(!fixture.data().empty());
    QCOMPARE(fixture.data().layer->site.layer, 0);
}

void TestStepsView::anotherInputEndsTheWish()
{
    ComputationLoader loader;
    QSignalSpy arrived(&loader, &ComputationLoader::arrived);
    const Result first = sentenceResult({}), second = resultOf("sentiment", TextInput{ "Not bad.", {} }, {});
    const AttentionSite site = first->trace->layers().front()->site;
    loader.want(first, site);
    loader.want(second, site);
    QTRY_COMPARE_WITH_TIMEOUT(arrived.size(), 1, 5000);
    QTest::qWait(50);
    QCOMPARE(arrived.size(), 1);
    QVERIFY(!loader.find(first, site));
    QVERIFY(loader.find(second, site));
    loader.want(second, site); // it is there
    QVERIFY(!loader.loading());
    loader.forget();
    QVERIFY(!loader.find(second, site));
}

void TestStepsView::runsKeepTheChosenLayerWhileItIsShown()
{
    Fixture fixture(sentenceResult());
    Session& session = fixture.session;
    QSignalSpy opened(&session, &Session::modelChanged), results(&session, &Session::resultChanged);
    session.openModel("sentiment");
    QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, 10000);
    results.clear();
    session.setInput(TextInput{ "A quiet, lovely film.", {} });
    QTRY_VERIFY_WITH_TIMEOUT(!results.isEmpty(), 10000);
    QVERIFY(session.result()->trace->computation(session.selection().site()) != nullptr);
    QVERIFY(!fixture.data().empty());
    fixture.view->hide();
    results.clear();
    session.setInput(TextInput{ "A loud film.", {} });
    QTRY_VERIFY_WITH_TIMEOUT(!results.isEmpty(), 10000);
    QVERIFY(session.result()->trace->computations().empty()); // nobody looks: nothing is kept
}

void TestStepsView::resultsWithoutAModelSaySo()
{
    Fixture fixture(test::syntheticText({ 2, 2, 8 }));
    QVERIFY(fixture.shows("without a model"));
    fixture.key(Qt::Key_Space);
    fixture.key(Qt::Key_Period);
    QCOMPARE(fixture.step(), QString());
}

void TestStepsView::aScreenReaderHearsTheNumbers()
{
    const Result result = sentenceResult();
    Fixture fixture(result);
    fixture.select([](Selection& s) {
        s.queries = { 4 };
        s.key = 2;
    });
    QAccessibleInterface* table = QAccessible::queryAccessibleInterface(fixture.canvas().viewport());
    QVERIFY(table && table->tableInterface());
    QCOMPARE(table->tableInterface()->rowCount(), int(result->tokens.size()));
    QVERIFY(table->focusChild());
    const Selection& chosen = fixture.session.selection();
    const float weight = AttentionMap(result->trace->layer(chosen.site()), chosen.heads.front()).at(4, 2);
    const QString said = table->focusChild()->text(QAccessible::Name);
    QVERIFY2(said.startsWith("row animal, column "), qPrintable(said));
    QVERIFY2(std::abs(said.section(", ", -1).toFloat() - weight) < 1e-4f * (1 + weight), qPrintable(said));
}

void TestStepsView::longInputsScroll()
{
    if (!QFile::exists(golden("llama_gqa") + "/model.safetensors"))
        QSKIP("this case is not here");
    const Result result = resultOf(golden("llama_gqa"), ids(60), { true, {} });
    QVERIFY(result);
    Fixture fixture(result, { 900, 420 });
    fixture.select([](Selection& s) {
        s.queries = { 59 };
        s.key = 0;
    });
    fixture.canvas().showRow(0);
    const auto [first, last] = fixture.canvas().layoutNow().visibleRows();
    QCOMPARE(first, 0);
    QVERIFY(last < 20);
    QScrollBar* bar = fixture.canvas().verticalScrollBar();
    QVERIFY(bar->maximum() > 0);
    for (int i = 0; i < 40; ++i)
        fixture.key(Qt::Key_Down);
    QCOMPARE(fixture.session.selection().key, std::optional(40));
    const auto shown = fixture.canvas().layoutNow().visibleRows();
    QVERIFY(shown.first <= 40 && 40 < shown.second);
    fixture.view->resize(900, 340); // the chosen row was the last: it would be below the edge
    QCoreApplication::processEvents();
    const auto narrower = fixture.canvas().layoutNow().visibleRows();
    QVERIFY(narrower.second - narrower.first < shown.second - shown.first);
    QVERIFY(narrower.first <= 40 && 40 < narrower.second);
    bar->setValue(bar->maximum());
    QCOMPARE(fixture.canvas().layoutNow().visibleRows().second, 60);
}

void TestStepsView::layoutFindsItsCells_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("wide") << QSize(1280, 700);
    QTest::newRow("narrow") << QSize(640, 420);
}

/// Pixels and cells agree both ways, for every stage on the picture.
void TestStepsView::layoutFindsItsCells()
{
    QFETCH(QSize, size);
    Fixture fixture(sentenceResult());
    const StepsData now = fixture.data();
    const StepsLayout layout(
        now, QRectF(QPointF(0, 0), size), Theme::of(ThemeKind::Light), StepsLayout::Rows::Scroll);
    for (const Stage& stage : now.told.stages)
        for (const std::int64_t component : { std::int64_t(0), std::max<std::int64_t>(0, stage.width - 1) })
            for (const std::int64_t place : { now.order[0], now.order[3] }) {
                const StepCell cell{ stage.id, stage.holds == Stage::Holds::Vector ? 0 : place,
                    stage.holds == Stage::Holds::Numbers ? 0 : component };
                const QRectF rect = layout.cellRect(now, cell);
                QVERIFY2(QRectF(QPointF(0, 0), size).contains(rect), stage.id.c_str());
                QVERIFY2(layout.cellAt(now, rect.center()) == cell, stage.id.c_str());
            }
    for (int step = 0; step < int(now.steps.size()); ++step)
        QVERIFY(!layout.frames(now, step).empty());
    QVERIFY(!layout.cellAt(now, { 1, 1 }));
}

void TestStepsView::tableHasEveryStage()
{
    const Result result = sentenceResult();
    Scene scene;
    scene.result = result;
    scene.selection = firstSelection(*result);
    scene.selection.queries = { 2 };
    const auto table = viewById("steps")->figure().table(scene);
    const AttentionMap map = mapOf(*result, scene.selection);
    QCOMPARE(table.size(), std::size_t(map.keys() + 1));
    QCOMPARE(table[0].size(), 5); // key, token, q·k, scaled, weight
    const auto row = map.row(2);
    for (int key = 0; key < int(map.keys()); ++key) {
        QCOMPARE(table[std::size_t(key + 1)].back().toFloat(), row[std::size_t(key)]);
        QVERIFY(std::abs(table[std::size_t(key + 1)][3].toFloat() - map.score(2, key)) < 1e-5f);
    }
}

void TestStepsView::figureFramesTheStep()
{
    const Result result = sentenceResult();
    Scene scene;
    scene.result = result;
    scene.selection = firstSelection(*result);
    const Figure& figure = viewById("steps")->figure();
    const auto painted = [&] {
        QImage image(1280, 700, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        figure.paint(painter, image.rect(), scene);
        painter.end();
        return image;
    };
    const auto framed = [&](const QImage& image) {
        int count = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                count += image.pixel(x, y) == Theme::of(ThemeKind::Light).highlight.rgb();
        return count;
    };
    QCOMPARE(framed(painted()), 0);
    scene.options.insert("step", "softmax");
    QVERIFY(framed(painted()) > 500);
    scene.options.insert("step", "no such step");
    QCOMPARE(framed(painted()), 0);
}

void TestStepsView::extraStepsAreThere()
{
    const auto stepsOf = [](const char* model) {
        QStringList steps;
        const Result result = resultOf(golden(model), ids(7), { true, {} });
        if (!result)
            return steps;
        Scene scene;
        scene.result = result;
        scene.selection = firstSelection(*result);
        for (const StepsData::Step& step : StepsData(scene).steps)
            steps.push_back(QString::fromStdString(step.id));
        return steps;
    };
    if (QFile::exists(golden("llama_gqa") + "/model.safetensors"))
        QCOMPARE(stepsOf("llama_gqa"),
            (QStringList{
                "vectors", "rotation", "score", "scale", "mask", "softmax", "sum", "output", "residual" }));
    if (QFile::exists(golden("gemma2_lm") + "/model.safetensors"))
        QVERIFY(stepsOf("gemma2_lm").contains("cap"));
    if (QFile::exists(golden("t5_relu") + "/model.safetensors"))
        QVERIFY(stepsOf("t5_relu").contains("sum"));
}

HEADLIGHT_TEST_MAIN(TestStepsView)
#include "tst_steps_view.moc"
