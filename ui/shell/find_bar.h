#pragma once
// Find a token (Ctrl+F): what is found is chosen, and so shown by every view.

#include "ui/session/find_tokens.h"

#include <QFrame>

class QLabel;
class QLineEdit;

namespace headlight::ui {

class Session;

class FindBar : public QFrame {
    Q_OBJECT
public:
    explicit FindBar(Session& session, QWidget* parent = nullptr);

    /// Shows the bar with the keyboard in it.
    void begin();
    void next() { go(1); }
    void previous() { go(-1); }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void search();
    void go(int by);
    void choose(bool asKey);
    void showCount();
    void leave();

    Session& m_session;
    QLineEdit* m_edit;
    QLabel* m_count;
    std::vector<FoundTokens> m_found;
    int m_current = -1;
};

} // namespace headlight::ui
