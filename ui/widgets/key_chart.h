#pragma once
// A horizontal bar chart of named weights, largest on top.

#include <QtCharts/QChartView>

class QBarCategoryAxis;
class QBarSet;
class QHorizontalBarSeries;
class QValueAxis;

namespace headlight::ui {

class KeyChart : public QChartView {
    Q_OBJECT
public:
    struct Bar {
        QString label;
        float weight = 0;
    };
    explicit KeyChart(QWidget* parent = nullptr);
    void setBars(const QList<Bar>& bars);
    /// What a screen reader hears.
    const QList<Bar>& bars() const { return m_bars; }
    QSize sizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;
    /// The numbers stand in a column of their own at the right.
    void drawForeground(QPainter* painter, const QRectF& area) override;

private:
    void applyColours();

    QList<Bar> m_bars;
    QBarSet* m_set;
    QHorizontalBarSeries* m_series;
    QBarCategoryAxis* m_labels;
    QValueAxis* m_values;
};

} // namespace headlight::ui
