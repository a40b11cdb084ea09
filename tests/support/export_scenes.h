#pragma once
// A scene for each view that it can draw, for tests of what goes into files.

#include "core/engine/engine.h"
#include "tests/support/synthetic_models.h"
#include "ui/session/comparison.h"
#include "ui/views/view.h"

namespace headlight::test {

inline ui::Scene exportScene(std::shared_ptr<const AnalysisResult> result, int layer = 1, int head = 2)
{
    ui::Scene scene;
    scene.result = std::move(result);
    scene.selection.layer = layer;
    scene.selection.heads = { head };
    scene.selection.queries = { 2 };
    scene.selection.key = 3;
    return scene;
}

/// A run of the bundled sentiment model that kept how its weights came about.
inline ui::Scene stepsScene()
{
    static const auto result = [] {
        const Engine engine(Resources(HEADLIGHT_SOURCE_DIR "/resources"));
        AnalysisRequest request;
        request.input = TextInput{ "not bad at all", {} };
        request.trace.steps.all = true;
        return *engine.run(*engine.open("sentiment", {}), request, {});
    }();
    ui::Scene scene = exportScene(result);
    scene.computation = result->trace->computation(scene.selection.site());
    return scene;
}

inline ui::Scene exportSceneFor(const ui::ViewDescriptor& view, int tokens = 9)
{
    if (view.computation)
        return stepsScene();
    ui::Scene scene = exportScene(syntheticText({ 2, 3, tokens }));
    if (view.id == QLatin1String(ui::Comparison::view))
        scene.other = std::make_shared<ui::ComparedSide>(ui::ComparedSide{
            scene.result, exportScene(scene.result, 0, 1).selection, QStringLiteral("same run") });
    if (view.available(*scene.result))
        return scene;
    scene.result = syntheticImage(2, 3, 4, 5);
    if (view.available(*scene.result))
        return scene;
    return exportScene(syntheticSound(), 0, 1);
}

} // namespace headlight::test
