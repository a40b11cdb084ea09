#pragma once
// Writing a conversation: a row per turn, what the model answers as the next one, and the text its template
// makes of them all. What the model wrote is a turn like the others as soon as a person changes anything.

#include "ui/session/session.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace headlight::ui {

class TurnRow;

class ConversationBox : public QWidget {
    Q_OBJECT
public:
    explicit ConversationBox(Session& session, QWidget* parent = nullptr);

    /// Makes the conversation the input: the one there was before, or one that begins with `text`.
    /// (and the picture beside it, for models that read pictures among words).
    void begin(const QString& text);
    void focusText();

signals:
    void foreignPasted(const QMimeData* data);
    /// A person wants to choose the file of a picture.
    void openImageRequested();

private:
    std::vector<ChatTurn> shownTurns() const;
    std::vector<ChatTurn> typedTurns() const;
    void showTurns();
    void showTurns(const std::vector<ChatTurn>& turns);
    void showTemplate();
    void addRow();
    void orderTabs();
    bool takesPictures() const;
    std::vector<QImage> thumbsOf(const ChatTurn& turn);
    void send(std::vector<ChatTurn> turns);
    void send(TurnsInput talk);
    void addTurn();
    void removeTurn(TurnRow* row);
    void moveTurn(TurnRow* row, int by);
    int indexOf(TurnRow* row) const;

    Session& m_session;
    std::vector<TurnRow*> m_rows; ///< at least one; hidden while there is no turn
    int m_count = 0; ///< rows that show a turn
    std::string m_growing; ///< what the model has written so far, while it writes
    QVBoxLayout* m_list;
    QLabel* m_nothing;
    QPushButton *m_add, *m_reveal;
    QPlainTextEdit* m_template;
};

} // namespace headlight::ui
