#include "ui/views/sound_figure.h"

#include "ui/views/figure_page.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double captionHeight = 18;

} // namespace

void SoundFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    const Theme& theme = themeOf(scene);
    SoundPicture picture(scene);
    const FigurePage page(area, scene, captionOf(scene));
    page.paintHeading(painter, { titleOf(scene, headTitle(scene)), choiceChips(scene) });
    if (picture.empty())
        return page.paintReason(painter, emptyReason(scene, {}));
    page.paintCaption(painter, captionOf(scene));
    const SoundLayout layout = picture.layout(page.body());
    picture.paint(painter, layout, theme);
}

QSizeF SoundFigure::naturalSize(const Scene& scene) const
{
    SoundPicture picture(scene, Effort::Prompt);
    if (picture.empty())
        return { 640, 360 };
    const double words = picture.layout({ 0, 0, 860, 400 }).words.height();
    return { 900,
        400 + std::min(240.0, picture.heads() * 18.0) + words - FigurePage::spared(scene, captionHeight) };
}

std::vector<std::vector<QString>> SoundFigure::table(const Scene& scene) const
{
    const SoundPicture picture(scene);
    std::vector<std::vector<QString>> rows;
    const TokenAxis columns = columnAxisOf(scene);
    if (picture.empty() || !columns.times())
        return rows;
    const auto tr = [](const char* text) { return QCoreApplication::translate("Sound", text); };
    rows.push_back({ tr("index"), tr("from (s)"), tr("to (s)"), queryTitle(scene) });
    const TimeGrid& times = *columns.times();
    for (int token = 0; token < columns.count(); ++token)
        rows.push_back({ QString::number(token), QString::number(times.start(token), 'g', 9),
            QString::number(times.start(token) + times.width, 'g', 9), exactText(picture.weight(token)) });
    return rows;
}

} // namespace headlight::ui
