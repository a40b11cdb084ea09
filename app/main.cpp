// The program starts here: one binary is both the window and the command line.

#include "app/command_line.h"
#include "core/base/memory.h"
#include "core/tensor/processor.h"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv)
{
    headlight::keepFreedMemory();
    const char* instructions = std::getenv("HEADLIGHT_CPU");
    if (const auto limited = headlight::limitProcessor(instructions != nullptr ? instructions : ""); !limited) {
        std::fprintf(stderr, "headlight: %s\n", limited.error().message.c_str());
        return EXIT_FAILURE;
    }
    return headlight::runCommandLine(argc, argv);
}
