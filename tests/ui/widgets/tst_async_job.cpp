// Work beside the GUI thread: the newest wins, nobody is called who is gone.

#include "tests/support/test_main.h"
#include "ui/widgets/async_job.h"

#include <atomic>

using namespace headlight;
using namespace headlight::ui;

class TestAsyncJob : public test::TestCase {
    Q_OBJECT
private slots:
    void theAnswerArrivesOnTheThreadOfTheReceiver();
    void theNewestWins();
    void aCancelledJobIsSilent();
    void aReceiverThatIsGoneIsNotCalled();
    void anExceptionIsNoAnswer();
    void anExceptionIsAnErrorWhereAnswersCanBe();
    void paintingWaitsForNone();
};

void TestAsyncJob::theAnswerArrivesOnTheThreadOfTheReceiver()
{
    AsyncJob job;
    QThread* worked = nullptr;
    QThread* answered = nullptr;
    job.start<QThread*>(
        this, [](const std::stop_token&) { return QThread::currentThread(); },
        [&](QThread* thread) {
            worked = thread;
            answered = QThread::currentThread();
        });
    QVERIFY(job.running());
    QTRY_VERIFY(answered);
    QCOMPARE(answered, QThread::currentThread());
    QVERIFY(worked != answered);
    QVERIFY(!job.running());
}

void TestAsyncJob::theNewestWins()
{
    AsyncJob job;
    QList<int> answers;
    std::atomic<int> stopped = 0;
    for (int i = 0; i < 20; ++i)
        job.start<int>(
            this,
            [i, &stopped](const std::stop_token& stop) {
                for (int step = 0; step < 50 && i < 19; ++step) {
                    if (stop.stop_requested()) {
                        ++stopped;
                        break;
                    }
                    QThread::msleep(1);
                }
                return i;
            },
            [&](int answer) { answers << answer; });
    QTRY_COMPARE(answers, QList<int>{ 19 });
    AsyncJob::waitForAll();
    QCoreApplication::processEvents();
    QCOMPARE(answers, QList<int>{ 19 });
    QCOMPARE(stopped.load(), 19);
}

void TestAsyncJob::aCancelledJobIsSilent()
{
    bool called = false;
    {
        AsyncJob job;
        job.start<int>(
            this, [](const std::stop_token&) { return 1; }, [&](int) { called = true; });
    }
    AsyncJob::waitForAll();
    QCoreApplication::processEvents();
    QVERIFY(!called);
}

void TestAsyncJob::aReceiverThatIsGoneIsNotCalled()
{
    bool called = false;
    AsyncJob job;
    {
        QObject receiver;
        job.start<int>(
            &receiver,
            [](const std::stop_token&) {
                QThread::msleep(20);
                return 1;
            },
            [&](int) { called = true; });
    }
    AsyncJob::waitForAll();
    QCoreApplication::processEvents();
    QVERIFY(!called);
}

void TestAsyncJob::anExceptionIsNoAnswer()
{
    bool called = false;
    AsyncJob job;
    job.start<int>(
        this, [](const std::stop_token&) -> int { throw std::runtime_error("no"); },
        [&](int) { called = true; });
    AsyncJob::waitForAll();
    QCoreApplication::processEvents();
    QVERIFY(!called);
    QVERIFY(!job.running()); // who waits for it may begin again
}

void TestAsyncJob::anExceptionIsAnErrorWhereAnswersCanBe()
{
    AsyncJob writing, reading, pointed;
    QStringList said;
    const auto say = [&](const Error& error) { said << QString::fromStdString(error.message); };
    writing.start<Status>(
        this, [](const std::stop_token&) -> Status { throw std::bad_alloc(); },
        [&](const Status& status) { say(status.error()); });
    QTRY_COMPARE(said.size(), 1);
    QVERIFY(said.back().contains("memory"));
    reading.start<Expected<QString>>(
        this, [](const std::stop_token&) -> Expected<QString> { throw std::runtime_error("no"); },
        [&](const Expected<QString>& text) { say(text.error()); });
    QTRY_COMPARE(said.size(), 2);
    QVERIFY(said.back().endsWith(": no"));
    pointed.start<std::shared_ptr<Status>>(
        this, [](const std::stop_token&) -> std::shared_ptr<Status> { throw std::bad_alloc(); },
        [&](const std::shared_ptr<Status>& status) { say(status->error()); });
    QTRY_COMPARE(said.size(), 3);
    QVERIFY(!writing.running() && !reading.running() && !pointed.running());
}

/// Qt strokes long lines in threads of its own pool; jobs that fill it would hold up every window.
void TestAsyncJob::paintingWaitsForNone()
{
    std::atomic<bool> painted = false;
    std::atomic<int> gaveUp = 0;
    std::vector<std::unique_ptr<AsyncJob>> jobs;
    for (int i = 0; i < 2 * QThread::idealThreadCount() + 2; ++i) {
        jobs.push_back(std::make_unique<AsyncJob>());
        jobs.back()->start<int>(
            this,
            [&](const std::stop_token&) {
                for (int turn = 0; turn < 3000 && !painted; ++turn)
                    QThread::msleep(1);
                return painted ? 0 : int(++gaveUp);
            },
            [](int) {});
    }
    QImage image(2000, 2000, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(QColor(0, 0, 0, 100), 9));
    painter.drawLine(10, 10, 1990, 1700);
    painted = true;
    AsyncJob::waitForAll();
    QCOMPARE(gaveUp.load(), 0);
}

HEADLIGHT_TEST_MAIN(TestAsyncJob)
#include "tst_async_job.moc"
