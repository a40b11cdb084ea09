#pragma once
// What the model says about the input, with probabilities.

#include "core/engine/analysis.h"

#include <QWidget>

class QLabel;

namespace headlight::ui {

/// One class per row: name, probability, and a thin bar.
class ProbabilityRows : public QWidget {
public:
    explicit ProbabilityRows(QWidget* parent = nullptr);
    void setPrediction(const Prediction& prediction);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return { 0, sizeHint().height() }; }

    static constexpr int mostRows = 5;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<ClassProbability> m_classes;
};

class PredictionPanel : public QWidget {
    Q_OBJECT
public:
    explicit PredictionPanel(QWidget* parent = nullptr);
    /// Null or without predictions: the panel hides.
    void setResult(const AnalysisResult* result);

private:
    void showPrediction(qsizetype index, const Prediction* prediction);

    QLabel* m_title;
    QWidget* m_list;
    QList<QLabel*> m_names;
    QList<ProbabilityRows*> m_rows;
};

} // namespace headlight::ui
