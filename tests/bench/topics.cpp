// The topics: a start, memory, switching in every view of the registry, and a map of 8,000 tokens under the
// hand.

#include "tests/bench/bench.h"

#include "core/engine/engine.h"
#include "ui/session/session.h"
#include "ui/views/shown_map.h"
#include "ui/views/view.h"
#include "ui/widgets/heatmap_canvas.h"
#include "ui/workbench.h"

#include <QApplication>
#include <fmt/format.h>
#include <QMouseEvent>
#include <QProcess>
#include <QTemporaryDir>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace headlight::bench {
namespace {

const Resources& resources()
{
    static const Resources found(HEADLIGHT_SOURCE_DIR "/resources");
    return found;
}

void sendMouse(
    QWidget* to, QEvent::Type type, const QPointF& at, Qt::MouseButton button, Qt::MouseButtons buttons)
{
    QMouseEvent event(type, at, to->mapToGlobal(at), button, buttons, Qt::NoModifier);
    QCoreApplication::sendEvent(to, &event);
}

void sendWheel(QWidget* to, const QPointF& at, int steps)
{
    QWheelEvent event(at, to->mapToGlobal(at), {}, { 0, 120 * steps }, Qt::NoButton, Qt::NoModifier,
        Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(to, &event);
}

/// One view in a window of its own, as large as the centre of a 1440 × 900 window.
struct Shown {
    Engine engine{ resources() };
    ui::Session session{ engine };
    QWidget window;
    std::unique_ptr<ui::View> view;

    Shown(const ui::ViewDescriptor& descriptor, const std::shared_ptr<AnalysisResult>& result)
    {
        session.setDisplay({});
        session.setResult(result);
        ui::Selection selection = session.selection();
        selection.queries = { 7 };
        selection.key = 9;
        session.setSelection(selection);
        view.reset(descriptor.make(session, &window));
        window.resize(840, 760);
        view->resize(window.size());
        window.show();
        settle();
    }
    void choose(const std::function<void(ui::Selection&)>& change)
    {
        ui::Selection selection = session.selection();
        change(selection);
        session.setSelection(selection);
        QCoreApplication::processEvents(); // paints
    }
};

void benchView(const ui::ViewDescriptor& descriptor, const std::shared_ptr<AnalysisResult>& result)
{
    Shown shown(descriptor, result);
    const std::string name = descriptor.id.toStdString();
    const std::string size = fmt::format("{} tokens, 12×12 heads", result->tokens.size());
    measure(
        fmt::format("{}: a result that has just come, {}", name, size), 16, 12,
        [&](int) {
            shown.session.setResult(std::make_shared<AnalysisResult>(*result));
            QCoreApplication::processEvents();
        },
        settle);
    measure(
        fmt::format("{}: head switch, {}", name, size), 16, 24,
        [&](int run) { shown.choose([&](ui::Selection& s) { s.heads = { run % 12 }; }); }, settle);
    measure(
        fmt::format("{}: layer switch, {}", name, size), 16, 24,
        [&](int run) { shown.choose([&](ui::Selection& s) { s.layer = run % 12; }); }, settle);
    measure(
        fmt::format("{}: token switch, {}", name, size), 16, 24,
        [&](int run) { shown.choose([&](ui::Selection& s) { s.queries = { 10 + run * 7 }; }); }, settle);
    settle();
    QWidget* under = shown.view->childAt(shown.view->rect().center());
    under = under ? under : shown.view.get();
    measure(fmt::format("{}: hover read-out, {}", name, size), 4, 40, [&](int run) {
        const QPointF middle = QRectF(under->rect()).center();
        sendMouse(under, QEvent::MouseMove, middle + QPointF(run * 3 - 60, run * 2 - 40), Qt::NoButton,
            Qt::NoButton);
        QCoreApplication::processEvents();
    });
}

} // namespace

void benchStart()
{
    const QTemporaryDir home;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), home.path());
    environment.insert(QStringLiteral("XDG_STATE_HOME"), home.path());
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), home.path());
    measure("start to first painted map, whole process", 500, 10, [&](int) {
        QProcess program;
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(HEADLIGHT_PROGRAM), { QStringLiteral("--quit-after-first-map") });
        program.waitForFinished(20'000);
        if (program.exitCode() != 0)
            fmt::print(stderr, "the program ended with status {}\n", program.exitCode());
    });
}

