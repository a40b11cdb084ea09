// Sessions in the window: saved and opened by the actions of the menu, marked in the title, kept through a
// missing model, asked about before the window closes.

#include "core/engine/engine.h"
#include "tests/support/files.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_model.h"
#include "ui/export/export_figure.h"
#include "ui/session/session.h"
#include "ui/style/theme.h"
#include "ui/view_stack.h"
#include "ui/widgets/async_job.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/window_menu.h"
#include "ui/workbench.h"

using namespace headlight;
using namespace headlight::ui;

class TestSessionFiles : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void opensExactlyAsLeft();
    void titleTellsNameAndChanges();
    void titleTellsWhichFileIsShown();
    void openingCanBeUndone();
    void dropOpens();
    void commandLineOpens();
    void damagedFileChangesNothing();
    void missingModelIsLocated();
    void recentAreListed();
    void closingAsks();
    void unwritableIsSaid();
    void newestSaveIsTheLastToBeWritten();
    void unknownKeysSurvive();

private:
    void settle();
    void saveTo(const QString& path);
    void openAndWait(const QString& path);
    void start();
    QString file(const char* name) const
    {
        return QString::fromStdString((m_folder->path() / name).string());
    }
    MainWindow& window() { return m_bench->window(); }
    QAction* action(const QString& title) const;
    QImage shownFigure()
    {
        const ViewStack& stack = window().stack();
        return figureImage(*stack.currentDescriptor(), stack.currentView()->scene(), {});
    }

    test::SampleResources m_sample;
    std::unique_ptr<test::ScratchFolder> m_folder;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Workbench> m_bench;
};

