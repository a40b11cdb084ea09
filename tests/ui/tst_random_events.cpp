// The whole window under the hands of somebody who knows nothing and fears nothing: clicks, keys, wheels,
// drops, resizes, themes and models switched while they run. Nothing may crash, warn or hang; under the
// sanitizers nothing may leak either. HEADLIGHT_EVENTS says how many (10000 for a long night), HEADLIGHT_SEED
// which.

#include "core/engine/engine.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/style/theme.h"
#include "ui/view_stack.h"
#include "ui/views/view.h"
#include "ui/workbench.h"

#include <random>

using namespace headlight;
using namespace headlight::ui;

namespace {

/// Longer than this in one event is a hang; machines under load are slow, so the sanitizer's ten times are
/// within.
constexpr qint64 hangMilliseconds = 5000;
/// What the window promises; how often it is kept is printed.
constexpr qint64 promisedMilliseconds = 200;

int wantedEvents()
{
    const int wanted = qEnvironmentVariableIntValue("HEADLIGHT_EVENTS");
    return wanted > 0 ? wanted : 4000;
}

} // namespace

class TestRandomEvents : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void nothingBreaks();

private:
    using Event = void (TestRandomEvents::*)();
    int upTo(int count) { return int(m_random() % unsigned(std::max(1, count))); }
    template <typename T> const T& any(const std::vector<T>& of)
    {
        return of[std::size_t(upTo(int(of.size())))];
    }
    /// A visible widget somewhere in the window, or in what has opened over it.
    QWidget* target();
    const QWidget* m_modal = nullptr; ///< that was open at the last event; only compared
    QPoint placeIn(const QWidget& widget);
    Qt::KeyboardModifiers modifiers();
    void mouse(QEvent::Type type, QWidget* widget, const QPoint& place, Qt::MouseButtons held);
    void click();
    void drag();
    void key();
    void shortcut();
    void type();
    void wheel();
    void move();
    void drop();
    void resize();
    void theme();
    void model();
    void view();
    void closeWhatIsOpen();
    using Events = std::vector<std::pair<Event, const char*>>;
    static const Events& common();
    static const Events& rare();
    void next();

    /// The longest time between two events: the window did nothing else then.
    struct Gap {
        QElapsedTimer clock;
        qint64 longest = 0;
        int slow = 0;
        QMap<QString, int> slowAfter; ///< by the event that took so long
        QString during;
        void noteBeat(const QStringList& last)
        {
            const qint64 took = clock.isValid() ? clock.restart() : (clock.start(), 0);
            slow += took > promisedMilliseconds ? 1 : 0;
            if (took > promisedMilliseconds && !last.isEmpty())
                ++slowAfter[last.back()];
            if (took > longest) {
                longest = took;
                during = last.join(QStringLiteral(", "));
            }
        }
    };

    QTemporaryDir m_scratch;
    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Workbench> m_workbench;
    std::mt19937 m_random;
    Qt::MouseButton m_button = Qt::LeftButton;
    Qt::KeyboardModifiers m_modifiers;
    QStringList m_last; ///< what was done lately, for a report
    QString m_aim; ///< whom the event at hand went to
    Gap m_longestGap;
    int m_left = 0; ///< events still to come
};

void TestRandomEvents::init()
{
    TestCase::init();
    QSettings().clear();
    QDir::setCurrent(m_scratch.path()); // whatever is saved or made goes here
    applyTheme(*qApp, ThemeKind::Light);
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_session->setPatience(std::chrono::milliseconds(0)); // half results in every run
    m_workbench = std::make_unique<Workbench>(*m_session);
    m_workbench->window().resize(1280, 720);
    m_workbench->window().show();
    m_session->openModel(QLatin1String(Session::firstModel));
    QVERIFY(QTest::qWaitForWindowActive(&m_workbench->window()));
    QTRY_VERIFY(m_session->result());
}

void TestRandomEvents::cleanup()
{
    m_workbench.reset();
    m_session.reset();
    m_engine.reset();
}

