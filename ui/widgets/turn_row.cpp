// Implements turn_row.h.

#include "ui/widgets/turn_row.h"

#include "ui/widgets/choice_button.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/prompt_edit.h"

#include <QShortcut>

namespace headlight::ui {
namespace {

constexpr int mostLines = 8;

/// As tall as its words, up to where it scrolls.
class GrowingEdit : public PromptEdit {
public:
    explicit GrowingEdit(QWidget* parent)
        : PromptEdit(parent)
    {
        setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        connect(
            document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this, [this] {
                setVerticalScrollBarPolicy(
                    lines() > mostLines ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
                updateGeometry();
            });
    }

    QSize sizeHint() const override
    {
        const int shown = std::clamp(lines(), 1, mostLines), margins = 20;
        return { 200, shown * fontMetrics().lineSpacing() + margins };
    }

private:
    /// The layout of plain text measures in lines.
    int lines() const { return int(document()->documentLayout()->documentSize().height()); }
};

struct Role {
    const char *id, *name, *hint;
};

const Role roles[]{
    { "system", QT_TRANSLATE_NOOP("TurnRow", "System"),
        QT_TRANSLATE_NOOP("TurnRow", "How the model is to behave") },
    { "user", QT_TRANSLATE_NOOP("TurnRow", "User"), QT_TRANSLATE_NOOP("TurnRow", "What a person asks") },
    { "assistant", QT_TRANSLATE_NOOP("TurnRow", "Assistant"),
        QT_TRANSLATE_NOOP("TurnRow", "What the model answers") },
};

QString translated(const char* text)
{
    return QCoreApplication::translate("TurnRow", text);
}

} // namespace

TurnRow::TurnRow(QWidget* parent)
    : QWidget(parent)
    , m_role(new ChoiceButton({}, {}, tr("Who speaks this turn"), this))
    , m_text(new GrowingEdit(this))
    , m_up(iconButton(QStringLiteral("chevron-up"), tr("Move this turn up (Alt+Up)"), this))
    , m_down(iconButton(QStringLiteral("chevron-down"), tr("Move this turn down (Alt+Down)"), this))
    , m_remove(iconButton(QStringLiteral("close"), tr("Remove this turn"), this))
{
    for (const Role& role : roles)
        m_role->addChoice(QLatin1String(role.id), translated(role.name), translated(role.hint));
    auto* head = row(0);
    head->addWidget(m_role);
    head->addStretch(1);
    for (QToolButton* button : { m_up, m_down, m_remove })
        head->addWidget(button);
    auto* layout = column(this, 2);
    layout->addLayout(head);
    layout->addWidget(m_text);
    setTabOrder(m_role, m_text);
    connect(m_role, &ChoiceButton::chosen, this, [this](const QString& role) {
        showRole(role);
        emit edited();
    });
    connect(m_text, &PromptEdit::edited, this, &TurnRow::edited);
    connect(m_text, &PromptEdit::foreignPasted, this, &TurnRow::foreignPasted);
    connect(m_remove, &QToolButton::clicked, this, &TurnRow::removeRequested);
    const auto move = [this](QToolButton* button, const QKeySequence& keys, int by) {
        connect(button, &QToolButton::clicked, this, [this, by] { emit moveRequested(by); });
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, button, &QToolButton::click);
    };
    move(m_up, QKeySequence("Alt+Up"), -1);
    move(m_down, QKeySequence("Alt+Down"), 1);
    showTurn({ "user", {} }, 0, 1);
}

void TurnRow::showTurn(const ChatTurn& turn, int index, int count)
{
    showRole(QString::fromStdString(turn.role));
    if (!m_text->waiting())
        m_text->showText(QString::fromStdString(turn.text));
    m_up->setEnabled(index > 0);
    m_down->setEnabled(index + 1 < count);
    nameParts(index);
}

/// A role that only some templates know is a choice once it is there.
void TurnRow::showRole(const QString& role)
{
    m_role->setCurrent(role);
    if (m_role->current() != role) {
        m_role->addChoice(role, role);
        m_role->setCurrent(role);
    }
    const auto known =
        std::ranges::find(roles, role, [](const Role& each) { return QLatin1String(each.id); });
    const QString hint = known == std::end(roles) ? tr("What this one says") : translated(known->hint);
    m_text->setPlaceholderText(hint);
    m_text->setToolTip(tr("%1: the maps follow while you type").arg(hint));
}

/// Which of several rows a screen reader is in.
void TurnRow::nameParts(int index)
{
    m_role->setAccessibleName(tr("Who speaks turn %1").arg(index + 1));
    m_text->setAccessibleName(tr("Turn %1").arg(index + 1));
    m_up->setAccessibleName(tr("Move turn %1 up").arg(index + 1));
    m_down->setAccessibleName(tr("Move turn %1 down").arg(index + 1));
    m_remove->setAccessibleName(tr("Remove turn %1").arg(index + 1));
}

ChatTurn TurnRow::turn() const
{
    return { m_role->current().toStdString(), m_text->toPlainText().toStdString() };
}

void TurnRow::focusText()
{
    m_text->setFocus();
    m_text->moveCursor(QTextCursor::End);
}

QList<QWidget*> TurnRow::stops() const
{
    return { m_role, m_up, m_down, m_remove, m_text };
}

} // namespace headlight::ui
