#pragma once
// A few words on the open model and the way to its whole card.

#include "core/engine/open_model.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace headlight::ui {

class ModelNote : public QWidget {
    Q_OBJECT
public:
    explicit ModelNote(QWidget* parent = nullptr);
    void setModel(const OpenModel& model);

signals:
    void cardRequested();

private:
    QLabel* m_summary;
    QPushButton* m_card;
};

/// The card without the block of settings on top of it ("---" to "---").
QString cardText(const OpenModel& model);
/// Its first paragraph in plain words, or what the configuration says.
QString cardSummary(const OpenModel& model);

} // namespace headlight::ui
