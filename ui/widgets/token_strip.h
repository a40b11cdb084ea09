#pragma once
// The input as the model's tokens, live. Hover and click choose a token for every view.

#include "ui/widgets/accessible_map.h"
#include "ui/widgets/token_flow.h"

#include <QWidget>
#include <deque>

namespace headlight::ui {

class TokenStrip : public QWidget {
    Q_OBJECT
public:
    explicit TokenStrip(QWidget* parent = nullptr);

    void setTokens(std::vector<FlowToken> tokens, const QStringList& toolTips);
    void setChosen(const std::vector<int>& tokens);
    void setPointed(std::optional<int> token);
    int heightForWidth(int width) const override;
    QRect tokenRect(int token) const;
    int count() const { return int(m_tokens.size()); }

signals:
    void pointed(std::optional<int> token);
    void clicked(int token, Qt::KeyboardModifiers modifiers);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    AccessibleMap accessible();
    const TokenFlow& flowFor(int width) const;
    void lay();

    struct Known {
        int width;
        QFont font;
        TokenFlow flow;
    };

    std::vector<FlowToken> m_tokens;
    QStringList m_toolTips;
    std::vector<FlowLook> m_looks;
    TokenFlow m_flow;
    mutable std::deque<Known> m_known; ///< the same tokens at other widths
    int m_cursor = 0; ///< for the keyboard
};

} // namespace headlight::ui
