// A theme that is switched while a part of the window is hidden: shown again, the part looks as if it had been
// there.

#include "core/engine/engine.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/main_window.h"
#include "ui/style/theme.h"
#include "ui/view_stack.h"
#include "ui/views/view.h"
#include "ui/widgets/async_job.h"

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
    void closedPanelsFollow();
    void onlyWhatIsShownIsRestyled();

private:
    void settle() const;
    QImage look() const;

    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;
};

void TestThemeSwitch::init()
{
    TestCase::init();
    QSettings().clear();
    applyTheme(*qApp, ThemeKind::Light, 1.0);
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_window = std::make_unique<MainWindow>(*m_session);
    m_window->resize(1280, 720);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_session->openModel(QLatin1String(Session::firstModel));
    QTRY_VERIFY_WITH_TIMEOUT(m_session->result() && !m_session->activity().running, 20'000);
}

void TestThemeSwitch::cleanup()
{
    m_window.reset();
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

void TestThemeSwitch::hiddenViewsFollow_data()
{
    QTest::addColumn<ThemeKind>("kind");
    QTest::addColumn<double>("type");
    QTest::newRow("dark") << ThemeKind::Dark << 1.0;
    QTest::newRow("contrast") << ThemeKind::ContrastDark << 1.0;
    QTest::newRow("larger") << ThemeKind::Dark << 1.25;
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
