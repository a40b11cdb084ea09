#pragma once
// Copies what is chosen: a cell's exact number, a row, a column, the map with its labels, tab-separated.

#include "ui/views/view.h"
#include "ui/widgets/async_job.h"

namespace headlight::ui {

enum class Copied { Cell, Row, Column, Map };

/// Tab-separated, a line per row; labels of maps stand in the first line and column. Errors: BadInput in one
/// sentence when nothing is chosen, or a map has more than `mostCopied` cells.
Expected<QString> copiedText(const Scene& scene, Copied what);
constexpr std::int64_t mostCopied = 4'000'000;

class Copying : public QObject {
    Q_OBJECT
public:
    explicit Copying(std::function<Scene()> scene, QObject* parent = nullptr);

    /// Puts it into the clipboard; large maps are put together on a worker.
    void copy(Copied what);

signals:
    /// One sentence: what is in the clipboard, or why not.
    void told(const QString& message);

private:
    std::function<Scene()> m_scene;
    AsyncJob m_job;
};

} // namespace headlight::ui
