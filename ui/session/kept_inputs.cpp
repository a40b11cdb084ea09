// Implements kept_inputs.h.

#include "ui/session/kept_inputs.h"

#include "core/engine/turns_input.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace headlight::ui {
namespace {

/// Something to look at in a model without a tokenizer.
IdsInput firstIds(const OpenModel& model)
{
    IdsInput ids;
    const std::int64_t vocabulary = model.network->info().vocabulary;
    for (std::int64_t id = 1; id <= 8 && (vocabulary == 0 || id < vocabulary); ++id)
        ids.ids.push_back(id);
    return ids;
}

std::string firstCaption()
{
    return QCoreApplication::translate("Session", "a red circle").toStdString();
}

/// What the user said last, or else what was said last.
template <typename Turns> auto questionOf(Turns& turns) -> decltype(&turns.front())
{
    for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
        if (turn->role == "user")
            return &*turn;
    }
    return turns.empty() ? nullptr : &turns.back();
}

} // namespace

Image pictureOf(const AnalysisInput& input)
{
    if (const auto* image = std::get_if<ImageInput>(&input))
        return image->image;
    const auto* talk = std::get_if<TurnsInput>(&input);
    const std::vector<Image> pictures = talk ? picturesInOrder(*talk) : std::vector<Image>();
    return pictures.empty() ? Image() : pictures.back();
}

TurnsInput withPicture(TurnsInput talk, const Image& picture, const PicturePlace& place)
{
    if (talk.turns.empty())
        talk.turns.push_back({ "user", {} });
    ChatTurn* turn = place.turn && *place.turn < talk.turns.size() ? &talk.turns[*place.turn] : questionOf(talk.turns);
    if (place.others == PicturePlace::Others::Go)
        turn->pictures.clear();
    turn->pictures.push_back(int(talk.pictures.size()));
    talk.pictures.push_back(picture);
    return tidied(talk);
}

TurnsInput withoutPictures(TurnsInput talk)
{
    for (ChatTurn& turn : talk.turns)
        turn.pictures.clear();
    talk.pictures.clear();
    return talk;
}

AnalysisInput withText(AnalysisInput input, const std::string& text)
{
    if (auto* plain = std::get_if<TextInput>(&input)) {
        plain->text = text;
    } else if (auto* image = std::get_if<ImageInput>(&input)) {
        image->text = text;
    } else if (auto* conversation = std::get_if<TurnsInput>(&input)) {
        if (auto* question = questionOf(conversation->turns))
            question->text = text;
        else
            conversation->turns.push_back({ "user", text });
    } else {
        return TextInput{ text, std::nullopt };
    }
    return input;
}

std::string textOf(const AnalysisInput& input)
{
    if (const auto* plain = std::get_if<TextInput>(&input))
        return plain->text;
    if (const auto* image = std::get_if<ImageInput>(&input))
        return image->text;
    const auto* conversation = std::get_if<TurnsInput>(&input);
    const ChatTurn* question = conversation ? questionOf(conversation->turns) : nullptr;
    return question ? question->text : std::string();
}

bool sharesPixels(const Image& a, const Image& b)
{
    return !a.empty() && a.sharedPixels() == b.sharedPixels();
}

bool sharesSamples(const Sound& a, const Sound& b)
{
    return !a.empty() && a.count() == b.count() && a.rate() == b.rate()
        && a.samples().data() == b.samples().data();
}

bool takesIds(const OpenModel& model)
{
    return model.network->info().input == InputKind::Text && !model.tokenizer;
}

std::string exampleKind(InputKind kind)
{
    switch (kind) {
    case InputKind::Image:
    case InputKind::ImageAndText:
        return "image";
    case InputKind::Sound:
        return "sound";
    case InputKind::Text:
        break;
    }
    return "text";
}

