#pragma once
// Conversations on their way to a model: through its chat template to a text, with the way back from places
// in that text to the turns.

#include "core/engine/analysis.h"
#include "core/models/checkpoint.h"

namespace headlight {

/// The template a checkpoint brings, in its files or in the metadata of a GGUF file, after the tokenizer was
/// opened. Errors: as ChatTemplate::open.
Expected<std::optional<ChatTemplate>> openChatTemplate(const OpenModel& model, const Checkpoint& checkpoint);

/// Whether conversations are something this model can be asked for, be it with an error that tells what is
/// wrong.
bool takesTurns(const OpenModel& model);

struct TurnsText {
    enum class Speaks { Nobody, Model };
    std::string text;
    struct Words {
        int begin = 0, end = 0; ///< code points of `text`
        int turn = 0;
    };
    std::vector<Words> words; ///< where the turns' own words stand, as far as the template leaves them whole
    int speaking = -1; ///< the turn that the model speaks, a new one or the last; -1: nobody is to speak
};

/// Errors: BadInput for models that take no conversations and with what the template says of these turns;
/// Unsupported for a template that cannot be followed.
Expected<TurnsText> textOfTurns(const OpenModel& model, const TurnsInput& input, TurnsText::Speaks speaks);
/// Tells each token which turn it is of.
void nameTurns(std::span<TokenInfo> tokens, const TurnsText& text);

/// The turns with what the assistant said: a turn of its own, or the rest of its last one.
std::vector<ChatTurn> answered(std::vector<ChatTurn> turns, const std::string& answer);

/// [{"role": "user", "content": "..."}, ...], or an object that has such a list as "messages". `where` names
/// it in errors. Errors: BadFile.
Expected<std::vector<ChatTurn>> turnsFromJson(std::string_view json, std::string_view where);
/// The way back, in one line.
std::string turnsToJson(std::span<const ChatTurn> turns);

} // namespace headlight
