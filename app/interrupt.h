#pragma once
// Ctrl+C (and a polite kill) as a stop token, so that a verb ends at its next poll and leaves no half-written
// file.

#include <csignal>
#include <pthread.h>
#include <stop_token>
#include <thread>

namespace headlight {

/// While it lives, SIGINT and SIGTERM request a stop. A second signal, or three seconds without the verb
/// having ended (it waits for standard input, say), end the program at once with status 130. Make it before
/// any other thread exists: threads inherit its signal mask.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    std::stop_token token() const { return m_stop.get_token(); }

private:
    void watch();

    std::stop_source m_stop;
    sigset_t m_watched{}, m_before{};
    std::thread m_watcher;
};

} // namespace headlight
