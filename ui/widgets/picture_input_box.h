#pragma once
// Choosing the picture: what it is now, Open image…, Paste.

#include "ui/session/session.h"

#include <QWidget>

class QLabel;

namespace headlight::ui {

class PictureThumb;

class PictureInputBox : public QWidget {
    Q_OBJECT
public:
    explicit PictureInputBox(Session& session, QWidget* parent = nullptr);

signals:
    void openRequested();
    void pasteRequested();

private:
    void showInput();
    void showResult();

    Session& m_session;
    PictureThumb* m_picture;
    QLabel* m_state;
};

} // namespace headlight::ui
