#pragma once
// What is on the screen becomes a finding: title, exact numbers and figure of the chosen cell, head or map.

#include "ui/session/pin.h"
#include "ui/views/view.h"

#include <QSize>

namespace headlight::ui {

/// All but the picture; quick. Needs a result in the scene.
Pin pinOf(const Session& session, const Scene& scene);
/// The figure of the view as a PNG that is small enough to be kept by the dozen and large enough to be
/// printed; empty when the view has nothing to show. Any thread.
QByteArray pinPicture(const ViewDescriptor& view, const Scene& scene);

/// In pixels of an ordinary screen; the picture has twice as many.
constexpr QSize pinSize(720, 480);

} // namespace headlight::ui
