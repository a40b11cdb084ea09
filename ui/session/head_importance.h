#pragma once
// The importance of heads for what the model said. It needs a run backwards, so it is measured when somebody
// asks, on the engine thread, and kept for the result it belongs to.

#include "core/engine/analysis.h"

#include <QObject>

#include <stop_token>

namespace headlight::ui {

class Session;

/// One number per head of each layer, 0..1; the heads of a layer have Euclidean norm 1. See core/metrics.
using ImportanceOfHeads = std::map<AttentionSite, std::vector<float>>;

class HeadImportance : public QObject {
    Q_OBJECT
public:
    enum class State { Idle, Measuring, Ready, Failed };

    explicit HeadImportance(Session& session, QObject* parent = nullptr);
    ~HeadImportance() override;

    /// Why the shown result cannot have it, as a person reads it; empty when it can.
    QString unavailable() const;
    State state() const { return m_state; }
    /// What went wrong.
    const QString& failure() const { return m_failure; }
    /// Of the shown result; empty until Ready.
    const ImportanceOfHeads& values() const { return m_values; }
    /// Measures it for the shown result unless it is there or on its way.
    void want();

    /// More weights than these, over all layers and heads, are not kept with their gradients (float32,
    /// twice).
    static constexpr std::int64_t mostWeights = 100'000'000;

signals:
    void changed();

private:
    void drop();
    void arrived(const Expected<ImportanceOfHeads>& values);

    Session& m_session;
    State m_state = State::Idle;
    QString m_failure;
    ImportanceOfHeads m_values;
    std::stop_source m_stop;
};

/// Runs the model again on what it was fed, and back from what it said. Errors: as predictedTarget and
/// runPass.
Expected<ImportanceOfHeads> measureImportance(const AnalysisResult& result, const JobControl& control);

} // namespace headlight::ui
