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
    QThreadPool::globalInstance()->waitForDone();
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
    QThreadPool::globalInstance()->waitForDone();
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
    QThreadPool::globalInstance()->waitForDone();
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
    QThreadPool::globalInstance()->waitForDone();
    QCoreApplication::processEvents();
    QVERIFY(!called);
}

HEADLIGHT_TEST_MAIN(TestAsyncJob)
#include "tst_async_job.moc"
