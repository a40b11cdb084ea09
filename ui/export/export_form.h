#pragma once
// The choices of the export dialog: what is drawn, into which format, how large, in which colours, with what
// around it.

#include "ui/export/animation.h"
#include "ui/export/exporter.h"

#include <QWidget>

class QCheckBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace headlight::ui {

class ChoiceButton;

class ExportForm : public QWidget {
    Q_OBJECT
public:
    explicit ExportForm(QWidget* parent = nullptr);

    void setSubject(const ExportSubject& subject);
    ExportFormat format() const;
    void setFormat(ExportFormat format);
    /// The view that is drawn: what is on the screen, the grid, or the heat map of the chosen head. Null
    /// without a subject.
    const ViewDescriptor* view() const;
    Scene scene() const;
    ExportOptions options() const;
    /// None for one picture.
    std::optional<Animation> animation() const;

signals:
    void changed();

private:
    void addWhat();
    void addFormat();
    void addAnimation();
    void addSize();
    void addLook();
    void addParts();
    ChoiceButton* choice(const QString& name, const QString& toolTip);
    QSpinBox* number(const QString& name, const QString& toolTip, const QString& unit);
    QCheckBox* part(const QString& name, const QString& toolTip);
    void showWhat();
    void showAnimations();
    void showSize();
    void showUsable();
    void formatChosen();
    void sideTyped();

    ExportSubject m_subject;
    QFormLayout* m_form;
    ChoiceButton *m_what, *m_format, *m_pictures, *m_size, *m_theme, *m_background;
    QSpinBox *m_delay, *m_width, *m_height, *m_dpi;
    QCheckBox *m_loop, *m_withTitle, *m_withCaption, *m_withLegend;
    QLineEdit* m_title;
    bool m_showing = false; ///< values are set by this class, not by a person
};

} // namespace headlight::ui
