// Implements writing_box.h.

#include "ui/widgets/writing_box.h"

#include "ui/session/kept_inputs.h"
#include "ui/session/session_state.h"
#include "ui/style/theme.h"
#include "ui/widgets/generation_form.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/menu_button.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/token_box.h"
#include "ui/widgets/token_strip.h"

#include <QMenu>
#include <QWidgetAction>

namespace headlight::ui {
namespace {

/// Writing that is shorter does not turn the button into Stop and back: a pair writes anew at every key.
constexpr int patience = 150;

} // namespace

WritingBox::WritingBox(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_write(new QPushButton(this))
    , m_how(new MenuButton(tr("How it writes"), tr("How many tokens, and how each is chosen"), this))
    , m_decoderTitle(sectionLabel(tr("Decoder's text"), this))
    , m_written(mutedLabel({}, this))
    , m_target(new PromptEdit(this))
    , m_tokens(new TokenBox(session, TokenGroup::Decoder, this))
{
    makeForm();
    m_how->setSizePolicy(
        QSizePolicy::Ignored, QSizePolicy::Fixed); // the panel's width is not for it to decide
    m_target->setAccessibleName(tr("Decoder's text"));
    m_target->setToolTip(tr("What the decoder is fed. Type another text to see what it looks at for it"));
    m_target->setPlaceholderText(tr("Let it write, or type what it should have said"));
    m_tokens->strip().setAccessibleName(tr("Tokens of the decoder"));
    auto* buttons = row(8);
    buttons->addWidget(m_write);
    buttons->addWidget(m_how, 1);
    auto* layout = column(this, 6);
    layout->addWidget(m_decoderTitle);
    layout->addWidget(m_target);
    layout->addLayout(buttons);
    layout->addWidget(m_written);
    layout->addWidget(m_tokens);
    connect(m_write, &QPushButton::clicked, this, &WritingBox::toggleWriting);
    connect(m_target, &PromptEdit::edited, this, &WritingBox::sendTarget);
    connect(&session, &Session::modelChanged, this, &WritingBox::showModel);
    connect(&session, &Session::resultChanged, this, &WritingBox::showResult);
    m_patience.setSingleShot(true);
    m_patience.setInterval(patience);
    connect(&m_patience, &QTimer::timeout, this, &WritingBox::showWriting);
    connect(&session, &Session::writingChanged, this, [this] {
        if (m_session.writing())
            m_patience.start();
        else
            showWriting();
    });
    connect(&session, &Session::written, this, &WritingBox::showWritten);
    connect(&session, &Session::inputChanged, this, &WritingBox::showTarget);
    connect(&session, &Session::inputChanged, this, [this] {
        if (!m_session.writing())
            showWriting(); // of a conversation it says something else
    });
    connect(&session, &Session::generationChanged, this, &WritingBox::showGeneration);
    hide();
    showWriting();
}

void WritingBox::makeForm()
{
    auto* menu = new QMenu(m_how);
    auto* action = new QWidgetAction(menu);
    m_form = new GenerationForm(menu);
    action->setDefaultWidget(m_form);
    menu->addAction(action);
    m_how->setMenu(menu);
    m_how->setText(generationText(m_form->options()));
    connect(m_form, &GenerationForm::changed, this, [this] {
        m_how->setText(generationText(m_form->options()));
        m_session.setGeneration(m_form->options());
    });
}

void WritingBox::showModel()
{
    const ModelInfo& info = m_session.model()->network->info();
    setVisible(info.writes || info.pair);
    for (QWidget* part : { static_cast<QWidget*>(m_decoderTitle), static_cast<QWidget*>(m_target) })
        part->setVisible(info.pair && m_session.model()->tokenizer);
    m_tokens->setVisible(info.pair);
    m_write->setVisible(info.writes);
    m_how->setVisible(info.writes);
    m_written->hide();
    m_target->showText({});
    offerWriting();
}

void WritingBox::showResult()
{
    const auto& result = m_session.result();
    offerWriting();
    if (!result || !m_session.model())
        return;
    m_tokens->setVisible(!result->decoderTokens.empty());
    const bool written = result->generated.has_value();
    const QString text = written ? QString::fromStdString(result->generated->text) : QString();
    if (m_target->isVisibleTo(this) && written && !m_session.target())
        m_target->showText(text);
    if (m_session.model()->network->info().pair || takesIds(*m_session.model()))
        m_written->hide(); // the decoder's text, or the strip of tokens, shows it already
    else
        showWritten(text);
}

void WritingBox::showWriting()
{
    const bool writing = m_session.writing();
    m_write->setText(writing ? tr("Stop") : tr("Generate"));
    m_write->setAccessibleName(m_write->text());
    m_write->setToolTip(
        writing ? tr("End here and keep what is written")
                : std::holds_alternative<TurnsInput>(m_session.input()) ? tr("Let the model speak the next turn (Ctrl+G)")
                                                                        : tr("Let the model go on writing (Ctrl+G)"));
    m_write->setProperty("look", writing ? QVariant() : QVariant("primary"));
    m_write->setShortcut(writing ? QKeySequence() : QKeySequence("Ctrl+G"));
    m_how->setEnabled(!writing);
    offerWriting();
}

/// What reads texts can begin with none; a picture or a sound must be there.
void WritingBox::offerWriting()
{
    const auto& model = m_session.model();
    m_write->setEnabled(m_session.writing() || m_session.result()
        || (model && model->network->info().input == InputKind::Text));
}

void WritingBox::showWritten(const QString& text)
{
    QString readable = text.trimmed();
    if (takesIds(*m_session.model()))
        readable.replace(u',', QStringLiteral(", ")); // so that lines can break
    m_written->setText(tr("… %1").arg(readable));
    // In a conversation it is a turn.
    m_written->setVisible(!text.trimmed().isEmpty() && !std::holds_alternative<TurnsInput>(m_session.input()));
}

void WritingBox::toggleWriting()
{
    if (m_session.writing())
        m_session.endWriting();
    else
        m_session.generate();
}

/// What was typed, also when it is undo that typed it.
void WritingBox::showTarget()
{
    if (m_session.target())
        m_target->showText(QString::fromStdString(*m_session.target()));
}

void WritingBox::showGeneration()
{
    if (sameGeneration(m_form->options(), m_session.generation()))
        return; // what the form keeps for another choice stays
    const QSignalBlocker quiet(m_form);
    m_form->setOptions(m_session.generation());
    m_how->setText(generationText(m_session.generation()));
}

void WritingBox::sendTarget(const QString& text)
{
    m_session.setTarget(text.isEmpty() ? std::nullopt : std::optional(text.toStdString()));
}

} // namespace headlight::ui
