// The mailbox: newest wins, a running job is stopped, errands are kept, exceptions become errors, nothing
// arrives after the end. Jobs here are plain lambdas; no model is needed.

#include "tests/support/test_main.h"
#include "ui/session/engine_thread.h"

#include <QThread>

using namespace headlight;
using namespace headlight::ui;
using namespace std::chrono_literals;

class TestEngineThread : public test::TestCase {
    Q_OBJECT
private slots:
    void deliversOnTheCallersThread();
    void newestWins();
    void runningJobIsStopped();
    void cancelDeliversCancelled();
    void cancelWithNothingToDoIsHarmless();
    void errandsAreKeptAndDoNotStopRequests();
    void exceptionsBecomeErrors();
    void progressIsThrottledAndOnlyOfTheNewest();
    void nothingArrivesAfterTheEnd();
};

/// Works until it is stopped, polling as the engine does.
static Expected<int> workUntilStopped(const JobControl& control)
{
    for (;;) {
        control.report(0.5, "working");
        std::this_thread::sleep_for(1ms);
    }
}

void TestEngineThread::deliversOnTheCallersThread()
{
    EngineThread thread;
    QThread* worker = nullptr;
    QThread* receiver = nullptr;
    int value = 0;
    thread.request(
        [&](const JobControl&) -> Expected<int> {
            worker = QThread::currentThread();
            return 7;
        },
        [&](const Expected<int>& result) {
            receiver = QThread::currentThread();
            value = *result;
        });
    QVERIFY(thread.busy());
    QTRY_COMPARE(value, 7);
    QVERIFY(!thread.busy());
    QCOMPARE(receiver, QThread::currentThread());
    QVERIFY(worker != receiver);
}

void TestEngineThread::newestWins()
{
    EngineThread thread;
    QList<int> arrived;
    for (int i = 0; i < 50; ++i) {
        thread.request([i](const JobControl&) -> Expected<int> { return i; },
            [&](const Expected<int>& result) { arrived.append(*result); });
    }
    QTRY_VERIFY(!thread.busy());
    QTest::qWait(20);
    QCOMPARE(arrived, QList<int>{ 49 });
}

void TestEngineThread::runningJobIsStopped()
{
    EngineThread thread;
    std::atomic<bool> started = false;
    bool firstArrived = false;
    thread.request(
        [&](const JobControl& control) -> Expected<int> {
            started = true;
            return workUntilStopped(control);
        },
        [&](const Expected<int>&) { firstArrived = true; });
    QTRY_VERIFY(started);
    int value = 0;
    thread.request([](const JobControl&) -> Expected<int> { return 2; },
        [&](const Expected<int>& result) { value = *result; });
    QTRY_COMPARE(value, 2);
    QVERIFY(!firstArrived);
}

void TestEngineThread::cancelDeliversCancelled()
{
    EngineThread thread;
    std::atomic<bool> started = false;
    std::optional<ErrorKind> kind;
    thread.request(
        [&](const JobControl& control) -> Expected<int> {
            started = true;
            return workUntilStopped(control);
        },
        [&](const Expected<int>& result) { kind = result.error().kind; });
    QTRY_VERIFY(started);
    thread.cancel();
    QTRY_VERIFY(kind.has_value());
    QCOMPARE(*kind, ErrorKind::Cancelled);
    QVERIFY(!thread.busy());
}

void TestEngineThread::cancelWithNothingToDoIsHarmless()
{
    EngineThread thread;
    thread.cancel();
    int value = 0;
    thread.request([](const JobControl&) -> Expected<int> { return 3; },
        [&](const Expected<int>& result) { value = result ? *result : -1; });
    QTRY_COMPARE(value, 3);
}

void TestEngineThread::errandsAreKeptAndDoNotStopRequests()
{
    EngineThread thread;
    QList<int> errands;
    int request = 0;
    for (int i = 0; i < 5; ++i) {
        thread.errand([i](const JobControl&) -> Expected<int> { return i; },
            [&](const Expected<int>& result) { errands.append(*result); });
    }
    thread.request([](const JobControl&) -> Expected<int> { return 1; },
        [&](const Expected<int>& result) { request = result ? *result : -1; });
    thread.cancel(); // may stop the request, never an errand
    QTRY_COMPARE(errands, (QList<int>{ 0, 1, 2, 3, 4 }));
    QTRY_VERIFY(request != 0);
}

void TestEngineThread::exceptionsBecomeErrors()
{
    EngineThread thread;
    std::optional<Error> error;
    const auto keep = [&](const Expected<int>& result) { error = result.error(); };
    thread.request([](const JobControl&) -> Expected<int> { throw std::runtime_error("row 7 of 3"); }, keep);
    QTRY_VERIFY(error.has_value());
    QCOMPARE(error->kind, ErrorKind::Internal);
    QVERIFY(QString::fromStdString(error->message).contains("row 7 of 3"));
    error.reset();
    thread.request([](const JobControl&) -> Expected<int> { throw std::bad_alloc(); }, keep);
    QTRY_VERIFY(error.has_value());
    QVERIFY(QString::fromStdString(error->message).contains("memory"));
}

void TestEngineThread::progressIsThrottledAndOnlyOfTheNewest()
{
    EngineThread thread;
    QStringList phases;
    connect(&thread, &EngineThread::progressed, this,
        [&](double, const QString& phase) { phases.append(phase); });
    bool done = false;
    thread.request(
        [](const JobControl& control) -> Expected<int> {
            for (int i = 0; i < 100'000; ++i)
                control.report(i / 100'000.0, "layer");
            return 0;
        },
        [&](const Expected<int>&) { done = true; });
    QTRY_VERIFY(done);
    QVERIFY(!phases.isEmpty());
    QVERIFY2(phases.size() < 1000, "every report reached the window");
}

void TestEngineThread::nothingArrivesAfterTheEnd()
{
    bool arrived = false;
    {
        EngineThread thread;
        std::atomic<bool> started = false;
        thread.request(
            [&](const JobControl& control) -> Expected<int> {
                started = true;
                return workUntilStopped(control);
            },
            [&](const Expected<int>&) { arrived = true; });
        QTRY_VERIFY(started);
    }
    QTest::qWait(20);
    QVERIFY(!arrived);
}

HEADLIGHT_TEST_MAIN(TestEngineThread)
#include "tst_engine_thread.moc"
