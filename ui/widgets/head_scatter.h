#pragma once
// One dot per head over its layer: how a statistic runs through a model. Beneath the overview of heads.

#include "ui/style/theme.h"

#include <QRectF>
#include <QString>
#include <QWidget>
#include <optional>
#include <vector>

namespace headlight::ui {

struct ScatterContent {
    struct Dot {
        int layer = 0, head = 0;
        float value = 0;
        bool faded = false;
        QString tip;
    };
    QString caption; ///< "mean attention distance"
    QString unit; ///< behind the number at the top: "tokens"
    std::vector<int> layers; ///< in the order they stand from left to right
    std::vector<Dot> dots;

    static constexpr double height = 150;
    /// The frame that the dots stand in, and where one stands.
    QRectF plot(const QRectF& area) const;
    QPointF place(const QRectF& area, const Dot& dot) const;
    /// The dot nearest to a point, at most a few pixels away.
    const Dot* nearest(const QRectF& area, const QPointF& point) const;
    /// The chosen layer's chosen heads are ringed.
    void paint(QPainter& painter, const QRectF& area, int layer, const std::vector<int>& heads,
        const Theme& theme) const;

private:
    float top() const;
};

class HeadScatter : public QWidget {
    Q_OBJECT
public:
    explicit HeadScatter(QWidget* parent = nullptr);
    void setContent(const ScatterContent& content);
    void setChosen(int layer, const std::vector<int>& heads);

signals:
    void headClicked(int layer, int head, Qt::KeyboardModifiers modifiers);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    ScatterContent m_content;
    int m_layer = 0;
    std::vector<int> m_heads;
};

} // namespace headlight::ui
