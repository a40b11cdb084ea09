// Implements text_input_box.h.

#include "ui/widgets/text_input_box.h"

#include "core/engine/turns_input.h"
#include "ui/session/kept_inputs.h"
#include "ui/widgets/conversation_box.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/segmented_bar.h"
#include "ui/widgets/token_box.h"

namespace headlight::ui {
namespace {

const char *const textKind = "text", *const turnsKind = "turns";

} // namespace

TextInputBox::TextInputBox(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_kinds(makeKinds())
    , m_conversation(makeConversation())
    , m_text(makeEdit(tr("Text"), tr("Type a sentence")))
    , m_pair(makeEdit(tr("Second text"), tr("Type the second text")))
    , m_pairRow(new QWidget(this))
    , m_addPair(linkButton(
          tr("Add a second text"), tr("For models that compare or answer: text and question"), this))
    , m_state(mutedLabel({}, this))
    , m_tokens(new TokenBox(session, TokenGroup::Input, this))
{
    auto* remove = iconButton(QStringLiteral("close"), tr("Remove the second text"), m_pairRow);
    auto* pairRow = row(2);
    pairRow->addWidget(m_pair, 1);
    pairRow->addWidget(remove, 0, Qt::AlignTop);
    m_pairRow->setLayout(pairRow);
    auto* layout = column(this, 6);
    for (QWidget* widget : { static_cast<QWidget*>(m_kinds), static_cast<QWidget*>(m_conversation),
             static_cast<QWidget*>(m_text), m_pairRow, static_cast<QWidget*>(m_addPair),
             static_cast<QWidget*>(m_state), static_cast<QWidget*>(m_tokens) })
        layout->addWidget(widget);
    showPair(false);
    m_state->hide();
    connect(m_addPair, &QPushButton::clicked, this, [this] {
        showPair(true);
        m_pair->setFocus();
    });
    connect(remove, &QToolButton::clicked, this, [this] {
        showPair(false);
        sendInput();
    });
    connect(&session, &Session::modelChanged, this, &TextInputBox::showModel);
    connect(&session, &Session::inputChanged, this, &TextInputBox::showInput);
    connect(&session, &Session::resultChanged, this, &TextInputBox::showResult);
}

SegmentedBar* TextInputBox::makeKinds()
{
    auto* kinds = new SegmentedBar(this);
    kinds->setSegments({ { textKind, tr("Text"), tr("One text, as it is") },
        { turnsKind, tr("Conversation"),
            tr("Turns of a system, a user and an assistant, put together by the model's chat template") } });
    kinds->setAccessibleName(tr("What is typed"));
    kinds->setCurrent(textKind);
    kinds->hide();
    connect(kinds, &SegmentedBar::chosen, this, &TextInputBox::chooseKind);
    return kinds;
}

ConversationBox* TextInputBox::makeConversation()
{
    auto* conversation = new ConversationBox(m_session, this);
    conversation->hide();
    connect(conversation, &ConversationBox::foreignPasted, this, &TextInputBox::foreignPasted);
    connect(conversation, &ConversationBox::openImageRequested, this, &TextInputBox::openImageRequested);
    return conversation;
}

/// What was typed on the other side stays there; a first conversation begins with the text, and the other way
/// round.
void TextInputBox::chooseKind(const QString& kind)
{
    const bool turns = std::holds_alternative<TurnsInput>(m_session.input());
    if (turns == (kind == QLatin1String(turnsKind)))
        return;
    if (kind == QLatin1String(turnsKind))
        return m_conversation->begin(m_text->toPlainText());
    if (m_text->toPlainText().trimmed().isEmpty())
        m_text->showText(QString::fromStdString(textOf(m_session.input())));
    sendInput();
    m_text->setFocus();
}

void TextInputBox::showKind()
{
    const auto& model = m_session.model();
    const bool turns =
        std::holds_alternative<TurnsInput>(m_session.input()) && (!model || takesTurns(*model));
    m_kinds->setVisible(model && takesTurns(*model));
    m_kinds->setCurrent(turns ? turnsKind : textKind);
    m_conversation->setVisible(turns);
    m_text->setVisible(!turns);
    if (turns && !m_pairRow->isHidden())
        showPair(false);
    m_addPair->setVisible(!turns && m_takesPair && m_pairRow->isHidden());
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

void TextInputBox::focusText()
{
    if (m_text->isHidden())
        m_conversation->focusText();
    else
        m_text->setFocus();
}

void TextInputBox::showPair(bool shown)
{
    m_pairRow->setVisible(shown);
    m_addPair->setVisible(!shown && m_takesPair);
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

void TextInputBox::showModel()
{
    const OpenModel& model = *m_session.model();
    const ModelInfo& info = model.network->info();
    const bool ids = takesIds(model);
    m_text->setPlaceholderText(ids ? tr("Token ids: 1, 2, 3") : tr("Type a sentence"));
    m_text->setToolTip(ids
            ? tr("This model came without a tokenizer: type token ids from 0 to %1, separated by commas")
                  .arg(info.vocabulary - 1)
            : tr("%1: the maps follow while you type").arg(tr("Type a sentence")));
    m_takesPair = !ids && !info.pair && !info.writes && info.input == InputKind::Text;
    if (!m_takesPair && !m_pairRow->isHidden())
        showPair(false);
    showKind();
}

void TextInputBox::showInput()
{
    showKind();
    const AnalysisInput& input = m_session.input();
    if (const auto* ids = std::get_if<IdsInput>(&input))
        return showIds(*ids);
    const auto* image = std::get_if<ImageInput>(&input);
    if (image && !image->text.empty())
        m_text->showText(QString::fromStdString(image->text));
    const auto* text = std::get_if<TextInput>(&input);
    if (!text)
        return;
    m_text->showText(QString::fromStdString(text->text));
    if (text->pair) {
        showPair(true);
        m_pair->showText(QString::fromStdString(*text->pair));
    } else if (!m_pair->toPlainText().isEmpty()) {
        showPair(false);
    }
}

/// What was typed stays as it was typed when it means these ids.
void TextInputBox::showIds(const IdsInput& input)
{
    const auto& model = m_session.model(); // none yet when a session is opened whose model is missing
    const auto typed = model ? idsFromText(*model, m_text->toPlainText().toStdString()) : IdsInput();
    if (typed && typed->ids == input.ids)
        return;
    QStringList ids;
    for (const std::int64_t id : input.ids)
        ids << QString::number(id);
    m_text->showText(ids.join(QStringLiteral(", ")));
}

void TextInputBox::showResult()
{
    const auto& result = m_session.result();
    const bool ofText = result && !result->tokens.empty() && result->tokens.front().patchRow < 0;
    m_state->setVisible(ofText);
    if (!ofText)
        return;
    QStringList state{ result->tokens.size() == 1 ? tr("1 token")
                                                  : tr("%1 tokens").arg(result->tokens.size()) };
    if (!result->complete)
        state << tr("running");
    else if (result->source.empty())
        state << tr("live") << tr("%1 ms").arg(result->milliseconds, 0, 'f', 1);
    else
        state << tr("imported");
    if (result->tokensCut > 0)
        state.insert(1, tr("%1 cut off").arg(result->tokensCut));
    m_state->setText(state.join(QStringLiteral("  ·  ")));
}

} // namespace headlight::ui