QWidget* TestRandomEvents::target()
{
    if (QWidget* popup = QApplication::activePopupWidget()) // it has the mouse, as on any screen
        return popup;
    std::vector<QWidget*> shown;
    for (QWidget* widget : QApplication::allWidgets()) {
        if (widget->isVisible() && widget->isEnabled() && widget->width() > 1 && widget->height() > 1)
            shown.push_back(widget);
    }
    QWidget* aimed = shown.empty() ? &m_workbench->window() : any(shown);
    m_aim = QLatin1String(aimed->metaObject()->className()) + u' ' + aimed->accessibleName();
    return aimed;
}

QPoint TestRandomEvents::placeIn(const QWidget& widget)
{
    return { upTo(widget.width()), upTo(widget.height()) };
}

Qt::KeyboardModifiers TestRandomEvents::modifiers()
{
    static const std::vector<Qt::KeyboardModifiers> all{ Qt::NoModifier, Qt::NoModifier, Qt::NoModifier,
        Qt::ControlModifier, Qt::ShiftModifier, Qt::AltModifier };
    return any(all);
}

void TestRandomEvents::mouse(QEvent::Type type, QWidget* widget, const QPoint& place, Qt::MouseButtons held)
{
    if (!widget)
        return;
    const bool moves = type == QEvent::MouseMove;
    QMouseEvent event(
        type, place, widget->mapToGlobal(place), moves ? Qt::NoButton : m_button, held, m_modifiers);
    QApplication::sendEvent(widget, &event);
}

void TestRandomEvents::click()
{
    QPointer<QWidget> widget = target();
    const QPoint place = placeIn(*widget);
    m_button = upTo(8) == 0 ? Qt::RightButton : Qt::LeftButton;
    m_modifiers = modifiers();
    mouse(QEvent::MouseButtonPress, widget, place, m_button);
    mouse(QEvent::MouseButtonRelease, widget, place, Qt::NoButton);
    if (upTo(10) > 0)
        return;
    mouse(QEvent::MouseButtonDblClick, widget, place, m_button);
    mouse(QEvent::MouseButtonRelease, widget, place, Qt::NoButton);
}

void TestRandomEvents::drag()
{
    QPointer<QWidget> widget = target();
    m_button = Qt::LeftButton;
    m_modifiers = modifiers();
    mouse(QEvent::MouseButtonPress, widget, placeIn(*widget), m_button);
    for (int i = 0; widget && i < 4; ++i)
        mouse(QEvent::MouseMove, widget, placeIn(*widget), m_button);
    if (widget)
        mouse(QEvent::MouseButtonRelease, widget, placeIn(*widget), Qt::NoButton);
}

void TestRandomEvents::key()
{
    static const std::vector<Qt::Key> keys{ Qt::Key_Left, Qt::Key_Right, Qt::Key_Up, Qt::Key_Down,
        Qt::Key_Tab, Qt::Key_Backtab, Qt::Key_Space, Qt::Key_Return, Qt::Key_Escape, Qt::Key_BracketLeft,
        Qt::Key_BracketRight, Qt::Key_BraceLeft, Qt::Key_BraceRight, Qt::Key_Plus, Qt::Key_Minus, Qt::Key_0,
        Qt::Key_Home, Qt::Key_End, Qt::Key_Delete, Qt::Key_Backspace, Qt::Key_F1, Qt::Key_F3, Qt::Key_F5,
        Qt::Key_Period, Qt::Key_Comma };
    QWidget* popup = QApplication::activePopupWidget();
    QWidget* focus = popup ? popup : QApplication::focusWidget();
    const Qt::Key code = any(keys);
    for (const auto type : { QEvent::KeyPress, QEvent::KeyRelease }) {
        QKeyEvent event(type, code, modifiers(), code == Qt::Key_Space ? QStringLiteral(" ") : QString());
        QApplication::sendEvent(focus ? focus : &m_workbench->window(), &event);
        focus = QApplication::focusWidget(); // the press may have closed what had it
    }
}

