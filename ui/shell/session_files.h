#pragma once
// Opening and saving sessions: the actions, the recent list, the title with its mark, and the question when a
// window with unsaved changes is closed. Files are read and written on a worker.

#include "ui/session/pins.h"
#include "ui/session/session_file.h"
#include "ui/widgets/async_job.h"

#include <QObject>

class QAction;
class QMainWindow;
class QMenu;

namespace headlight::ui {

class ErrorBar;
class History;
class Session;

class SessionFiles : public QObject {
    Q_OBJECT
public:
    struct Actions {
        QAction *open, *save, *saveAs, *recent;
    };
    struct Parts {
        Session& session;
        History& history;
        Pins& pins;
        QMainWindow& window;
        ErrorBar& errors;
    };
    /// All of `parts` must outlive it.
    SessionFiles(const Parts& parts, const Actions& actions);

    /// All that is to be saved now; quick.
    SessionDocument document() const;
    /// Shows a session as it was left. `path` is its file, or empty; a recovered one is not what the file
    /// holds.
    enum class Origin { File, Recovered };
    void show(const SessionDocument& document, const QString& path, Origin origin = Origin::File);
    /// Reads and shows; when that fails nothing changes but the error bar.
    void open(const QString& path);
    void save();
    void saveTo(const QString& path);
    const QString& path() const { return m_path; }
    bool modified() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void chooseOpen();
    void chooseSave();
    void arrived(const Expected<SessionDocument>& document, const QString& path);
    void written(const Status& status, const QString& path);
    void markSaved();
    void settle();
    void showTitle();
    void addRecent(const QString& path);
    void fillRecent();
    void askBeforeClosing();

    Parts m_parts;
    QMenu* m_recent;
    QString m_path;
    std::string m_rest;
    std::shared_ptr<const SessionState> m_saved; ///< what the file holds
    Pins::List m_savedPins;
    AsyncJob m_reading, m_writing;
    QString m_next; ///< to be saved in when what is being written is there: two writers of one file race
    bool m_opening = false; ///< what the program does until the result is there is no change
    bool m_closing = false; ///< the window goes when the session is written
};

} // namespace headlight::ui
