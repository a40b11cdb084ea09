#pragma once
// Numbers that take longer than a frame are made on a worker: the newest request wins, the running one is
// told to stop, and the answer arrives on the GUI thread, unless whoever asked is gone.

#include <QFuture>
#include <QObject>
#include <QPromise>
#include <QThreadPool>
#include <functional>
#include <memory>
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
    /// `work(stop)` runs on a worker; `done(answer)` on the thread of `receiver`, which owns this job.
    template <typename Answer>
    void start(
        QObject* receiver, std::function<Answer(std::stop_token)> work, std::function<void(Answer)> done)
    {
        cancel();
        m_running = true;
        auto promise = std::make_shared<QPromise<Answer>>();
        promise->future().then(receiver, [this, stop = m_stop.get_token(), done](Answer answer) {
            if (stop.stop_requested())
                return; // `this` may be gone: a job is cancelled when it is destroyed
            m_running = false;
            done(std::move(answer));
        });
        QThreadPool::globalInstance()->start([promise, work, stop = m_stop.get_token()] {
            promise->start();
            try {
                promise->addResult(work(stop));
            } catch (...) {
                promise->setException(std::current_exception()); // the answer never comes; the picture stays
            }
            promise->finish();
        });
    }

private:
    std::stop_source m_stop;
    bool m_running = false;
};

} // namespace headlight::ui
