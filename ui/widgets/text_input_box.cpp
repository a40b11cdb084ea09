// Implements text_input_box.h.

#include "ui/widgets/text_input_box.h"

#include "ui/widgets/labels.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/token_strip.h"

namespace headlight::ui {
namespace {

/// Taller strips scroll: the panel must keep room for what is below.
constexpr int tallestStrip = 132;

QString toolTipOf(const TokenInfo& token, std::size_t index)
{
    const QString piece = QString::fromStdString(token.piece);
    const QString kind = token.special ? TextInputBox::tr("added by the tokenizer")
        : token.continuation           ? TextInputBox::tr("continues a word")
                                       : TextInputBox::tr("begins a word");
    return TextInputBox::tr("Token %1: %2 (%3)").arg(index).arg(piece.toHtmlEscaped(), kind);
}

std::vector<FlowToken> flowTokens(const AnalysisResult& result)
{
    std::vector<FlowToken> tokens;
    tokens.reserve(result.tokens.size());
    for (const TokenInfo& token : result.tokens)
        tokens.push_back({ QString::fromStdString(token.label), token.continuation, token.special });
    return tokens;
}

} // namespace

TextInputBox::TextInputBox(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_text(makeEdit(tr("Text"), tr("Type a sentence")))
    , m_pair(makeEdit(tr("Second text"), tr("Type the second text")))
    , m_pairRow(new QWidget(this))
    , m_addPair(linkButton(
          tr("Add a second text"), tr("For models that compare or answer: text and question"), this))
    , m_state(mutedLabel({}, this))
    , m_strip(new TokenStrip)
    , m_stripArea(makeStrip())
{
    auto* remove = iconButton(QStringLiteral("close"), tr("Remove the second text"), m_pairRow);
    auto* pairRow = row(2);
    pairRow->addWidget(m_pair, 1);
    pairRow->addWidget(remove, 0, Qt::AlignTop);
    m_pairRow->setLayout(pairRow);
    auto* layout = column(this, 6);
    for (QWidget* widget : { static_cast<QWidget*>(m_text), m_pairRow, static_cast<QWidget*>(m_addPair),
             static_cast<QWidget*>(m_state), static_cast<QWidget*>(m_stripArea) })
        layout->addWidget(widget);
    showPair(false);
    connect(m_addPair, &QPushButton::clicked, this, [this] {
        showPair(true);
        m_pair->setFocus();
    });
    connect(remove, &QToolButton::clicked, this, [this] {
        showPair(false);
        sendInput();
    });
    connect(m_strip, &TokenStrip::clicked, this, &TextInputBox::chooseToken);
    connect(m_strip, &TokenStrip::pointed, this, [this](std::optional<int> token) {
        m_session.setHover({ {}, {}, token, {} });
    });
    connect(&session, &Session::inputChanged, this, &TextInputBox::showInput);
    connect(&session, &Session::resultChanged, this, &TextInputBox::showResult);
    connect(&session, &Session::selectionChanged, this, &TextInputBox::showSelection);
    connect(&session, &Session::hoverChanged, this, [this] { m_strip->setPointed(m_session.hover().query); });
}

PromptEdit* TextInputBox::makeEdit(const QString& name, const QString& hint)
{
    auto* edit = new PromptEdit(this);
    edit->setAccessibleName(name);
    edit->setToolTip(tr("%1: the maps follow while you type").arg(hint));
    edit->setPlaceholderText(hint);
    connect(edit, &PromptEdit::edited, this, &TextInputBox::sendInput);
    connect(edit, &PromptEdit::foreignPasted, this, &TextInputBox::foreignPasted);
    return edit;
}

QScrollArea* TextInputBox::makeStrip()
{
    auto* area = new QScrollArea(this);
    area->setWidget(m_strip);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setProperty("look", "panel");
    area->setFocusPolicy(Qt::NoFocus);
    area->viewport()->setAutoFillBackground(false);
    m_strip->setAutoFillBackground(false);
    return area;
}

void TextInputBox::focusText()
{
    m_text->setFocus();
}

void TextInputBox::showPair(bool shown)
{
    m_pairRow->setVisible(shown);
    m_addPair->setVisible(!shown);
    if (!shown)
        m_pair->showText({});
}

void TextInputBox::sendInput()
{
    TextInput input{ m_text->toPlainText().toStdString(), std::nullopt };
    if (!m_pairRow->isHidden() && !m_pair->toPlainText().isEmpty())
        input.pair = m_pair->toPlainText().toStdString();
    m_session.setInput(input);
}

void TextInputBox::showInput()
{
    const auto* input = std::get_if<TextInput>(&m_session.input());
    if (!input)
        return;
    m_text->showText(QString::fromStdString(input->text));
    if (input->pair) {
        showPair(true);
        m_pair->showText(QString::fromStdString(*input->pair));
    } else if (!m_pair->toPlainText().isEmpty()) {
        showPair(false);
    }
}

void TextInputBox::showResult()
{
    const auto& result = m_session.result();
    if (!result || result->patches)
        return;
    QStringList state{ result->tokens.size() == 1 ? tr("1 token")
                                                  : tr("%1 tokens").arg(result->tokens.size()),
        tr("live"), tr("%1 ms").arg(result->milliseconds, 0, 'f', 1) };
    if (result->tokensCut > 0)
        state.insert(1, tr("%1 cut off").arg(result->tokensCut));
    m_state->setText(state.join(QStringLiteral("  ·  ")));
    QStringList toolTips;
    for (std::size_t i = 0; i < result->tokens.size(); ++i)
        toolTips << toolTipOf(result->tokens[i], i);
    m_strip->setTokens(flowTokens(*result), toolTips);
    showSelection();
    const int wanted = m_strip->heightForWidth(m_stripArea->viewport()->width());
    m_stripArea->setFixedHeight(std::min(wanted, tallestStrip));
}

void TextInputBox::showSelection()
{
    m_strip->setChosen(m_session.selection().queries);
}

void TextInputBox::chooseToken(int token, Qt::KeyboardModifiers modifiers)
{
    Selection selection = m_session.selection();
    const bool adding = modifiers & (Qt::ControlModifier | Qt::ShiftModifier);
    const auto found = std::find(selection.queries.begin(), selection.queries.end(), token);
    if (!adding)
        selection.queries = { token };
    else if (found == selection.queries.end())
        selection.queries.push_back(token);
    else
        selection.queries.erase(found);
    selection.key.reset();
    m_session.setSelection(selection);
}

} // namespace headlight::ui
