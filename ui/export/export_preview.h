#pragma once
// The figure as it will be, small, and what there is to know of the file. Drawn on a worker; animations move.

#include "ui/export/animation.h"
#include "ui/widgets/async_job.h"

#include <QImage>
#include <QTimer>
#include <QWidget>

class QLabel;

namespace headlight::ui {

class ExportPreview : public QWidget {
    Q_OBJECT
public:
    explicit ExportPreview(QWidget* parent = nullptr);

    struct Wanted {
        const ViewDescriptor* view = nullptr;
        Scene scene;
        ExportFormat format = ExportFormat::Png;
        ExportOptions options;
        std::optional<Animation> animation;
    };
    void show(Wanted wanted);

    /// What is drawn, as a value made on a worker.
    struct Drawn {
        QImage picture;
        QString facts; ///< size of the file's picture, what goes into it
        int frames = 1;
    };
    /// Any thread.
    static Drawn drawn(const Wanted& wanted, int frame, const QSize& room, double ratio);

private:
    void draw();

    static constexpr QSize room{ 460, 330 };
    QLabel *m_picture, *m_facts;
    Wanted m_wanted;
    QTimer m_next;
    int m_frame = 0;
    AsyncJob m_job;
};

/// "512 × 512 cells are drawn as one image inside; lines and text stay vector." Empty where cells are shapes.
QString rasterText(const ViewDescriptor& view, const Scene& scene);

} // namespace headlight::ui
