#pragma once
// One of a result's lists of tokens as a strip that scrolls when it is long; it follows the session and
// chooses for every view.

#include "ui/session/sites.h"

#include <QScrollArea>

namespace headlight::ui {

class Session;
class TokenStrip;

class TokenBox : public QScrollArea {
    Q_OBJECT
public:
    TokenBox(Session& session, TokenGroup group, QWidget* parent = nullptr);
    TokenStrip& strip() const { return *m_strip; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void showResult();
    void fit();
    void showSelection();
    void showHover();
    void choose(int token, Qt::KeyboardModifiers modifiers);

    Session& m_session;
    TokenGroup m_group;
    TokenStrip* m_strip;
};

} // namespace headlight::ui
