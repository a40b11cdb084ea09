// Expected, Status and the TRY macros: a value or an Error, never both, and moved rather than copied.

#include "core/base/expected.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestExpected : public test::TestCase {
    Q_OBJECT
private slots:
    void holdsAValue();
    void holdsAnError();
    void aValueAskedOfAnErrorIsAProgrammersMistake();
    void carriesWhatCannotBeCopied();
    void tryHandsTheErrorOn();
    void tryStatusHandsTheErrorOn();
    void checkSaysWhatAndWhere();
};

namespace {

const Error missing { ErrorKind::NotFound, "There is no file a.txt." };

Expected<int> number(bool there)
{
    return there ? Expected<int>(20) : Expected<int>(missing);
}

Expected<std::string> doubled(bool there)
{
    HEADLIGHT_TRY(const int first, number(true));
    HEADLIGHT_TRY(const int second, number(there));
    return std::to_string(first + second);
}

Status both(const Status& first, const Status& second, int& reached)
{
    HEADLIGHT_TRY_STATUS(first);
    ++reached;
    HEADLIGHT_TRY_STATUS(second);
    ++reached;
    return {};
}

} // namespace

void TestExpected::holdsAValue()
{
    Expected<std::string> expected(std::string("text"));
    QVERIFY(expected && expected.hasValue());
    QCOMPARE(*expected, std::string("text"));
    QCOMPARE(expected->size(), std::size_t(4));
    *expected += "s";
    QCOMPARE(expected.value(), std::string("texts"));
}

void TestExpected::holdsAnError()
{
    const Expected<int> expected(missing);
    QVERIFY(!expected && !expected.hasValue());
    QCOMPARE(int(expected.error().kind), int(ErrorKind::NotFound));
    QCOMPARE(expected.error().message, missing.message);
}

void TestExpected::aValueAskedOfAnErrorIsAProgrammersMistake()
{
    Expected<int> expected(missing);
    QVERIFY_EXCEPTION_THROWN(expected.value(), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(*std::as_const(expected), CheckFailed);
    try {
        static_cast<void>(*std::move(expected));
        QFAIL("a value came out of an error");
    } catch (const CheckFailed& failed) {
        QVERIFY2(std::string(failed.what()).find(missing.message) != std::string::npos, failed.what());
    }
}

void TestExpected::carriesWhatCannotBeCopied()
{
    Expected<std::unique_ptr<int>> expected(std::make_unique<int>(7));
    const std::unique_ptr<int> taken = *std::move(expected);
    QCOMPARE(*taken, 7);
}

void TestExpected::tryHandsTheErrorOn()
{
    QCOMPARE(*doubled(true), std::string("40"));
    QCOMPARE(doubled(false).error().message, missing.message);
}

void TestExpected::tryStatusHandsTheErrorOn()
{
    int reached = 0;
    QVERIFY(both({}, {}, reached).ok());
    QCOMPARE(reached, 2);
    const Status failed = both({}, missing, reached);
    QVERIFY(!failed);
    QCOMPARE(failed.error().message, missing.message);
    QCOMPARE(reached, 3);
    QVERIFY(!both(missing, {}, reached));
    QCOMPARE(reached, 3);
}

void TestExpected::checkSaysWhatAndWhere()
{
    try {
        HEADLIGHT_CHECK(1 + 1 == 3, "sums are off");
        QFAIL("a check that does not hold passed");
    } catch (const CheckFailed& failed) {
        const QString text = failed.what();
        QVERIFY2(text.contains("sums are off") && text.contains("1 + 1 == 3") && text.contains("tst_expected.cpp"), failed.what());
    }
}

HEADLIGHT_TEST_MAIN(TestExpected)
#include "tst_expected.moc"
