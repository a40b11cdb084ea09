// Running text made of tokens: pieces join, lines wrap, right-to-left starts at the right, every token can be
// hit.

#include "tests/support/test_main.h"
#include "ui/style/colour_map.h"
#include "ui/widgets/token_flow.h"

#include <limits>

using namespace headlight;
using namespace headlight::ui;

namespace {

TokenFlow flowOf(const QStringList& pieces, double width)
{
    std::vector<FlowToken> tokens;
    for (const QString& piece : pieces) {
        const bool continuation = piece.startsWith("##");
        tokens.push_back({ continuation ? piece.mid(2) : piece, continuation, piece.startsWith('['), false });
    }
    return { tokens, { Theme::of(ThemeKind::Light).body, width, 8, 4 } };
}

} // namespace

class TestTokenFlow : public test::TestCase {
    Q_OBJECT
private slots:
    void piecesJoinWithoutAGap_data();
    void piecesJoinWithoutAGap();
    void linesWrap();
    void longWordsPartBetweenPieces_data();
    void longWordsPartBetweenPieces();
    void rightToLeftStartsAtTheRight_data();
    void rightToLeftStartsAtTheRight();
    void everyTokenIsHit();
    void upAndDownFindTheNearest();
    void tintIsBehindTheToken();
    void everyTintIsRead();
    void hostileTokens();
};

void TestTokenFlow::piecesJoinWithoutAGap_data()
{
    QTest::addColumn<QStringList>("pieces");
    QTest::addColumn<bool>("leftToRight");
    QTest::newRow("Latin") << QStringList{ "un", "##believ", "##ably" } << true;
    QTest::newRow("Japanese") << QStringList{ "疲れ", "##て", "##いた" } << true;
    QTest::newRow("Arabic") << QStringList{ "الح", "##يوان", "##ات" } << false;
}

void TestTokenFlow::piecesJoinWithoutAGap()
{
    QFETCH(QStringList, pieces);
    QFETCH(bool, leftToRight);
    const TokenFlow flow = flowOf(pieces, 500);
    for (int i = 1; i < flow.count(); ++i) {
        const double gap = leftToRight ? flow.rect(i).left() - flow.rect(i - 1).right()
                                       : flow.rect(i - 1).left() - flow.rect(i).right();
        QVERIFY2(std::abs(gap) < 0.01, qPrintable(QString::number(gap)));
        QCOMPARE(flow.rect(i).top(), flow.rect(0).top());
    }
}

void TestTokenFlow::linesWrap()
{
    const QStringList words = QString("one two three four five six seven eight nine ten").split(' ');
    const TokenFlow narrow = flowOf(words, 120),
                    wide = flowOf(words, std::numeric_limits<double>::infinity());
    QVERIFY(narrow.size().width() <= 120);
    QVERIFY(narrow.size().height() > 2 * wide.size().height());
    for (int i = 0; i < wide.count(); ++i)
        QCOMPARE(wide.rect(i).top(), 0.0);
}

void TestTokenFlow::longWordsPartBetweenPieces_data()
{
    QTest::addColumn<QString>("piece");
    QTest::newRow("Japanese") << "##疲れ";
    QTest::newRow("Arabic") << "##يوا";
    QTest::newRow("emoji") << "##👩";
}

/// Nothing stands beyond the edges, where nobody could read or click it.
void TestTokenFlow::longWordsPartBetweenPieces()
{
    QFETCH(QString, piece);
    const TokenFlow flow = flowOf(QStringList{ piece.mid(2) } + QStringList(60, piece), 200);
    QVERIFY(flow.rect(60).top() > flow.rect(0).top());
    for (int i = 0; i < flow.count(); ++i) {
        QVERIFY(flow.rect(i).left() >= 0 && flow.rect(i).right() <= 200);
        QCOMPARE(flow.tokenAt(flow.rect(i).center()), std::optional(i));
    }
}

void TestTokenFlow::rightToLeftStartsAtTheRight_data()
{
    QTest::addColumn<double>("width");
    QTest::newRow("bounded") << 400.0;
    QTest::newRow("one line") << std::numeric_limits<double>::infinity();
}

