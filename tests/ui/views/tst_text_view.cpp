// The Text under the mouse: which token, which number, which tint.

#include "tests/support/view_fixture.h"
#include "tests/support/synthetic_models.h"
#include "ui/session/sites.h"
#include "ui/views/text_figure.h"

using namespace headlight;
using namespace headlight::ui;

class TestTextView : public test::TestCase {
    Q_OBJECT
private slots:
    void clickChoosesAndCtrlAdds();
    void weightsAreTheSumOfTheChosenRows();
    void lookedAtByIsTheColumn();
    void withoutAChoiceItIsTheMean();
    void hoverTellsTheToken();
    void arrowsWalkThroughTheText();
    void hiddenTokensAreGone();
    void secondTextStartsALine();
    void pairShowsBothTexts();
    void captionShowsItsWordsAlone();
    void largeTypeWidensTheLegend();
    void largeTypeSetsTheTextLarger();

private:
    static QWidget* sheet(const test::ViewFixture& fixture)
    {
        for (QWidget* widget : fixture.view->findChildren<QWidget*>())
            if (widget->accessibleName().startsWith("The text"))
                return widget;
        return nullptr;
    }
    static QPoint tokenPoint(const test::ViewFixture& fixture, int token)
    {
        const TextPicture picture(fixture.view->scene(), sheet(fixture)->width() - 40);
        return (picture.flow().rect(*picture.placeOf({ token })).center() + QPointF(20, 20)).toPoint();
    }
    static AttentionMap mapOfSelection(const Session& session) { return session.selectedMap(); }
};

void TestTextView::clickChoosesAndCtrlAdds()
{
    test::ViewFixture fixture("text", test::syntheticText({ 2, 2, 20 }));
    QTest::mouseClick(sheet(fixture), Qt::LeftButton, {}, tokenPoint(fixture, 7));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 7 });
    QTest::mouseClick(sheet(fixture), Qt::LeftButton, Qt::ControlModifier, tokenPoint(fixture, 16));
    QCOMPARE(fixture.session.selection().queries, (std::vector{ 7, 16 }));
    QTest::mouseClick(sheet(fixture), Qt::LeftButton, Qt::ControlModifier, tokenPoint(fixture, 7));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 16 });
}

void TestTextView::weightsAreTheSumOfTheChosenRows()
{
    test::ViewFixture fixture("text", test::syntheticText({ 2, 2, 12 }));
    fixture.select([](Selection& s) { s.queries = { 2, 5 }; });
    const TextPicture picture(fixture.view->scene(), 500);
    const AttentionMap map = mapOfSelection(fixture.session);
    for (int token = 0; token < 12; ++token)
        QCOMPARE(picture.weight(token), map.at(2, token) + map.at(5, token));
}

void TestTextView::lookedAtByIsTheColumn()
{
    test::ViewFixture fixture("text", test::syntheticText({ 2, 2, 12 }));
    fixture.select([](Selection& s) { s.queries = { 3 }; });
    fixture.display([](DisplaySettings& d) { d.direction = TokenDirection::LookedAtBy; });
    const TextPicture picture(fixture.view->scene(), 500);
    for (int token = 0; token < 12; ++token)
        QCOMPARE(picture.weight(token), mapOfSelection(fixture.session).at(token, 3));
}

void TestTextView::withoutAChoiceItIsTheMean()
{
    test::ViewFixture fixture("text", test::syntheticText({ 2, 2, 12 }));
    fixture.select([](Selection& s) { s.queries.clear(); });
    const TextPicture picture(fixture.view->scene(), 500);
    float sum = 0;
    for (int token = 0; token < 12; ++token)
        sum += picture.weight(token);
    QVERIFY(std::abs(sum - 1.0f) < 1e-5f); // the mean of rows that sum to one
}

void TestTextView::hoverTellsTheToken()
{
    test::ViewFixture fixture("text", test::syntheticText({ 2, 2, 12 }));
    QMouseEvent move(QEvent::MouseMove, tokenPoint(fixture, 4), QPointF(), Qt::NoButton, {}, {});
    QApplication::sendEvent(sheet(fixture), &move);
    QCOMPARE(fixture.session.hover().key, 4);
}

void TestTextView::arrowsWalkThroughTheText()
{
    test::ViewFixture fixture("text", test::syntheticText({ 2, 2, 60 }), { 500, 400 });
    fixture.select([](Selection& s) { s.queries = { 2 }; });
    QTest::keyClick(fixture.view.get(), Qt::Key_Right);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 3 });
    QTest::keyClick(fixture.view.get(), Qt::Key_Down);
    QVERIFY(fixture.session.selection().queries.front() > 6);
    QTest::keyClick(fixture.view.get(), Qt::Key_Up);
    QTest::keyClick(fixture.view.get(), Qt::Key_Up);
    QVERIFY(fixture.session.selection().queries.front() <= 6);
}

