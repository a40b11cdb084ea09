// Implements look_options.h.

#include "app/look_options.h"

#include "ui/export/command.h"
#include "ui/export/export_figure.h"
#include "ui/export/figure_size.h"
#include "ui/style/colour_map.h"

#include <QRegularExpression>

namespace headlight {
namespace {

using namespace ui;

/// "1600x1000"; empty for the figure's own size.
QSize sizeOf(const std::string& text)
{
    if (text.empty())
        return {};
    static const QRegularExpression pattern(QStringLiteral("^(\\d{1,6})[xX×](\\d{1,6})$"));
    const auto match = pattern.match(QString::fromStdString(text));
    if (!match.hasMatch())
        refuse("--size", text, "a width and a height like 1600x1000, or column, page or slide");
    return { match.captured(1).toInt(), match.captured(2).toInt() };
}

std::string colourMapNames()
{
    std::string joined;
    for (const ColourMap& map : colourMaps())
        joined += (joined.empty() ? "" : ", ") + map.id.toStdString();
    return joined;
}

/// NAME=VALUE into the options of a scene.
void setOption(Scene& scene, const ViewDescriptor& view, const std::string& text)
{
    const QStringList known = view.figure().optionNames();
    const QString whole = QString::fromStdString(text), name = whole.section(u'=', 0, 0);
    if (!known.contains(name) || !whole.contains(u'='))
        refuse("--option", text,
            known.isEmpty() ? fmt::format("nothing in view {}", view.id.toStdString())
                            : fmt::format("NAME=VALUE, in view {} with the names {}", view.id.toStdString(),
                                known.join(QStringLiteral(", ")).toStdString()));
    scene.options.insert(name, optionValue(whole.section(u'=', 1)));
}

} // namespace

void refuse(const std::string& option, const std::string& given, const std::string& takes)
{
    throw CLI::ValidationError(option, fmt::format("\"{}\" is not known; it takes {}", given, takes));
}

DisplaySettings LookOptions::display() const
{
    DisplaySettings display;
    bool known = false;
    display.colourMap = colourMap(QString::fromStdString(m_colourMap), &known).id;
    if (!known)
        refuse("--colormap", m_colourMap, colourMapNames());
    const auto scale = scaleFromId(QString::fromStdString(m_scale));
    if (!scale)
        refuse("--scale", m_scale, "linear, sqrt, log");
    const auto normalise = normaliseFromId(QString::fromStdString(m_normalise));
    if (!normalise)
        refuse("--normalise", m_normalise, "none, row, head, layer, model");
    display.scale = *scale;
    display.normalise = *normalise;
    display.hideSpecialTokens = m_special != "show";
    display.renormaliseHidden = m_special == "renormalise";
    display.joinWords = m_joinWords;
    display.pooling = m_pooling == "mean" ? Pooling::Mean : Pooling::Max;
    display.direction = m_direction == "looks-at" ? TokenDirection::LooksAt : TokenDirection::LookedAtBy;
    display.imageOverlay = m_overlay;
    display.smoothImage = m_smooth;
    if (m_written >= 0)
        display.written = m_written;
    return display;
}

Scene LookOptions::scene(const ViewDescriptor& view) const
{
    Scene scene;
    scene.display = display();
    scene.theme = themeFromId(QString::fromStdString(m_theme)).value_or(ThemeKind::Light);
    scene.title = QString::fromStdString(m_title);
    scene.parts = { !m_noTitle, !m_noCaption, !m_noLegend };
    for (const std::string& option : m_options)
        setOption(scene, view, option);
    if (!m_step.empty())
        scene.options.insert(QStringLiteral("step"), QString::fromStdString(m_step));
    return scene;
}

ExportOptions LookOptions::file() const
{
    ExportOptions options{ {}, m_dpi, m_transparent };
    if (const auto fit = fitFromId(QString::fromStdString(m_size)))
        options.fit = *fit;
    else
        options.size = sizeOf(m_size);
    if (const Status status = checkOptions(options); !status)
        throw CLI::ValidationError("--size, --dpi", status.error().message);
    return options;
}

void LookOptions::declare(CLI::App& app)
{
    declareColours(app);
    declareParts(app);
}

void LookOptions::declareColours(CLI::App& app)
{
    app.add_option("--theme", m_theme, "light, dark, contrast-light or contrast-dark")
        ->check(CLI::IsMember({ "light", "dark", "contrast-light", "contrast-dark" }))
        ->capture_default_str();
    app.add_option("--colormap", m_colourMap, "viridis, cividis, magma, inferno, plasma, grey ...")
        ->capture_default_str();
    app.add_option("--scale", m_scale, "linear, sqrt or log")->capture_default_str();
    app.add_option("--normalise", m_normalise, "What the colour bar ends at: none, row, head, layer or model")
        ->capture_default_str();
    app.add_option(
           "--special", m_special, "Special tokens: show, hide, or renormalise what is left of each row")
        ->check(CLI::IsMember({ "show", "hide", "renormalise" }))
        ->capture_default_str();
    app.add_flag("--join-words", m_joinWords,
        "The pieces of a word as one row and column: keys summed, queries averaged");
    app.add_option("--pooling", m_pooling, "Weights that share a pixel: their max, or their mean")
        ->check(CLI::IsMember({ "max", "mean" }))
        ->capture_default_str();
    app.add_option("--direction", m_direction, "What --query shows in view text: looks-at or looked-at-by")
        ->check(CLI::IsMember({ "looks-at", "looked-at-by" }))
        ->capture_default_str();
    app.add_option("--overlay", m_overlay, "How opaque the colours lie over a picture or sound, 0 to 1")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    app.add_flag("--smooth", m_smooth, "Blend from patch to patch over a picture or sound");
    app.add_option("--written", m_written, "With --generate: show only the first N tokens the model wrote")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
    app.add_option("--step", m_step,
        "View steps: the step that is framed, by its name (vectors, score, scale, softmax, sum, output ...)");
    app.add_option("--option", m_options,
           "An option of the view, as NAME=VALUE; may be given several times: threshold=0.1 (links), "
           "order=entropy "
           "(grid), window=LEFT,TOP,WIDTH,HEIGHT in cells (heatmap), show=difference (compare) ...")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
}

void LookOptions::declareParts(CLI::App& app)
{
    app.add_option("--size", m_size,
        "Width and height in pixels: 1600x1000; or column (85 mm), page (178 mm at 300 dpi) or slide "
        "(1920x1080); the "
        "figure's own without it");
    app.add_option("--dpi", m_dpi, "Pixels per inch; 192 draws everything twice as large")
        ->capture_default_str();
    CLI::Option* title = app.add_option("--title", m_title, "Title (layer and head without it)");
    app.add_flag("--no-title", m_noTitle, "Leave the title out")->excludes(title);
    app.add_flag("--no-caption", m_noCaption, "Leave out what stands beneath");
    app.add_flag("--no-legend", m_noLegend, "Leave out the colour bar");
    app.add_flag("--transparent", m_transparent, "No background");
}

} // namespace headlight
