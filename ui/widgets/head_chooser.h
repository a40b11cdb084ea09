#pragma once
// "‹ Layer 5 › ‹ Head 7 ›": which head every view shows, one step at a time or from a list.

#include "ui/session/session.h"

#include <QWidget>

namespace headlight::ui {

class Stepper;

class HeadChooser : public QWidget {
    Q_OBJECT
public:
    explicit HeadChooser(Session& session, QWidget* parent = nullptr);

private:
    void showSelection();
    void chooseLayer(int index);
    void chooseHead(int index);

    Session& m_session;
    Stepper *m_layer, *m_head;
};

} // namespace headlight::ui
