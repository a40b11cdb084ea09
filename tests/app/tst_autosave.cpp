// The program is killed and started again: what was there is offered, once, by the window that comes next.
// The program itself runs on the offscreen platform in a home of its own.

#include "core/engine/engine.h"
#include "core/vision/image.h"
#include "tests/support/files.h"
#include "tests/support/program.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/session/session.h"
#include "ui/shell/recovery_bar.h"
#include "ui/style/theme.h"
#include "ui/widgets/error_bar.h"
#include "ui/workbench.h"

#include <QProcess>

#include <csignal>
#include <sys/resource.h>

using namespace headlight;
using namespace headlight::ui;

class TestAutosave : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void cleanEndLeavesNothing();
    void killedProgramIsOfferedAgain();
    void discardedIsGone();
    void laterIsOfferedAgain();
    void twoWindowsKeepTheirOwn();
    void restoredStaysUntilItIsSafe();
    void damagedLeftoverIsSaid();
    void unwritableFolderIsSaidOnce();
    void fullDiskKeepsWhatWasThere();

private:
    void open();
    void close();
    void change(const char* text);
    /// The program with a session of that text, until it has saved it.
    std::unique_ptr<QProcess> program(const char* text);
    QStringList saved() const;
    QPushButton* button(const char* name) const { return m_bench->window().findChild<QPushButton*>(name); }
    RecoveryBar* bar() const { return m_bench->window().findChild<RecoveryBar*>(); }
    std::string shownText() const { return std::get<TextInput>(m_session->input()).text; }

    test::SampleResources m_sample;
    std::unique_ptr<test::ScratchFolder> m_home;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Workbench> m_bench;
};

void TestAutosave::init()
{
    TestCase::init();
    QSettings().clear();
    m_home = std::make_unique<test::ScratchFolder>();
    qputenv("XDG_STATE_HOME", (m_home->path() / "state").c_str());
    applyTheme(*qApp, ThemeKind::Light);
}

void TestAutosave::cleanup()
{
    close();
}

