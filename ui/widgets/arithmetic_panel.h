#pragma once
// The sum behind one number: its formula, the first terms in a line, all terms in a list that scrolls, and a
// button that copies them.

#include "core/trace/attention_steps.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTreeView;

namespace headlight::ui {

class TermModel;

class ArithmeticPanel : public QWidget {
    Q_OBJECT
public:
    explicit ArithmeticPanel(QWidget* parent = nullptr);
    void showSum(const QString& title, const Arithmetic& arithmetic, const QString& copied);
    /// What the copy button copies.
    const QString& text() const { return m_copied; }
    int termCount() const;
    /// All terms are shown, not the first few.
    bool unfolded() const { return !m_folded && termCount() > 0; }

signals:
    void closed();
    /// It needs another height.
    void foldChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void layOut();
    void fold(bool folded);

    QLabel *m_title, *m_formula, *m_line, *m_result, *m_note;
    QPushButton* m_all;
    QTreeView* m_terms;
    TermModel* m_model;
    QString m_copied;
    bool m_folded = true;
};

} // namespace headlight::ui
