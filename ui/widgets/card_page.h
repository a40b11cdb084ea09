#pragma once
// The whole model card inside the window, over the views, with a way back.

#include <QWidget>

class QLabel;
class QTextBrowser;

namespace headlight::ui {

class CardPage : public QWidget {
    Q_OBJECT
public:
    explicit CardPage(QWidget* parent = nullptr);
    void showCard(const QString& title, const QString& markdown);

signals:
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QLabel* m_title;
    QTextBrowser* m_text;
};

} // namespace headlight::ui
