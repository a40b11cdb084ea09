// Implements async_job.h.

#include "ui/widgets/async_job.h"

#include <QCoreApplication>

namespace headlight::ui {

/// Not the global pool: Qt paints in that one. A thread that strokes a long line or scales a picture waits
/// there for its share, so a figure that is written would hold up the window until it is done.
QThreadPool& AsyncJob::pool()
{
    static QThreadPool pool;
    // Fonts and pixmaps go with the application; who draws with them is waited for before.
    static const bool ends = (qAddPostRoutine([] { pool.waitForDone(); }), true);
    Q_UNUSED(ends)
    return pool;
}

} // namespace headlight::ui
