#include "ui/widgets/token_flow.h"

#include "ui/style/colour_map.h"

#include <QHash>
#include <QPainter>
#include <QTextLayout>
#include <algorithm>
#include <cmath>
#include <memory>

namespace headlight::ui {
namespace {

constexpr double padding = 4, chipPadding = 6, verticalPadding = 3;

bool startsRightToLeft(const std::vector<FlowToken>& tokens)
{
    for (const FlowToken& token : tokens) {
        if (token.special)
            continue;
        for (const QChar c : token.text) {
            if (c.direction() == QChar::DirR || c.direction() == QChar::DirAL)
                return true;
            if (c.direction() == QChar::DirL)
                return false;
        }
    }
    return false;
}

std::unique_ptr<QTextLayout> shaped(const QString& text, const QFont& font)
{
    auto layout = std::make_unique<QTextLayout>(text, font);
    QTextOption option;
    option.setWrapMode(QTextOption::NoWrap);
    layout->setTextOption(option);
    layout->beginLayout();
    layout->createLine().setNumColumns(int(text.size()));
    layout->endLayout();
    return layout;
}

QFont chipFont(QFont font)
{
    font.setPixelSize(std::max(10, int(font.pixelSize() * 0.8)));
    return font;
}

/// Of a theme's two colours of text the one that reads better on a tint; chips are muted where that is read.
QColor inkOn(const QColor& tint, bool chip, const Theme& theme)
{
    const QColor under = chip ? theme.surface : theme.panel;
    const auto mix = [&](int over, int ground) {
        return int(std::lround(over * tint.alphaF() + ground * (1 - tint.alphaF())));
    };
    const QRgb ground =
        qRgb(mix(tint.red(), under.red()), mix(tint.green(), under.green()), mix(tint.blue(), under.blue()));
    if (chip && contrast(theme.mutedText.rgb(), ground) >= 4.5)
        return theme.mutedText;
    const bool dark = contrast(theme.text.rgb(), ground) >= contrast(theme.accentText.rgb(), ground);
    return dark ? theme.text : theme.accentText;
}

} // namespace

QColor tintColour(float tint, const Theme& theme)
{
    QColor colour = theme.accent;
    colour.setAlphaF(0.9f * std::clamp(tint, 0.0f, 1.0f));
    return colour;
}

TokenFlow::TokenFlow(std::vector<FlowToken> tokens, const Setting& setting)
    : m_tokens(std::move(tokens))
    , m_rects(m_tokens.size())
    , m_setting(setting)
{
    for (int i = 0; i < count(); ++i) {
        const FlowToken& token = m_tokens[std::size_t(i)];
        const bool joins = token.continuation && !token.special && !token.startsBlock && !m_words.empty()
            && !m_tokens[std::size_t(m_words.back().first)].special;
        if (!joins)
            m_words.push_back({ i, i, {}, {} });
        m_words.back().last = i + 1;
        m_words.back().text += token.text;
    }
    breakLongWords();
    breakLines();
    for (const Word& word : m_words)
        placePieces(word);
}

/// A word longer than a line is set as several, parted between pieces: a Japanese sentence has no other place
/// to part, and letters of which every byte is a token are long.
void TokenFlow::breakLongWords()
{
    const QFontMetricsF metrics(m_setting.font);
    const double room = m_setting.width - 2 * padding;
    std::vector<Word> words;
    for (Word& word : m_words) {
        if (word.last - word.first == 1 || metrics.horizontalAdvance(word.text) <= room) {
            words.push_back(std::move(word));
            continue;
        }
        double used = 0;
        for (int i = word.first; i < word.last; ++i) {
            const double width = metrics.horizontalAdvance(text(i));
            if (i == word.first || used + width > room) {
                words.push_back({ i, i, {}, {} });
                used = 0;
            }
            words.back().last = i + 1;
            words.back().text += text(i);
            used += width;
        }
    }
    m_words = std::move(words);
}

void TokenFlow::breakLines()
{
    const double line = QFontMetricsF(m_setting.font).height() + 2 * verticalPadding;
    const QFontMetricsF metrics(m_setting.font), chipMetrics(chipFont(m_setting.font));
    QHash<QString, double>
        measured; // long texts say many words again, and measuring one is what takes time here
    const auto widthOf = [&](const QString& text) {
        const auto known = measured.constFind(text);
        return known != measured.cend() ? *known : *measured.insert(text, metrics.horizontalAdvance(text));
    };
    double x = 0, y = 0, widest = 0;
    for (Word& word : m_words) {
        const bool chip = m_tokens[std::size_t(word.first)].special;
        const double width = std::ceil(chip ? chipMetrics.horizontalAdvance(word.text) + 2 * chipPadding
                                            : widthOf(word.text) + 2 * padding);
        const FlowToken& first = m_tokens[std::size_t(word.first)];
        if (x > 0 && (x + width > m_setting.width || first.startsLine || first.startsBlock)) {
            x = 0;
            y += line + m_setting.lineGap + (first.startsBlock ? line : 0);
        }
        word.rect = QRectF(x, y, width, line);
        x += width + m_setting.wordGap;
        widest = std::max(widest, word.rect.right());
    }
    m_size = { widest, m_words.empty() ? 0 : y + line };
    if (!startsRightToLeft(m_tokens))
        return;
    const double edge = std::isinf(m_setting.width) ? widest : std::max(widest, m_setting.width);
    for (Word& word : m_words)
        word.rect.moveLeft(edge - word.rect.right());
    m_size.setWidth(edge);
}

void TokenFlow::placePieces(const Word& word)
{
    m_rects[std::size_t(word.first)] = word.rect;
    if (word.last - word.first == 1)
        return;
    const auto layout = shaped(word.text, m_setting.font);
    const QTextLine line = layout->lineAt(0);
    int position = 0;
    for (int i = word.first; i < word.last; ++i) {
        const auto size = int(m_tokens[std::size_t(i)].text.size());
        const double a = line.cursorToX(position), b = line.cursorToX(position + size);
        QRectF rect(word.rect.left() + padding + std::min(a, b), word.rect.top(), std::abs(b - a),
            word.rect.height());
        // The outer pieces take the padding of the word.
        if (rect.left() < word.rect.left() + padding + 0.5)
            rect.setLeft(word.rect.left());
        if (rect.right() > word.rect.right() - padding - 1.5)
            rect.setRight(word.rect.right());
        m_rects[std::size_t(i)] = rect;
        position += size;
    }
}

std::optional<int> TokenFlow::tokenAt(const QPointF& point) const
{
    const auto found =
        std::ranges::find_if(m_rects, [&](const QRectF& rect) { return rect.contains(point); });
    if (found == m_rects.end())
        return std::nullopt;
    return int(found - m_rects.begin());
}

int TokenFlow::tokenBeyond(int token, int lines) const
{
    const QRectF from = rect(token);
    const double y = from.center().y() + lines * (from.height() + m_setting.lineGap);
    int best = token;
    double nearest = 1e9;
    for (int i = 0; i < count(); ++i) {
        const double away = std::abs(rect(i).center().x() - from.center().x());
        if (std::abs(rect(i).center().y() - y) < 1 && away < nearest) {
            nearest = away;
            best = i;
        }
    }
    return best;
}

void TokenFlow::paint(QPainter& painter, const QPointF& origin, const std::vector<FlowLook>& looks,
    const Theme& theme, const QRectF& clip) const
{
    painter.save();
    painter.translate(origin);
    for (const Word& word : m_words) {
        if (word.rect.adjusted(-3, -3, 3, 3).intersects(clip))
            paintWord(painter, word, looks, theme);
    }
    for (int i = 0; i < count(); ++i) {
        const FlowLook& look = looks[std::size_t(i)];
        if (!look.framed && !look.pointed)
            continue;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.framed ? theme.highlight : theme.mutedText, look.framed ? 2 : 1));
        painter.drawRoundedRect(rect(i).adjusted(-0.5, -0.5, 0.5, 0.5), 4, 4);
    }
    painter.restore();
}

