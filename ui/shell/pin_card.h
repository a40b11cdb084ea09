#pragma once
// One finding in the panel: its picture (which leads back to it), its title and note to be edited in place,
// its most telling number, and what moves and deletes it.

#include "ui/session/pin.h"
#include "ui/widgets/async_job.h"

#include <QFrame>
#include <QPixmap>

class QLabel;
class QLineEdit;
class QToolButton;

namespace headlight::ui {

class PinPicture;
class PromptEdit;

class PinCard : public QFrame {
    Q_OBJECT
public:
    explicit PinCard(QWidget* parent = nullptr);

    /// What is being typed is not overwritten.
    void showPin(const Pin& pin);
    void setPlace(bool first, bool last);
    /// It fits its height to its width by itself: a list of hundreds would ask each of them at every change.
    bool hasHeightForWidth() const override { return false; }

signals:
    void goRequested();
    void titleEdited(const QString& title);
    void noteEdited(const QString& note);
    void moveRequested(int by);
    void deleteRequested();

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeButtons();
    void showPicture(const QByteArray& png);
    void decode();
    void fitHeight();
    void fitNote();

    PinPicture* m_picture;
    QLineEdit* m_title;
    QLabel* m_facts;
    PromptEdit* m_note;
    QToolButton *m_up, *m_down, *m_delete;
    QByteArray m_shown; ///< the PNG that is decoded when it is first seen
    AsyncJob m_decoding;
};

} // namespace headlight::ui
