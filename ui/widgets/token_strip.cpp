// Implements token_strip.h over TokenFlow.

#include "ui/widgets/token_strip.h"

#include <QToolTip>

namespace headlight::ui {

namespace {

constexpr int margin = 2;

} // namespace

TokenStrip::TokenStrip(QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Tokens of the input"));
    setToolTip(tr("The input as the model's tokens: click one to see what it looks at"));
    makeAccessible(this, accessible());
}

AccessibleMap TokenStrip::accessible()
{
    AccessibleMap map;
    map.rows = [] { return 1; };
    map.columns = [this] { return count(); };
    map.columnName = [this](int token) { return m_tokens[std::size_t(token)].text; };
    map.value = [this](AccessibleCell cell) {
        const FlowToken& token = m_tokens[std::size_t(cell.column)];
        return token.special     ? tr("added by the tokenizer")
            : token.continuation ? tr("continues a word")
            : token.written      ? tr("written by the model")
                                 : tr("token");
    };
    map.current = [this]() -> std::optional<AccessibleCell> {
        return hasFocus() ? std::optional(AccessibleCell{ 0, m_cursor }) : std::nullopt;
    };
    map.place = [this](AccessibleCell cell) { return tokenRect(cell.column); };
    map.choose = [this](AccessibleCell cell) { emit clicked(cell.column, Qt::NoModifier); };
    return map;
}

void TokenStrip::setTokens(std::vector<FlowToken> tokens, const QStringList& toolTips)
{
    m_tokens = std::move(tokens);
    m_toolTips = toolTips;
    m_known.clear();
    m_looks.assign(m_tokens.size(), {});
    m_cursor = std::min(m_cursor, std::max(0, count() - 1));
    QStringList names;
    for (const FlowToken& token : m_tokens)
        names << token.text;
    setAccessibleDescription(names.join(' '));
    lay();
    updateGeometry();
}

void TokenStrip::setChosen(const std::vector<int>& tokens)
{
    for (FlowLook& look : m_looks)
        look.framed = false;
    for (const int token : tokens) {
        if (token >= 0 && token < count())
            m_looks[std::size_t(token)].framed = true;
    }
    update();
}

void TokenStrip::setPointed(std::optional<int> token)
{
    for (int i = 0; i < count(); ++i)
        m_looks[std::size_t(i)].pointed = token == i;
    update();
}

/// Layouts ask for the height at a width several times before they settle on it.
const TokenFlow& TokenStrip::flowFor(int width) const
{
    constexpr std::size_t mostKept = 3; // with and without a scroll bar, and the width there was
    const QFont& font = currentTheme().body;
    const auto known = std::ranges::find_if(
        m_known, [&](const Known& one) { return one.width == width && one.font == font; });
    if (known != m_known.end())
        return known->flow;
    if (m_known.size() == mostKept)
        m_known.pop_front();
    TokenFlow::Setting setting;
    setting.font = currentTheme().body;
    setting.width = std::max(1, width - 2 * margin);
    setting.lineGap = 2;
    setting.wordGap = 3;
    return m_known.emplace_back(Known{ width, font, TokenFlow(m_tokens, setting) }).flow;
}

void TokenStrip::lay()
{
    m_flow = flowFor(width());
    update();
}

int TokenStrip::heightForWidth(int width) const
{
    return int(std::ceil(flowFor(width).size().height())) + 2 * margin;
}

QRect TokenStrip::tokenRect(int token) const
{
    return m_flow.rect(token).translated(margin, margin).toAlignedRect();
}

bool TokenStrip::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto token = m_flow.tokenAt(help->pos() - QPoint(margin, margin));
    if (token && *token < m_toolTips.size())
        QToolTip::showText(help->globalPos(), m_toolTips[*token], this, tokenRect(*token));
    else
        QToolTip::hideText();
    return true;
}

void TokenStrip::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    std::vector<FlowLook> looks = m_looks;
    if (hasFocus() && m_cursor < count())
        looks[std::size_t(m_cursor)].pointed = true;
    m_flow.paint(painter, QPointF(margin, margin), looks, currentTheme(),
        QRectF(event->rect()).translated(-margin, -margin));
}

void TokenStrip::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        lay(); // in the new size of type
        updateGeometry();
    }
}

void TokenStrip::resizeEvent(QResizeEvent* event)
{
    if (event->size().width() != event->oldSize().width())
        lay();
}

void TokenStrip::mouseMoveEvent(QMouseEvent* event)
{
    emit pointed(m_flow.tokenAt(event->position() - QPointF(margin, margin)));
}

void TokenStrip::mousePressEvent(QMouseEvent* event)
{
    const auto token = m_flow.tokenAt(event->position() - QPointF(margin, margin));
    if (!token || event->button() != Qt::LeftButton)
        return;
    m_cursor = *token;
    emit clicked(*token, event->modifiers());
}

void TokenStrip::leaveEvent(QEvent*)
{
    emit pointed(std::nullopt);
}

void TokenStrip::keyPressEvent(QKeyEvent* event)
{
    if (count() == 0)
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Left:
        m_cursor = std::max(0, m_cursor - 1);
        break;
    case Qt::Key_Right:
        m_cursor = std::min(count() - 1, m_cursor + 1);
        break;
    case Qt::Key_Up:
        m_cursor = m_flow.tokenBeyond(m_cursor, -1);
        break;
    case Qt::Key_Down:
        m_cursor = m_flow.tokenBeyond(m_cursor, 1);
        break;
    case Qt::Key_Space:
    case Qt::Key_Return:
        emit clicked(m_cursor, event->modifiers());
        break;
    default:
        return QWidget::keyPressEvent(event);
    }
    tellAccessible(this);
    update();
}

} // namespace headlight::ui
