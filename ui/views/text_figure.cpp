#include "ui/views/text_figure.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double gap = metrics::wideGap, cardPadding = 20, captionHeight = 18, naturalWidth = 820;

QString tr(const char* text)
{
    return QCoreApplication::translate("Text", text);
}

/// Short texts are set large.
QFont fontFor(std::size_t tokens, const Theme& theme)
{
    QFont font = theme.body;
    font.setPixelSize(tokens <= 25 ? 24 : tokens <= 60 ? 19 : tokens <= 200 ? 16 : 14);
    return font;
}

/// The tints of this theme as a colour map, for the colour bar.
ColourMap tintMap(const Theme& theme)
{
    ColourMap map;
    for (int i = 0; i < 256; ++i) {
        const QColor over = tintColour(float(i) / 255.0f, theme), under = theme.panel;
        const auto mix = [&](int a, int b) {
            return int(std::lround(a * over.alphaF() + b * (1 - over.alphaF())));
        };
        map.table[std::size_t(i)] = qRgb(
            mix(over.red(), under.red()), mix(over.green(), under.green()), mix(over.blue(), under.blue()));
    }
    return map;
}

double textWidth(double width)
{
    return std::max(40.0, width - 2 * gap - 2 * cardPadding - ColourBar::width);
}

} // namespace

TextPicture::TextPicture(const Scene& scene, double width, Effort effort)
{
    const ShownMap map(scene);
    if (map.empty())
        return;
    const auto& all = scene.result->tokens;
    std::vector<FlowToken> tokens;
    for (int key : map.keys()) {
        FlowToken token = flowToken(*scene.result, key);
        const bool known = key > 0 && std::size_t(key) < all.size();
        token.startsLine =
            known && all[std::size_t(key)].sequence == 1 && all[std::size_t(key - 1)].sequence != 1;
        tokens.push_back(std::move(token));
        m_tokens.push_back(key);
    }
    m_flow = TokenFlow(std::move(tokens), { fontFor(m_tokens.size(), Theme::of(scene.theme)), width, 8, 3 });
    setScene(scene, effort);
}

std::optional<int> TextPicture::placeOf(int token) const
{
    const auto found = std::ranges::lower_bound(m_tokens, token);
    if (found == m_tokens.end() || *found != token)
        return std::nullopt;
    return int(found - m_tokens.begin());
}

void TextPicture::setScene(const Scene& scene, Effort effort)
{
    m_distribution = distributionOf(scene, ShownMap(scene), effort);
    m_scale = scene.display.scale;
    m_looks.assign(m_tokens.size(), {});
    const ValueScale scale(m_scale, m_distribution.top);
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        const auto& queries = scene.selection.queries;
        m_looks[i].tint = scale(m_distribution.weights[std::size_t(m_tokens[i])]);
        m_looks[i].framed = std::ranges::find(queries, m_tokens[i]) != queries.end();
    }
}

void TextPicture::setPointed(std::optional<int> place)
{
    for (FlowLook& look : m_looks)
        look.pointed = false;
    if (place)
        m_looks[std::size_t(*place)].pointed = true;
}

void TextPicture::paint(
    QPainter& painter, const QPointF& origin, const Theme& theme, const QRectF& clip) const
{
    m_flow.paint(painter, origin, m_looks, theme, clip);
}

void TextPicture::paintBar(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    const ColourMap tints = tintMap(theme);
    ColourBar{ &tints, m_scale, m_distribution.top, false, {} }.paint(painter, area, theme);
}

Heading TextPicture::heading(const Scene& scene) const
{
    return { titleOf(scene, headTitle(scene)), { queryTitle(scene) } };
}

void TextFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    const Theme& theme = Theme::of(scene.theme);
    const TextPicture picture(scene, textWidth(area.width()));
    const QRectF inner = area.adjusted(gap, gap / 2, -gap, -gap / 2);
    picture.heading(scene).paint(
        painter, QRectF(inner.topLeft(), QSizeF(inner.width(), Heading::height)), theme);
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    if (picture.empty()) {
        painter.drawText(inner, Qt::AlignCenter | Qt::TextWordWrap, emptyReason(scene, {}));
        return;
    }
    painter.drawText(QRectF(inner.left(), inner.bottom() - captionHeight, inner.width(), captionHeight),
        int(Qt::AlignLeft | Qt::AlignVCenter), captionOf(scene));
    const QRectF card = inner.adjusted(0, Heading::height + 6, -ColourBar::width - 8, -captionHeight - 8);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.save();
    painter.setClipRect(card, Qt::IntersectClip);
    picture.paint(painter, card.topLeft() + QPointF(cardPadding, cardPadding), theme,
        QRectF(QPointF(0, 0), picture.flow().size()));
    painter.restore();
    picture.paintBar(painter,
        QRectF(card.right() + 14, card.top(), ColourBar::width, std::clamp(card.height(), 60.0, 220.0)),
        theme);
}

QSizeF TextFigure::naturalSize(const Scene& scene) const
{
    const TextPicture picture(scene, textWidth(naturalWidth));
    const double height =
        picture.flow().size().height() + 2 * cardPadding + Heading::height + captionHeight + gap + 14;
    return { naturalWidth, std::clamp(std::ceil(height), 200.0, 6000.0) };
}

std::vector<std::vector<QString>> TextFigure::table(const Scene& scene) const
{
    const TextPicture picture(scene, naturalWidth);
    std::vector<std::vector<QString>> rows;
    if (picture.empty())
        return rows;
    rows.push_back({ tr("index"), tr("token"), queryTitle(scene) });
    for (int place = 0; place < picture.flow().count(); ++place) {
        const int token = picture.tokenOf(place);
        rows.push_back(
            { QString::number(token), tokenLabel(*scene.result, token), exactText(picture.weight(place)) });
    }
    return rows;
}

} // namespace headlight::ui
