// Implements head_importance.h.

#include "ui/session/head_importance.h"

#include "core/engine/predicted_target.h"
#include "core/metrics/head_importance.h"
#include "ui/session/engine_thread.h"
#include "ui/session/session.h"

#include <QPointer>

namespace headlight::ui {

Expected<ImportanceOfHeads> measureImportance(const AnalysisResult& result, const JobControl& control)
{
    HEADLIGHT_TRY(const GradientTarget target, predictedTarget(result));
    HEADLIGHT_TRY(
        const PassResult pass, runPass(*result.model->network, result.fed, { {}, target }, control));
    ImportanceOfHeads values;
    for (const auto& layer : pass.trace->layers()) {
        control.report(1, "importance of heads");
        if (!layer->gradient.empty())
            values[layer->site] = normalisedByLayer(gateGradients(layer));
    }
    return values;
}

HeadImportance::HeadImportance(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
{
    connect(&session, &Session::resultChanged, this, &HeadImportance::drop);
    // A run that a person waits for goes first.
    connect(&session, &Session::activityChanged, this, [this] {
        if (m_state == State::Measuring && m_session.activity().running)
            drop();
    });
}

HeadImportance::~HeadImportance()
{
    m_stop.request_stop();
}

QString HeadImportance::unavailable() const
{
    const auto& result = m_session.result();
    if (!result || !result->complete)
        return tr("There is no result yet.");
    const auto target = predictedTarget(*result);
    if (!target)
        return QString::fromStdString(target.error().message);
    std::int64_t weights = 0;
    for (const auto& layer : result->trace->layers())
        weights += layer->heads * layer->queries * layer->keys;
    return weights > mostWeights
        ? tr("The input is too long: gradients of all its attention weights do not fit into memory.")
        : QString();
}

void HeadImportance::want()
{
    if (m_state == State::Measuring || m_state == State::Ready || !unavailable().isEmpty())
        return;
    m_state = State::Measuring;
    m_stop = std::stop_source();
    m_session.thread().errand([result = m_session.result(), stop = m_stop.get_token()](
                                  const JobControl&) { return measureImportance(*result, JobControl(stop)); },
        [self = QPointer(this), stop = m_stop.get_token()](const Expected<ImportanceOfHeads>& values) {
            if (self && !stop.stop_requested())
                self->arrived(values);
        });
    emit changed();
}

void HeadImportance::drop()
{
    m_stop.request_stop();
    m_values.clear();
    m_state = State::Idle;
    emit changed();
}

void HeadImportance::arrived(const Expected<ImportanceOfHeads>& values)
{
    m_state = values ? State::Ready : State::Failed;
    m_failure = values ? QString() : QString::fromStdString(values.error().message);
    if (values)
        m_values = *values;
    emit changed();
}

} // namespace headlight::ui
