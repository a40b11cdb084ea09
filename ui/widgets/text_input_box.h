#pragma once
// Typing the input: one text, a second one on demand, and what became of it as live tokens.

#include "ui/session/session.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QToolButton;

namespace headlight::ui {

class PromptEdit;
class TokenBox;

class TextInputBox : public QWidget {
    Q_OBJECT
public:
    explicit TextInputBox(Session& session, QWidget* parent = nullptr);
    void focusText();

signals:
    void foreignPasted(const QMimeData* data);

private:
    PromptEdit* makeEdit(const QString& name, const QString& hint);
    void showPair(bool shown);
    void sendInput();
    void showModel();
    void showInput();
    void showIds(const IdsInput& input);
    void showResult();

    Session& m_session;
    PromptEdit *m_text, *m_pair;
    QWidget* m_pairRow;
    QPushButton* m_addPair;
    QLabel* m_state;
    bool m_takesPair = true;
    TokenBox* m_tokens;
};

} // namespace headlight::ui
