// parallelFor: every index once, whatever the range, the grain, the number of threads and of callers.

#include "core/base/parallel_for.h"
#include "tests/support/test_main.h"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

using namespace headlight;

class TestParallelFor : public test::TestCase {
    Q_OBJECT
private slots:
    void cleanup() { setThreadCount(int(std::max(1u, std::thread::hardware_concurrency()))); }
    void coversEveryIndexOnce_data();
    void coversEveryIndexOnce();
    void piecesAreTheSameForEveryThreadCount();
    void nestedCallsStayOnTheirThread();
    void theFirstExceptionIsRethrown_data();
    void theFirstExceptionIsRethrown();
    void worksAfterAnException();
    void callersTakeTurns();
    void aCallerDoesNotWaitForOthers();
    void threadCountMayChangeWhileOthersRun();
    void usesAsManyThreadsAsAsked();
    void aStopEndsItBetweenPieces();
    void aStopIsForItsOwnScopeOnly();
};

void TestParallelFor::coversEveryIndexOnce_data()
{
    QTest::addColumn<qint64>("begin");
    QTest::addColumn<qint64>("end");
    QTest::addColumn<qint64>("grain");
    const std::vector<std::array<qint64, 3>> rows { { 0, 0, 1 }, { 5, 5, 1 }, { 9, 3, 1 }, { 0, 1, 1 }, { 0, 7, 3 },
        { 3, 1003, 7 }, { 0, 1000, 1 }, { 0, 1000, 5000 }, { -10, 10, 3 }, { -1000, -1, 1 }, { 0, 64, 0 }, { 0, 64, -4 } };
    for (const auto& [begin, end, grain] : rows)
        for (const int threads : { 1, 2, 3, 8 })
            QTest::addRow("%lld to %lld by %lld, %d threads", begin, end, grain, threads) << begin << end << grain;
}

void TestParallelFor::coversEveryIndexOnce()
{
    QFETCH(qint64, begin);
    QFETCH(qint64, end);
    QFETCH(qint64, grain);
    setThreadCount(QString(QTest::currentDataTag()).section(", ", 1).section(' ', 0, 0).toInt());
    std::vector<std::atomic<int>> visits(std::size_t(std::max<qint64>(end - begin, 0)));
    std::atomic<bool> outside { false }, tooLong { false };
    parallelFor(begin, end, grain, [&](std::int64_t first, std::int64_t last) {
        outside = outside || first < begin || last > end || first >= last;
        tooLong = tooLong || last - first > std::max<qint64>(grain, 1);
        for (std::int64_t i = first; i < last; ++i)
            ++visits[std::size_t(i - begin)];
    });
    QVERIFY(!outside && !tooLong);
    QVERIFY(std::all_of(visits.begin(), visits.end(), [](const auto& count) { return count == 1; }));
}

void TestParallelFor::piecesAreTheSameForEveryThreadCount()
{
    const auto pieces = [](int threads) {
        setThreadCount(threads);
        std::mutex mutex;
        std::set<std::pair<std::int64_t, std::int64_t>> seen;
        parallelFor(3, 1000, 17, [&](std::int64_t first, std::int64_t last) {
            const std::lock_guard lock(mutex);
            seen.emplace(first, last);
        });
        return seen;
    };
    QVERIFY(pieces(1) == pieces(2));
    QVERIFY(pieces(1) == pieces(5));
}

void TestParallelFor::nestedCallsStayOnTheirThread()
{
    setThreadCount(3);
    std::atomic<int> visits { 0 }, wandered { 0 };
    QVERIFY(!insideParallelFor());
    parallelFor(0, 20, 1, [&](std::int64_t, std::int64_t) {
        const auto self = std::this_thread::get_id();
        parallelFor(0, 50, 4, [&](std::int64_t first, std::int64_t last) {
            visits += int(last - first);
            wandered += std::this_thread::get_id() != self || !insideParallelFor() ? 1 : 0;
        });
    });
    QCOMPARE(visits.load(), 20 * 50);
    QCOMPARE(wandered.load(), 0);
    QVERIFY(!insideParallelFor());
}

void TestParallelFor::theFirstExceptionIsRethrown_data()
{
    QTest::addColumn<qint64>("begin");
    QTest::addColumn<qint64>("end");
    QTest::newRow("from zero") << qint64(0) << qint64(1000);
    QTest::newRow("up to zero") << qint64(-1000) << qint64(0);
    QTest::newRow("far below zero") << qint64(-5000) << qint64(-4000);
}

