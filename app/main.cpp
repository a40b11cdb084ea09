// The program starts here: one binary is both the window and the command line.

#include "app/command_line.h"
#include "core/base/memory.h"

int main(int argc, char** argv)
{
    headlight::keepFreedMemory();
    return headlight::runCommandLine(argc, argv);
}
