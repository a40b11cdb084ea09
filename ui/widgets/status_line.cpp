// Implements status_line.h.

#include "ui/widgets/status_line.h"

#include "ui/session/inspection.h"
#include "ui/session/sites.h"
#include "ui/widgets/labels.h"

namespace headlight::ui {
namespace {

constexpr int progressSteps = 1000;

QString typeText(DType type)
{
    switch (type) {
    case DType::F32:
        return QStringLiteral("float32");
    case DType::F16:
        return QStringLiteral("float16");
    case DType::BF16:
        return QStringLiteral("bfloat16");
    default:
        return QString::fromStdString(std::string(name(type))).toLower();
    }
}

} // namespace

QString countText(std::int64_t count)
{
    const double value = double(count);
    if (count >= 1'000'000'000)
        return QStringLiteral("%1 G").arg(value / 1e9, 0, 'g', 3);
    if (count >= 1'000'000)
        return QStringLiteral("%1 M").arg(value / 1e6, 0, 'g', 3);
    if (count >= 1'000)
        return QStringLiteral("%1 k").arg(value / 1e3, 0, 'g', 3);
    return QString::number(count);
}

QString memoryText(std::size_t bytes)
{
    const double value = double(bytes);
    if (value >= 1e9)
        return QStringLiteral("%1 GB").arg(value / 1e9, 0, 'f', 1);
    if (value >= 1e6)
        return QStringLiteral("%1 MB").arg(value / 1e6, 0, 'f', 1);
    return QStringLiteral("%1 kB").arg(value / 1e3, 0, 'f', 0);
}

StatusLine::StatusLine(Session& session, QWidget* parent)
    : QStatusBar(parent)
    , m_session(session)
    , m_state(mutedLabel(tr("Ready"), this))
    , m_model(mutedLabel({}, this))
    , m_run(mutedLabel({}, this))
    , m_place(mutedLabel({}, this))
    , m_progress(new QProgressBar(this))
    , m_cancel(linkButton(tr("Cancel"), tr("Stop what is running"), this))
{
    setSizeGripEnabled(false);
    setContentsMargins(8, 0, 8, 0);
    m_progress->setTextVisible(false);
    m_progress->setRange(0, progressSteps);
    m_progress->setFixedWidth(120);
    m_progress->setAccessibleName(tr("Progress"));
    for (QLabel* label : { m_state, m_model, m_run, m_place })
        label->setWordWrap(false);
    m_state->setContentsMargins(0, 0, 12, 0);
    m_model->setContentsMargins(0, 0, 12, 0);
    addWidget(m_state);
    addWidget(m_progress);
    addWidget(m_cancel);
    addWidget(m_model);
    addWidget(m_run);
    addPermanentWidget(m_place);
    m_patience.setSingleShot(true);
    m_patience.setInterval(patience);
    connect(&m_patience, &QTimer::timeout, this, &StatusLine::showActivity);
    connect(m_cancel, &QPushButton::clicked, &session, &Session::cancel);
    connect(&session, &Session::activityChanged, this, &StatusLine::showActivity);
    connect(&session, &Session::modelChanged, this, &StatusLine::showModel);
    connect(&session, &Session::resultChanged, this, &StatusLine::showResult);
    connect(&session, &Session::hoverChanged, this, &StatusLine::showPlace);
    connect(&session, &Session::selectionChanged, this, &StatusLine::showPlace);
    showActivity();
}

void StatusLine::showActivity()
{
    const Activity& activity = m_session.activity();
    const bool alreadyShown = !m_progress->isHidden();
    if (activity.running && !alreadyShown && sender() != &m_patience) {
        if (!m_patience.isActive())
            m_patience.start();
        return;
    }
    if (!activity.running)
        m_patience.stop();
    m_progress->setVisible(activity.running);
    m_cancel->setVisible(activity.running);
    m_progress->setValue(int(activity.fraction * progressSteps));
    m_state->setText(activity.running ? activity.phase : tr("Ready"));
}

void StatusLine::showModel()
{
    const OpenModel& model = *m_session.model();
    m_model->setText(
        tr("%1 parameters · %2").arg(countText(model.parameterCount), typeText(model.storedType)));
    m_model->setToolTip(plainTip(tr("%1: %2 parameters, stored as %3")
                                     .arg(QString::fromStdString(model.folder.string()),
                                         QString::number(model.parameterCount), typeText(model.storedType))));
}

void StatusLine::showResult()
{
    const auto& result = m_session.result();
    m_run->setVisible(result != nullptr);
    if (result && !result->source.empty())
        m_run->setText(tr("imported, attention kept: %1").arg(memoryText(result->trace->bytes())));
    else if (result && !result->complete)
        m_run->setText(tr("the first layers, more to come"));
    else if (result)
        m_run->setText(tr("forward %1 ms     attention kept: %2")
                           .arg(result->milliseconds, 0, 'f', 1)
                           .arg(memoryText(result->trace->bytes())));
    if (result && result->known > 0)
        m_run->setText(m_run->text()
            + tr("     %1 of %2 tokens known from the run before")
                  .arg(result->known)
                  .arg(result->tokens.size()));
    const bool approximate = result && result->compute != Compute::Float32;
    if (approximate)
        m_run->setText(m_run->text() + tr("     bfloat16"));
    const auto& error = m_session.computeError();
    m_run->setToolTip(approximate && error
            ? plainTip(QString::fromStdString(displayText(*error)))
            : tr("How long the pass took, and what is kept of it"));
    if (approximate && error)
        m_run->setText(m_run->text() + tr(" ± %1").arg(error->largest, 0, 'g', 2));
    showPlace();
}

void StatusLine::showPlace()
{
    const auto& result = m_session.result();
    QStringList place;
    if (result) {
        const Inspected about = inspected(*result, m_session.selection(), m_session.hover());
        if (!about.map.empty()) {
            const auto heads = about.map.heads();
            const int layer = about.map.layer().site.layer;
            if (sitesOf(*result).size() > 1)
                place << title(SiteGroup::of(about.map.layer().site));
            place << (heads.size() == 1 ? tr("L%1 H%2").arg(layer).arg(heads.front())
                                        : tr("L%1, %2 heads").arg(layer).arg(heads.size()));
        }
        const ShownTokens rows = ShownTokens::withHidden(about.rows, m_session.display());
        const ShownTokens columns = ShownTokens::withHidden(about.columns, m_session.display());
        if (!about.queries.empty())
            place << tr("row %1").arg(rows.placeOf(about.queries.front()).value_or(0));
        if (about.key)
            place << tr("column %1").arg(columns.placeOf(*about.key).value_or(0));
    }
    m_place->setText(place.join(QStringLiteral(" · ")));
}

} // namespace headlight::ui
