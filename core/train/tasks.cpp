#include "core/train/tasks.h"

namespace headlight {

std::span<const TaskKind* const> taskKinds()
{
    static const std::array list {
        &sceneTask,
        &textClassificationTask,
        &maskedLanguageTask,
    };
    return list;
}

Expected<const TaskKind*> taskKind(std::string_view id)
{
    std::string known;
    for (const TaskKind* kind : taskKinds()) {
        if (kind->id == id)
            return kind;
        known += fmt::format("{}{}", known.empty() ? "" : ", ", kind->id);
    }
    return Error { ErrorKind::BadFile, fmt::format("There is no training task \"{}\"; known are: {}.", id, known) };
}

} // namespace headlight
