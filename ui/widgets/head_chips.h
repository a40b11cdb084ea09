#pragma once
// The heads of a layer as numbered chips in their colours: a click chooses one, Ctrl adds, "all" takes all.

#include <QWidget>

#include <optional>
#include <vector>

namespace headlight::ui {

class HeadChips : public QWidget {
    Q_OBJECT
public:
    explicit HeadChips(QWidget* parent = nullptr);

    void setHeads(int count, const std::vector<int>& chosen);
    int count() const { return m_count; }
    /// Where the chip of a head stands; number `count()` is "all".
    QRect chipRect(int index) const;

    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

signals:
    void clicked(int head, Qt::KeyboardModifiers modifiers);
    void allClicked();
    void pointed(std::optional<int> head);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    std::optional<int> chipAt(const QPoint& place) const;
    bool isChosen(int head) const;
    void activate(int index, Qt::KeyboardModifiers modifiers);
    int perLine(int width) const;
    void say();

    int m_count = 0, m_focused = 0;
    std::vector<int> m_chosen;
    std::optional<int> m_under;
};

} // namespace headlight::ui
