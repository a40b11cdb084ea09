#pragma once
// How a model writes: how many tokens, and how each is chosen. A small form for a menu.

#include "core/engine/analysis.h"

#include <QWidget>

class QDoubleSpinBox;
class QLabel;
class QSpinBox;

namespace headlight::ui {

class SegmentedBar;

class GenerationForm : public QWidget {
    Q_OBJECT
public:
    explicit GenerationForm(QWidget* parent = nullptr);
    void setOptions(const GenerationOptions& options);
    /// As the form stands; what belongs to another way of choosing is left out.
    GenerationOptions options() const;

signals:
    void changed();

private:
    void addRow(QLabel*& label, const QString& name, QWidget* field);
    QSpinBox* number(const QString& toolTip, int least, int most);
    QDoubleSpinBox* fraction(const QString& toolTip, double least, double most);
    void addFields();
    void showFields();

    SegmentedBar* m_choice;
    QSpinBox *m_tokens, *m_topK, *m_seed, *m_beams;
    QDoubleSpinBox *m_temperature, *m_topP;
    QLabel *m_tokensLabel = nullptr, *m_topKLabel = nullptr, *m_seedLabel = nullptr, *m_beamsLabel = nullptr,
           *m_temperatureLabel = nullptr, *m_topPLabel = nullptr;
};

/// "greedy · 20", "4 beams · 20", "temp. 0.8 · 20": the way and the number of tokens.
QString generationText(const GenerationOptions& options);

} // namespace headlight::ui