void benchMemory()
{
    const Engine engine(resources());
    const auto result = softmaxText(12, 12, 512);
    ui::Session session(engine);
    session.setResult(result);
    settle();
    const double before = residentMegabytes();
    ui::Workbench workbench(session);
    workbench.window().resize(1440, 900);
    workbench.window().show();
    const QList<QAction*> actions = workbench.window().findChildren<QAction*>();
    for (const ui::ViewDescriptor& view : ui::views()) {
        if (!view.available(*result))
            continue;
        for (QAction* action : actions)
            if (action->text().remove(u'&') == view.title)
                action->trigger();
        settle();
    }
    reportNumber("memory of the window above the model, every view shown, 512 tokens, 12×12 heads",
        residentMegabytes() - before, "megabytes", 250);
}

namespace {

void benchViewsOf(int tokens)
{
    const auto result = softmaxText(12, 12, tokens);
    const QStringList named = QCoreApplication::arguments();
    const bool some = std::ranges::any_of(
        ui::views(), [&](const ui::ViewDescriptor& view) { return named.contains(view.id); });
    for (const ui::ViewDescriptor& view : ui::views())
        if (view.available(*result) && (!some || named.contains(view.id)))
            benchView(view, result);
}

} // namespace

void benchViews()
{
    benchViewsOf(512);
}

void benchLongText()
{
    benchViewsOf(4096);
}

void benchLargeMap()
{
    const auto result = softmaxText(1, 1, 8000);
    Shown shown(*ui::viewById(QStringLiteral("heatmap")), result);
    auto* canvas = shown.view->findChild<ui::HeatmapCanvas*>();
    const QPointF centre = canvas->cells().plot.center();
    // Steps in and out of the same places: cells of a fifth of a pixel to several pixels.
    measure("map of 8,000 tokens: a step of zoom, from cache", 1000.0 / 60, 40, [&](int run) {
        sendWheel(canvas, centre, run / 10 % 2 == 0 ? 1 : -1);
        QCoreApplication::processEvents();
    });
    for (const double factor : { 2.0, 6.0, 30.0, 200.0 }) {
        canvas->showWhole();
        canvas->zoom(factor, centre);
        settle();
        sendMouse(canvas, QEvent::MouseButtonPress, centre, Qt::LeftButton, Qt::LeftButton);
        QPointF hand = centre;
        measure(fmt::format("map of 8,000 tokens, zoomed {}×: a step of pan, from cache", factor),
            1000.0 / 60, 40, [&](int run) {
                hand += run / 20 % 2 == 0 ? QPointF(9, 5) : QPointF(-9, -5);
                sendMouse(canvas, QEvent::MouseMove, hand, Qt::NoButton, Qt::LeftButton);
                QCoreApplication::processEvents();
            });
        sendMouse(canvas, QEvent::MouseButtonRelease, hand, Qt::LeftButton, Qt::NoButton);
        settle();
        measure(
            fmt::format("map of 8,000 tokens, zoomed {}×: detail refreshed", factor), 50, 12, [&](int run) {
                const ui::HeatmapGeometry cells = canvas->cells();
                // Far enough that nothing of the old detail is enough.
                canvas->setWindow(cells.window.translated(
                    (run % 2 == 0 ? 1.6 : -1.6) * cells.window.width() * (factor > 2 ? 1 : 0.2), 0));
                settle();
            });
    }
    canvas->showWhole();
    settle();
    measure("map of 8,000 tokens: hover read-out", 4, 40, [&](int run) {
        sendMouse(canvas, QEvent::MouseMove, centre + QPointF(run * 3, run * 2), Qt::NoButton, Qt::NoButton);
        QCoreApplication::processEvents();
    });
}

} // namespace headlight::bench