void TokenFlow::paintWord(
    QPainter& painter, const Word& word, const std::vector<FlowLook>& looks, const Theme& theme) const
{
    const bool chip = m_tokens[std::size_t(word.first)].special;
    QList<QTextLayout::FormatRange> contrasts;
    int position = 0;
    painter.setPen(Qt::NoPen);
    for (int i = word.first; i < word.last; ++i) {
        const auto size = int(m_tokens[std::size_t(i)].text.size());
        const QColor tint = tintColour(looks[std::size_t(i)].tint, theme);
        if (chip) {
            painter.setBrush(theme.surface);
            painter.drawRoundedRect(rect(i).adjusted(0, 2, 0, -2), 7, 7);
        }
        painter.setBrush(tint);
        const bool joined = word.last - word.first > 1;
        const double radius = chip ? 7 : joined ? 1 : 4;
        if (tint.alphaF() > 0.0f)
            painter.drawRoundedRect(rect(i).adjusted(0, chip ? 2 : 0, 0, chip ? -2 : 0), radius, radius);
        if (m_tokens[std::size_t(i)].written) {
            painter.setBrush(theme.accent);
            painter.drawRect(QRectF(rect(i).left() + 1, rect(i).bottom() - 2, rect(i).width() - 2, 1.5));
        }
        if (const QColor ink = inkOn(tint, chip, theme); ink != theme.text) {
            QTextCharFormat format;
            format.setForeground(ink);
            contrasts.push_back({ position, size, format });
        }
        position += size;
    }
    painter.setPen(theme.text);
    const auto layout = shaped(word.text, chip ? chipFont(m_setting.font) : m_setting.font);
    const double height = layout->boundingRect().height();
    const QPointF corner(
        word.rect.left() + (chip ? chipPadding : padding), word.rect.center().y() - height / 2);
    if (!contrasts.isEmpty() && word.last - word.first == 1) {
        painter.setPen(contrasts.front().format.foreground().color()); // one colour: no second pass, so text
                                                                       // in files stays single
        contrasts.clear();
    }
    layout->draw(&painter, corner, contrasts);
}

} // namespace headlight::ui
