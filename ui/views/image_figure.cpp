#include "ui/views/image_figure.h"

#include "ui/views/figure_page.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double gap = metrics::wideGap, captionHeight = 18;

} // namespace

void ImageFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    const Theme& theme = themeOf(scene);
    ImagePicture picture(scene);
    const FigurePage page(area, scene, captionOf(scene));
    page.paintHeading(painter, { titleOf(scene, headTitle(scene)), choiceChips(scene) });
    if (picture.empty())
        return page.paintReason(painter, emptyReason(scene, {}));
    page.paintCaption(painter, captionOf(scene));
    const ImageLayout layout = picture.layout(page.body());
    picture.paintMain(painter, picture.geometry(layout.picture), theme);
    picture.paintSide(painter, layout.side, theme);
    picture.paintWords(painter, layout.words, theme);
    picture.paintStrip(painter, layout.strip, theme);
}

QSizeF ImageFigure::naturalSize(const Scene& scene) const
{
    ImagePicture picture(scene, Effort::Prompt);
    if (picture.empty())
        return { 640, 360 };
    const double ratio = std::clamp(picture.size().height() / picture.size().width(), 0.2, 3.0);
    constexpr double width = 480;
    const double words = picture.layout({ 0, 0, width + ImageLayout::sideWidth + gap, width }).words.height();
    return { width + ImageLayout::sideWidth + 3 * gap,
        std::max(360.0,
            std::ceil(width * ratio + Heading::height + captionHeight + gap + 12 + (words > 0 ? words + 8 : 0)
                + (picture.heads() > 1 ? 118 : 0)))
            - FigurePage::spared(scene, captionHeight) };
}

std::vector<std::vector<QString>> ImageFigure::table(const Scene& scene) const
{
    const ImagePicture picture(scene);
    std::vector<std::vector<QString>> rows;
    if (picture.empty())
        return rows;
    const auto tr = [](const char* text) { return QCoreApplication::translate("Image", text); };
    rows.push_back({ tr("index"), tr("token"), tr("patch row"), tr("patch column"), queryTitle(scene) });
    const TokenAxis columns = columnAxisOf(scene);
    const PatchGrid& grid = picture.grid();
    const int tokens = columns.mixed() ? columns.count() : std::min(columns.count(), grid.leadingTokens + grid.patches());
    for (int token = 0; token < tokens; ++token) {
        const auto cell = grid.cellOfToken(token);
        rows.push_back({ QString::number(token), tokenLabel(columns, token),
            cell ? QString::number(cell->row) : QString(), cell ? QString::number(cell->column) : QString(),
            exactText(picture.weightOf(token)) });
    }
    return rows;
}

QStringList ImageFigure::optionNames() const
{
    return { QStringLiteral("brush") };
}

} // namespace headlight::ui
