// Implements engine_thread.h: one mutex, one condition, queued invocations back to the window.

#include "ui/session/engine_thread.h"

#include <chrono>

namespace headlight::ui {
namespace {

/// Between two reports of progress: more would only keep the window busy.
constexpr std::chrono::milliseconds interval(33);

} // namespace

EngineThread::EngineThread(QObject* parent)
    : QObject(parent)
    , m_worker([this](const std::stop_token& quit) { loop(quit); })
{
}

EngineThread::~EngineThread()
{
    m_worker.request_stop();
    {
        const std::lock_guard lock(m_mutex);
        m_running.request_stop();
    }
    m_worker.join();
}

void EngineThread::post(Lane lane, Job job)
{
    Posted posted{ std::move(job), 0, std::stop_source() };
    const bool newest = lane == Lane::Newest;
    if (newest) {
        posted.number = ++m_newest;
        m_busy = true;
    }
    {
        const std::lock_guard lock(m_mutex);
        if (newest && m_requestRuns)
            m_running.request_stop();
        if (newest)
            m_next = std::move(posted);
        else
            m_errands.push_back(std::move(posted));
    }
    m_wake.notify_one();
}

void EngineThread::cancel()
{
    const std::lock_guard lock(m_mutex);
    if (m_next)
        m_next->stop.request_stop();
    else if (m_requestRuns)
        m_running.request_stop();
}

void EngineThread::loop(const std::stop_token& quit)
{
    while (!quit.stop_requested()) {
        Posted posted;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, quit, [this] { return m_next || !m_errands.empty(); })
                || quit.stop_requested())
                return;
            if (m_next) {
                posted = std::move(*m_next);
                m_next.reset();
            } else {
                posted = std::move(m_errands.front());
                m_errands.pop_front();
            }
            m_running = posted.stop;
            m_requestRuns = posted.number != 0;
        }
        run(posted);
    }
}

void EngineThread::run(Posted& posted)
{
    Delivery delivery = posted.job(controlOf(posted));
    {
        const std::lock_guard lock(m_mutex);
        m_requestRuns = false;
    }
    QMetaObject::invokeMethod(
        this, [this, number = posted.number, delivery = std::move(delivery)] { deliver(number, delivery); },
        Qt::QueuedConnection);
}

void EngineThread::deliver(std::uint64_t number, const Delivery& delivery)
{
    if (number != 0 && number != m_newest)
        return; // a newer request has replaced it
    if (number != 0)
        m_busy = false;
    delivery();
}

JobControl EngineThread::controlOf(const Posted& posted)
{
    using Clock = std::chrono::steady_clock;
    if (posted.number == 0)
        return JobControl(posted.stop.get_token());
    auto last = std::make_shared<Clock::time_point>();
    return JobControl(posted.stop.get_token(),
        [this, last, number = posted.number](double fraction, std::string_view phase) {
            const auto now = Clock::now();
            if (now - *last < interval)
                return;
            *last = now;
            const auto text = QString::fromUtf8(phase.data(), qsizetype(phase.size()));
            QMetaObject::invokeMethod(
                this,
                [this, number, fraction, text] {
                    if (m_busy && number == m_newest)
                        emit progressed(fraction, text);
                },
                Qt::QueuedConnection);
        });
}

} // namespace headlight::ui
