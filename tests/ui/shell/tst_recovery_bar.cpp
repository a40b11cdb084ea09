// What a killed program left is offered once, and what is being restored cannot be deleted meanwhile.

#include "tests/support/files.h"
#include "tests/support/test_main.h"
#include "ui/session/session_file.h"
#include "ui/shell/recovery_bar.h"

#include <QPushButton>

using namespace headlight;
using namespace headlight::ui;

class TestRecoveryBar : public test::TestCase {
    Q_OBJECT
private slots:
    void discardDuringRestoringDeletesNothing();
    void damagedLeftoverCanBeDiscarded();
};

void TestRecoveryBar::discardDuringRestoringDeletesNothing()
{
    const test::ScratchFolder folder;
    SessionDocument left;
    left.state.model = "sentiment";
    const auto path = folder / "autosave-999999999.headlight";
    QVERIFY(saveSession(path, left));
    RecoveryBar bar(folder.path());
    QSignalSpy restored(&bar, &RecoveryBar::restoreRequested);
    bar.look();
    QTRY_VERIFY(bar.isVisible());
    QTest::mouseClick(bar.findChild<QPushButton*>("restore"), Qt::LeftButton);
    QTest::mouseClick(bar.findChild<QPushButton*>("discard"), Qt::LeftButton);
    QTRY_COMPARE(restored.size(), 1);
    QVERIFY(std::filesystem::exists(path)); // until it is safe elsewhere
    bar.restoredIsSafe();
    QVERIFY(!std::filesystem::exists(path));
}

void TestRecoveryBar::damagedLeftoverCanBeDiscarded()
{
    const test::ScratchFolder folder;
    const auto path = folder / "autosave-999999999.headlight";
    test::writeBytes(path, "{");
    RecoveryBar bar(folder.path());
    QSignalSpy failures(&bar, &RecoveryBar::failed);
    bar.look();
    QTRY_VERIFY(bar.isVisible());
    QTest::mouseClick(bar.findChild<QPushButton*>("restore"), Qt::LeftButton);
    QTRY_COMPARE(failures.size(), 1);
    QTest::mouseClick(bar.findChild<QPushButton*>("discard"), Qt::LeftButton);
    QVERIFY(!std::filesystem::exists(path));
    QVERIFY(!bar.isVisible());
}

HEADLIGHT_TEST_MAIN(TestRecoveryBar)
#include "tst_recovery_bar.moc"