void TestSessionFiles::init()
{
    TestCase::init();
    QSettings().clear();
    m_folder = std::make_unique<test::ScratchFolder>();
    applyTheme(*qApp, ThemeKind::Light);
    start();
    QSignalSpy settled(m_session.get(), &Session::settled);
    m_session->openModel("sentiment");
    QVERIFY(settled.wait(20'000));
    settle();
}

void TestSessionFiles::start()
{
    cleanup();
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_bench = std::make_unique<Workbench>(*m_session);
    window().resize(1280, 720);
    window().show();
    QVERIFY(QTest::qWaitForWindowActive(&window()));
}

void TestSessionFiles::cleanup()
{
    m_bench.reset();
    m_session.reset();
    m_engine.reset();
}

void TestSessionFiles::settle()
{
    QTest::qWait(40);
    QTRY_VERIFY(!m_session->activity().running);
    QTest::qWait(1);
}

void TestSessionFiles::saveTo(const QString& path)
{
    m_bench->files().saveTo(path);
    QTRY_COMPARE(m_bench->files().path(), path);
}

void TestSessionFiles::openAndWait(const QString& path)
{
    QSignalSpy settled(m_session.get(), &Session::settled);
    m_bench->files().open(path);
    QVERIFY(settled.wait(20'000));
    settle();
}

QAction* TestSessionFiles::action(const QString& title) const
{
    for (QAction* action : m_bench->window().actions()) {
        if (action->text() == title)
            return action;
    }
    return nullptr;
}

void TestSessionFiles::opensExactlyAsLeft()
{
    m_session->setInput(TextInput{ "it was bad", "and long" });
    settle();
    Selection selection = m_session->selection();
    selection.heads = { 2 };
    selection.layer = 1;
    selection.queries = { 3 };
    selection.key = 1;
    m_session->setSelection(selection);
    window().stack().showView("heatmap");
    DisplaySettings display = m_session->display();
    display.colourMap = "plasma";
    m_session->setDisplay(display);
    m_session->setViewOption("heatmap", "threshold", 0.25);
    settle();
    const SessionState left = m_session->state();
    saveTo(file("a.headlight"));
    const QImage before = shownFigure();

    QSettings().clear();
    start(); // another day
    m_session->setDisplay({});
    openAndWait(file("a.headlight"));
    QVERIFY(m_session->state() == left);
    QCOMPARE(window().stack().currentId(), QStringLiteral("heatmap"));
    QCOMPARE(window().windowTitle(), QStringLiteral("a[*] – sentiment – Headlight"));
    QVERIFY(!window().isWindowModified());
    QVERIFY(!m_bench->history().stack().canUndo());
    QCOMPARE(shownFigure(), before); // to the pixel
}

void TestSessionFiles::titleTellsNameAndChanges()
{
    QCOMPARE(window().windowTitle(), QStringLiteral("sentiment – Headlight"));
    saveTo(file("b.headlight"));
    QCOMPARE(window().windowTitle(), QStringLiteral("b[*] – sentiment – Headlight"));
    QVERIFY(!window().isWindowModified());
    m_session->setInput(TextInput{ "good", std::nullopt });
    settle();
    QVERIFY(window().isWindowModified());
    QTest::keyClick(&window(), Qt::Key_Z, Qt::ControlModifier);
    settle();
    QVERIFY(!window().isWindowModified()); // it is what the file holds again
    m_session->setView("text");
    settle();
    QVERIFY(window().isWindowModified());
    QTest::keyClick(&window(), Qt::Key_S, Qt::ControlModifier);
    QTRY_VERIFY(!window().isWindowModified());
    const auto saved = readSession(file("b.headlight").toStdString());
    QVERIFY(saved);
    QCOMPARE(saved->state.view, QStringLiteral("text"));
}

/// Imported attention is not the open model's.
void TestSessionFiles::titleTellsWhichFileIsShown()
{
    test::writeBytes(m_folder->path() / "weights.json",
        R"({"tensors": {"attentions.0": [[[1, 0], [0.25, 0.75]], [[0.5, 0.5], [0, 1]]]}})");
    m_session->openPaths({ file("weights.json") });
    QTRY_VERIFY(!m_session->result()->model);
    settle();
    QCOMPARE(window().windowTitle(), QStringLiteral("weights.json – Headlight"));
    saveTo(file("t.headlight"));
    QCOMPARE(window().windowTitle(), QStringLiteral("t[*] – weights.json – Headlight"));
}

void TestSessionFiles::openingCanBeUndone()
{
    saveTo(file("c.headlight"));
    m_session->setInput(TextInput{ "something else", std::nullopt });
    settle();
    const SessionState before = m_session->state();
    openAndWait(file("c.headlight"));
    QCOMPARE(m_bench->history().stack().undoText(), QStringLiteral("opening c"));
    QTest::keyClick(&window(), Qt::Key_Z, Qt::ControlModifier);
    settle();
    QVERIFY(m_session->state() == before);
}

void TestSessionFiles::dropOpens()
{
    const std::string first = std::get<TextInput>(m_session->input()).text;
    saveTo(file("d.headlight"));
    m_session->setInput(TextInput{ "something else", std::nullopt });
    settle();
    QMimeData data;
    data.setUrls({ QUrl::fromLocalFile(file("d.headlight")) });
    QDragEnterEvent enter(QPoint(640, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(640, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window(), &event);
    QTRY_COMPARE(std::get<TextInput>(m_session->input()).text, first);
}

void TestSessionFiles::commandLineOpens()
{
    m_session->setInput(TextInput{ "from the file", std::nullopt });
    settle();
    saveTo(file("e.headlight"));
    cleanup();
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_session->openPaths({ file("e.headlight") }); // before there is a window, as the program does
    m_bench = std::make_unique<Workbench>(*m_session);
    window().show();
    QTRY_VERIFY(m_session->result());
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("from the file"));
    QCOMPARE(m_bench->files().path(), file("e.headlight"));
}

void TestSessionFiles::damagedFileChangesNothing()
{
    test::writeBytes(m_folder->path() / "f.headlight", "{\"headlight\": {\"version\": 1}, \"model\": 5}");
    const SessionState before = m_session->state();
    m_bench->files().open(file("f.headlight"));
    QTRY_VERIFY(window().errors().message().contains("f.headlight"));
    QVERIFY(m_session->state() == before);
    QVERIFY(m_bench->files().path().isEmpty());
}

void TestSessionFiles::missingModelIsLocated()
{
    const test::TinyModel moved;
    {
        const test::TinyModel model;
        m_session->openModel(QString::fromStdString(model.path().string()));
        settle();
        m_session->setInput(TextInput{ "the cat sat", std::nullopt });
        settle();
        Selection selection = m_session->selection();
        selection.queries = { 2 };
        m_session->setSelection(selection);
        window().stack().showView("text");
        settle();
        saveTo(file("g.headlight"));
    }
    start();
    m_bench->files().open(file("g.headlight"));
    QTRY_VERIFY(window().errors().message().contains("is not there: choose where it is"));
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("the cat sat"));
    QCOMPARE(window().stack().currentId(), QStringLiteral("text"));
    // Saving now loses nothing.
    saveTo(file("h.headlight"));
    QVERIFY(readSession(file("h.headlight").toStdString())->state.selection.queries == std::vector<int>{ 2 });
    auto* locate = window().findChild<QPushButton*>("locate");
    QVERIFY(locate->isVisible());
    QTest::mouseClick(locate, Qt::LeftButton);
    auto* dialog = window().findChild<QFileDialog*>();
    QVERIFY(dialog);
    emit dialog->fileSelected(QString::fromStdString((moved / "config.json").string()));
    dialog->close();
    settle();
    QTRY_VERIFY(m_session->result());
    QCOMPARE(m_session->selection().queries, std::vector<int>{ 2 });
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("the cat sat"));
    QTRY_VERIFY(window().errors().message().isEmpty());
}

void TestSessionFiles::recentAreListed()
{
    saveTo(file("i.headlight"));
    saveTo(file("j.headlight"));
    QMenu* recent = action("Recent sessions")->menu();
    emit recent->aboutToShow();
    QCOMPARE(recent->actions().size(), 2);
    QCOMPARE(recent->actions().front()->text(), QStringLiteral("j"));
    recent->actions().back()->trigger();
    QTRY_COMPARE(m_bench->files().path(), file("i.headlight"));
}

void TestSessionFiles::closingAsks()
{
    saveTo(file("k.headlight"));
    m_session->setView("text");
    settle();
    window().close();
    QVERIFY(window().isVisible());
    auto* box = window().findChild<QMessageBox*>();
    QVERIFY(box);
    QTest::mouseClick(box->button(QMessageBox::Cancel), Qt::LeftButton);
    QTRY_VERIFY(!window().findChild<QMessageBox*>());
    QVERIFY(window().isVisible());
    window().close();
    QTest::mouseClick(window().findChild<QMessageBox*>()->button(QMessageBox::Save), Qt::LeftButton);
    QTRY_VERIFY(!window().isVisible());
    QCOMPARE(readSession(file("k.headlight").toStdString())->state.view, QStringLiteral("text"));
}

void TestSessionFiles::unwritableIsSaid()
{
    m_bench->files().saveTo(file("no/such/folder/a.headlight"));
    QTRY_VERIFY(window().errors().message().startsWith("The session was not saved."));
    QVERIFY(m_bench->files().path().isEmpty());
}

/// Saved again while a large picture is still being written.
void TestSessionFiles::newestSaveIsTheLastToBeWritten()
{
    const auto noise = [](std::span<std::uint8_t> pixels) {
        std::mt19937 random(1);
        std::ranges::generate(pixels, [&] { return std::uint8_t(random()); });
    };
    m_session->setInput(ImageInput{ Image::make(2500, 2500, noise), {} });
    m_bench->files().saveTo(file("n.headlight"));
    m_session->setInput(TextInput{ "the newest", {} });
    m_bench->files().saveTo(file("n.headlight"));
    for (int turn = 0; turn < 3; ++turn) {
        AsyncJob::waitForAll();
        settle();
    }
    const auto document = readSession(file("n.headlight").toStdString());
    QVERIFY(document);
    const auto* kept = std::get_if<TextInput>(document->state.input.get());
    QVERIFY(kept);
    QCOMPARE(kept->text, std::string("the newest"));
    QVERIFY(!m_bench->files().modified());
}

void TestSessionFiles::unknownKeysSurvive()
{
    saveTo(file("l.headlight"));
    Json json = Json::parse(test::readBytes(m_folder->path() / "l.headlight"));
    json["interventions"] = { 1, 2, 3 };
    json["headlight"]["version"] = 2;
    test::writeBytes(m_folder->path() / "l.headlight", json.dump());
    openAndWait(file("l.headlight"));
    QVERIFY(window().errors().message().contains("saved by a newer Headlight"));
    saveTo(file("m.headlight"));
    QCOMPARE(
        Json::parse(test::readBytes(m_folder->path() / "m.headlight"))["interventions"], Json({ 1, 2, 3 }));
}

HEADLIGHT_TEST_MAIN(TestSessionFiles)
#include "tst_session_files.moc"