void TestAutosave::open()
{
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_bench = std::make_unique<Workbench>(*m_session);
    m_bench->autosave().setInterval(50);
    m_bench->window().show();
    QSignalSpy settled(m_session.get(), &Session::settled);
    m_session->openModel("sentiment");
    QVERIFY(settled.wait(20'000));
    QTest::qWait(50); // looking for leftovers
}

void TestAutosave::close()
{
    m_bench.reset();
    m_session.reset();
    m_engine.reset();
}

void TestAutosave::change(const char* text)
{
    QSignalSpy written(&m_bench->autosave(), &Autosave::saved);
    m_session->setInput(TextInput{ text, std::nullopt });
    QVERIFY(written.wait(10'000));
}

QStringList TestAutosave::saved() const
{
    const QDir folder(QString::fromStdString((m_home->path() / "state" / "headlight").string()));
    return folder.entryList({ "autosave-*.headlight" }, QDir::Files);
}

std::unique_ptr<QProcess> TestAutosave::program(const char* text)
{
    SessionDocument document;
    document.state.model = "sentiment";
    document.state.input = std::make_shared<AnalysisInput>(TextInput{ text, std::nullopt });
    document.state.selection.queries = { 2 };
    if (!saveSession(*m_home / "given.headlight", document))
        return nullptr;
    auto process = std::make_unique<QProcess>();
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("QT_QPA_PLATFORM", "offscreen");
    environment.insert("HEADLIGHT_RESOURCES", QString::fromStdString(m_sample.resources().root().string()));
    for (const char* variable : { "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME" })
        environment.insert(variable, QString::fromStdString(m_home->path().string()));
    process->setProcessEnvironment(environment);
    const auto before = saved().size();
    process->start(HEADLIGHT_PROGRAM, { QString::fromStdString((*m_home / "given.headlight").string()) });
    const bool written = QTest::qWaitFor([&] { return saved().size() > before; }, 20'000);
    return written ? std::move(process) : nullptr;
}

void TestAutosave::cleanEndLeavesNothing()
{
    open();
    QVERIFY(saved().isEmpty()); // nothing was changed yet
    change("it was good");
    QCOMPARE(saved().size(), 1);
    QCOMPARE(readSession(m_bench->autosave().path())->state.input->index(), std::size_t(0));
    close();
    QVERIFY(QTest::qWaitFor([&] { return saved().isEmpty(); }));
    open();
    QVERIFY(!bar()->isVisible());
}

void TestAutosave::killedProgramIsOfferedAgain()
{
    auto process = program("it was never boring");
    QVERIFY(process);
    process->kill(); // SIGKILL
    QVERIFY(process->waitForFinished());
    open();
    QTRY_VERIFY(bar()->isVisible());
    QVERIFY(bar()->accessibleDescription().startsWith("Headlight ended unexpectedly"));
    QTest::mouseClick(button("restore"), Qt::LeftButton);
    QTRY_COMPARE(shownText(), std::string("it was never boring"));
    QTRY_COMPARE(m_session->selection().queries, std::vector<int>{ 2 });
    QVERIFY(!bar()->isVisible());
    QTRY_COMPARE(
        saved(), QStringList{ QString("autosave-%1.headlight").arg(QCoreApplication::applicationPid()) });
}

void TestAutosave::discardedIsGone()
{
    auto process = program("bad");
    QVERIFY(process);
    process->kill();
    QVERIFY(process->waitForFinished());
    open();
    QTRY_VERIFY(bar()->isVisible());
    const std::string before = shownText();
    QTest::mouseClick(button("discard"), Qt::LeftButton);
    QVERIFY(!bar()->isVisible());
    QVERIFY(saved().isEmpty());
    QCOMPARE(shownText(), before);
}

void TestAutosave::laterIsOfferedAgain()
{
    auto process = program("bad");
    QVERIFY(process);
    process->kill();
    QVERIFY(process->waitForFinished());
    for (int time = 0; time < 2; ++time) {
        open();
        QTRY_VERIFY(bar()->isVisible());
        close(); // without an answer
    }
    QCOMPARE(saved().size(), 1);
}

void TestAutosave::twoWindowsKeepTheirOwn()
{
    auto process = program("the first window");
    QVERIFY(process);
    open();
    QTest::qWait(200);
    QVERIFY(!bar()->isVisible()); // the other one is alive
    change("the second window");
    QCOMPARE(saved().size(), 2);
    close();
    QVERIFY(QTest::qWaitFor([&] { return saved().size() == 1; }));
    process->kill();
    QVERIFY(process->waitForFinished());
    open();
    QTRY_VERIFY(bar()->isVisible());
    // A third window that starts now is not offered what this one offers.
    QCOMPARE(findLeftovers(stateFolder()).size(), std::size_t(0));
}

void TestAutosave::restoredStaysUntilItIsSafe()
{
    auto process = program("precious");
    QVERIFY(process);
    process->kill();
    QVERIFY(process->waitForFinished());
    open();
    m_bench->autosave().setInterval(60'000);
    QTRY_VERIFY(bar()->isVisible());
    QTest::mouseClick(button("restore"), Qt::LeftButton);
    QTRY_COMPARE(shownText(), std::string("precious"));
    QTest::qWait(100);
    QCOMPARE(saved().size(), 1); // ours is not written yet
}

void TestAutosave::damagedLeftoverIsSaid()
{
    std::filesystem::create_directories(stateFolder());
    test::writeBytes(stateFolder() / "autosave-99999999.headlight", "{\"headlight\": ");
    open();
    QTRY_VERIFY(bar()->isVisible());
    QTest::mouseClick(button("restore"), Qt::LeftButton);
    QTRY_VERIFY(m_bench->window().errors().message().contains("is not valid JSON"));
    QTest::mouseClick(button("discard"), Qt::LeftButton);
    QVERIFY(saved().isEmpty());
}

void TestAutosave::unwritableFolderIsSaidOnce()
{
    test::writeBytes(*m_home / "file", "in the way");
    qputenv("XDG_STATE_HOME", (*m_home / "file").c_str()); // a folder even root cannot make
    open();
    QSignalSpy failures(&m_bench->autosave(), &Autosave::failed);
    m_session->setInput(TextInput{ "good", std::nullopt });
    QVERIFY(failures.wait(10'000));
    QVERIFY(m_bench->window().errors().message().contains("cannot be written to"));
    m_session->setInput(TextInput{ "bad", std::nullopt });
    QTest::qWait(300);
    QCOMPARE(failures.count(), 1);
    QCOMPARE(shownText(), std::string("bad")); // and all goes on
    QVERIFY(m_session->result());
}

void TestAutosave::fullDiskKeepsWhatWasThere()
{
    open();
    change("short");
    QSignalSpy failures(&m_bench->autosave(), &Autosave::failed);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit small{ 4096, limit.rlim_max }; // as if the disk were full behind that
    setrlimit(RLIMIT_FSIZE, &small);
    m_session->setInput(TextInput{ std::string(20'000, 'a'), std::nullopt });
    const bool told = failures.wait(10'000);
    setrlimit(RLIMIT_FSIZE, &limit);
    QVERIFY(told);
    const auto kept = readSession(m_bench->autosave().path());
    QVERIFY(kept); // the older one is whole
    QCOMPARE(std::get<TextInput>(*kept->state.input).text, std::string("short"));
    change("and room again");
    QCOMPARE(std::get<TextInput>(*readSession(m_bench->autosave().path())->state.input).text,
        std::string("and room again"));
}

HEADLIGHT_TEST_MAIN(TestAutosave)
#include "tst_autosave.moc"
