// Findings in the window: pinned by key, named and noted in place, gone back to, moved and deleted, all of it
// undoable; their numbers are the model's.

#include "core/engine/engine.h"
#include "tests/support/files.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/session/session.h"
#include "ui/shell/pin_card.h"
#include "ui/style/theme.h"
#include "ui/view_stack.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/workbench.h"

using namespace headlight;
using namespace headlight::ui;

class TestPinsPanel : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void panelComesWithTheFirstPin();
    void pinHoldsTheExactNumbers();
    void pinSaysWhatWasSummedAndAveraged();
    void clickReturnsAndCanBeUndone();
    void titleAndNoteAreEditedInPlace();
    void undoIsTheWindowsInTheFields();
    void movesAndDeletes();
    void manyAtOnceKeepTheirOrder();
    void hundredsComeAFewATurn();
    void sessionFileHoldsThem();
    void reportIsWritten();
    void everyControlIsNamed();

private:
    void settle();
    void pin();
    void choose(int layer, int head, int query, std::optional<int> key);
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::ControlModifier)
    {
        QTest::keyClick(&m_bench->window(), key, modifiers);
    }
    const std::vector<Pin>& pins() const { return m_bench->pins().all(); }
    QStringList titles() const;
    template <typename Widget> Widget* inCard(int index, const QString& name = {}) const;

    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Workbench> m_bench;
};

