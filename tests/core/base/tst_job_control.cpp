// JobControl: progress reaches whoever started the job, and a stop ends it at the next report.

#include "core/base/job_control.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestJobControl : public test::TestCase {
    Q_OBJECT
private slots:
    void reportsProgress();
    void withoutAnybodyWatchingNothingHappens();
    void aStopEndsTheJobAtTheNextReport();
};

void TestJobControl::reportsProgress()
{
    std::vector<std::pair<double, std::string>> seen;
    const JobControl job({}, [&](double fraction, std::string_view phase) { seen.emplace_back(fraction, phase); });
    job.report(0.0, "begin");
    job.report(0.5, "half");
    QCOMPARE(seen.size(), std::size_t(2));
    QCOMPARE(seen[1].first, 0.5);
    QCOMPARE(seen[1].second, std::string("half"));
}

void TestJobControl::withoutAnybodyWatchingNothingHappens()
{
    const JobControl job;
    job.report(0.3, "alone");
    QVERIFY(!job.stopRequested());
}

void TestJobControl::aStopEndsTheJobAtTheNextReport()
{
    std::stop_source source;
    int reports = 0;
    const JobControl job(source.get_token(), [&](double, std::string_view) { ++reports; });
    job.report(0.1, "before");
    source.request_stop();
    QVERIFY(job.stopRequested());
    QVERIFY_EXCEPTION_THROWN(job.report(0.2, "after"), Stopped);
    QCOMPARE(reports, 1);
}

HEADLIGHT_TEST_MAIN(TestJobControl)
#include "tst_job_control.moc"
