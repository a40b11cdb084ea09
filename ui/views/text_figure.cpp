#include "ui/views/text_figure.h"

#include "ui/views/figure_page.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double gap = metrics::wideGap, cardPadding = 20, captionRoom = 36, naturalWidth = 820;

QString tr(const char* text)
{
    return QCoreApplication::translate("Text", text);
}

/// Short texts are set large.
QFont fontFor(std::size_t tokens, const Theme& theme)
{
    QFont font = theme.body;
    const int pixels = tokens <= 25 ? 24 : tokens <= 60 ? 19 : tokens <= 200 ? 16 : 14;
    font.setPixelSize(int(std::lround(pixels * theme.typeScale)));
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

double textWidth(double width, const Theme& theme)
{
    return std::max(40.0, width - 2 * gap - 2 * cardPadding - ColourBar::width(theme));
}

} // namespace

TextTints TextTints::of(const Scene& scene, Effort effort)
{
    const ShownMap map(scene);
    return { distributionOf(scene, map, effort), map.crosses() ? lookersOf(scene, map) : Distribution() };
}

TextPicture::TextPicture(const Scene& scene, double width, Effort effort)
    : TextPicture(scene, width, TextTints::of(scene, effort))
{
}

TextPicture::TextPicture(const Scene& scene, double width, const TextTints& tints)
{
    const ShownMap map(scene);
    if (map.empty())
        return;
    m_crosses = map.crosses();
    m_queries = map.rowTokens();
    m_keys = map.columnTokens();
    std::vector<FlowToken> tokens;
    if (m_crosses && map.columnAxis().words())
        add(tokens, map.columnAxis(), TextToken::Side::Key);
    const std::size_t read = tokens.size();
    if (map.rowAxis().words())
        add(tokens, map.rowAxis(), TextToken::Side::Query);
    if (read > 0 && read < tokens.size())
        tokens[read].startsBlock = true;
    m_flow = TokenFlow(std::move(tokens), { fontFor(m_tokens.size(), themeOf(scene)), width, 8, 3 });
    setScene(scene, tints);
}

const ShownTokens& TextPicture::shown(TextToken::Side side) const
{
    return side == TextToken::Side::Key ? m_keys : m_queries;
}

void TextPicture::add(std::vector<FlowToken>& flow, const TokenAxis& axis, TextToken::Side side)
{
    const auto sequence = [&](int token) { return axis.info(token) ? axis.info(token)->sequence : 0; };
    for (int place = 0; place < shown(side).count(); ++place) {
        const int token = shown(side).first(place);
        FlowToken word = flowToken(axis, shown(side), place);
        word.startsLine = token > 0 && sequence(token) == 1 && sequence(token - 1) != 1;
        flow.push_back(std::move(word));
        m_tokens.push_back({ token, side });
    }
}

std::optional<int> TextPicture::placeOf(TextToken token) const
{
    if (const auto place = shown(token.side).placeOf(token.token))
        token.token = shown(token.side).first(*place);
    const auto found = std::ranges::find(m_tokens, token);
    if (found == m_tokens.end())
        return std::nullopt;
    return int(found - m_tokens.begin());
}

float TextPicture::weight(int place) const
{
    const TextToken& token = tokenAt(place);
    const bool looker = m_crosses && token.side == TextToken::Side::Query;
    const std::vector<float>& weights = looker ? m_tints.lookers.weights : m_tints.looked.weights;
    return std::size_t(token.token) < weights.size() ? weights[std::size_t(token.token)] : 0.0f;
}

/// A word is framed when any of its tokens is chosen.
void TextPicture::frame(const Selection& selection)
{
    std::vector<bool> framed(m_queries.firsts().size(), false);
    for (const int place : m_queries.placesOf(selection.queries))
        framed[std::size_t(place)] = true;
    const auto key = selection.key ? m_keys.placeOf(*selection.key) : std::nullopt;
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        const TextToken& token = m_tokens[i];
        const auto place = shown(token.side).placeOf(token.token);
        m_looks[i].framed =
            token.side == TextToken::Side::Key ? key && place == key : place && framed[std::size_t(*place)];
    }
}

void TextPicture::setScene(const Scene& scene, const TextTints& tints)
{
    m_tints = tints;
    m_scale = scene.display.scale;
    m_top = tints.looked.top;
    if (m_crosses && scene.selection.key) { // one bar for both sides
        const bool both = std::ranges::any_of(
            m_tokens, [](const TextToken& token) { return token.side == TextToken::Side::Key; });
        m_top = both ? std::max(tints.looked.top, tints.lookers.top) : tints.lookers.top;
    }
    m_looks.assign(m_tokens.size(), {});
    const ValueScale scale(m_scale, m_top);
    for (std::size_t i = 0; i < m_tokens.size(); ++i)
        m_looks[i].tint = scale(weight(int(i)));
    frame(scene.selection);
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
    ColourBar{ &tints, m_scale, m_top, false, {} }.paint(painter, area, theme);
}

Heading TextPicture::heading(const Scene& scene) const
{
    return { titleOf(scene, headTitle(scene)), choiceChips(scene) };
}

void TextFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    const Theme& theme = themeOf(scene);
    const TextPicture picture(scene, textWidth(area.width(), theme));
    const FigurePage page(area, scene, captionOf(scene));
    page.paintHeading(painter, picture.heading(scene));
    if (picture.empty())
        return page.paintReason(painter, emptyReason(scene, {}));
    page.paintCaption(painter, captionOf(scene));
    const QRectF card = page.body().adjusted(0, 0, scene.parts.legend ? -ColourBar::width(theme) - 8 : 0, 0);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.save();
    painter.setClipRect(card, Qt::IntersectClip);
    picture.paint(painter, card.topLeft() + QPointF(cardPadding, cardPadding), theme,
        QRectF(QPointF(0, 0), picture.flow().size()));
    painter.restore();
    if (scene.parts.legend)
        picture.paintBar(painter,
            QRectF(card.right() + 14, card.top(), ColourBar::width(theme),
                std::clamp(card.height(), 60.0, 220.0)),
            theme);
}

QSizeF TextFigure::naturalSize(const Scene& scene) const
{
    const TextPicture picture(scene, textWidth(naturalWidth, themeOf(scene)));
    const double height =
        picture.flow().size().height() + 2 * cardPadding + Heading::height + captionRoom + gap + 14;
    return { naturalWidth,
        std::clamp(std::ceil(height), 200.0, 6000.0) - FigurePage::spared(scene, captionRoom) };
}

std::vector<std::vector<QString>> TextFigure::table(const Scene& scene) const
{
    const TextPicture picture(scene, naturalWidth);
    std::vector<std::vector<QString>> rows;
    if (picture.empty())
        return rows;
    std::vector<QString> header{ tr("index"), tr("token"), choiceChips(scene).join(QStringLiteral("; ")) };
    if (picture.crosses())
        header.insert(header.begin(), tr("side"));
    rows.push_back(std::move(header));
    for (int place = 0; place < picture.flow().count(); ++place) {
        const TextToken& token = picture.tokenAt(place);
        const bool key = token.side == TextToken::Side::Key;
        std::vector<QString> line{ QString::number(token.token), picture.flow().text(place),
            exactText(picture.weight(place)) };
        if (picture.crosses())
            line.insert(line.begin(), key ? tr("key") : tr("query"));
        rows.push_back(std::move(line));
    }
    return rows;
}

} // namespace headlight::ui