void TestPinsPanel::init()
{
    TestCase::init();
    QSettings().clear();
    applyTheme(*qApp, ThemeKind::Light);
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_bench = std::make_unique<Workbench>(*m_session);
    m_bench->window().resize(1280, 720);
    m_bench->window().show();
    QVERIFY(QTest::qWaitForWindowActive(&m_bench->window()));
    QSignalSpy settled(m_session.get(), &Session::settled);
    m_session->openModel("sentiment");
    QVERIFY(settled.wait(20'000));
    m_bench->window().stack().showView("heatmap");
    settle();
    m_bench->history().clear();
}

void TestPinsPanel::cleanup()
{
    m_bench.reset();
    m_session.reset();
    m_engine.reset();
}

void TestPinsPanel::settle()
{
    QTest::qWait(40);
    QTRY_VERIFY(!m_session->activity().running);
    QTest::qWait(1);
}

void TestPinsPanel::pin()
{
    const auto before = pins().size();
    key(Qt::Key_D);
    QTRY_COMPARE(pins().size(), before + 1);
    settle();
}

void TestPinsPanel::choose(int layer, int head, int query, std::optional<int> key)
{
    Selection selection = m_session->selection();
    selection.layer = layer;
    selection.heads = { head };
    selection.queries = { query };
    selection.key = key;
    m_session->setSelection(selection);
    settle();
}

QStringList TestPinsPanel::titles() const
{
    QStringList titles;
    for (const Pin& pin : pins())
        titles << pin.title;
    return titles;
}

template <typename Widget> Widget* TestPinsPanel::inCard(int index, const QString& name) const
{
    const PinCard* card = m_bench->pinsPanel().card(pins()[std::size_t(index)].id);
    for (Widget* widget : card->findChildren<Widget*>()) {
        if (name.isEmpty() || widget->accessibleName().startsWith(name))
            return widget;
    }
    return nullptr;
}

void TestPinsPanel::panelComesWithTheFirstPin()
{
    QVERIFY(!m_bench->pinsPanel().isVisible());
    pin();
    QVERIFY(m_bench->pinsPanel().isVisible());
    QCOMPARE(m_bench->history().stack().undoText(), QString("pinning “%1”").arg(pins()[0].title));
    key(Qt::Key_Z);
    QVERIFY(pins().empty());
    key(Qt::Key_Y);
    QCOMPARE(pins().size(), std::size_t(1));
}

void TestPinsPanel::pinHoldsTheExactNumbers()
{
    choose(1, 3, 2, 4);
    pin();
    const Pin& kept = pins()[0];
    QCOMPARE(kept.title, QStringLiteral("Layer 1 · Head 3: “great” → “and”"));
    QCOMPARE(kept.input, QStringLiteral("a great film and a very funny story."));
    QVERIFY(kept.model.startsWith("sentiment (3 layers × 4 heads, "));
    const AttentionMap map = m_session->selectedMap();
    QCOMPARE(kept.numbers[0].name, QStringLiteral("attention weight"));
    QCOMPARE(float(kept.numbers[0].value), map.row(2)[4]);
    QCOMPARE(float(kept.numbers[1].value), map.score(2, 4));
    const auto row = map.row(2);
    const auto larger = std::count_if(row.begin(), row.end(), [&](float w) { return w > row[4]; });
    QCOMPARE(int(kept.numbers[2].value), int(larger) + 1);
    const QImage picture = QImage::fromData(kept.picture);
    QCOMPARE(picture.size(), QSize(1440, 960));
    QVERIFY(kept.state == m_session->state());
}

/// Pieces of one word are one row where words are joined, and several heads are no single one.
void TestPinsPanel::pinSaysWhatWasSummedAndAveraged()
{
    m_session->setInput(TextInput{ "xylophonist plays", std::nullopt });
    settle();
    const auto& tokens = m_session->result()->tokens;
    QVERIFY(tokens.size() > 4 && tokens[2].continuation && tokens[2].word == tokens[1].word);
    int end = 2; // behind the last piece of the first word
    while (tokens[std::size_t(end)].word == tokens[1].word && tokens[std::size_t(end)].continuation)
        ++end;
    DisplaySettings display = m_session->display();
    display.joinWords = true;
    m_session->setDisplay(display);
    Selection selection = m_session->selection();
    selection.heads = { 0, 1 };
    selection.queries.resize(std::size_t(end - 1));
    std::iota(selection.queries.begin(), selection.queries.end(), 1);
    selection.key = end; // a word of one token, or the first piece of the next
    m_session->setSelection(selection);
    settle();
    pin();
    const Pin& kept = pins()[0];
    QVERIFY2(kept.title.contains(QStringLiteral(": “xylophonist” → ")), qPrintable(kept.title));
    QVERIFY2(kept.numbers[0].name.startsWith("attention weight, mean of the query's pieces"),
        qPrintable(kept.numbers[0].name));
    QStringList names;
    for (const PinNumber& number : kept.numbers)
        names << number.name;
    QVERIFY(names.contains("mean entropy of the heads in nats"));
    QVERIFY(names.contains("largest weight of any of the heads"));
    QVERIFY(!names.contains("entropy of the head in nats"));
}

void TestPinsPanel::clickReturnsAndCanBeUndone()
{
    choose(0, 1, 3, 5);
    const SessionState found = m_session->state();
    pin();
    m_session->setInput(TextInput{ "something else", std::nullopt });
    settle();
    m_session->openModel("shapes");
    settle();
    m_bench->window().stack().showView("image");
    settle();
    const SessionState elsewhere = m_session->state();
    QTest::mouseClick(inCard<QAbstractButton>(0, "Go to"), Qt::LeftButton);
    settle();
    QTRY_VERIFY(m_session->result() && m_session->result()->model->name == "sentiment");
    QVERIFY(m_session->state() == found);
    QCOMPARE(pins().size(), std::size_t(1));
    key(Qt::Key_Z);
    settle();
    QTRY_VERIFY(m_session->result() && m_session->result()->model->name == "shapes");
    QVERIFY(m_session->state() == elsewhere);
}

void TestPinsPanel::titleAndNoteAreEditedInPlace()
{
    pin();
    const QString first = pins()[0].title;
    auto* title = inCard<QLineEdit>(0);
    title->setFocus();
    title->selectAll();
    QTest::keyClicks(title, "A sink");
    QCOMPARE(pins()[0].title, QStringLiteral("A sink"));
    QTest::keyClick(title, Qt::Key_Return); // on to the note
    auto* note = inCard<PromptEdit>(0);
    QVERIFY(note->hasFocus());
    QTest::keyClicks(note, "Looks at [SEP]");
    QTRY_COMPARE(pins()[0].note, QStringLiteral("Looks at [SEP]"));
    key(Qt::Key_Z);
    QCOMPARE(pins()[0].note, QString());
    QCOMPARE(note->toPlainText(), QString());
    key(Qt::Key_Z);
    QCOMPARE(pins()[0].title, first);
    QCOMPARE(title->text(), first);
}

void TestPinsPanel::undoIsTheWindowsInTheFields()
{
    pin();
    auto* title = inCard<QLineEdit>(0);
    title->setFocus();
    QTest::keyClick(title, Qt::Key_End);
    QTest::keyClicks(title, "!");
    QVERIFY(pins()[0].title.endsWith('!'));
    QTest::keyClick(title, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!pins()[0].title.endsWith('!'));
    QVERIFY(!title->text().endsWith('!'));
}

void TestPinsPanel::movesAndDeletes()
{
    for (int layer : { 0, 1, 2 }) {
        choose(layer, 0, 1, 2);
        pin();
    }
    const QStringList order = titles();
    QTest::mouseClick(inCard<QToolButton>(0, "Move this finding down"), Qt::LeftButton);
    QCOMPARE(titles(), (QStringList{ order[1], order[0], order[2] }));
    QTest::mouseClick(inCard<QToolButton>(2, "Move this finding up"), Qt::LeftButton);
    QCOMPARE(titles(), (QStringList{ order[1], order[2], order[0] }));
    QVERIFY(!inCard<QToolButton>(0, "Move this finding up")->isEnabled());
    QVERIFY(!inCard<QToolButton>(2, "Move this finding down")->isEnabled());
    QTest::mouseClick(inCard<QToolButton>(1, "Delete this finding"), Qt::LeftButton);
    QCOMPARE(titles(), (QStringList{ order[1], order[0] }));
    key(Qt::Key_Z);
    QCOMPARE(titles(), (QStringList{ order[1], order[2], order[0] }));
    key(Qt::Key_Z);
    key(Qt::Key_Z);
    QCOMPARE(titles(), order);
}

void TestPinsPanel::manyAtOnceKeepTheirOrder()
{
    for (int head : { 0, 1, 2, 3 }) {
        Selection selection = m_session->selection();
        selection.heads = { head };
        m_session->setSelection(selection);
        m_bench->findings().pinThis(); // the figure of the one before is still being drawn
    }
    QTRY_COMPARE(pins().size(), std::size_t(4));
    for (int head : { 0, 1, 2, 3 })
        QVERIFY(pins()[std::size_t(head)].title.contains(QString("Head %1").arg(head)));
}

/// In their order, each as high as its parts need, with room for its picture before that is seen.
void TestPinsPanel::hundredsComeAFewATurn()
{
    QImage picture(600, 200, QImage::Format_RGB32);
    picture.fill(qRgb(10, 200, 30));
    QByteArray png;
    QBuffer buffer(&png);
    QVERIFY(picture.save(&buffer, "PNG"));
    auto list = std::make_shared<std::vector<Pin>>();
    for (int i = 0; i < 120; ++i) {
        Pin pin;
        pin.id = QString::number(i);
        pin.title = QStringLiteral("finding %1").arg(i);
        pin.model = QStringLiteral("a model whose name is longer than one line of the panel has room for");
        pin.picture = png;
        list->push_back(pin);
    }
    m_bench->pins().replace(list);
    const PinsPanel& panel = m_bench->pinsPanel();
    QVERIFY(!panel.card(QStringLiteral("119"))); // not all in one turn
    QTRY_VERIFY(panel.card(QStringLiteral("119")));
    QTest::qWait(250);
    int below = -1;
    for (const Pin& pin : *list) {
        const PinCard* card = panel.card(pin.id);
        QVERIFY(card && card->y() > below);
        below = card->y() + card->height() - 1;
        QCOMPARE(card->height(), card->layout()->totalHeightForWidth(card->width()));
        const auto* shown = card->findChild<QAbstractButton*>();
        QCOMPARE(shown->height(), shown->width() / 3);
        const auto* facts = card->findChild<QLabel*>();
        QVERIFY(facts->height() >= facts->heightForWidth(facts->width()));
    }
    auto* last = panel.card(QStringLiteral("119"))->findChild<QAbstractButton*>();
    QTRY_COMPARE(QColor(last->grab().toImage().pixel(last->width() / 2, last->height() / 2)),
        QColor(10, 200, 30)); // the newest is what one sees
    m_bench->pins().replace(std::make_shared<std::vector<Pin>>());
    QTRY_VERIFY(!panel.card(QStringLiteral("0")));
}

void TestPinsPanel::sessionFileHoldsThem()
{
    pin();
    m_bench->pins().setNote(pins()[0].id, "why");
    const test::ScratchFolder folder;
    const QString path = QString::fromStdString((folder / "a.headlight").string());
    m_bench->files().saveTo(path);
    QTRY_COMPARE(m_bench->files().path(), path);
    QVERIFY(!m_bench->window().isWindowModified());
    const auto kept = pins();
    m_bench->pins().remove(kept[0].id);
    QVERIFY(m_bench->window().isWindowModified());
    m_bench->files().open(path);
    QTRY_COMPARE(pins().size(), std::size_t(1));
    QVERIFY(pins() == kept);
    key(Qt::Key_Z); // opening is undone, the list with it
    QVERIFY(pins().empty());
}

void TestPinsPanel::reportIsWritten()
{
    choose(1, 3, 2, 4);
    pin();
    const test::ScratchFolder folder;
    QSignalSpy written(&m_bench->findings(), &Findings::reportWritten);
    m_bench->findings().writeReportTo(QString::fromStdString((folder / "report.md").string()));
    QVERIFY(written.wait(10'000));
    QCOMPARE(folder.entries(), (QStringList{ "report.md", "report_figures" }));
    const QString text = QString::fromStdString(test::readBytes(folder / "report.md"));
    QVERIFY(text.contains(QString::number(double(m_session->selectedMap().row(2)[4]), 'g', 9)));
    m_bench->findings().writeReportTo(QString::fromStdString((folder / "no" / "report.md").string()));
    QTRY_VERIFY(m_bench->window().errors().message().startsWith("The report was not written."));
}

void TestPinsPanel::everyControlIsNamed()
{
    pin();
    for (const QWidget* widget : m_bench->pinsPanel().findChildren<QWidget*>()) {
        const bool control = qobject_cast<const QAbstractButton*>(widget)
            || qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QPlainTextEdit*>(widget);
        if (!control || widget->focusPolicy() == Qt::NoFocus)
            continue;
        QVERIFY2(!widget->accessibleName().isEmpty() && !widget->toolTip().isEmpty(),
            widget->metaObject()->className());
    }
}

HEADLIGHT_TEST_MAIN(TestPinsPanel)
#include "tst_pins_panel.moc"
