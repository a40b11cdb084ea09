// Palette, sheet of keys, finding, copying, presenting, hints and settings in the real window, by keys and
// clicks.

#include "core/base/parallel_for.h"
#include "core/engine/engine.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/style/theme.h"
#include "ui/view_stack.h"
#include "ui/views/view.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/top_bar.h"
#include "ui/workbench.h"

using namespace headlight;
using namespace headlight::ui;

class TestTools : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void paletteFindsAndRuns();
    void paletteGoesToAHead();
    void paletteGivesTheFocusBack();
    void sheetListsEveryShortcut();
    void noShortcutIsTakenTwice();
    void findChoosesTokens();
    void copiesWhatIsChosen();
    void presentingFoldsAndComesBack();
    void hintsGoForGood();
    void settingsHoldAtOnce();
    void largeTypeIsNotClipped();

private:
    MainWindow& window() { return m_workbench->window(); }
    QAction* action(const QString& title)
    {
        for (QAction* action : window().actions())
            if (action->text() == title)
                return action;
        return nullptr;
    }
    void key(QWidget* widget, Qt::Key key, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::keyClick(widget, key, modifiers);
        QCoreApplication::processEvents();
    }

    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Workbench> m_workbench;
};

void TestTools::init()
{
    TestCase::init();
    QSettings().clear();
    applyTheme(*qApp, ThemeKind::Light, 1.0);
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_workbench = std::make_unique<Workbench>(*m_session);
    window().resize(1280, 720);
    window().show();
    m_session->openModel(QLatin1String(Session::firstModel));
    QVERIFY(QTest::qWaitForWindowActive(&window()));
    QTRY_VERIFY(m_session->result() && !m_session->activity().running);
}

void TestTools::cleanup()
{
    m_workbench.reset();
    m_session.reset();
    m_engine.reset();
    setThreadCount(2);
    applyTheme(*qApp, ThemeKind::Light, 1.0);
}

void TestTools::paletteFindsAndRuns()
{
    CommandPalette& palette = m_workbench->tools().palette();
    action("All commands")->trigger();
    QVERIFY(palette.isVisible());
    auto* edit = palette.findChild<QLineEdit*>();
    QVERIFY(edit->hasFocus());
    QVERIFY(palette.shownCount() > 10);
    QTest::keyClicks(edit, "heatm");
    QCOMPARE(palette.findChild<QListWidget*>()->item(0)->text(), QStringLiteral("Heatmap"));
    key(edit, Qt::Key_Return);
    QVERIFY(palette.isHidden());
    QCOMPARE(window().stack().currentId(), QStringLiteral("heatmap"));
    action("All commands")->trigger();
    QTest::keyClicks(edit, "qqzzxx");
    QCOMPARE(palette.shownCount(), 0);
    key(edit, Qt::Key_Return); // nothing to run
    QVERIFY(palette.isVisible());
}

void TestTools::paletteGoesToAHead()
{
    action("All commands")->trigger();
    auto* edit = m_workbench->tools().palette().findChild<QLineEdit*>();
    QTest::keyClicks(edit, "l1 h2");
    key(edit, Qt::Key_Return);
    QCOMPARE(m_session->selection().layer, 1);
    QCOMPARE(m_session->selection().heads, std::vector<int>{ 2 });
}

void TestTools::paletteGivesTheFocusBack()
{
    QWidget* view = window().stack().currentView();
    view->setFocus();
    action("All commands")->trigger();
    key(m_workbench->tools().palette().findChild<QLineEdit*>(), Qt::Key_Escape);
    QVERIFY(m_workbench->tools().palette().isHidden());
    QVERIFY(view->hasFocus());
}

