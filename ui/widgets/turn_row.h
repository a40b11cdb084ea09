#pragma once
// One turn of a conversation: who speaks, the words in a field that grows with them, and what can be done
// with the turn.

#include "core/text/chat/chat_template.h"

#include <QWidget>

class QMimeData;
class QToolButton;

namespace headlight::ui {

class ChoiceButton;
class PromptEdit;

class TurnRow : public QWidget {
    Q_OBJECT
public:
    explicit TurnRow(QWidget* parent = nullptr);

    /// Turn number `index` of `count`; words that are being typed stay.
    void showTurn(const ChatTurn& turn, int index, int count);
    ChatTurn turn() const;
    void focusText();
    /// What Tab walks through, in order.
    QList<QWidget*> stops() const;

signals:
    /// A person typed, or chose who speaks.
    void edited();
    void removeRequested();
    /// One place up (-1) or down (1).
    void moveRequested(int by);
    void foreignPasted(const QMimeData* data);

private:
    void showRole(const QString& role);
    void nameParts(int index);

    ChoiceButton* m_role;
    PromptEdit* m_text;
    QToolButton *m_up, *m_down, *m_remove;
};

} // namespace headlight::ui
