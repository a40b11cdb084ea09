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
    std::string text; ///< pictures as the tokens that stand for them
    std::string written; ///< what the template wrote, each picture as its placeholder
    struct Words {
        int begin = 0, end = 0; ///< code points of `text`
        int turn = 0;
    };
    std::vector<Words> words; ///< where the turns' own words stand, as far as the template leaves them whole
    int speaking = -1; ///< the turn that the model speaks, a new one or the last; -1: nobody is to speak
};

/// How the pictures of a conversation stand in its text, in the order of its turns.
struct PictureWords {
    std::string placeholder; ///< what a template writes for each
    std::vector<std::string> words; ///< what takes its place
};

/// Errors: BadInput for models that take no conversations, with what the template says of these turns, and for
/// pictures that it leaves out; Unsupported for a template that cannot be followed.
Expected<TurnsText> textOfTurns(const OpenModel& model, const TurnsInput& input, TurnsText::Speaks speaks,
    const PictureWords& pictures = {});
/// Tells each token which turn it is of.
void nameTurns(std::span<TokenInfo> tokens, const TurnsText& text);

/// The turns with what the assistant said: a turn of its own, or the rest of its last one.
std::vector<ChatTurn> answered(std::vector<ChatTurn> turns, const std::string& answer);

/// The pictures that turns have, in the order in which they are said.
std::vector<Image> picturesInOrder(const TurnsInput& input);
/// Without pictures that no turn has, the others in the order of the turns.
TurnsInput tidied(const TurnsInput& input);
/// The turns with these pictures: one for each place they have, or all in front of what the user says first.
/// Errors: BadInput when there are more or fewer than places.
Expected<TurnsInput> withPictures(std::vector<ChatTurn> turns, std::vector<Image> pictures);

/// [{"role": "user", "content": "..."}, ...], or an object that has such a list as "messages". What a turn says
/// may be a list of {"type": "image"}, which pictures are given for in their order, and a {"type": "text",
/// "text": "..."} behind them. `where` names it in errors. Errors: BadFile.
Expected<std::vector<ChatTurn>> turnsFromJson(std::string_view json, std::string_view where);
/// The way back, in one line.
std::string turnsToJson(std::span<const ChatTurn> turns);

} // namespace headlight
