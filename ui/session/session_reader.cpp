// Text that strangers wrote becomes a session document, or one sentence that says why not. Everything is
// checked here: what is restored later has sane sizes and finite numbers.

#include "core/io/file.h"
#include "ui/session/session_file.h"
#include "ui/session/session_keys.h"
#include "ui/session/session_media.h"
#include "ui/style/colour_map.h"

#include <QtEndian>

#include <cmath>
#include <fmt/format.h>

namespace headlight::ui {
namespace {

namespace keys = session_keys;

constexpr std::uintmax_t largestFile = 512'000'000;
constexpr std::size_t longestText = 4'000'000, longestList = 1'000'000, mostPins = 10'000, mostTurns = 10'000, mostHeads = 4096;

constexpr quint32 largestPinSide = 4096;

/// By its header: it is decoded when it is shown.
bool isSmallPng(const QByteArray& bytes)
{
    static const QByteArray start = QByteArray::fromHex("89504e470d0a1a0a0000000d49484452");
    if (!bytes.startsWith(start) || bytes.size() < start.size() + 8)
        return false;
    const auto side = [&](qsizetype at) {
        return qFromBigEndian<quint32>(bytes.constData() + start.size() + at);
    };
    return side(0) >= 1 && side(0) <= largestPinSide && side(4) >= 1 && side(4) <= largestPinSide;
}

class Reader {
public:
    Reader(std::string_view where, int version)
        : m_where(where)
        , m_newer(version > sessionVersion)
    {
    }

    Expected<SessionState> state(const Json& json) const
    {
        SessionState state;
        HEADLIGHT_TRY(state.model, text(json, "model"));
        HEADLIGHT_TRY_STATUS(input(json, state));
        HEADLIGHT_TRY(state.attention, text(json, "attention"));
        if (json.contains("target")) {
            HEADLIGHT_TRY(const QString target, text(json, "target"));
            state.target = target.toStdString();
        }
        HEADLIGHT_TRY(const Json generationJson, object(json, "generation"));
        HEADLIGHT_TRY(state.generation, generation(generationJson));
        HEADLIGHT_TRY(state.cutToFit, jsonOr<bool>(json, "cutToFit", false, m_where));
        HEADLIGHT_TRY(state.written, number(json, "written", 0, { 0, 1'000'000 }));
        HEADLIGHT_TRY(state.view, text(json, "view"));
        HEADLIGHT_TRY(const Json selectionJson, object(json, "selection"));
        HEADLIGHT_TRY(state.selection, selection(selectionJson));
        HEADLIGHT_TRY(const Json displayJson, object(json, "display"));
        HEADLIGHT_TRY(state.display, display(displayJson));
        HEADLIGHT_TRY(const Json options, object(json, "viewOptions"));
        for (const auto& [view, values] : options.items()) {
            if (!values.is_object())
                return wrong("viewOptions", "an object per view");
            state.viewOptions.insert(QString::fromStdString(view), variantOf(values).toMap());
        }
        return state;
    }

    Expected<Pin> pin(const Json& json) const
    {
        if (!json.is_object())
            return wrong("pins", "a list of objects");
        Pin pin;
        HEADLIGHT_TRY(pin.id, text(json, "id"));
        HEADLIGHT_TRY(pin.title, text(json, "title"));
        HEADLIGHT_TRY(pin.note, text(json, "note"));
        HEADLIGHT_TRY(pin.model, text(json, "modelName"));
        HEADLIGHT_TRY(pin.input, text(json, "inputText"));
        HEADLIGHT_TRY(const Json stateJson, object(json, "state"));
        HEADLIGHT_TRY(pin.state, state(stateJson));
        HEADLIGHT_TRY(const Json numbers, list(json, "numbers", 1000));
        for (const Json& each : numbers) {
            HEADLIGHT_TRY(const QString name, text(each, "name"));
            HEADLIGHT_TRY(const double value, jsonOr<double>(each, "value", 0.0, m_where));
            pin.numbers.push_back({ name, value });
        }
        HEADLIGHT_TRY(const std::string picture, jsonOr<std::string>(json, "picture", {}, m_where));
        HEADLIGHT_TRY(pin.picture, fromBase64(picture, "picture", m_where));
        if (!pin.picture.isEmpty() && !isSmallPng(pin.picture))
            return wrong("picture", fmt::format("a PNG of at most {0}×{0} pixels", largestPinSide));
        return pin;
    }

