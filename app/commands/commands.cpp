// The list of verbs. To add one: its name here, and <name>.cpp that defines `Command <name>Command()`.

#include "app/commands/commands.h"

// clang-format off
#define HEADLIGHT_VERBS(VERB) \
    VERB(models) \
    VERB(inspect) \
    VERB(tokenize) \
    VERB(attend) \
    VERB(render) \
    VERB(preprocess) \
    VERB(bench) \
    VERB(train)
// clang-format on

namespace headlight {

#define HEADLIGHT_DECLARE(name) Command name##Command();
HEADLIGHT_VERBS(HEADLIGHT_DECLARE)

std::vector<Command> commands()
{
#define HEADLIGHT_LIST(name) name##Command(),
    return { HEADLIGHT_VERBS(HEADLIGHT_LIST) };
}

} // namespace headlight
