#pragma once
// Rows of "name ..... value" as in the inspector. Values can be marked and copied; the tool tip holds the
// exact number.

#include <QWidget>

class QLabel;

namespace headlight::ui {

class FactList : public QWidget {
public:
    struct Fact {
        QString name, value, exact; ///< `exact` may be empty
    };
    explicit FactList(QWidget* parent = nullptr);
    void setFacts(const QList<Fact>& facts);
    const QList<Fact>& facts() const { return m_facts; }

private:
    struct Row {
        QLabel *name, *value;
    };
    Row& row(qsizetype index);

    QList<Fact> m_facts;
    QList<Row> m_rows;
};

} // namespace headlight::ui
