#pragma once
// Letting the model write: a button that becomes Stop, how it writes, the text as it appears; of a pair also
// the decoder's text, which can be typed, and its tokens.

#include "ui/session/session.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;

namespace headlight::ui {

class GenerationForm;
class MenuButton;
class PromptEdit;
class TokenBox;

class WritingBox : public QWidget {
    Q_OBJECT
public:
    explicit WritingBox(Session& session, QWidget* parent = nullptr);

private:
    void makeForm();
    void showModel();
    void showResult();
    void showTarget();
    void showGeneration();
    void showWriting();
    void offerWriting();
    void showWritten(const QString& text);
    void toggleWriting();
    void sendTarget(const QString& text);

    Session& m_session;
    QPushButton* m_write;
    MenuButton* m_how;
    GenerationForm* m_form;
    QLabel *m_decoderTitle, *m_written;
    PromptEdit* m_target;
    TokenBox* m_tokens;
    QTimer m_patience;
};

} // namespace headlight::ui