    Expected<std::vector<Pin>> pins(const Json& json) const
    {
        HEADLIGHT_TRY(const Json all, list(json, "pins", mostPins));
        std::vector<Pin> pins;
        for (const Json& each : all) {
            HEADLIGHT_TRY(Pin read, pin(each));
            read.rest = rest(each, keys::pin);
            pins.push_back(std::move(read));
        }
        return pins;
    }

    Expected<QString> text(const Json& json, const char* key) const
    {
        HEADLIGHT_TRY(const std::string found, jsonOr<std::string>(json, key, {}, m_where));
        if (found.size() > longestText)
            return wrong(key, fmt::format("at most {} bytes", longestText));
        return QString::fromStdString(found);
    }

    /// The keys of `json` that are not among `known`, as text; empty when there are none.
    template <typename Known> static std::string rest(const Json& json, const Known& known)
    {
        Json unknown = Json::object();
        for (const auto& [key, value] : json.items()) {
            if (std::find(known.begin(), known.end(), key) == known.end())
                unknown[key] = value;
        }
        return unknown.empty() ? std::string() : unknown.dump();
    }

    void setMedia(Media media) { m_media = std::move(media); }

private:
    struct Range {
        std::int64_t least, most;
    };

    Error wrong(std::string_view key, std::string_view expected) const
    {
        return { ErrorKind::BadFile,
            fmt::format("{}: the value of \"{}\" makes no sense; expected is {}.", m_where, key, expected) };
    }

    Expected<Json> object(const Json& json, const char* key) const
    {
        const auto found = json.find(key);
        if (found == json.end() || found->is_null())
            return Json::object();
        if (!found->is_object())
            return wrong(key, "an object");
        return *found;
    }

    Expected<Json> list(const Json& json, const char* key, std::size_t most) const
    {
        const auto found = json.find(key);
        if (found == json.end() || found->is_null())
            return Json::array();
        if (!found->is_array() || found->size() > most)
            return wrong(key, fmt::format("a list of at most {}", most));
        return *found;
    }

    Expected<std::int64_t> number(const Json& json, const char* key, std::int64_t fallback, Range range) const
    {
        HEADLIGHT_TRY(const std::int64_t value, jsonOr<std::int64_t>(json, key, fallback, m_where));
        if (value < range.least || value > range.most)
            return wrong(key, fmt::format("{} to {}", range.least, range.most));
        return value;
    }

    Expected<double> fraction(const Json& json, const char* key, double fallback, double most) const
    {
        HEADLIGHT_TRY(const double value, jsonOr<double>(json, key, fallback, m_where));
        if (!std::isfinite(value) || value < 0 || value > most)
            return wrong(key, fmt::format("0 to {}", most));
        return value;
    }

    /// A word that is not known is an error, unless a newer program wrote it.
    template <typename Table, typename Value>
    Expected<Value> word(const Json& json, const char* key, const Table& table, Value fallback) const
    {
        HEADLIGHT_TRY(const QString found, text(json, key));
        std::string known;
        for (const auto& [value, name] : table) {
            if (found == QLatin1String(name))
                return value;
            known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", name);
        }
        if (found.isEmpty() || m_newer)
            return fallback;
        return wrong(key, known);
    }

    Expected<std::vector<int>> numbers(const Json& json, const char* key, std::size_t most) const
    {
        HEADLIGHT_TRY(const Json all, list(json, key, most));
        if (!holdsExactly<std::vector<int>>(all))
            return wrong(key, "a list of whole numbers");
        return all.get<std::vector<int>>();
    }