/// Any action of the window but those that end it or open the system's file dialogs.
void TestRandomEvents::shortcut()
{
    std::vector<QAction*> actions;
    for (QAction* action : m_workbench->window().actions()) {
        const QString title = action->text();
        const bool ends = action->shortcut() == QKeySequence(QKeySequence::Quit) || title.endsWith(u'…');
        if (!ends && action->isEnabled())
            actions.push_back(action);
    }
    if (!actions.empty())
        any(actions)->trigger();
}

void TestRandomEvents::type()
{
    static const std::vector<QString> texts{ "it was tired", "ü", "مرحبا", "שלום", "नमस्ते", "日本語",
        "👩‍👩‍👧", "e\u0301", "...", " ", "1, 2, 3" };
    std::vector<QWidget*> edits;
    for (auto* edit : m_workbench->window().findChildren<QPlainTextEdit*>())
        if (edit->isVisible())
            edits.push_back(edit);
    for (auto* edit : m_workbench->window().findChildren<QLineEdit*>())
        if (edit->isVisible())
            edits.push_back(edit);
    if (edits.empty())
        return;
    QWidget* edit = any(edits);
    const QString text = any(texts);
    QKeyEvent typed(QEvent::KeyPress, 0, Qt::NoModifier, text);
    QApplication::sendEvent(edit, &typed);
}

void TestRandomEvents::wheel()
{
    QWidget* widget = target();
    const QPoint place = placeIn(*widget);
    QWheelEvent turned(place, widget->mapToGlobal(place), {}, { 0, upTo(2) ? 120 : -120 }, Qt::NoButton,
        modifiers(), Qt::NoScrollPhase, false);
    QApplication::sendEvent(widget, &turned);
}

void TestRandomEvents::move()
{
    QWidget* widget = target();
    m_modifiers = {};
    mouse(QEvent::MouseMove, widget, placeIn(*widget), Qt::NoButton);
}

void TestRandomEvents::drop()
{
    static const std::vector<QString> files{ "models/shapes", "models/sentiment", "models/shapes/config.json",
        "models/sentiment/vocab.txt", "models/nothing", "examples" };
    QMimeData data;
    if (upTo(3) == 0)
        data.setText(QStringLiteral("a text that was dropped"));
    else
        data.setUrls({ QUrl::fromLocalFile(m_sample.path(any(files))) });
    const QPointF place(upTo(m_workbench->window().width()), upTo(m_workbench->window().height()));
    QDropEvent dropped(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&m_workbench->window(), &dropped);
}

void TestRandomEvents::resize()
{
    m_workbench->window().resize(640 + upTo(1400), 420 + upTo(900));
}

void TestRandomEvents::theme()
{
    m_workbench->window().setTheme(upTo(2) ? ThemeKind::Light : ThemeKind::Dark);
}

void TestRandomEvents::model()
{
    m_session->openModel(QLatin1String(upTo(2) ? Session::firstModel : Session::firstImageModel));
}

void TestRandomEvents::view()
{
    const auto all = views();
    m_workbench->window().stack().showView(all[std::size_t(upTo(int(all.size())))].id);
}

/// A person looks at a dialog for a while, then shuts it; left open they would pile up. What stands behind a
/// modal one cannot be reached: Qt's own file dialog would be gone while it waits for an answer.
void TestRandomEvents::closeWhatIsOpen()
{
    const QWidget* modal = QApplication::activeModalWidget();
    for (QWidget* top : QApplication::topLevelWidgets()) {
        if (top != &m_workbench->window() && top->isVisible() && (!modal || top == modal))
            top->close();
    }
    if (!m_workbench->window().isVisible())
        m_workbench->window().show();
}

