#pragma once
// Numbers that take longer than a frame are made on a worker: the newest request wins, the running one is
// told to stop, and the answer arrives on the GUI thread, unless whoever asked is gone. An exception is an
// answer that says so, where answers can be errors.

#include "core/base/expected.h"

#include <QFuture>
#include <QObject>
#include <QPromise>
#include <QThreadPool>
#include <functional>
#include <memory>
#include <new>
#include <stop_token>

namespace headlight::ui {

class AsyncJob {
public:
    AsyncJob() = default;
    ~AsyncJob() { cancel(); }
    AsyncJob(const AsyncJob&) = delete;
    AsyncJob& operator=(const AsyncJob&) = delete;

    bool running() const { return m_running; }
    /// The job that runs, if any, is told to stop and its answer is dropped.
    void cancel()
    {
        m_stop.request_stop();
        m_stop = std::stop_source();
        m_running = false;
    }
    /// `work(stop)` runs on a worker; `done(answer)` on the thread of `receiver`, which owns this job. What
    /// `work` throws becomes Error{Internal} for answers that are made of an Error, or point to such; of
    /// others there is no answer then.
    template <typename Answer>
    void start(
        QObject* receiver, std::function<Answer(std::stop_token)> work, std::function<void(Answer)> done)
    {
        cancel();
        m_running = true;
        auto promise = std::make_shared<QPromise<Answer>>();
        promise->future().then(receiver, [this, stop = m_stop.get_token(), done](QFuture<Answer> answer) {
            if (stop.stop_requested())
                return; // `this` may be gone: a job is cancelled when it is destroyed
            m_running = false;
            if (answer.resultCount() > 0)
                done(answer.result()); // taken, the promise would not be finished any more, and call again
        });
        pool().start([promise, work, stop = m_stop.get_token()] {
            promise->start();
            try {
                promise->addResult(work(stop));
            } catch (const std::bad_alloc&) {
                fail(*promise, "There is not enough memory for this.");
            } catch (const std::exception& error) {
                fail(*promise,
                    std::string("This should not have happened, please report it: ") + error.what());
            }
            promise->finish();
        });
    }

    /// Until no job runs any more, whoever asked for it.
    static void waitForAll() { pool().waitForDone(); }

private:
    static QThreadPool& pool();
    template <typename Answer> static void fail(QPromise<Answer>& promise, std::string message)
    {
        Error error{ ErrorKind::Internal, std::move(message) };
        if constexpr (std::is_constructible_v<Answer, Error>)
            promise.addResult(Answer(std::move(error)));
        else if constexpr (requires(const Answer& answer) { typename Answer::element_type; })
            if constexpr (std::is_constructible_v<typename Answer::element_type, Error>)
                promise.addResult(std::make_shared<typename Answer::element_type>(std::move(error)));
    }

    std::stop_source m_stop;
    bool m_running = false;
};

} // namespace headlight::ui
