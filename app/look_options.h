#pragma once
// How `render` draws: colours, scale, theme, size, what stands around the picture, options of one view.

#include "ui/export/export_options.h"
#include "ui/views/view.h"

#include <string>

namespace CLI {
class App;
}

namespace headlight {

class LookOptions {
public:
    /// Declares the options on `app`; `this` must outlive parsing.
    void declare(CLI::App& app);
    /// Everything of a scene but result and selection. Throws CLI::ValidationError that names the option and
    /// what it takes.
    ui::Scene scene(const ui::ViewDescriptor& view) const;
    /// Size, resolution and background. Throws the same.
    ui::ExportOptions file() const;

private:
    void declareColours(CLI::App& app);
    void declareParts(CLI::App& app);
    ui::DisplaySettings display() const;

    std::string m_size, m_title, m_theme = "light", m_colourMap = "viridis", m_scale = "linear",
                                 m_normalise = "head", m_special = "show", m_direction = "looks-at",
                                 m_pooling = "max", m_step;
    std::vector<std::string> m_options;
    double m_overlay = ui::DisplaySettings().imageOverlay;
    int m_dpi = ui::ExportOptions::screenDpi, m_written = -1; ///< -1: none given
    bool m_joinWords = false, m_smooth = false, m_transparent = false, m_noTitle = false, m_noCaption = false,
         m_noLegend = false;
};

/// Throws CLI::ValidationError: "heat" is not known; it takes ...
[[noreturn]] void refuse(const std::string& option, const std::string& given, const std::string& takes);

} // namespace headlight
