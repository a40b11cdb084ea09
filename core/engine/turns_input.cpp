#include "core/engine/turns_input.h"

#include "core/io/json.h"
#include "core/text/unicode.h"

#include <chrono>

namespace headlight {
namespace {

constexpr std::string_view assistant = "assistant", blanks = " \t\r\n";

/// Characters that no text has: a plane of private use, two for each turn.
constexpr char32_t firstMark = 0xF0000, lastMark = 0xFFFFD;

bool isPlaceMark(char32_t c)
{
    return c >= firstMark && c <= lastMark;
}

std::string mark(std::size_t turn, int end)
{
    std::string bytes;
    appendUtf8(bytes, char32_t(firstMark + 2 * turn + std::size_t(end)));
    return bytes;
}

/// The turns with a mark before and behind the words of each, inside of blanks that a template may cut off.
/// None when a text has such characters itself.
std::optional<std::vector<ChatTurn>> marked(std::span<const ChatTurn> turns)
{
    std::vector<ChatTurn> all(turns.begin(), turns.end());
    if (all.size() > (lastMark - firstMark) / 2)
        return std::nullopt;
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::string& text = all[i].text;
        const std::size_t begin = text.find_first_not_of(blanks), last = text.find_last_not_of(blanks);
        if (begin == std::string::npos)
            continue;
        if (std::ranges::any_of(decodeUtf8(text), isPlaceMark))
            return std::nullopt;
        text.insert(last + 1, mark(i, 1));
        text.insert(begin, mark(i, 0));
    }
    return all;
}

/// Where the marks stood. Empty when the template made something else of marked turns than of these.
std::vector<TurnsText::Words> placesOf(std::string_view withMarks, std::string_view text)
{
    std::vector<TurnsText::Words> places;
    std::u32string without;
    std::optional<TurnsText::Words> open;
    for (const char32_t c : decodeUtf8(withMarks)) {
        if (!isPlaceMark(c)) {
            without += c;
            continue;
        }
        const int turn = int(c - firstMark) / 2, at = int(without.size());
        if ((c - firstMark) % 2 == 0)
            open = TurnsText::Words{ at, at, turn };
        else if (open && open->turn == turn)
            places.push_back({ open->begin, at, turn });
    }
    return encodeUtf8(without) == text ? places : std::vector<TurnsText::Words>();
}

/// Cuts the text behind the words of its last turn, so that a model goes on with them.
Status endWithin(TurnsText& text, int turn)
{
    const auto words = std::ranges::find(text.words, turn, &TurnsText::Words::turn);
    if (words == text.words.end())
        return Error{ ErrorKind::BadInput,
            "The model's chat template does not leave the assistant's last turn as it is, so the model "
            "cannot go on with it: end with a turn of the user." };
    text.text = encodeUtf8(decodeUtf8(text.text).substr(0, std::size_t(words->end)));
    std::erase_if(text.words, [end = words->end](const TurnsText::Words& each) { return each.end > end; });
    return {};
}

Error noTemplate(const OpenModel& model)
{
    return { ErrorKind::BadInput,
        fmt::format("{} brings no chat template (chat_template.jinja, or in tokenizer_config.json), so it "
                    "takes a text, not a conversation.",
            model.name) };
}

/// What templates call the special tokens of a GGUF file.
std::map<std::string, std::string> tokenNames(const Tokenizer& tokenizer)
{
    const SpecialTokenIds& ids = tokenizer.special();
    std::map<std::string, std::string> names;
    const std::pair<const char*, std::optional<std::int64_t>> all[] = { { "bos_token", ids.bos },
        { "eos_token", ids.eos }, { "unk_token", ids.unk }, { "sep_token", ids.sep },
        { "pad_token", ids.pad }, { "cls_token", ids.cls }, { "mask_token", ids.mask } };
    for (const auto& [name, id] : all)
        if (id)
            names[name] = tokenizer.token(*id);
    return names;
}

std::int64_t secondsNow()
{
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

Expected<std::optional<ChatTemplate>> openChatTemplate(const OpenModel& model, const Checkpoint& checkpoint)
{
    const auto* source = checkpoint.gguf() != nullptr
        ? checkpoint.gguf()->find<std::string_view>("tokenizer.chat_template")
        : nullptr;
    if (source == nullptr)
        return ChatTemplate::open(checkpoint.folder());
    HEADLIGHT_TRY(ChatTemplate parsed,
        ChatTemplate::parse(
            *source, model.tokenizer ? tokenNames(*model.tokenizer) : std::map<std::string, std::string>()));
    return std::optional(std::move(parsed));
}

bool takesTurns(const OpenModel& model)
{
    const ModelInfo& info = model.network->info();
    return info.input == InputKind::Text && !info.pair && model.tokenizer != nullptr
        && (!model.chatTemplate || model.chatTemplate->has_value());
}

Expected<TurnsText> textOfTurns(const OpenModel& model, const TurnsInput& input, TurnsText::Speaks speaks)
{
    const ModelInfo& info = model.network->info();
    if (info.input != InputKind::Text || info.pair)
        return Error{ ErrorKind::BadInput,
            info.pair
                ? fmt::format("{} reads one text and writes another: it takes no conversation.", model.name)
                : fmt::format("{} takes {}, not a conversation.", model.name, displayName(info.input)) };
    if (!model.chatTemplate)
        return model.chatTemplate.error();
    if (!model.chatTemplate->has_value() || model.tokenizer == nullptr)
        return noTemplate(model);
    if (input.turns.empty())
        return Error{ ErrorKind::BadInput, "There is nothing to run: the conversation has no turns." };
    using Reply = ChatTemplate::Reply;
    const ChatTemplate& program = **model.chatTemplate;
    std::span<const ChatTurn> turns = input.turns;
    const bool last = speaks == TurnsText::Speaks::Model && turns.back().role == assistant;
    const bool goesOn = last && turns.back().text.find_first_not_of(blanks) != std::string::npos;
    if (last && !goesOn)
        turns = turns.first(turns.size() - 1); // a turn that is still empty is the one that is to be spoken
    const Reply reply = goesOn ? Reply::No : speaks == TurnsText::Speaks::Model ? Reply::Begun : input.reply;
    const std::int64_t now = secondsNow();
    TurnsText text;
    HEADLIGHT_TRY(text.text, program.apply(turns, reply, now));
    if (const auto placed = marked(turns))
        if (const Expected<std::string> withMarks = program.apply(*placed, reply, now))
            text.words = placesOf(*withMarks, text.text);
    if (goesOn)
        HEADLIGHT_TRY_STATUS(endWithin(text, int(turns.size()) - 1));
    if (speaks == TurnsText::Speaks::Model)
        text.speaking = int(input.turns.size()) - (last ? 1 : 0);
    return text;
}

void nameTurns(std::span<TokenInfo> tokens, const TurnsText& text)
{
    for (TokenInfo& token : tokens)
        for (const TurnsText::Words& words : text.words)
            if (token.characters.first < words.end && token.characters.second > words.begin)
                token.turn = words.turn;
}

std::vector<ChatTurn> answered(std::vector<ChatTurn> turns, const std::string& answer)
{
    if (!turns.empty() && turns.back().role == assistant)
        turns.back().text += answer;
    else
        turns.push_back({ std::string(assistant), answer });
    return turns;
}

Expected<std::vector<ChatTurn>> turnsFromJson(std::string_view text, std::string_view where)
{
    HEADLIGHT_TRY(Json json, parseJson(text, where));
    if (json.is_object() && json.contains("messages"))
        json = Json(json.at("messages"));
    const auto wrong = [&](const std::string& what) {
        return Error{ ErrorKind::BadFile,
            fmt::format(
                "{} is no conversation: {}; expected is [{{\"role\": \"user\", \"content\": \"...\"}}, ...].",
                where, what) };
    };
    if (!json.is_array() || json.empty())
        return wrong(json.is_array() ? "it has no turns"
                                     : fmt::format("it is no list of turns but {}", json.type_name()));
    std::vector<ChatTurn> turns;
    for (const Json& one : json) {
        for (const char* key : { "role", "content" })
            if (!one.is_object() || !one.contains(key) || !one.at(key).is_string())
                return wrong(fmt::format("turn {} has no \"{}\" that is a text", turns.size() + 1, key));
        turns.push_back({ one.at("role").get<std::string>(), one.at("content").get<std::string>() });
    }
    return turns;
}

std::string turnsToJson(std::span<const ChatTurn> turns)
{
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const ChatTurn& turn : turns)
        all.push_back({ { "role", turn.role }, { "content", turn.text } });
    return all.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace headlight
