#pragma once
// A figure as pictures one after another: over layers, heads, what the model wrote, or the figure's own
// steps.

#include "core/base/expected.h"
#include "core/base/job_control.h"
#include "ui/export/export_options.h"
#include "ui/views/view.h"

#include <filesystem>

namespace headlight::ui {

enum class AnimationKind { Layers, Heads, Generation, Steps };
inline constexpr std::array allAnimations{ AnimationKind::Layers, AnimationKind::Heads,
    AnimationKind::Generation, AnimationKind::Steps };
/// "layers", "heads", "generation", "steps".
QString id(AnimationKind kind);
std::optional<AnimationKind> animationFromId(const QString& id);
/// "layers of the head": in a list of choices.
QString title(AnimationKind kind);

/// The scenes in order; empty when there are fewer than two. Steps of layers whose computation is not at hand
/// are left out. Each scene says in its title where it is when the title is a person's own.
std::vector<Scene> framesOf(const ViewDescriptor& view, const Scene& scene, AnimationKind kind);

/// What the largest of them needs; empty for none.
QSizeF commonSize(const ViewDescriptor& view, const std::vector<Scene>& frames);

struct Animation {
    AnimationKind kind = AnimationKind::Layers;
    int delay = 600; ///< milliseconds per picture
    bool loop = true; ///< GIF begins anew at its end
    static constexpr int leastDelay = 20, mostDelay = 60'000;
};

/// Writes all pictures, of one size: a .gif, or for a .png name-0001.png, name-0002.png ... beside it. All
/// files are there or none. Any thread. Errors: BadInput, Unsupported (nothing to go through), Unwritable;
/// Cancelled when `job` is stopped.
Status exportAnimation(const ViewDescriptor& view, const Scene& scene, const std::filesystem::path& path,
    const ExportOptions& options, const Animation& animation, const JobControl& job = {});

} // namespace headlight::ui
