// Implements token_box.h.

#include "ui/widgets/token_box.h"

#include "ui/session/session.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/token_strip.h"

namespace headlight::ui {
namespace {

/// Taller strips scroll: the panel must keep room for what is below.
constexpr int tallestStrip = 132;

bool isWritten(const AnalysisResult& result, TokenGroup group, std::size_t token)
{
    const bool pair = !result.decoderTokens.empty();
    if (!result.generated || group != (pair ? TokenGroup::Decoder : TokenGroup::Input))
        return false;
    const std::int64_t first = result.generated->firstToken;
    return std::int64_t(token) >= first
        && std::int64_t(token) < first + std::int64_t(result.generated->ids.size());
}

/// In a conversation: whose words it is of.
QString speakerOf(const TokenInfo& token, const AnalysisResult& result)
{
    if (token.turn < 0)
        return TokenBox::tr("written by the template");
    const auto turn = std::size_t(token.turn);
    return turn < result.turns.size()
        ? TokenBox::tr("turn %1, %2").arg(turn + 1).arg(QString::fromStdString(result.turns[turn].role))
        : TokenBox::tr("turn %1").arg(turn + 1);
}

QString toolTipOf(const TokenInfo& token, std::size_t index, bool written, const AnalysisResult& result)
{
    const QString piece = QString::fromStdString(token.piece);
    const QString kind = written ? TokenBox::tr("written by the model")
        : !result.turns.empty()  ? speakerOf(token, result)
        : token.special          ? TokenBox::tr("added by the tokenizer")
        : token.continuation     ? TokenBox::tr("continues a word")
                                 : TokenBox::tr("begins a word");
    return plainTip(TokenBox::tr("Token %1: %2 (%3)").arg(QString::number(index), piece, kind));
}

} // namespace

TokenBox::TokenBox(Session& session, TokenGroup group, QWidget* parent)
    : QScrollArea(parent)
    , m_session(session)
    , m_group(group)
    , m_strip(new TokenStrip)
{
    setWidget(m_strip);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setProperty("look", "panel");
    setFocusPolicy(Qt::NoFocus);
    viewport()->setAutoFillBackground(false);
    m_strip->setAutoFillBackground(false);
    setFixedHeight(0); // no room is kept for tokens that are not there
    connect(m_strip, &TokenStrip::clicked, this, &TokenBox::choose);
    connect(m_strip, &TokenStrip::pointed, this, [this](std::optional<int> token) {
        if (const auto& result = m_session.result())
            m_session.setHover(hoverOver(m_session.selection(), m_group, token, *result));
    });
    connect(&session, &Session::resultChanged, this, &TokenBox::showResult);
    connect(&session, &Session::selectionChanged, this, &TokenBox::showSelection);
    connect(&session, &Session::hoverChanged, this, &TokenBox::showHover);
}

void TokenBox::showResult()
{
    const auto& result = m_session.result();
    if (!result) {
        m_strip->setTokens({}, {});
        return setFixedHeight(0);
    }
    std::vector<FlowToken> flow;
    QStringList toolTips;
    const auto& tokens = tokensOf(*result, m_group);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const TokenInfo& token = tokens[i];
        const bool written = isWritten(*result, m_group, i);
        flow.push_back({ QString::fromStdString(token.label), token.continuation, token.special, false, false,
            written });
        toolTips << toolTipOf(token, i, written, *result);
    }
    m_strip->setTokens(std::move(flow), toolTips);
    showSelection();
    fit();
}

void TokenBox::fit()
{
    const int height = m_strip->count() > 0 ? m_strip->heightForWidth(viewport()->width()) : 0;
    setFixedHeight(std::min(height, tallestStrip));
}

/// The panel became wider or narrower: lines break elsewhere.
void TokenBox::resizeEvent(QResizeEvent* event)
{
    QScrollArea::resizeEvent(event);
    if (event->oldSize().width() != event->size().width())
        fit();
}

void TokenBox::changeEvent(QEvent* event)
{
    QScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fit();
}

void TokenBox::showSelection()
{
    if (const auto& result = m_session.result())
        m_strip->setChosen(chosenTokens(m_session.selection(), m_group, *result));
}

void TokenBox::showHover()
{
    if (const auto& result = m_session.result())
        m_strip->setPointed(hoveredToken(m_session.selection(), m_session.hover(), m_group, *result));
}

void TokenBox::choose(int token, Qt::KeyboardModifiers modifiers)
{
    const auto& result = m_session.result();
    if (!result)
        return;
    const bool adding = modifiers & (Qt::ControlModifier | Qt::ShiftModifier);
    m_session.setSelection(withToken(m_session.selection(), m_group, token,
        adding ? Choose::Toggle : Choose::Only, *result, m_session.display()));
}

} // namespace headlight::ui
