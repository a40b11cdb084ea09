// A theme that is switched while a part of the window is hidden: shown again, the part looks as if it had
// been there.

#include "core/engine/engine.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/style/theme.h"
#include "ui/view_stack.h"
#include "ui/views/view.h"
#include "ui/widgets/async_job.h"
#include "ui/workbench.h"

using namespace headlight;
using namespace headlight::ui;

Q_DECLARE_METATYPE(headlight::ui::ThemeKind)

class TestThemeSwitch : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void hiddenViewsFollow_data();
    void hiddenViewsFollow();
    void thereAndBack_data();
    void thereAndBack();
    void everyFontFollowsTheSize();
    void presentingFollows();
    void closedPanelsFollow();
    void onlyWhatIsShownIsRestyled();

private:
    void settle() const;
    QImage look() const;
    std::map<QWidget*, int> shownSizes() const;

    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Workbench> m_workbench;
    MainWindow* m_window = nullptr;
};

void TestThemeSwitch::init()
{
    TestCase::init();
    QSettings().clear();
    applyTheme(*qApp, ThemeKind::Light, 1.0);
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_workbench = std::make_unique<Workbench>(*m_session);
    m_window = &m_workbench->window();
    m_window->resize(1280, 720);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window));
    m_session->openModel(QLatin1String(Session::firstModel));
    QTRY_VERIFY_WITH_TIMEOUT(m_session->result() && !m_session->activity().running, 20'000);
}

void TestThemeSwitch::cleanup()
{
    m_workbench.reset();
    m_session.reset();
    m_engine.reset();
    applyTheme(*qApp, ThemeKind::Light, 1.0);
}

void TestThemeSwitch::settle() const
{
    for (int turn = 0; turn < 4; ++turn) {
        AsyncJob::waitForAll();
        QTest::qWait(10);
    }
}

QImage TestThemeSwitch::look() const
{
    settle();
    return m_window->grab().toImage();
}

/// How large each widget's type is, of those on the screen.
std::map<QWidget*, int> TestThemeSwitch::shownSizes() const
{
    std::map<QWidget*, int> sizes;
    for (QWidget* widget : m_window->findChildren<QWidget*>()) {
        if (widget->isVisible())
            sizes[widget] = widget->font().pixelSize();
    }
    return sizes;
}

void TestThemeSwitch::hiddenViewsFollow_data()
{
    QTest::addColumn<ThemeKind>("kind");
    QTest::addColumn<double>("type");
    QTest::newRow("dark") << ThemeKind::Dark << 1.0;
    QTest::newRow("contrast") << ThemeKind::ContrastDark << 1.0;
    QTest::newRow("larger") << ThemeKind::Dark << 1.25;
    QTest::newRow("only larger") << ThemeKind::Light << 1.25;
}

void TestThemeSwitch::hiddenViewsFollow()
{
    QFETCH(ThemeKind, kind);
    QFETCH(double, type);
    int compared = 0;
    for (const ViewDescriptor& view : views()) {
        if (!m_window->stack().available(view))
            continue;
        const QString other = view.id == views().front().id ? QStringLiteral("heatmap") : views().front().id;
        applyTheme(*qApp, ThemeKind::Light, 1.0);
        m_window->stack().showView(view.id);
        settle();
        m_window->stack().showView(other);
        settle();
        applyTheme(*qApp, kind, type);
        settle();
        m_window->stack().showView(view.id);
        const QImage followed = look();
        applyTheme(*qApp, ThemeKind::Light, 1.0);
        settle();
        applyTheme(*qApp, kind, type);
        const QImage expected = look();
        QVERIFY2(followed == expected, qPrintable(view.id));
        ++compared;
    }
    QVERIFY(compared >= 6);
}

void TestThemeSwitch::thereAndBack_data()
{
    QTest::addColumn<ThemeKind>("kind");
    QTest::addColumn<double>("type");
    QTest::addColumn<bool>("hidden");
    QTest::newRow("dark, hidden") << ThemeKind::Dark << 1.0 << true;
    QTest::newRow("larger, hidden") << ThemeKind::Light << 1.5 << true;
    QTest::newRow("both, shown") << ThemeKind::ContrastDark << 1.25 << false;
}

