// Implements conversation_box.h.

#include "ui/widgets/conversation_box.h"

#include "core/engine/turns_input.h"
#include "ui/session/kept_inputs.h"
#include "ui/session/pictures.h"
#include "ui/style/theme.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/picture.h"
#include "ui/widgets/turn_row.h"

#include <QPlainTextEdit>

namespace headlight::ui {
namespace {

const char* const user = "user";
const char* const assistant = "assistant";
constexpr int templateLines = 8;

/// The text a person does not type, but may read and copy.
QPlainTextEdit* makeTemplateText(QWidget* parent)
{
    auto* text = new QPlainTextEdit(parent);
    text->setReadOnly(true);
    text->setTabChangesFocus(true);
    text->setAccessibleName(ConversationBox::tr("Text made by the template"));
    text->setToolTip(
        ConversationBox::tr("The conversation as the model reads it, with the marks its template puts in"));
    text->setPlaceholderText(ConversationBox::tr("Nothing yet"));
    text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    useFont(*text, &Theme::mono);
    text->hide();
    return text;
}

} // namespace

ConversationBox::ConversationBox(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_list(new QVBoxLayout)
    , m_nothing(
          mutedLabel(tr("No turns yet. A conversation begins with what the system or a user says."), this))
{
    m_list->setSpacing(metrics::gap);
    addRow();
    m_add = linkButton(tr("Add a turn"), tr("Another turn behind the last one"), this);
    m_reveal = linkButton(tr("Show as the model reads it"),
        tr("The text that the model's chat template makes of the turns"), this);
    m_reveal->setCheckable(true);
    m_template = makeTemplateText(this);
    auto* layout = column(this, 6);
    layout->addLayout(m_list);
    for (QWidget* part : { static_cast<QWidget*>(m_nothing), static_cast<QWidget*>(m_add),
             static_cast<QWidget*>(m_reveal), static_cast<QWidget*>(m_template) })
        layout->addWidget(part);
    connect(m_add, &QPushButton::clicked, this, &ConversationBox::addTurn);
    connect(m_reveal, &QPushButton::toggled, this, [this](bool shown) {
        m_reveal->setText(shown ? tr("Hide what the model reads") : tr("Show as the model reads it"));
        m_reveal->setAccessibleName(m_reveal->text());
        showTemplate();
    });
    connect(&session, &Session::inputChanged, this, qOverload<>(&ConversationBox::showTurns));
    connect(&session, &Session::resultChanged, this, qOverload<>(&ConversationBox::showTurns));
    connect(&session, &Session::resultChanged, this, &ConversationBox::showTemplate);
    connect(&session, &Session::writingChanged, this, [this] {
        m_growing.clear();
        if (m_session.writing())
            showTurns();
        else // the result with all of it is about to arrive, if it does
            QMetaObject::invokeMethod(this, qOverload<>(&ConversationBox::showTurns), Qt::QueuedConnection);
    });
    connect(&session, &Session::written, this, [this](const QString& text) {
        m_growing = text.toStdString();
        showTurns();
    });
    showTurns(std::vector<ChatTurn>());
}

void ConversationBox::addRow()
{
    auto* row = new TurnRow(this);
    m_list->addWidget(row);
    connect(row, &TurnRow::edited, this, [this] { send(typedTurns()); });
    connect(row, &TurnRow::removeRequested, this, [this, row] { removeTurn(row); });
    connect(row, &TurnRow::moveRequested, this, [this, row](int by) { moveTurn(row, by); });
    connect(row, &TurnRow::foreignPasted, this, [this, row](const QMimeData* pasted) {
        m_session.setPictureTurn(std::size_t(indexOf(row)));
        emit foreignPasted(pasted);
    });
    connect(row, &TurnRow::pictureRequested, this, [this, row] {
        m_session.setPictureTurn(std::size_t(indexOf(row)));
        emit openImageRequested();
    });
    m_rows.push_back(row);
    if (m_rows.size() > 1)
        orderTabs();
}

/// Rows come later than what stands below them.
void ConversationBox::orderTabs()
{
    QWidget* before = nullptr;
    for (TurnRow* row : m_rows) {
        for (QWidget* stop : row->stops()) {
            if (before)
                setTabOrder(before, stop);
            before = stop;
        }
    }
    for (QWidget* stop : { static_cast<QWidget*>(m_add), static_cast<QWidget*>(m_reveal),
             static_cast<QWidget*>(m_template) }) {
        setTabOrder(before, stop);
        before = stop;
    }
}

void ConversationBox::begin(const QString& text)
{
    std::vector<ChatTurn> turns = typedTurns();
    const Image picture = pictureOf(m_session.input());
    if (turns.empty())
        turns.push_back({ user, text.toStdString() });
    for (ChatTurn& turn : turns)
        turn.pictures.clear();
    TurnsInput talk{ std::move(turns), {}, {} };
    if (!picture.empty() && takesPictures())
        talk = withPicture(std::move(talk), picture, {});
    send(std::move(talk));
    focusText();
}

void ConversationBox::focusText()
{
    if (m_count > 0)
        m_rows[std::size_t(m_count - 1)]->focusText();
    else
        m_add->setFocus();
}

/// The turns of the input, and behind them what the model wrote to them.
std::vector<ChatTurn> ConversationBox::shownTurns() const
{
    const auto& turns = std::get<TurnsInput>(m_session.input()).turns;
    if (m_session.writing())
        return m_growing.empty() ? turns : answered(turns, m_growing);
    const auto& result = m_session.result();
    const bool written = result && result->generated && result->turns == turns;
    return written ? answered(turns, result->generated->text) : turns;
}

std::vector<ChatTurn> ConversationBox::typedTurns() const
{
    std::vector<ChatTurn> turns;
    for (int i = 0; i < m_count; ++i)
        turns.push_back(m_rows[std::size_t(i)]->turn());
    return turns;
}

void ConversationBox::showTurns()
{
    if (std::holds_alternative<TurnsInput>(m_session.input()))
        showTurns(shownTurns());
}

void ConversationBox::showTurns(const std::vector<ChatTurn>& turns)
{
    m_count = int(turns.size());
    while (m_rows.size() < turns.size())
        addRow();
    while (m_rows.size() > std::max<std::size_t>(turns.size(), 1)) {
        m_rows.back()->hide(); // a button of it may be what was pressed
        m_rows.back()->deleteLater();
        m_rows.pop_back();
    }
    m_rows.front()->setVisible(!turns.empty());
    m_nothing->setVisible(turns.empty());
    for (std::size_t i = 0; i < turns.size(); ++i) {
        m_rows[i]->showTurn(turns[i], int(i), m_count);
        m_rows[i]->showPictures(thumbsOf(turns[i]), takesPictures() && turns[i].role == user);
    }
}

bool ConversationBox::takesPictures() const
{
    return m_session.model() && m_session.model()->network->info().pictureToken >= 0;
}

std::vector<QImage> ConversationBox::thumbsOf(const ChatTurn& turn)
{
    std::vector<QImage> thumbs;
    const auto* talk = std::get_if<TurnsInput>(&m_session.input());
    for (const int index : turn.pictures)
        if (talk && index >= 0 && std::size_t(index) < talk->pictures.size())
            thumbs.push_back(screenPicture(talk->pictures[std::size_t(index)]).small);
    return thumbs;
}

void ConversationBox::showTemplate()
{
    m_template->setVisible(m_reveal->isChecked());
    if (m_template->isHidden())
        return;
    m_template->setFixedHeight(templateLines * m_template->fontMetrics().lineSpacing() + 20);
    const auto& result = m_session.result();
    const QString text = result ? QString::fromStdString(result->turnsText) : QString();
    if (text != m_template->toPlainText())
        m_template->setPlainText(text);
}

/// Where a person spoke last, the model is to speak next.
void ConversationBox::send(TurnsInput talk)
{
    using Reply = ChatTemplate::Reply;
    const bool spoken = talk.turns.empty() || talk.turns.back().role == assistant;
    talk.reply = spoken ? Reply::No : Reply::Begun;
    m_session.setInput(tidied(talk));
}

void ConversationBox::send(std::vector<ChatTurn> turns)
{
    const auto* before = std::get_if<TurnsInput>(&m_session.input());
    send(TurnsInput{ std::move(turns), {}, before ? before->pictures : std::vector<Image>() });
}

void ConversationBox::addTurn()
{
    std::vector<ChatTurn> turns = typedTurns();
    turns.push_back({ !turns.empty() && turns.back().role == user ? assistant : user, {} });
    send(std::move(turns));
    focusText();
}

void ConversationBox::removeTurn(TurnRow* row)
{
    const int index = indexOf(row);
    std::vector<ChatTurn> turns = typedTurns();
    turns.erase(turns.begin() + index);
    send(std::move(turns));
    if (index < m_count)
        m_rows[std::size_t(index)]->focusText();
    else
        focusText();
}

void ConversationBox::moveTurn(TurnRow* row, int by)
{
    const int index = indexOf(row), other = index + by;
    std::vector<ChatTurn> turns = typedTurns();
    if (other < 0 || other >= int(turns.size()))
        return;
    std::swap(turns[std::size_t(index)], turns[std::size_t(other)]);
    send(std::move(turns));
    m_rows[std::size_t(other)]->focusText();
}

int ConversationBox::indexOf(TurnRow* row) const
{
    return int(std::ranges::find(m_rows, row) - m_rows.begin());
}

} // namespace headlight::ui
