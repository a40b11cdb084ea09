#pragma once
// The one worker behind the window. A mailbox of one, not a queue: the newest request replaces a waiting one
// and stops the running one. Small errands (listing models, reading a card) wait their turn and are never
// dropped.

#include "core/base/expected.h"
#include "core/base/job_control.h"

#include <QObject>
#include <QString>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <new>
#include <thread>

namespace headlight::ui {

class EngineThread : public QObject {
    Q_OBJECT
public:
    explicit EngineThread(QObject* parent = nullptr);
    /// Stops what runs and waits for it; nothing is delivered any more.
    ~EngineThread() override;

    /// Runs `work(JobControl) → Expected<T>` on the worker, then `done(Expected<T>)` on this object's thread,
    /// unless a newer request came first. Exceptions become Error{Internal}, a stop Error{Cancelled}.
    template <typename Work, typename Done> void request(Work work, Done done)
    {
        post(Lane::Newest, makeJob(std::move(work), std::move(done)));
    }
    /// The same, in order, when no request waits.
    template <typename Work, typename Done> void errand(Work work, Done done)
    {
        post(Lane::Errands, makeJob(std::move(work), std::move(done)));
    }
    /// Stops the running or waiting request; its `done` gets Error{Cancelled}.
    void cancel();
    /// True from a request until its `done`.
    bool busy() const { return m_busy; }

signals:
    /// Of the newest request, at most some thirty times a second.
    void progressed(double fraction, const QString& phase);

private:
    using Delivery = std::function<void()>;
    using Job = std::function<Delivery(const JobControl&)>;
    enum class Lane { Newest, Errands };
    struct Posted {
        Job job;
        std::uint64_t number = 0; ///< 0 for errands
        std::stop_source stop;
    };

    template <typename Work>
    static auto guarded(Work& work, const JobControl& control) -> decltype(work(control))
    {
        try {
            if (control.stopRequested())
                return Error{ ErrorKind::Cancelled, {} };
            return work(control);
        } catch (const Stopped&) {
            return Error{ ErrorKind::Cancelled, {} };
        } catch (const std::bad_alloc&) {
            return Error{ ErrorKind::Internal,
                "There is not enough memory for this. Try a shorter input or a smaller model." };
        } catch (const std::exception& error) {
            return Error{ ErrorKind::Internal,
                std::string("This should not have happened, please report it: ") + error.what() };
        }
    }
    template <typename Work, typename Done> static Job makeJob(Work work, Done done)
    {
        return
            [work = std::move(work), done = std::move(done)](const JobControl& control) mutable -> Delivery {
                return [done, outcome = guarded(work, control)] { done(outcome); };
            };
    }

    void post(Lane lane, Job job);
    void loop(const std::stop_token& quit);
    void run(Posted& posted);
    void deliver(std::uint64_t number, const Delivery& delivery);
    JobControl controlOf(const Posted& posted);

    // GUI thread only.
    std::uint64_t m_newest = 0;
    bool m_busy = false;
    // Shared, under the mutex.
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::optional<Posted> m_next;
    std::deque<Posted> m_errands;
    std::stop_source m_running;
    bool m_requestRuns = false;
    std::jthread m_worker; ///< last: ends before what it uses
};

} // namespace headlight::ui