/// Nothing of another theme stays: back in the first one every view looks as it did before.
void TestThemeSwitch::thereAndBack()
{
    QFETCH(ThemeKind, kind);
    QFETCH(double, type);
    QFETCH(bool, hidden);
    for (const ViewDescriptor& view : views()) {
        if (!m_window->stack().available(view))
            continue;
        const QString other = view.id == views().front().id ? QStringLiteral("heatmap") : views().front().id;
        m_window->stack().showView(view.id);
        const QImage before = look();
        const auto change = [&](ThemeKind to, double size) {
            if (hidden)
                m_window->stack().showView(other);
            settle();
            applyTheme(*qApp, to, size);
            settle();
            m_window->stack().showView(view.id);
            settle();
        };
        change(kind, type);
        QVERIFY(look() != before);
        change(ThemeKind::Light, 1.0);
        QVERIFY2(look() == before, qPrintable(view.id));
    }
}

/// Half again as large means every widget's type, whichever view it is in.
void TestThemeSwitch::everyFontFollowsTheSize()
{
    constexpr double larger = 1.5;
    for (const ViewDescriptor& view : views()) {
        if (!m_window->stack().available(view))
            continue;
        m_window->stack().showView(view.id);
        settle();
        const std::map<QWidget*, int> sizes = shownSizes();
        QVERIFY(sizes.size() > 20);
        applyTheme(*qApp, ThemeKind::Light, larger);
        settle();
        for (const auto& [widget, size] : shownSizes()) {
            if (sizes.contains(widget))
                QVERIFY2(size == int(std::lround(sizes.at(widget) * larger)),
                    qPrintable(
                        QStringLiteral("%1: %2 %3")
                            .arg(view.id, widget->metaObject()->className(), widget->accessibleName())));
        }
        applyTheme(*qApp, ThemeKind::Light, 1.0);
        settle();
        QCOMPARE(shownSizes(), sizes);
    }
}

/// What presenting shows in large letters stays large when the theme is switched before a room.
void TestThemeSwitch::presentingFollows()
{
    const auto before = shownSizes();
    QTest::keyClick(m_window, Qt::Key_F5);
    settle();
    QLabel* question = nullptr;
    for (auto* label : m_window->findChildren<QLabel*>()) {
        if (label->accessibleName() == QStringLiteral("Question"))
            question = label;
    }
    QVERIFY(question && question->isVisible());
    const QFont large = question->font();
    QVERIFY(large.pixelSize() > currentTheme().title.pixelSize() && large.bold());
    QTest::keyClick(m_window, Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
    settle();
    QVERIFY(isDark(currentTheme().kind));
    QCOMPARE(question->font(), large);
    QTest::keyClick(m_window, Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
    settle();
    QCOMPARE(question->font(), large);
    QTest::keyClick(m_window, Qt::Key_F5);
    settle();
    QCOMPARE(currentTheme().typeScale, 1.0);
    QCOMPARE(shownSizes(), before);
}

void TestThemeSwitch::closedPanelsFollow()
{
    auto* dock = m_window->findChild<QDockWidget*>(QStringLiteral("inspector"));
    QVERIFY(dock);
    dock->hide();
    applyTheme(*qApp, ThemeKind::Dark);
    settle();
    dock->show();
    const QImage followed = look();
    applyTheme(*qApp, ThemeKind::Light);
    settle();
    applyTheme(*qApp, ThemeKind::Dark);
    QCOMPARE(followed, look());
}

/// The whole window would be some hundred widgets at every switch.
void TestThemeSwitch::onlyWhatIsShownIsRestyled()
{
    struct Counter : QObject {
        int shown = 0, hidden = 0;
        bool eventFilter(QObject* watched, QEvent* event) override
        {
            const auto* widget = qobject_cast<QWidget*>(watched);
            if (widget && event->type() == QEvent::PaletteChange)
                ++(widget->isVisible() ? shown : hidden);
            return false;
        }
    };
    for (const ViewDescriptor& view : views())
        m_window->stack().showView(view.id);
    m_window->stack().showView(views().front().id);
    settle();
    Counter counter;
    qApp->installEventFilter(&counter);
    applyTheme(*qApp, ThemeKind::Dark);
    qApp->removeEventFilter(&counter);
    QVERIFY(counter.shown > 20);
    QVERIFY2(counter.hidden < counter.shown, qPrintable(QString::number(counter.hidden)));
}

HEADLIGHT_TEST_MAIN(TestThemeSwitch)
#include "tst_theme_switch.moc"