void TestParallelFor::theFirstExceptionIsRethrown()
{
    QFETCH(qint64, begin);
    QFETCH(qint64, end);
    for (const int threads : { 1, 2, 4 }) {
        setThreadCount(threads);
        std::atomic<int> calls { 0 };
        const auto fail = [&](std::int64_t, std::int64_t) {
            if (++calls > 100'000)
                return; // a defect would go on for ever
            throw std::runtime_error("a piece failed");
        };
        QVERIFY_EXCEPTION_THROWN(parallelFor(begin, end, 1, fail), std::runtime_error);
        QVERIFY2(calls <= threads, qPrintable(QString::number(calls)));
    }
}

void TestParallelFor::worksAfterAnException()
{
    setThreadCount(3);
    for (int round = 0; round < 50; ++round) {
        const auto fail = [](std::int64_t first, std::int64_t) {
            if (first == 13)
                throw std::invalid_argument("thirteen");
        };
        QVERIFY_EXCEPTION_THROWN(parallelFor(0, 40, 1, fail), std::invalid_argument);
        std::atomic<std::int64_t> sum { 0 };
        parallelFor(0, 100, 1, [&](std::int64_t first, std::int64_t) { sum += first; });
        QCOMPARE(sum.load(), std::int64_t(4950));
    }
}

void TestParallelFor::callersTakeTurns()
{
    setThreadCount(3);
    std::atomic<int> wrong { 0 };
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 6; ++caller)
        callers.emplace_back([&wrong, caller] {
            for (int round = 0; round < 200; ++round) {
                std::atomic<std::int64_t> sum { 0 };
                parallelFor(0, 200 + caller, 3, [&](std::int64_t first, std::int64_t last) {
                    for (std::int64_t i = first; i < last; ++i)
                        sum += i;
                });
                const std::int64_t n = 200 + caller;
                wrong += sum != n * (n - 1) / 2 ? 1 : 0;
            }
        });
    callers.clear();
    QCOMPARE(wrong.load(), 0);
}

void TestParallelFor::threadCountMayChangeWhileOthersRun()
{
    std::atomic<bool> done { false };
    std::atomic<int> wrong { 0 };
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 3; ++caller)
        callers.emplace_back([&] {
            while (!done) {
                std::atomic<int> visits { 0 };
                parallelFor(0, 64, 1, [&](std::int64_t, std::int64_t) { ++visits; });
                wrong += visits != 64 ? 1 : 0;
            }
        });
    for (int round = 0; round < 100; ++round)
        setThreadCount(1 + round % 5);
    done = true;
    callers.clear();
    QCOMPARE(wrong.load(), 0);
}

void TestParallelFor::aStopEndsItBetweenPieces()
{
    for (const int threads : { 1, 2, 4 }) {
        setThreadCount(threads);
        std::stop_source stop;
        const JobControl control(stop.get_token());
        const StopScope scope(control);
        std::atomic<int> pieces { 0 };
        QVERIFY_EXCEPTION_THROWN(parallelFor(0, 100'000, 1, [&](std::int64_t, std::int64_t) {
            if (++pieces == 50)
                stop.request_stop();
        }), Stopped);
        QVERIFY2(pieces < 50 + threads, qPrintable(QString::number(pieces)));
        // Within a piece too, on whatever thread it runs; and nothing begins any more.
        QVERIFY_EXCEPTION_THROWN(throwIfStopped(), Stopped);
        QVERIFY_EXCEPTION_THROWN(parallelFor(0, 8, 1, [&](std::int64_t, std::int64_t) { pieces = 0; }), Stopped);
        QVERIFY(pieces > 0);
    }
}

void TestParallelFor::aStopIsForItsOwnScopeOnly()
{
    setThreadCount(3);
    std::stop_source stop;
    stop.request_stop();
    const JobControl stopped(stop.get_token()), goingOn;
    std::atomic<int> pieces { 0 };
    const auto count = [&](std::int64_t, std::int64_t) {
        throwIfStopped();
        ++pieces;
    };
    {
        const StopScope outer(stopped);
        {
            const StopScope inner(goingOn);
            parallelFor(0, 100, 1, count);
        }
        QVERIFY_EXCEPTION_THROWN(parallelFor(0, 100, 1, count), Stopped);
    }
    parallelFor(0, 100, 1, count);
    QCOMPARE(pieces.load(), 200);
}

/// Else the window would stand still while a model runs.
void TestParallelFor::aCallerDoesNotWaitForOthers()
{
    setThreadCount(2);
    std::atomic<bool> begun{ false }, drawn{ false }, inTime{ false };
    std::thread model([&] {
        parallelFor(0, 2, 1, [&](std::int64_t, std::int64_t) {
            begun = true;
            const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            while (!drawn && std::chrono::steady_clock::now() < patience)
                std::this_thread::yield();
            inTime = drawn.load();
        });
    });
    while (!begun)
        std::this_thread::yield();
    std::atomic<int> pieces{ 0 };
    parallelFor(0, 5, 1, [&](std::int64_t, std::int64_t) { ++pieces; });
    drawn = true;
    model.join();
    QCOMPARE(pieces.load(), 5);
    QVERIFY(inTime);
}

void TestParallelFor::usesAsManyThreadsAsAsked()
{
    setThreadCount(0);
    QCOMPARE(threadCount(), 1);
    setThreadCount(4);
    QCOMPARE(threadCount(), 4);
    std::mutex mutex;
    std::set<std::thread::id> seen;
    std::atomic<int> waiting { 0 };
    parallelFor(0, 4, 1, [&](std::int64_t, std::int64_t) {
        {
            const std::lock_guard lock(mutex);
            seen.insert(std::this_thread::get_id());
        }
        ++waiting; // each piece holds its thread until all four are taken
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (waiting < 4 && std::chrono::steady_clock::now() < patience)
            std::this_thread::yield();
    });
    QCOMPARE(seen.size(), std::size_t(4));
}

HEADLIGHT_TEST_MAIN(TestParallelFor)
#include "tst_parallel_for.moc"