Expected<IdsInput> idsFromText(const OpenModel& model, const std::string& text)
{
    static const QRegularExpression separator(QStringLiteral("[\\s,;]+"));
    IdsInput input;
    for (const QString& word : QString::fromStdString(text).split(separator, Qt::SkipEmptyParts)) {
        bool number = false;
        input.ids.push_back(word.toLongLong(&number));
        if (!number)
            return Error{ ErrorKind::BadInput,
                QCoreApplication::translate("Session",
                    "%1 has no tokenizer (tokenizer.json, vocab.txt …) in its folder, so it cannot read "
                    "“%2”: "
                    "type token ids from 0 to %3, separated by commas.")
                    .arg(QString::fromStdString(model.name), word)
                    .arg(model.network->info().vocabulary - 1)
                    .toStdString() };
    }
    if (input.ids.empty())
        return Error{ ErrorKind::BadInput,
            QCoreApplication::translate(
                "Session", "There is nothing to run: type token ids, separated by commas.")
                .toStdString() };
    return input;
}

void KeptInputs::keepText(const std::string& text)
{
    m_text = TextInput{ text, std::nullopt };
    m_turns.reset();
}

void KeptInputs::keepPicture(const Image& picture, const QString& source)
{
    m_picture = picture;
    m_pictureSource = source;
}

void KeptInputs::keepSound(const Sound& sound, const QString& source)
{
    m_sound = sound;
    m_soundSource = source;
}

QString KeptInputs::sourceOf(const AnalysisInput& input) const
{
    const Image picture = pictureOf(input);
    if (m_picture && sharesPixels(picture, *m_picture))
        return m_pictureSource;
    const auto* sound = std::get_if<SoundInput>(&input);
    if (sound && m_sound && sharesSamples(sound->sound, *m_sound))
        return m_soundSource;
    return {};
}

void KeptInputs::keep(const AnalysisInput& input, const QString& source)
{
    if (const auto* text = std::get_if<TextInput>(&input)) {
        m_text = *text;
        m_turns.reset();
    }
    if (const auto* turns = std::get_if<TurnsInput>(&input)) {
        if (const Image picture = pictureOf(input); !picture.empty())
            keepPicture(picture, source.isEmpty() ? sourceOf(input) : source);
        m_turns = *turns;
    }
    if (const auto* ids = std::get_if<IdsInput>(&input))
        m_ids = *ids;
    if (const auto* sound = std::get_if<SoundInput>(&input))
        keepSound(sound->sound, source.isEmpty() ? sourceOf(input) : source);
    if (const auto* image = std::get_if<ImageInput>(&input)) {
        keepPicture(image->image, source.isEmpty() ? sourceOf(input) : source);
        m_turns.reset();
        if (!image->text.empty())
            keepText(image->text);
    }
}

std::optional<AnalysisInput> KeptInputs::fitting(const OpenModel& model) const
{
    switch (model.network->info().input) {
    case InputKind::Text:
        if (takesIds(model))
            return m_ids.value_or(firstIds(model));
        if (m_turns && takesTurns(model))
            return withoutPictures(*m_turns);
        if (m_turns && !m_text && !textOf(*m_turns).empty())
            return TextInput{ textOf(*m_turns), std::nullopt };
        return m_text ? std::optional<AnalysisInput>(*m_text) : std::nullopt;
    case InputKind::Image:
        return m_picture ? std::optional<AnalysisInput>(ImageInput{ *m_picture }) : std::nullopt;
    case InputKind::ImageAndText: {
        if (m_turns && takesTurns(model))
            return *m_turns;
        if (!m_picture)
            return std::nullopt;
        const bool needsText = model.network->info().task == Task::ImageTextMatching;
        const std::string text = m_text ? m_text->text : needsText ? firstCaption() : std::string();
        return ImageInput{ *m_picture, text };
    }
    case InputKind::Sound:
        return m_sound ? std::optional<AnalysisInput>(SoundInput{ *m_sound }) : std::nullopt;
    }
    return std::nullopt;
}

Expected<AnalysisInput> KeptInputs::completed(const OpenModel& model, const AnalysisInput& input) const
{
    if (model.network->info().input == InputKind::ImageAndText
        && !std::holds_alternative<TensorInput>(input)) {
        if (auto whole = fitting(model))
            return *whole;
    }
    const auto* text = std::get_if<TextInput>(&input);
    if (!text || !takesIds(model))
        return input;
    HEADLIGHT_TRY(IdsInput ids, idsFromText(model, text->text));
    return AnalysisInput(std::move(ids));
}

} // namespace headlight::ui
