#pragma once
// What the views share around their picture: heading, controls, caption, the message when there is nothing to
// show, the dimming while a newer result is awaited, and the keys that walk through heads and layers.

#include "ui/views/scene_text.h"
#include "ui/widgets/heading.h"

class QHBoxLayout;
class QLabel;
class QStackedLayout;
class QTimer;

namespace headlight::ui {

class ViewFrame : public View {
    Q_DECLARE_TR_FUNCTIONS(ViewFrame)
protected:
    ViewFrame(Session& session, QWidget* parent, const QString& id);

    /// With the options of this view that the session holds.
    Scene scene() const override;
    QVariant option(const QString& name, const QVariant& fallback = {}) const;
    /// Ends up in showOptions() by way of the session.
    void setOption(const QString& name, const QVariant& value);

    /// The picture; the view gives it a layout or paints children into it.
    QWidget* body() const { return m_body; }
    /// Controls of the view's own stand at the right of the heading.
    void addControl(QWidget* control);
    void setHeading(const Heading& heading) { m_heading->setHeading(heading); }
    void setCaption(const QString& caption);

    /// The result, the heads or the display changed: everything is drawn anew. Called only with a result that
    /// the view can show.
    virtual void showMap() = 0;
    /// Tokens or the pointer moved within the same map.
    virtual void showMarks() = 0;
    /// An option of this view changed; by default everything is drawn anew.
    virtual void showOptions() { showMap(); }
    /// An arrow key.
    virtual void moveBy(int columns, int rows) = 0;

    /// The picture on the screen is of the result there is.
    bool showsMap() const;
    void showResult() final;
    void showSelection() final;
    void showActivity() final;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    /// A ring around the view while the keyboard is on it.
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    /// What a map depends on.
    struct MapKey {
        std::shared_ptr<const AnalysisResult> result;
        AttentionSite site;
        std::vector<int> heads;
        HeadJoin join = HeadJoin::Mean;
        DisplaySettings display;
        friend bool operator==(const MapKey&, const MapKey&) = default;
    };
    MapKey mapKey() const;
    void showNow();
    void followLook();
    void optionsArrived(const QString& view);
    QString nothingYet() const;
    QString neededBy(const ViewDescriptor& view) const;
    void dim(bool waiting);

    QString m_id;
    MapKey m_shown;
    const Theme* m_look = nullptr; ///< what was shown is drawn with it
    bool m_keyboard = false; ///< the focus came by a key
    HeadingWidget* m_heading = nullptr;
    QWidget* m_controlBox = nullptr; ///< hidden while there is nothing to control
    QHBoxLayout* m_controls = nullptr;
    QStackedLayout* m_stack = nullptr;
    QWidget* m_body = nullptr;
    QLabel *m_message = nullptr, *m_caption = nullptr;
    QTimer* m_dimTimer = nullptr;
};

} // namespace headlight::ui
