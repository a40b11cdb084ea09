#pragma once
// The head under the pointer, enlarged, with its statistics. Lets every event through.

#include "ui/views/grid_figure.h"

#include <QWidget>

namespace headlight::ui {

class HeadCard : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(HeadCard)
public:
    explicit HeadCard(QWidget* parent);
    void showHead(const GridHead& head, const QRectF& beside);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    GridHead m_head;
    QList<QPair<QString, QString>> m_facts;
};

} // namespace headlight::ui
