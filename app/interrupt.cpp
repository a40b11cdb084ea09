// Signals are taken by a thread that waits for them: requesting a stop is not allowed inside a signal
// handler.

#include "app/interrupt.h"

#include "app/command_line.h"

#include <cstdlib>
#include <ctime>

namespace headlight {
namespace {

constexpr int wakeUp = SIGUSR2; // sent by the destructor to its own thread

} // namespace

Interrupt::Interrupt()
{
    sigemptyset(&m_watched);
    for (const int signal : { SIGINT, SIGTERM, wakeUp })
        sigaddset(&m_watched, signal);
    pthread_sigmask(SIG_BLOCK, &m_watched, &m_before);
    m_watcher = std::thread([this] { watch(); });
}

Interrupt::~Interrupt()
{
    pthread_kill(m_watcher.native_handle(), wakeUp);
    m_watcher.join();
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

void Interrupt::watch()
{
    int signal = 0;
    sigwait(&m_watched, &signal);
    if (signal == wakeUp)
        return;
    m_stop.request_stop();
    const timespec patience{ 3, 0 };
    if (sigtimedwait(&m_watched, nullptr, &patience) != wakeUp)
        std::_Exit(Interrupted);
}

} // namespace headlight
