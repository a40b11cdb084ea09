#pragma once
// The program as a window: makes the application object, the engine and the session, and shows the main
// window.

#include <string>
#include <vector>

namespace headlight {

/// Whether a window can be opened: X11, Wayland, or a Qt platform somebody chose.
bool displayAvailable();

struct WindowOptions {
    std::vector<std::string> paths; ///< what to open; the bundled model when empty
    bool quitAfterFirstMap = false; ///< for measuring a start
};

/// Opens the window and returns when it is closed, with the exit status.
int openWindow(int argc, char** argv, const WindowOptions& options);

} // namespace headlight
