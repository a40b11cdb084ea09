// A session document as text: keys in the order a person reads them, pictures and sounds last.

#include "core/io/file.h"
#include "ui/session/session_file.h"
#include "ui/session/session_keys.h"
#include "ui/session/session_media.h"

#include <fmt/format.h>

namespace headlight::ui {
namespace {

using Ordered = nlohmann::ordered_json;
namespace keys = session_keys;

/// The double that is written as shortly as the float: 0.8 rather than 0.800000011920929.
double shortest(float value)
{
    return std::stod(fmt::format("{}", value));
}

Ordered inputJson(const AnalysisInput& input, const SessionState& state, MediaWriter& media)
{
    Ordered json;
    if (const auto* text = std::get_if<TextInput>(&input)) {
        json = { { "kind", "text" }, { "text", text->text } };
        if (text->pair)
            json["pair"] = *text->pair;
    } else if (const auto* ids = std::get_if<IdsInput>(&input)) {
        json = { { "kind", "ids" }, { "ids", ids->ids } };
    } else if (const auto* talk = std::get_if<TurnsInput>(&input)) {
        json = { { "kind", "turns" }, { "turns", Ordered::array() } };
        for (const ChatTurn& turn : talk->turns) {
            Ordered& written
                = json["turns"].emplace_back(Ordered{ { "role", turn.role }, { "content", turn.text } });
            if (!turn.pictures.empty())
                written["pictures"] = turn.pictures;
        }
        for (const Image& picture : talk->pictures)
            json["pictures"].push_back(media.add(picture));
        json["reply"] = talk->reply == ChatTemplate::Reply::Begun;
    } else if (const auto* image = std::get_if<ImageInput>(&input)) {
        json = { { "kind", "picture" } };
        if (!image->text.empty())
            json["text"] = image->text;
        if (!image->image.empty())
            json["picture"] = media.add(image->image);
    } else if (const auto* sound = std::get_if<SoundInput>(&input)) {
        json = { { "kind", "sound" } };
        if (!sound->sound.empty())
            json["sound"] = media.add(sound->sound);
    } else {
        return {}; // tensors are no input of the window
    }
    if (!state.source.isEmpty())
        json["source"] = state.source.toStdString();
    if (state.example)
        json["example"] = *state.example;
    return json;
}

Ordered generationJson(const GenerationOptions& options)
{
    return { { "newTokens", options.newTokens }, { "beams", options.beams },
        { "temperature", shortest(options.temperature) }, { "topK", options.topK },
        { "topP", shortest(options.topP) }, { "seed", options.seed } };
}

Ordered selectionJson(const Selection& selection)
{
    Ordered json{ { "kind", keys::wordOf(keys::kinds, selection.kind) },
        { "tower", keys::wordOf(keys::towers, selection.tower) }, { "layer", selection.layer },
        { "heads", selection.heads }, { "join", keys::wordOf(keys::joins, selection.join) },
        { "queries", selection.queries } };
    if (selection.key)
        json["key"] = *selection.key;
    return json;
}

Ordered displayJson(const DisplaySettings& display)
{
    Ordered json{ { "colourMap", display.colourMap.toStdString() },
        { "normalise", id(display.normalise).toStdString() }, { "scale", id(display.scale).toStdString() },
        { "hideSpecialTokens", display.hideSpecialTokens },
        { "renormaliseHidden", display.renormaliseHidden }, { "joinWords", display.joinWords },
        { "pooling", keys::wordOf(keys::poolings, display.pooling) },
        { "direction", keys::wordOf(keys::directions, display.direction) },
        { "imageOverlay", display.imageOverlay }, { "smoothImage", display.smoothImage } };
    if (display.written)
        json["written"] = *display.written;
    return json;
}

Ordered stateJson(const SessionState& state, MediaWriter& media)
{
    Ordered json = Ordered::object();
    if (!state.model.isEmpty())
        json["model"] = state.model.toStdString();
    if (state.input) {
        if (Ordered input = inputJson(*state.input, state, media); !input.is_null())
            json["input"] = std::move(input);
    }
    if (!state.attention.isEmpty())
        json["attention"] = state.attention.toStdString();
    if (state.target)
        json["target"] = *state.target;
    json["generation"] = generationJson(state.generation);
    if (state.cutToFit)
        json["cutToFit"] = true;
    if (state.written > 0)
        json["written"] = state.written;
    if (!state.view.isEmpty())
        json["view"] = state.view.toStdString();
    json["selection"] = selectionJson(state.selection);
    json["display"] = displayJson(state.display);
    Ordered options = Ordered::object();
    for (auto it = state.viewOptions.begin(); it != state.viewOptions.end(); ++it)
        options[it.key().toStdString()] = jsonOf(it.value());
    if (!options.empty())
        json["viewOptions"] = std::move(options);
    return json;
}

/// Puts back what a newer program wrote, where it was and where nothing else is now.
void addRest(Ordered& json, const std::string& rest)
{
    if (rest.empty())
        return;
    const Ordered kept = Ordered::parse(rest);
    for (const auto& [key, value] : kept.items()) {
        if (!json.contains(key))
            json[key] = value;
        else if (json[key].is_object() && value.is_object())
            addRest(json[key], value.dump());
    }
}

Ordered pinJson(const Pin& pin, MediaWriter& media)
{
    Ordered json{ { "id", pin.id.toStdString() }, { "title", pin.title.toStdString() } };
    if (!pin.note.isEmpty())
        json["note"] = pin.note.toStdString();
    json["modelName"] = pin.model.toStdString();
    json["inputText"] = pin.input.toStdString();
    json["numbers"] = Ordered::array();
    for (const PinNumber& number : pin.numbers)
        json["numbers"].push_back({ { "name", number.name.toStdString() }, { "value", number.value } });
    json["state"] = stateJson(pin.state, media);
    if (!pin.picture.isEmpty())
        json["picture"] = pin.picture.toBase64().toStdString();
    addRest(json, pin.rest);
    return json;
}

} // namespace

std::string sessionText(const SessionDocument& document, EncodedMedia* known)
{
    MediaWriter media(known);
    Ordered json{ { "headlight", { { "version", sessionVersion } } } };
    json.update(stateJson(document.state, media));
    if (!document.openedFrom.isEmpty())
        json["openedFrom"] = document.openedFrom.toStdString();
    Ordered pins = Ordered::array();
    for (const Pin& pin : document.pins)
        pins.push_back(pinJson(pin, media));
    if (!pins.empty())
        json["pins"] = std::move(pins);
    addRest(json, document.rest);
    if (Ordered heavy = media.take(); !heavy.empty())
        json["media"] = std::move(heavy);
    return json.dump(2, ' ', false, Ordered::error_handler_t::replace) + '\n';
}

Status saveSession(const std::filesystem::path& path, const SessionDocument& document, EncodedMedia* known)
{
    return writeFile(path, sessionText(document, known));
}

} // namespace headlight::ui