    Status input(const Json& json, SessionState& state) const
    {
        HEADLIGHT_TRY(const Json given, object(json, "input"));
        if (given.empty())
            return {};
        HEADLIGHT_TRY(const QString kind, text(given, "kind"));
        HEADLIGHT_TRY(const QString words, text(given, "text"));
        HEADLIGHT_TRY(state.source, text(given, "source"));
        if (given.contains("example")) {
            HEADLIGHT_TRY(state.example, number(given, "example", 0, { 0, 100'000 }));
        }
        if (kind == QLatin1String("text")) {
            TextInput input{ words.toStdString(), std::nullopt };
            if (given.contains("pair")) {
                HEADLIGHT_TRY(const QString pair, text(given, "pair"));
                input.pair = pair.toStdString();
            }
            state.input = std::make_shared<AnalysisInput>(std::move(input));
        } else if (kind == QLatin1String("ids")) {
            HEADLIGHT_TRY(const Json ids, list(given, "ids", longestList));
            if (!holdsExactly<std::vector<std::int64_t>>(ids))
                return wrong("ids", "a list of whole numbers");
            state.input = std::make_shared<AnalysisInput>(IdsInput{ ids.get<std::vector<std::int64_t>>() });
        } else if (kind == QLatin1String("turns")) {
            HEADLIGHT_TRY(TurnsInput read, turns(given));
            state.input = std::make_shared<AnalysisInput>(std::move(read));
        } else if (kind == QLatin1String("picture")) {
            HEADLIGHT_TRY(Image picture, medium(given, "picture", m_media.pictures));
            state.input =
                std::make_shared<AnalysisInput>(ImageInput{ std::move(picture), words.toStdString() });
        } else if (kind == QLatin1String("sound")) {
            HEADLIGHT_TRY(Sound sound, medium(given, "sound", m_media.sounds));
            state.input = std::make_shared<AnalysisInput>(SoundInput{ std::move(sound) });
        } else if (!m_newer) {
            return wrong("kind", "\"text\", \"turns\", \"ids\", \"picture\" or \"sound\"");
        }
        return {};
    }

    Expected<TurnsInput> turns(const Json& json) const
    {
        TurnsInput input;
        HEADLIGHT_TRY(const Json names, list(json, "pictures", mostTurns));
        for (const Json& name : names) {
            HEADLIGHT_TRY(Image picture, medium({ { "picture", name } }, "picture", m_media.pictures));
            input.pictures.push_back(std::move(picture));
        }
        HEADLIGHT_TRY(const Json all, list(json, "turns", mostTurns));
        for (const Json& each : all) {
            if (!each.is_object())
                return wrong("turns", "a list of objects");
            HEADLIGHT_TRY(const QString role, text(each, "role"));
            HEADLIGHT_TRY(const QString content, text(each, "content"));
            HEADLIGHT_TRY(std::vector<int> shown, numbers(each, "pictures", mostTurns));
            if (std::ranges::any_of(shown, [&](int i) { return i < 0 || std::size_t(i) >= input.pictures.size(); }))
                return wrong("pictures", "places in the list \"pictures\" of the input");
            input.turns.push_back({ role.toStdString(), content.toStdString(), std::move(shown) });
        }
        HEADLIGHT_TRY(const bool begun, jsonOr<bool>(json, "reply", false, m_where));
        input.reply = begun ? ChatTemplate::Reply::Begun : ChatTemplate::Reply::No;
        return input;
    }

    template <typename Kind>
    Expected<Kind> medium(const Json& json, const char* key, const std::map<std::string, Kind>& among) const
    {
        HEADLIGHT_TRY(const QString name, text(json, key));
        const auto found = among.find(name.toStdString());
        if (found == among.end())
            return wrong(key, "a name in \"media\"");
        return found->second;
    }

    Expected<GenerationOptions> generation(const Json& json) const
    {
        GenerationOptions options;
        HEADLIGHT_TRY(options.newTokens, number(json, "newTokens", options.newTokens, { 1, 1000 }));
        HEADLIGHT_TRY(const std::int64_t beams, number(json, "beams", options.beams, { 1, 8 }));
        options.beams = int(beams);
        HEADLIGHT_TRY(const double temperature, fraction(json, "temperature", 0, 5));
        options.temperature = float(temperature);
        HEADLIGHT_TRY(options.topK, number(json, "topK", options.topK, { 0, 100'000 }));
        HEADLIGHT_TRY(const double topP, fraction(json, "topP", 1, 1));
        options.topP = float(topP);
        HEADLIGHT_TRY(const std::int64_t seed, number(json, "seed", 0, { 0, 1'000'000 }));
        options.seed = std::uint64_t(seed);
        return options;
    }

    Expected<Selection> selection(const Json& json) const
    {
        Selection selection;
        HEADLIGHT_TRY(selection.kind, word(json, "kind", keys::kinds, selection.kind));
        HEADLIGHT_TRY(selection.tower, word(json, "tower", keys::towers, selection.tower));
        HEADLIGHT_TRY(const std::int64_t layer, number(json, "layer", 0, { 0, 100'000 }));
        selection.layer = int(layer);
        HEADLIGHT_TRY(selection.heads, numbers(json, "heads", mostHeads));
        if (selection.heads.empty())
            selection.heads = { 0 };
        HEADLIGHT_TRY(selection.join, word(json, "join", keys::joins, selection.join));
        HEADLIGHT_TRY(selection.queries, numbers(json, "queries", longestList));
        if (json.contains("key")) {
            HEADLIGHT_TRY(const std::int64_t key, number(json, "key", 0, { 0, 1 << 30 }));
            selection.key = int(key);
        }
        return selection;
    }

    Expected<DisplaySettings> display(const Json& json) const
    {
        DisplaySettings display;
        HEADLIGHT_TRY(const QString colours, text(json, "colourMap"));
        display.colourMap = colours.isEmpty() ? display.colourMap : colourMap(colours).id;
        HEADLIGHT_TRY(const QString normalise, text(json, "normalise"));
        display.normalise = normaliseFromId(normalise).value_or(display.normalise);
        HEADLIGHT_TRY(const QString scale, text(json, "scale"));
        display.scale = scaleFromId(scale).value_or(display.scale);
        HEADLIGHT_TRY(display.hideSpecialTokens, jsonOr<bool>(json, "hideSpecialTokens", false, m_where));
        HEADLIGHT_TRY(display.renormaliseHidden, jsonOr<bool>(json, "renormaliseHidden", false, m_where));
        HEADLIGHT_TRY(display.joinWords, jsonOr<bool>(json, "joinWords", false, m_where));
        if (json.contains("written")) {
            HEADLIGHT_TRY(const std::int64_t written, number(json, "written", 0, { 0, 1'000'000 }));
            display.written = int(written);
        }
        HEADLIGHT_TRY(display.pooling, word(json, "pooling", keys::poolings, display.pooling));
        HEADLIGHT_TRY(display.direction, word(json, "direction", keys::directions, display.direction));
        HEADLIGHT_TRY(display.imageOverlay, fraction(json, "imageOverlay", display.imageOverlay, 1));
        HEADLIGHT_TRY(display.smoothImage, jsonOr<bool>(json, "smoothImage", false, m_where));
        return display;
    }

    std::string m_where;
    bool m_newer;
    Media m_media;
};

/// What is not known at the top and in the objects below it.
std::string unknownKeys(const Json& json)
{
    const std::string top = Reader::rest(json, keys::session);
    Json all = top.empty() ? Json::object() : Json::parse(top);
    const auto add = [&](const char* key, const auto& known) {
        if (!json.contains(key) || !json[key].is_object())
            return;
        if (const std::string rest = Reader::rest(json[key], known); !rest.empty())
            all[key] = Json::parse(rest);
    };
    add("headlight", keys::header);
    add("input", keys::input);
    add("generation", keys::generation);
    add("selection", keys::selection);
    add("display", keys::display);
    return all.empty() ? std::string() : all.dump();
}

} // namespace

Expected<SessionDocument> parseSession(std::string_view text, std::string_view where)
{
    HEADLIGHT_TRY(const Json json, parseJson(text, where));
    const Json header = json.is_object() ? json.value("headlight", Json()) : Json();
    if (!header.is_object())
        return Error{ ErrorKind::BadFile,
            fmt::format("{} is no session of Headlight: it lacks the key \"headlight\".", where) };
    HEADLIGHT_TRY(const int version, jsonGet<int>(header, "version", where));
    if (version < 1)
        return Error{ ErrorKind::BadFile,
            fmt::format("{} says it is of version {}: there is none.", where, version) };
    SessionDocument document;
    document.version = version;
    Reader reader(where, version);
    HEADLIGHT_TRY(Media media, readMedia(json, where));
    reader.setMedia(std::move(media));
    HEADLIGHT_TRY(document.state, reader.state(json));
    HEADLIGHT_TRY(document.pins, reader.pins(json));
    HEADLIGHT_TRY(document.openedFrom, reader.text(json, "openedFrom"));
    document.rest = unknownKeys(json);
    return document;
}

Expected<SessionDocument> readSession(const std::filesystem::path& path)
{
    std::error_code failed;
    if (const auto size = std::filesystem::file_size(path, failed); !failed && size > largestFile)
        return Error{ ErrorKind::Unsupported,
            fmt::format(
                "{} is larger than a session may be ({} MB).", path.string(), largestFile / 1'000'000) };
    HEADLIGHT_TRY(const std::string text, readFile(path));
    return parseSession(text, path.string());
}

} // namespace headlight::ui