void TestTools::sheetListsEveryShortcut()
{
    ShortcutSheet& sheet = m_workbench->tools().keys();
    action("Keys")->trigger();
    QVERIFY(sheet.isVisible());
    QStringList listed;
    for (const auto& group : sheet.groups())
        for (const auto& line : group.lines)
            listed << line.keys;
    for (const QAction* one : window().actions())
        if (!one->shortcut().isEmpty())
            QVERIFY2(
                listed.contains(one->shortcut().toString(QKeySequence::NativeText)), qPrintable(one->text()));
    QVERIFY(window().rect().contains(sheet.geometry()));
    key(&sheet, Qt::Key_A);
    QVERIFY(sheet.isHidden());
}

void TestTools::noShortcutIsTakenTwice()
{
    QMap<QString, QString> taken;
    for (const QAction* one : window().actions()) {
        for (const QKeySequence& keys : one->shortcuts()) {
            const QString name = keys.toString();
            QVERIFY2(
                !taken.contains(name), qPrintable(name + ": " + taken.value(name) + " and " + one->text()));
            taken.insert(name, one->text());
        }
    }
}

void TestTools::findChoosesTokens()
{
    FindBar& bar = m_workbench->tools().findBar();
    action("Find a token")->trigger();
    auto* edit = bar.findChild<QLineEdit*>();
    QVERIFY(bar.isVisible() && edit->hasFocus());
    const auto& tokens = m_session->result()->tokens;
    const QString word = QString::fromStdString(tokens[2].label);
    QTest::keyClicks(edit, word);
    QVERIFY(!m_session->selection().queries.empty());
    QCOMPARE(QString::fromStdString(tokens[std::size_t(m_session->selection().queries.front())].label)
                 .left(word.size()),
        word);
    edit->clear();
    QTest::keyClicks(edit, "zzzz");
    bool said = false;
    for (auto* label : bar.findChildren<QLabel*>())
        said = said || label->text() == "not found";
    QVERIFY(said);
    key(edit, Qt::Key_Escape);
    QVERIFY(bar.isHidden());
}

void TestTools::copiesWhatIsChosen()
{
    Selection chosen = m_session->selection();
    chosen.queries = { 1 };
    chosen.key = 2;
    m_session->setSelection(chosen);
    window().stack().showView("heatmap");
    QApplication::clipboard()->clear();
    const AttentionMap map = m_session->selectedMap();
    action("Copy cell")->trigger();
    QCOMPARE(QApplication::clipboard()->text().toFloat(), map.at(1, 2));
    action("Copy row")->trigger();
    const QStringList row = QApplication::clipboard()->text().split('\n')[1].split('\t');
    QCOMPARE(row.size(), int(map.keys()) + 1);
    QCOMPARE(row[3].toFloat(), map.at(1, 2));
    action("Copy column")->trigger();
    QCOMPARE(QApplication::clipboard()->text().split('\n')[1].split('\t')[1].toFloat(), map.at(1, 2));
    action("Copy map")->trigger();
    QTRY_COMPARE(
        QApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts).size(), int(map.queries()) + 1);
    const QStringList line = QApplication::clipboard()->text().split('\n')[3].split('\t');
    QCOMPARE(line[1].toFloat(), map.at(2, 0));
}

void TestTools::presentingFoldsAndComesBack()
{
    Presenter& presenter = m_workbench->tools().presenter();
    auto* dock = window().findChild<QDockWidget*>("input");
    QVERIFY(dock->isVisible() && window().topBar().isVisible());
    Selection chosen = m_session->selection();
    chosen.queries = { 1 };
    chosen.key.reset();
    m_session->setSelection(chosen);
    const double before = currentTheme().typeScale;
    action("Present")->trigger();
    QVERIFY(presenter.presenting());
    QVERIFY(dock->isHidden() && window().topBar().isHidden());
    QVERIFY(currentTheme().typeScale > before);
    QString question, answer;
    for (auto* label : window().findChildren<QLabel*>()) {
        if (label->accessibleName() == "Question")
            question = label->text();
        if (label->accessibleName() == "Answer")
            answer = label->text();
    }
    QVERIFY(question.startsWith("What does"));
    QVERIFY(answer.contains("<b>"));
    key(window().stack().currentView(), Qt::Key_Escape); // lets go of the token
    QVERIFY(presenter.presenting());
    action("All commands")->trigger();
    key(m_workbench->tools().palette().findChild<QLineEdit*>(), Qt::Key_Escape); // closes the palette alone
    QVERIFY(m_workbench->tools().palette().isHidden());
    QVERIFY(presenter.presenting());
    key(window().stack().currentView(), Qt::Key_Escape);
    QVERIFY(!presenter.presenting());
    QVERIFY(dock->isVisible() && window().topBar().isVisible());
    QCOMPARE(currentTheme().typeScale, before);
}

