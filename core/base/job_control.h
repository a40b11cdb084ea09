#pragma once
// How long work is watched and stopped. Whoever starts a job passes a JobControl down; the work polls it at least once
// per layer or step. A stop travels as the exception Stopped up to the engine's boundary, so that a forward pass needs
// no error path of its own, and becomes Error{Cancelled} there.

#include <exception>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace headlight {

/// Thrown by JobControl::report when a stop was requested; caught by Engine and Trainer.
class Stopped : public std::exception {
public:
    const char* what() const noexcept override { return "stopped on request"; }
};

class JobControl {
public:
    /// `fraction` is 0..1, `phase` a short present-tense phrase ("layer 3 of 12").
    using Progress = std::function<void(double fraction, std::string_view phase)>;

    JobControl() = default;
    explicit JobControl(std::stop_token stop, Progress progress = {})
        : m_stop(std::move(stop))
        , m_progress(std::move(progress))
    {
    }

    bool stopRequested() const { return m_stop.stop_requested(); }
    /// The same stop, for a part of the work whose own steps nobody should see.
    JobControl withoutProgress() const { return JobControl(m_stop); }
    /// The same stop, for a part of the work: its fractions pass through `fraction`, its phases get `title` in front.
    JobControl mapped(std::function<double(double)> fraction, const std::string& title) const
    {
        if (!m_progress)
            return *this;
        return JobControl(m_stop, [progress = m_progress, fraction = std::move(fraction), title](double f, std::string_view phase) {
            progress(fraction(f), title + std::string(phase));
        });
    }
    /// Announces progress. Errors: throws Stopped when a stop was requested.
    void report(double fraction, std::string_view phase) const
    {
        if (stopRequested())
            throw Stopped();
        if (m_progress)
            m_progress(fraction, phase);
    }

private:
    std::stop_token m_stop;
    Progress m_progress;
};

} // namespace headlight
