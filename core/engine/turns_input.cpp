#include "core/engine/turns_input.h"

#include "core/io/json.h"
#include "core/text/unicode.h"

#include <chrono>
#include <numeric>

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
    const std::u32string all = decodeUtf8(text.text), written = decodeUtf8(text.written);
    const std::size_t behind =
        all.size() - std::size_t(words->end); // the same in both: pictures stand before it
    text.text = encodeUtf8(all.substr(0, std::size_t(words->end)));
    text.written = encodeUtf8(written.substr(0, written.size() - behind));
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

/// Models that read, or read pictures among words.
bool speaksWithTurns(const ModelInfo& info)
{
    return (info.input == InputKind::Text && !info.pair) || info.pictureToken >= 0;
}

std::size_t occurrences(std::string_view text, std::string_view part)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size()))
        ++count;
    return count;
}

/// Each placeholder gives way to the words of its picture.
std::string withWords(std::string_view text, const PictureWords& pictures)
{
    std::string all;
    for (const std::string& words : pictures.words) {
        const std::size_t at = text.find(pictures.placeholder);
        all.append(text.substr(0, at)).append(words);
        text.remove_prefix(at + pictures.placeholder.size());
    }
    return all.append(text);
}

Status checkPlaces(std::string_view text, const PictureWords& pictures)
{
    if (pictures.words.empty())
        return {};
    const std::size_t places = occurrences(text, pictures.placeholder);
    if (places != pictures.words.size())
        return Error{ ErrorKind::BadInput,
            fmt::format(
                "The model's chat template makes \"{}\", which stands for a picture, {} times of these "
                "turns, and they have {} {}: it places no pictures in such turns, or a text says it "
                "itself.",
                pictures.placeholder, places, pictures.words.size(),
                pictures.words.size() == 1 ? "picture" : "pictures") };
    return {};
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
    return speaksWithTurns(model.network->info()) && model.tokenizer != nullptr
        && (!model.chatTemplate || model.chatTemplate->has_value());
}

Expected<TurnsText> textOfTurns(
    const OpenModel& model, const TurnsInput& input, TurnsText::Speaks speaks, const PictureWords& pictures)
{
    const ModelInfo& info = model.network->info();
    if (!speaksWithTurns(info))
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
    HEADLIGHT_TRY(text.written, program.apply(turns, reply, now, pictures.placeholder));
    HEADLIGHT_TRY_STATUS(checkPlaces(text.written, pictures));
    text.text = withWords(text.written, pictures);
    if (const auto placed = marked(turns))
        if (const Expected<std::string> withMarks = program.apply(*placed, reply, now, pictures.placeholder))
            if (checkPlaces(*withMarks, pictures))
                text.words = placesOf(withWords(*withMarks, pictures), text.text);
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

std::vector<Image> picturesInOrder(const TurnsInput& input)
{
    std::vector<Image> pictures;
    for (const ChatTurn& turn : input.turns)
        for (const int picture : turn.pictures)
            if (picture >= 0 && std::size_t(picture) < input.pictures.size())
                pictures.push_back(input.pictures[std::size_t(picture)]);
    return pictures;
}

TurnsInput tidied(const TurnsInput& input)
{
    TurnsInput tidy{ input.turns, input.reply, picturesInOrder(input) };
    int next = 0;
    for (ChatTurn& turn : tidy.turns) {
        std::erase_if(turn.pictures,
            [&](int picture) { return picture < 0 || std::size_t(picture) >= input.pictures.size(); });
        for (int& picture : turn.pictures)
            picture = next++;
    }
    return tidy;
}

Expected<TurnsInput> withPictures(std::vector<ChatTurn> turns, std::vector<Image> pictures)
{
    std::size_t places = 0;
    for (const ChatTurn& turn : turns)
        places += turn.pictures.size();
    const auto asked = std::ranges::find(turns, "user", &ChatTurn::role);
    if (places == 0 && asked != turns.end()) {
        asked->pictures.resize(pictures.size());
        std::iota(asked->pictures.begin(), asked->pictures.end(), 0);
    } else if (places != pictures.size()) {
        return Error{ ErrorKind::BadInput,
            fmt::format("The turns have {} {} for pictures, and {} {} given.", places,
                places == 1 ? "place" : "places", pictures.size(), pictures.size() == 1 ? "is" : "are") };
    }
    return TurnsInput{ std::move(turns), ChatTemplate::Reply::No, std::move(pictures) };
}

namespace {

/// What a turn says: a text, or pictures and a text behind them; the sentence that says what is wrong.
std::optional<std::string> readContent(const Json& content, ChatTurn& turn, int& pictures)
{
    if (content.is_string()) {
        turn.text = content.get<std::string>();
        return std::nullopt;
    }
    bool said = false;
    for (const Json& part : content) {
        const std::string type = part.is_object() ? part.value("type", "") : "";
        if (type == "image" && part.size() > 1)
            return "names a picture itself, and pictures are given beside the conversation";
        if (type == "image" && said)
            return "has a picture behind its text, and pictures come first";
        if (type == "text" && said)
            return "has several texts";
        if (type == "image")
            turn.pictures.push_back(pictures++);
        else if (type == "text" && part.contains("text") && part.at("text").is_string())
            turn.text = part.at("text").get<std::string>();
        else
            return "has a part that is neither a picture nor a text";
        said = type == "text";
    }
    return std::nullopt;
}

} // namespace

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
    int pictures = 0;
    for (const Json& one : json) {
        if (!one.is_object() || !one.contains("role") || !one.at("role").is_string())
            return wrong(fmt::format("turn {} has no \"role\" that is a text", turns.size() + 1));
        if (!one.contains("content") || !(one.at("content").is_string() || one.at("content").is_array()))
            return wrong(
                fmt::format("turn {} has no \"content\" that is a text or a list", turns.size() + 1));
        ChatTurn turn{ one.at("role").get<std::string>(), {} };
        if (const auto problem = readContent(one.at("content"), turn, pictures))
            return wrong(fmt::format("turn {} {}", turns.size() + 1, *problem));
        turns.push_back(std::move(turn));
    }
    return turns;
}

std::string turnsToJson(std::span<const ChatTurn> turns)
{
    using Ordered = nlohmann::ordered_json;
    Ordered all = Ordered::array();
    for (const ChatTurn& turn : turns) {
        Ordered content = turn.text;
        if (!turn.pictures.empty()) {
            content = Ordered::array();
            for (std::size_t i = 0; i < turn.pictures.size(); ++i)
                content.push_back({ { "type", "image" } });
            if (!turn.text.empty())
                content.push_back({ { "type", "text" }, { "text", turn.text } });
        }
        all.push_back({ { "role", turn.role }, { "content", std::move(content) } });
    }
    return all.dump(-1, ' ', false, Ordered::error_handler_t::replace);
}

} // namespace headlight
