#pragma once
// The tabs of the views: a trough with one raised segment.

#include <QWidget>

class QButtonGroup;
class QToolButton;

namespace headlight::ui {

class SegmentedBar : public QWidget {
    Q_OBJECT
public:
    struct Segment {
        QString id, title, toolTip;
    };
    explicit SegmentedBar(QWidget* parent = nullptr);

    void setSegments(const QList<Segment>& segments);
    /// None is chosen when there is no such segment.
    void setCurrent(const QString& id);
    QString current() const;
    /// A segment that cannot be chosen; `reason` replaces its tool tip.
    void setAvailable(const QString& id, bool available, const QString& reason);

    /// Leaves out the segments that cannot be chosen.
    void setCompact(bool compact);
    int widthWhen(bool compact) const;

signals:
    /// A person chose it.
    void chosen(const QString& id);

protected:
    void changeEvent(QEvent* event) override;

private:
    void fitToType();
    QToolButton* button(const QString& id) const;

    QList<Segment> m_segments;
    QButtonGroup* m_group;
    bool m_compact = false;
};

} // namespace headlight::ui
