#pragma once
// Typing the input: one text, a second one on demand, or a conversation for models that were trained on
// those, and what became of it as live tokens.

#include "ui/session/session.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QToolButton;

namespace headlight::ui {

class ConversationBox;
class PromptEdit;
class SegmentedBar;
class TokenBox;

class TextInputBox : public QWidget {
    Q_OBJECT
public:
    explicit TextInputBox(Session& session, QWidget* parent = nullptr);
    void focusText();

signals:
    void foreignPasted(const QMimeData* data);
    void openImageRequested();

private:
    PromptEdit* makeEdit(const QString& name, const QString& hint);
    void showPair(bool shown);
    void sendInput();
    SegmentedBar* makeKinds();
    ConversationBox* makeConversation();
    void chooseKind(const QString& kind);
    void showKind();
    void showModel();
    void showInput();
    void showIds(const IdsInput& input);
    void showResult();

    Session& m_session;
    SegmentedBar* m_kinds; ///< text or conversation
    ConversationBox* m_conversation;
    PromptEdit *m_text, *m_pair;
    QWidget* m_pairRow;
    QPushButton* m_addPair;
    QLabel* m_state;
    bool m_takesPair = true;
    TokenBox* m_tokens;
};

} // namespace headlight::ui
