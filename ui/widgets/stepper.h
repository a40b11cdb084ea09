#pragma once
// "‹ Layer 5 ›": one step back, a list of all, one step on.

#include <QWidget>

class QToolButton;

namespace headlight::ui {

class ChoiceButton;

class Stepper : public QWidget {
    Q_OBJECT
public:
    struct Names {
        QString what, previous, next, toolTip;
    };
    explicit Stepper(const Names& names, QWidget* parent = nullptr);

    /// The first `steps` titles are numbers to step through; what follows ("mean of all") is chosen from the
    /// list.
    void setTitles(const QStringList& titles, int steps);
    void setCurrent(int index);
    int current() const { return m_current; }

signals:
    void chosen(int index);

private:
    void step(int by);

    QToolButton *m_previous, *m_next;
    ChoiceButton* m_choice;
    QStringList m_titles;
    int m_steps = 0, m_current = 0;
};

} // namespace headlight::ui