void TestTools::hintsGoForGood()
{
    FirstHints& hints = m_workbench->tools().hints();
    QVERIFY(hints.isVisible());
    QCOMPARE(hints.shown(), QStringLiteral("type"));
    m_session->setInput(TextInput{ "it was tired", std::nullopt }); // what typing does
    QCOMPARE(hints.shown(), QStringLiteral("click"));
    QTest::mouseClick(hints.findChild<QToolButton*>(), Qt::LeftButton);
    QCOMPARE(hints.shown(), QStringLiteral("palette"));
    action("All commands")->trigger();
    QVERIFY(hints.isHidden());
    m_workbench.reset();
    m_workbench = std::make_unique<Workbench>(*m_session);
    window().show();
    m_session->setInput(TextInput{ "it", std::nullopt });
    QTRY_VERIFY(!m_session->activity().running);
    QVERIFY(m_workbench->tools().hints().isHidden());
    action("Show the hints again")->trigger();
    QVERIFY(m_workbench->tools().hints().isVisible());
}

void TestTools::settingsHoldAtOnce()
{
    action("Settings")->trigger();
    SettingsDialog* dialog = m_workbench->settings().dialog();
    QVERIFY(dialog && dialog->isVisible() && !dialog->isModal());
    const auto choose = [dialog](const QString& name, const QString& choice) {
        for (auto* button : dialog->findChildren<ChoiceButton*>()) {
            if (button->accessibleName() != name)
                continue;
            for (QAction* entry : button->menu()->actions())
                if (entry->text() == choice)
                    entry->trigger();
        }
    };
    choose("Theme", "high contrast, dark");
    QCOMPARE(currentTheme().kind, ThemeKind::ContrastDark);
    choose("Size of type", "125 %");
    QCOMPARE(currentTheme().typeScale, 1.25);
    QCOMPARE(QApplication::font().pixelSize(), currentTheme().body.pixelSize());
    choose("Threads", "1");
    QCOMPARE(threadCount(), 1);
    QCOMPARE(loadSettings().threads, 1);
    QCOMPARE(loadTheme(), QStringLiteral("contrast-dark"));
    choose("Precision", "bfloat16");
    QVERIFY(loadSettings().bfloat16 || !isAvailable(Compute::Bfloat16));
    QTRY_VERIFY(m_session->result()->compute == Compute::Bfloat16 || !isAvailable(Compute::Bfloat16));
    QCOMPARE(m_session->computeError().has_value(), isAvailable(Compute::Bfloat16));
    for (auto* button : dialog->findChildren<QPushButton*>())
        if (button->text() == "Reset to defaults")
            QTest::mouseClick(button, Qt::LeftButton);
    QTRY_VERIFY(m_session->result()->compute == Compute::Float32);
    QCOMPARE(loadSettings(), Settings());
    QCOMPARE(currentTheme().typeScale, 1.0);
    QCOMPARE(loadTheme(), QString());
}

/// Buttons keep the room for their words at every size of type.
void TestTools::largeTypeIsNotClipped()
{
    applyTheme(*qApp, ThemeKind::Light, 1.5);
    for (auto* button : window().findChildren<QPushButton*>()) {
        if (!button->isVisible() || button->text().isEmpty())
            continue;
        QTRY_VERIFY2(button->height() >= button->sizeHint().height(), // once it is laid out
            qPrintable(button->text() + QString::number(button->height())));
    }
}

HEADLIGHT_TEST_MAIN(TestTools)
#include "tst_tools.moc"
