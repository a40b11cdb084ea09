// The bar is redrawn in place with a carriage return and erased to the end of the line.

#include "app/progress_bar.h"

#include <algorithm>
#include <sys/ioctl.h>
#include <unistd.h>

namespace headlight {
namespace {

constexpr std::chrono::milliseconds quietTime{ 300 }, drawInterval{ 100 };

int terminalColumns()
{
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

} // namespace

std::string progressLine(double fraction, std::string_view phase, int columns)
{
    constexpr int width = 24;
    const double clamped = std::clamp(fraction, 0.0, 1.0);
    const int filled = int(clamped * width);
    std::string line = fmt::format(
        "[{:#<{}}{: <{}}] {:3d} %  {}", "", filled, "", width - filled, int(100 * clamped), phase);
    line.resize(std::min(line.size(), std::size_t(std::max(columns - 1, 0))));
    return line;
}

ProgressBar::ProgressBar()
    : m_watched(isatty(STDERR_FILENO) == 1)
    , m_next(Clock::now() + quietTime)
{
}

void ProgressBar::show(double fraction, std::string_view phase)
{
    const std::lock_guard lock(m_mutex);
    if (!m_watched || Clock::now() < m_next)
        return;
    m_next = Clock::now() + drawInterval;
    m_drawn = true;
    fmt::print(stderr, "\r{}\x1b[K", progressLine(fraction, phase, terminalColumns()));
    std::fflush(stderr);
}

void ProgressBar::clear()
{
    const std::lock_guard lock(m_mutex);
    if (m_drawn)
        fmt::print(stderr, "\r\x1b[K");
    m_drawn = false;
}

} // namespace headlight
