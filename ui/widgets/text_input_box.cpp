// Implements text_input_box.h.

#include "ui/widgets/text_input_box.h"

#include "ui/session/kept_inputs.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/token_box.h"

namespace headlight::ui {

TextInputBox::TextInputBox(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
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
    for (QWidget* widget : { static_cast<QWidget*>(m_text), m_pairRow, static_cast<QWidget*>(m_addPair),
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
    m_addPair->setVisible(m_takesPair && m_pairRow->isHidden());
}

void TextInputBox::showInput()
{
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