void TestTokenFlow::rightToLeftStartsAtTheRight()
{
    QFETCH(double, width);
    const TokenFlow flow = flowOf({ "[CLS]", "שלום", "עולם", "[SEP]" }, width);
    for (int i = 1; i < flow.count(); ++i)
        QVERIFY(flow.rect(i).right() < flow.rect(i - 1).left() + 0.01);
    QVERIFY(std::abs(flow.rect(0).right() - flow.size().width()) < 0.01);
    QVERIFY(flow.rect(3).left() >= -0.01);
}

void TestTokenFlow::everyTokenIsHit()
{
    const TokenFlow flow = flowOf({ "[CLS]", "un", "##believ", "##ably", "good", ".", "[SEP]" }, 150);
    for (int i = 0; i < flow.count(); ++i)
        QCOMPARE(*flow.tokenAt(flow.rect(i).center()), i);
    QVERIFY(!flow.tokenAt({ -5, 5 }));
    QVERIFY(!flow.tokenAt({ 5, 5000 }));
}

void TestTokenFlow::upAndDownFindTheNearest()
{
    const TokenFlow flow = flowOf(QString("aaaa bbbb cccc dddd eeee ffff").split(' '), 100);
    const int below = flow.tokenBeyond(0, 1);
    QVERIFY(flow.rect(below).top() > flow.rect(0).top());
    QCOMPARE(flow.rect(below).left(), flow.rect(0).left());
    QCOMPARE(flow.tokenBeyond(below, -1), 0);
    QCOMPARE(flow.tokenBeyond(0, -1), 0);
}

void TestTokenFlow::tintIsBehindTheToken()
{
    const Theme& theme = Theme::of(ThemeKind::Light);
    const TokenFlow flow = flowOf({ "one", "two" }, 300);
    QImage image(300, 40, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    flow.paint(painter, {}, { { 0, false, false }, { 1, false, false } }, theme, image.rect());
    painter.end();
    const QPoint inFirst = (flow.rect(0).topLeft() + QPointF(flow.rect(0).width() / 2, 2)).toPoint();
    const QPoint inSecond = (flow.rect(1).topLeft() + QPointF(flow.rect(1).width() / 2, 2)).toPoint();
    QCOMPARE(image.pixelColor(inFirst), QColor(Qt::white));
    QVERIFY(image.pixelColor(inSecond).blue() > image.pixelColor(inSecond).red() + 80);
}

void TestTokenFlow::everyTintIsRead()
{
    QFont font;
    font.setPixelSize(60); // strokes wide enough to hold the colour itself
    font.setBold(true);
    for (const ThemeKind kind : { ThemeKind::Light, ThemeKind::Dark })
        for (const bool special : { false, true })
            for (int percent = 0; percent <= 100; percent += 5) {
                const Theme& theme = Theme::of(kind);
                FlowToken token;
                token.text = "HHH";
                token.special = special;
                const TokenFlow flow({ token }, { font, 400, 8, 3 });
                QImage image(400, 120, QImage::Format_RGB32);
                image.fill(theme.panel);
                QPainter painter(&image);
                flow.paint(painter, {}, { { float(percent) / 100, false, false } }, theme, image.rect());
                painter.end();
                const QRect word = flow.rect(0).toRect();
                const QRgb ground = image.pixel(word.center().x(), word.top() + 4);
                double best = 1;
                for (int x = word.left(); x < word.right(); ++x)
                    best = std::max(best, contrast(image.pixel(x, word.center().y()), ground));
                QVERIFY2(best >= 3.7, qPrintable(QString("%1 %2").arg(percent).arg(best)));
            }
}

void TestTokenFlow::hostileTokens()
{
    for (const QStringList& pieces : { QStringList{}, QStringList{ "" },
             QStringList{ "##x", "##", "[", "##y" }, QStringList{ QString(5000, 'w') },
             QStringList{ QString(QChar(0xd83d)), QString(QChar(0xde00)) } }) {
        const TokenFlow flow = flowOf(pieces, 100);
        QImage image(200, 100, QImage::Format_RGB32);
        QPainter painter(&image);
        flow.paint(painter, {}, std::vector<FlowLook>(std::size_t(flow.count())), Theme::of(ThemeKind::Dark),
            image.rect());
        QCOMPARE(flow.count(), int(pieces.size()));
    }
}

HEADLIGHT_TEST_MAIN(TestTokenFlow)
#include "tst_token_flow.moc"
