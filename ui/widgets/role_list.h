#pragma once
// What the heads do, counted: "previous token 9". A chip chosen here leaves only its heads in the light.

#include "ui/style/theme.h"

#include <QRectF>
#include <QString>
#include <QWidget>
#include <vector>

namespace headlight::ui {

struct RoleListContent {
    struct Chip {
        QString id, text; ///< "previous", "previous token 9"
        QString tip;
    };
    QString caption; ///< "head roles"
    std::vector<Chip> chips;
    QString chosen; ///< id; empty: none

    static constexpr double captionHeight = 24, chipHeight = 20, lineHeight = 25;
    double heightFor(std::size_t count) const { return captionHeight + double(count) * lineHeight; }
    /// How many chips fit, and where one stands.
    std::size_t fitting(double height) const;
    QRectF chipRect(const QRectF& area, std::size_t chip, const Theme& theme) const;
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) const;
};

class RoleList : public QWidget {
    Q_OBJECT
public:
    explicit RoleList(QWidget* parent = nullptr);
    void setContent(const RoleListContent& content);
    const RoleListContent& content() const { return m_content; }

signals:
    /// The id of a chip; empty when the chosen one was let go.
    void roleClicked(const QString& id);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    const RoleListContent::Chip* chipAt(const QPointF& point) const;
    void choose(const QString& id);

    RoleListContent m_content;
    std::size_t m_cursor = 0; ///< for the keyboard
};

} // namespace headlight::ui
