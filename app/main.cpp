// The program starts here: one binary is both the window and the command line.

#include "app/command_line.h"

int main(int argc, char** argv)
{
    return headlight::runCommandLine(argc, argv);
}