void TestTextView::hiddenTokensAreGone()
{
    test::ViewFixture fixture("text", test::syntheticText({ 2, 2, 12 }));
    fixture.display([](DisplaySettings& d) {
        d.hideSpecialTokens = true;
        d.renormaliseHidden = true;
    });
    fixture.select([](Selection& s) { s.queries = { 4 }; });
    const TextPicture picture(fixture.view->scene(), 500);
    QCOMPARE(picture.flow().count(), 10);
    QVERIFY(!picture.placeOf({ 0 }) && !picture.placeOf({ 11 }));
    float sum = 0;
    for (int place = 0; place < 10; ++place)
        sum += picture.weight(place);
    QVERIFY(std::abs(sum - 1.0f) < 1e-5f);
}

void TestTextView::secondTextStartsALine()
{
    auto result = test::syntheticText({ 1, 1, 8 });
    for (int token = 4; token < 7; ++token)
        result->tokens[std::size_t(token)].sequence = 1;
    Scene scene;
    scene.result = result;
    const TextPicture picture(scene, 5000);
    QVERIFY(picture.flow().rect(4).top() > picture.flow().rect(3).top());
    QCOMPARE(picture.flow().rect(5).top(), picture.flow().rect(4).top());
}

void TestTextView::pairShowsBothTexts()
{
    const auto result = test::syntheticPair();
    test::ViewFixture fixture("text", result);
    fixture.select([&](Selection& s) { s = atSite(s, { AttentionKind::Cross }, *result); });
    const auto point = [&](const TextToken& token) {
        const TextPicture picture(fixture.view->scene(), sheet(fixture)->width() - 40);
        return (picture.flow().rect(*picture.placeOf(token)).center() + QPointF(20, 20)).toPoint();
    };
    using Side = TextToken::Side;
    QTest::mouseClick(sheet(fixture), Qt::LeftButton, {}, point({ 3, Side::Query }));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 3 });
    QTest::mouseClick(sheet(fixture), Qt::LeftButton, {}, point({ 2, Side::Key }));
    QCOMPARE(fixture.session.selection().key, 2);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 3 });
    // What was read is tinted by the row of the written word, what was written by the column of the read one.
    const TextPicture picture(fixture.view->scene(), 500);
    QCOMPARE(picture.flow().count(), 7 + 5);
    const AttentionMap map = mapOfSelection(fixture.session);
    for (int key = 0; key < 7; ++key)
        QCOMPARE(picture.weight(*picture.placeOf({ key, Side::Key })), map.at(3, key));
    for (int query = 0; query < 5; ++query)
        QCOMPARE(picture.weight(*picture.placeOf({ query, Side::Query })), map.at(query, 2));
    QVERIFY(picture.flow().rect(7).top() > picture.flow().rect(6).bottom());
    // The pointer over either side reads its own number, and a second click lets go.
    QMouseEvent move(QEvent::MouseMove, point({ 4, Side::Query }), QPointF(), Qt::NoButton, {}, {});
    QApplication::sendEvent(sheet(fixture), &move);
    QCOMPARE(fixture.session.hover().query, 4);
    QTest::mouseClick(sheet(fixture), Qt::LeftButton, {}, point({ 2, Side::Key }));
    QVERIFY(!fixture.session.selection().key);
}

void TestTextView::captionShowsItsWordsAlone()
{
    const auto result = test::syntheticCaption();
    test::ViewFixture fixture("text", result);
    fixture.select([&](Selection& s) {
        s = atSite(s, { AttentionKind::Cross }, *result);
        s.key = 8;
    });
    const TextPicture picture(fixture.view->scene(), 500);
    QCOMPARE(picture.flow().count(), 5);
    for (int word = 0; word < 5; ++word)
        QCOMPARE(picture.weight(word), mapOfSelection(fixture.session).at(word, 8));
}

void TestTextView::largeTypeWidensTheLegend()
{
    test::ViewFixture fixture("text", test::syntheticText({ 2, 2, 12 }));
    QWidget* legend = nullptr;
    for (QWidget* widget : fixture.view->findChildren<QWidget*>())
        if (widget->accessibleName().startsWith("Colour bar"))
            legend = widget;
    QVERIFY(legend);
    const int usual = legend->width();
    applyTheme(*qApp, ThemeKind::Light, 1.5);
    QCoreApplication::processEvents();
    // Beside the bar and its ticks.
    QVERIFY(legend->width() - 22 > QFontMetricsF(currentTheme().small).horizontalAdvance("0.0888"));
    applyTheme(*qApp, ThemeKind::Light, 1.0);
    QCoreApplication::processEvents();
    QCOMPARE(legend->width(), usual);
}

void TestTextView::largeTypeSetsTheTextLarger()
{
    test::ViewFixture fixture("text", test::syntheticText({ 2, 2, 12 }));
    const auto size = [&] {
        return TextPicture(fixture.view->scene(), sheet(fixture)->width() - 40).flow().rect(3).size();
    };
    const QSizeF usual = size();
    applyTheme(*qApp, ThemeKind::Light, 1.5);
    QCoreApplication::processEvents();
    QVERIFY(size().width() > usual.width() * 1.2 && size().height() > usual.height() * 1.2);
    QTest::mouseClick(sheet(fixture), Qt::LeftButton, {}, tokenPoint(fixture, 7));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 7 });
    applyTheme(*qApp, ThemeKind::Light, 1.0);
}

HEADLIGHT_TEST_MAIN(TestTextView)
#include "tst_text_view.moc"
