#pragma once
// One turn of a conversation: who speaks, the words in a field that grows with them, and what can be done
// with the turn.

#include "core/text/chat/chat_template.h"

#include <QWidget>

class QMimeData;
class QToolButton;
class QVBoxLayout;

namespace headlight::ui {

class ChoiceButton;
class PromptEdit;

class TurnRow : public QWidget {
    Q_OBJECT
public:
    explicit TurnRow(QWidget* parent = nullptr);

    /// Turn number `index` of `count`; words that are being typed stay.
    void showTurn(const ChatTurn& turn, int index, int count);
    /// The turn's pictures, and whether more can be put in. After `showTurn`.
    void showPictures(const std::vector<QImage>& pictures, bool takesMore);
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
    void pictureRequested();

private:
    void showRole(const QString& role);
    void nameParts(int index);
    QWidget* pictureLine(const QImage& picture, std::size_t place);

    ChoiceButton* m_role;
    PromptEdit* m_text;
    QToolButton *m_picture, *m_up, *m_down, *m_remove;
    QVBoxLayout* m_pictures; ///< rows of a thumbnail and a button that takes it out
    std::vector<int> m_shown; ///< which pictures of the conversation these are
    std::vector<qint64> m_keys; ///< of what is shown, so that the same is not laid out again
    int m_index = 0;
};

} // namespace headlight::ui
