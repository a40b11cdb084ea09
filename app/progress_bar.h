#pragma once
// How far a long verb is, on stderr, and only when a person watches.

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

namespace headlight {

/// Draws nothing unless stderr is a terminal, nor before 0.3 s have passed, and at most ten times a second.
/// May be called from any thread.
class ProgressBar {
public:
    ProgressBar();
    ~ProgressBar() { clear(); }
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void show(double fraction, std::string_view phase);
    /// Takes the bar off the screen.
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    std::mutex m_mutex;
    bool m_watched, m_drawn = false;
    Clock::time_point m_next;
};

/// "[#####     ]  50 %  phase", cut to `columns`. `fraction` outside 0..1 is clamped.
std::string progressLine(double fraction, std::string_view phase, int columns);

} // namespace headlight
