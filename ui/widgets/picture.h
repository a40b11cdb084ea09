#pragma once
// A widget that shows a picture small.

#include <QImage>
#include <QWidget>

namespace headlight::ui {

/// Scales a picture into its width, at most `tallest` high.
class PictureThumb : public QWidget {
public:
    explicit PictureThumb(QWidget* parent = nullptr);
    void setPicture(const QImage& picture);
    int heightForWidth(int width) const override;

    static constexpr int tallest = 180;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QImage m_picture;
};

} // namespace headlight::ui
