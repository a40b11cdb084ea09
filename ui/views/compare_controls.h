#pragma once
// What B is and how it changes: one row above the maps, and B's own text beneath it where it has one.

#include <QWidget>

class QBoxLayout;
class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTimer;
class QToolButton;

namespace headlight::ui {

class ChoiceButton;
class Session;
class Stepper;

class CompareControls : public QWidget {
    Q_OBJECT
public:
    explicit CompareControls(Session& session, QWidget* parent = nullptr);
    /// B changed, or what it could be.
    void showSide();
    /// B becomes a text of its own, at first that of A, ready to be changed.
    void beginText();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeSource();
    QWidget* makeHeads();
    QWidget* makeText();
    QWidget* makeBusy();
    void showBusy();
    void chooseSource(const QString& id);
    void chooseLayer(int index);
    void chooseHead(int index);
    void showHeads();
    void showText();
    QString stateText() const;

    Session& m_session;
    QBoxLayout* m_row = nullptr; ///< source beside layer and head, or above them
    ChoiceButton* m_source = nullptr;
    Stepper *m_layer = nullptr, *m_head = nullptr;
    QCheckBox* m_follow = nullptr;
    QToolButton* m_swap = nullptr;
    QLineEdit* m_text = nullptr;
    QLabel* m_state = nullptr;
    QWidget* m_busy = nullptr; ///< progress and Cancel, once a run takes long
    QLabel* m_progress = nullptr;
    QTimer *m_breath = nullptr, *m_patience = nullptr;
};

} // namespace headlight::ui
