#pragma once
// Where errors appear: a bar inside the window with what to do next, never a modal box.

#include <QFrame>

class QLabel;
class QPushButton;

namespace headlight::ui {

class ErrorBar : public QFrame {
    Q_OBJECT
public:
    enum class Offer { Nothing, Cut, Locate };
    explicit ErrorBar(QWidget* parent = nullptr);

    void showMessage(const QString& message, Offer offer = Offer::Nothing);
    QString message() const;

signals:
    /// "Cut the text to fit" was pressed.
    void cutRequested();
    /// "Locate…" was pressed.
    void locateRequested();

private:
    QLabel* m_message;
    QPushButton *m_cut, *m_locate;
};

} // namespace headlight::ui
