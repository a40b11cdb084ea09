// Implements findings.h.

#include "ui/shell/findings.h"

#include "ui/export/report.h"
#include "ui/session/pins.h"
#include "ui/shell/pinning.h"
#include "ui/shell/pins_panel.h"
#include "ui/widgets/error_bar.h"

namespace headlight::ui {

Findings::Findings(const Parts& parts, const Actions& actions, std::function<Subject()> subject)
    : m_parts(parts)
    , m_actions(actions)
    , m_subject(std::move(subject))
{
    connect(actions.pin, &QAction::triggered, this, &Findings::pinThis);
    connect(actions.report, &QAction::triggered, this, &Findings::chooseReport);
    connect(&parts.panel, &PinsPanel::pinRequested, this, &Findings::pinThis);
    connect(&parts.panel, &PinsPanel::exportRequested, this, &Findings::chooseReport);
    connect(&parts.session, &Session::resultChanged, this, &Findings::showState);
    connect(&parts.pins, &Pins::changed, this, &Findings::showState);
    showState();
}

void Findings::showState()
{
    m_actions.pin->setEnabled(m_parts.session.result() != nullptr);
    const bool any = !m_parts.pins.all().empty();
    m_actions.report->setEnabled(any);
    if (any && !m_any)
        showPanel(); // the first pin, or a session that has some
    m_any = any;
}

void Findings::pinThis()
{
    Subject subject = m_subject();
    if (!subject.view || !subject.scene.result)
        return;
    m_drafts.push_back({ pinOf(m_parts.session, subject.scene), std::move(subject) });
    if (m_drafts.size() == 1)
        drawNext();
}

/// With room for a finding, also where another panel was alone.
void Findings::showPanel()
{
    if (m_parts.dock.isVisible())
        return;
    m_parts.dock.show();
    auto* window = qobject_cast<QMainWindow*>(m_parts.dock.parentWidget());
    if (window && !m_parts.dock.isFloating())
        window->resizeDocks({ &m_parts.dock }, { window->height() / 2 }, Qt::Vertical);
}

void Findings::drawNext()
{
    const Subject& subject = m_drafts.front().subject;
    m_drawing.start<QByteArray>(
        this,
        [view = subject.view, scene = subject.scene](const std::stop_token&) {
            try {
                return pinPicture(*view, scene);
            } catch (const std::bad_alloc&) {
                return QByteArray(); // its numbers are worth keeping; the next one waits for this one
            }
        },
        [this](const QByteArray& png) {
            Pin pin = std::move(m_drafts.front().pin);
            m_drafts.pop_front();
            pin.picture = png;
            m_parts.pins.add(std::move(pin));
            if (!m_drafts.empty())
                drawNext();
        });
}

void Findings::chooseReport()
{
    auto* dialog = new QFileDialog(m_parts.panel.window(), tr("Export findings"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("md"));
    dialog->setNameFilter(tr("Markdown (*.md)"));
    dialog->selectFile(QStringLiteral("report.md"));
    connect(dialog, &QFileDialog::fileSelected, this, &Findings::writeReportTo);
    dialog->open();
}

void Findings::writeReportTo(const QString& path)
{
    m_writing.start<std::shared_ptr<Status>>(
        this,
        [pins = m_parts.pins.list(), file = path.toStdString()](
            const std::stop_token&) { return std::make_shared<Status>(writeReport(file, *pins)); },
        [this, path](const std::shared_ptr<Status>& status) {
            if (*status) {
                if (auto* window = qobject_cast<QMainWindow*>(m_parts.dock.parentWidget()))
                    window->statusBar()->showMessage(tr("The report is in %1").arg(path), 6000);
                emit reportWritten(path);
                return;
            }
            m_parts.errors.showMessage(
                tr("The report was not written. %1").arg(QString::fromStdString(status->error().message)));
        });
}

} // namespace headlight::ui
