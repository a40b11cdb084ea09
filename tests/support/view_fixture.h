#pragma once
// A session with a result of a test's own and one view on it, as the window holds it.

#include "core/engine/engine.h"
#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"
#include "ui/views/view.h"

namespace headlight::test {

struct ViewFixture {
    Engine engine{ Resources(HEADLIGHT_SOURCE_DIR "/resources") };
    ui::Session session{ engine };
    QWidget window; ///< without a layout: the offscreen platform complains about size hints
    std::unique_ptr<ui::View> view;

    explicit ViewFixture(const QString& id, std::shared_ptr<const AnalysisResult> result = nullptr,
        const QSize& size = { 900, 640 })
    {
        session.setDisplay({});
        if (result)
            session.setResult(result);
        view.reset(ui::viewById(id)->make(session, &window));
        window.resize(size);
        view->resize(size);
        window.show();
        QCoreApplication::processEvents();
    }
    void select(const std::function<void(ui::Selection&)>& change)
    {
        ui::Selection selection = session.selection();
        change(selection);
        session.setSelection(selection);
        QCoreApplication::processEvents();
    }
    void display(const std::function<void(ui::DisplaySettings&)>& change)
    {
        ui::DisplaySettings display = session.display();
        change(display);
        session.setDisplay(display);
        QCoreApplication::processEvents();
    }
    /// The only child of a type.
    template <typename Widget> Widget* child() const { return view->findChild<Widget*>(); }
    QImage picture() const { return view->grab().toImage(); }
};

/// How many colours a picture has, up to `enough`.
inline int colourCount(const QImage& image, int enough = 64)
{
    QSet<QRgb> colours;
    for (int y = 0; y < image.height() && colours.size() < enough; ++y)
        for (int x = 0; x < image.width() && colours.size() < enough; ++x)
            colours.insert(image.pixel(x, y));
    return int(colours.size());
}

} // namespace headlight::test
