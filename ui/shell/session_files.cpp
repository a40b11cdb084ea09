// Implements session_files.h.

#include "ui/shell/session_files.h"

#include "ui/session/history.h"
#include "ui/session/session.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/labels.h"

#include <QSettings>

namespace headlight::ui {
namespace {

const QString recentKey = QStringLiteral("sessions/recent");
constexpr qsizetype mostRecent = 10;

QString filter()
{
    return SessionFiles::tr("Headlight sessions (*.%1)").arg(QLatin1String(sessionSuffix));
}

/// What a worker hands back.
using Read = std::shared_ptr<Expected<SessionDocument>>;

} // namespace

SessionFiles::SessionFiles(const Parts& parts, const Actions& actions)
    : m_parts(parts)
    , m_recent(new QMenu(&parts.window))
    , m_savedPins(parts.pins.list())
{
    m_recent->setToolTipsVisible(true);
    actions.recent->setMenu(m_recent);
    connect(m_recent, &QMenu::aboutToShow, this, &SessionFiles::fillRecent);
    connect(actions.open, &QAction::triggered, this, &SessionFiles::chooseOpen);
    connect(actions.save, &QAction::triggered, this, &SessionFiles::save);
    connect(actions.saveAs, &QAction::triggered, this, &SessionFiles::chooseSave);
    connect(&parts.session, &Session::sessionOffered, this, &SessionFiles::open);
    connect(&parts.session, &Session::modelChanged, this, &SessionFiles::showTitle);
    connect(&parts.session, &Session::settled, this, &SessionFiles::settle);
    connect(&parts.history, &History::changed, this, &SessionFiles::showTitle);
    connect(&parts.pins, &Pins::changed, this, &SessionFiles::showTitle);
    parts.window.installEventFilter(this);
    fillRecent();
}

SessionDocument SessionFiles::document() const
{
    SessionDocument document;
    document.state = m_parts.session.state();
    document.pins = m_parts.pins.all();
    document.openedFrom = m_path;
    document.rest = m_rest;
    return document;
}

bool SessionFiles::modified() const
{
    return m_saved && (m_savedPins != m_parts.pins.list() || !(*m_saved == m_parts.session.state()));
}

void SessionFiles::show(const SessionDocument& document, const QString& path, Origin origin)
{
    const QString name = path.isEmpty() ? tr("what you had") : QFileInfo(path).completeBaseName();
    auto pins = std::make_shared<std::vector<Pin>>(document.pins);
    m_path = path;
    m_rest = document.rest;
    m_opening = origin == Origin::File;
    Pins& list = m_parts.pins;
    m_parts.history.goTo(
        document.state, tr("opening %1").arg(name), [&list, pins] { list.replace(pins); },
        [&list, before = list.list()] { list.replace(before); });
    markSaved();
    if (origin == Origin::Recovered && !m_path.isEmpty())
        m_saved = std::make_shared<const SessionState>(); // the file holds something older
    showTitle();
}

void SessionFiles::open(const QString& path)
{
    m_reading.start<Read>(
        this,
        [file = path.toStdString()](
            const std::stop_token&) { return std::make_shared<Read::element_type>(readSession(file)); },
        [this, path](const Read& read) { arrived(*read, path); });
}

void SessionFiles::arrived(const Expected<SessionDocument>& document, const QString& path)
{
    if (!document) {
        if (!m_parts.session.model() && !m_parts.session.activity().running)
            m_parts.session.openModel(QLatin1String(Session::firstModel)); // a window is never left empty
        m_parts.errors.showMessage(QString::fromStdString(document.error().message));
        return;
    }
    show(*document, path);
    addRecent(path);
    if (document->version > sessionVersion)
        m_parts.errors.showMessage(tr(
            "%1 was saved by a newer Headlight: what this one does not know is not shown, but kept when you "
            "save.")
                                       .arg(QFileInfo(path).fileName()));
}

void SessionFiles::save()
{
    m_path.isEmpty() ? chooseSave() : saveTo(m_path);
}

void SessionFiles::saveTo(const QString& path)
{
    if (m_writing.running()) {
        m_next = path;
        return;
    }
    SessionDocument document = this->document();
    document.openedFrom.clear();
    auto state = std::make_shared<const SessionState>(document.state);
    m_writing.start<std::shared_ptr<Status>>(
        this,
        [document, file = path.toStdString()](
            const std::stop_token&) { return std::make_shared<Status>(saveSession(file, document)); },
        [this, path, state, pins = m_parts.pins.list()](const std::shared_ptr<Status>& status) {
            if (*status) {
                m_saved = state;
                m_savedPins = pins;
            }
            written(*status, path);
        });
}

void SessionFiles::written(const Status& status, const QString& path)
{
    if (const QString next = std::exchange(m_next, {}); !next.isEmpty()) {
        if (status)
            addRecent(path);
        else if (next != path) // otherwise that one tells how it went
            m_parts.errors.showMessage(
                tr("The session was not saved. %1").arg(QString::fromStdString(status.error().message)));
        return saveTo(next);
    }
    const bool closing = std::exchange(m_closing, false);
    if (!status) {
        m_parts.errors.showMessage(
            tr("The session was not saved. %1").arg(QString::fromStdString(status.error().message)));
        return;
    }
    m_path = path;
    addRecent(path);
    showTitle();
    m_parts.window.statusBar()->showMessage(tr("Saved in %1").arg(path), 6000);
    if (closing)
        m_parts.window.close();
}

void SessionFiles::markSaved()
{
    m_saved = m_path.isEmpty() ? nullptr : std::make_shared<const SessionState>(m_parts.session.state());
    m_savedPins = m_parts.pins.list();
    showTitle();
}

/// What clamping changed in a session that was just opened is not a person's change.
void SessionFiles::settle()
{
    if (std::exchange(m_opening, false))
        markSaved();
    else
        showTitle();
}

/// The mark of unsaved changes is for sessions that have a file.
void SessionFiles::showTitle()
{
    const auto& model = m_parts.session.model();
    const auto& result = m_parts.session.result();
    std::string shown = model ? model->name : std::string();
    if (result && !result->source.empty())
        shown = result->source; // imported: no model has a part in it
    if (m_path.isEmpty()) {
        m_parts.window.setWindowModified(false);
        m_parts.window.setWindowFilePath({});
        m_parts.window.setWindowTitle(
            shown.empty() ? tr("Headlight") : tr("%1 – Headlight").arg(QString::fromStdString(shown)));
        return;
    }
    const QString name = QFileInfo(m_path).completeBaseName();
    m_parts.window.setWindowTitle(shown.empty()
            ? tr("%1[*] – Headlight").arg(name)
            : tr("%1[*] – %2 – Headlight").arg(name, QString::fromStdString(shown)));
    m_parts.window.setWindowFilePath(m_path);
    m_parts.window.setWindowModified(modified());
}

void SessionFiles::chooseOpen()
{
    auto* dialog = new QFileDialog(&m_parts.window, tr("Open a session"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({ filter(), tr("All files (*)") });
    connect(dialog, &QFileDialog::fileSelected, this, &SessionFiles::open);
    dialog->open();
}

void SessionFiles::chooseSave()
{
    auto* dialog = new QFileDialog(&m_parts.window, tr("Save the session"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QLatin1String(sessionSuffix));
    dialog->setNameFilter(filter());
    dialog->selectFile(m_path.isEmpty() ? tr("session.%1").arg(QLatin1String(sessionSuffix)) : m_path);
    connect(dialog, &QFileDialog::fileSelected, this, &SessionFiles::saveTo);
    connect(dialog, &QFileDialog::rejected, this, [this] { m_closing = false; });
    dialog->open();
}

void SessionFiles::addRecent(const QString& path)
{
    QSettings settings;
    QStringList recent = settings.value(recentKey).toStringList();
    recent.removeAll(path);
    recent.prepend(path);
    settings.setValue(recentKey, recent.mid(0, mostRecent));
}

void SessionFiles::fillRecent()
{
    m_recent->clear();
    const QStringList recent = QSettings().value(recentKey).toStringList();
    for (const QString& path : recent) {
        QAction* action = m_recent->addAction(menuText(QFileInfo(path).completeBaseName()));
        action->setToolTip(plainTip(tr("Open %1").arg(path)));
        connect(action, &QAction::triggered, this, [this, path] { open(path); });
    }
    if (recent.isEmpty())
        m_recent->addAction(tr("No sessions yet"))->setEnabled(false);
}

/// The question belongs to the window and blocks nothing else.
void SessionFiles::askBeforeClosing()
{
    auto* box = new QMessageBox(QMessageBox::Question, tr("Save the session?"),
        tr("“%1” has changes that are not saved.").arg(QFileInfo(m_path).completeBaseName()),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, &m_parts.window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setDefaultButton(QMessageBox::Save);
    connect(box, &QMessageBox::finished, this, [this](int answer) {
        if (answer == QMessageBox::Save) {
            m_closing = true;
            save();
        } else if (answer == QMessageBox::Discard) {
            m_saved.reset();
            m_parts.window.close();
        }
    });
    box->open();
}

bool SessionFiles::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != &m_parts.window || event->type() != QEvent::Close || !modified())
        return false;
    event->ignore();
    if (!m_parts.window.findChild<QMessageBox*>())
        askBeforeClosing();
    return true;
}

} // namespace headlight::ui