/// Menus and drags run loops of their own inside an event: each event is asked for before the last one is
/// over, so that those go on under the same hands.
void TestRandomEvents::next()
{
    if (m_left <= 0)
        return;
    // When a dialog has closed, the loop it ran returns first: no hand is quick enough to close the one
    // behind it before.
    const QWidget* modal = QApplication::activeModalWidget();
    if (const QWidget* before = std::exchange(m_modal, modal); before && before != modal) {
        QTimer::singleShot(20, this, &TestRandomEvents::next);
        return;
    }
    --m_left;
    QTimer::singleShot(0, this, &TestRandomEvents::next);
    m_longestGap.noteBeat(m_last);
    const auto& [what, name] = upTo(4) > 0 ? any(common()) : any(rare());
    m_last << QLatin1String(name);
    if (m_last.size() > 12)
        m_last.removeFirst();
    m_aim.clear();
    (this->*what)();
    if (!m_aim.isEmpty())
        m_last.back() += QStringLiteral(" on ") + m_aim;
}

const TestRandomEvents::Events& TestRandomEvents::common()
{
    static const Events events{ { &TestRandomEvents::click, "click" }, { &TestRandomEvents::key, "key" },
        { &TestRandomEvents::move, "move" }, { &TestRandomEvents::wheel, "wheel" } };
    return events;
}

const TestRandomEvents::Events& TestRandomEvents::rare()
{
    static const Events events{ { &TestRandomEvents::drag, "drag" },
        { &TestRandomEvents::shortcut, "action" }, { &TestRandomEvents::type, "type" },
        { &TestRandomEvents::view, "view" }, { &TestRandomEvents::resize, "resize" },
        { &TestRandomEvents::theme, "theme" }, { &TestRandomEvents::model, "model" },
        { &TestRandomEvents::drop, "drop" }, { &TestRandomEvents::closeWhatIsOpen, "close" } };
    return events;
}

void TestRandomEvents::nothingBreaks()
{
    const int given = qEnvironmentVariableIntValue("HEADLIGHT_SEED");
    const auto seed = given > 0 ? unsigned(given) : 20'261'128u;
    m_random.seed(seed);
    qInfo("seed %u", seed); // said first: a crash says nothing any more
    const int count = m_left = wantedEvents();
    m_longestGap = {};
    m_longestGap.noteBeat({});
    QTimer::singleShot(0, this, &TestRandomEvents::next);
    QTimer ending; // menus that are still open hold the loop that waits for the end
    connect(&ending, &QTimer::timeout, this, [this] {
        if (m_left <= 0)
            closeWhatIsOpen();
    });
    ending.start(100);
    QElapsedTimer stuck;
    stuck.start();
    for (int before = m_left; m_left > 0; before = m_left) {
        QTest::qWait(50);
        if (m_left != before)
            stuck.restart();
        QVERIFY2(stuck.elapsed() < hangMilliseconds, qPrintable(m_last.join(u' ')));
    }
    QVERIFY2(m_longestGap.longest < hangMilliseconds, qPrintable(m_longestGap.during));
    closeWhatIsOpen();
    m_session->openModel(QLatin1String(Session::firstModel));
    QTest::qWait(50);
    for (int i = 0; i < 400 && m_session->activity().running; ++i)
        QTest::qWait(50);
    QVERIFY2(!m_session->activity().running, qPrintable(m_session->activity().phase));
    m_session->setInput(TextInput{ "it was tired", std::nullopt });
    QTRY_VERIFY_WITH_TIMEOUT(m_session->result() && !m_session->activity().running, 20'000);
    QStringList slow;
    for (auto it = m_longestGap.slowAfter.cbegin(); it != m_longestGap.slowAfter.cend(); ++it)
        slow << QStringLiteral("%1 %2").arg(it.key()).arg(it.value());
    qInfo("%d events; the window was longest busy for %lld ms (%s), %d times for over %lld ms: %s", count,
        m_longestGap.longest, qPrintable(m_longestGap.during), m_longestGap.slow, promisedMilliseconds,
        qPrintable(slow.join(QStringLiteral(", "))));
}

HEADLIGHT_TEST_MAIN(TestRandomEvents)
#include "tst_random_events.moc"
