#pragma once
// What a person gave, kept per kind while models that take another kind are open, and what of it a model can
// be fed.

#include "core/engine/analysis.h"

#include <QString>

namespace headlight::ui {

class KeptInputs {
public:
    /// `source` is the file its picture or sound came from; what is kept already keeps its own.
    void keep(const AnalysisInput& input, const QString& source = {});
    void keepText(const std::string& text);
    void keepPicture(const Image& picture, const QString& source);
    void keepSound(const Sound& sound, const QString& source);
    /// The file that the picture or sound of an input came from; empty when none is known.
    QString sourceOf(const AnalysisInput& input) const;

    /// All that `model` takes, put together; none when a part is missing that cannot be made up.
    std::optional<AnalysisInput> fitting(const OpenModel& model) const;
    /// `input` together with what else the model takes; ids in place of a text where there is no tokenizer.
    /// Errors: BadInput for a text that is no list of ids.
    Expected<AnalysisInput> completed(const OpenModel& model, const AnalysisInput& input) const;

private:
    std::optional<TextInput> m_text;
    std::optional<TurnsInput> m_turns; ///< what was given last, when it is that rather than the text
    std::optional<IdsInput> m_ids;
    std::optional<Image> m_picture;
    std::optional<Sound> m_sound;
    QString m_pictureSource, m_soundSource;
};

/// Whether two are one buffer, so that what it holds need not be compared.
bool sharesPixels(const Image& a, const Image& b);
bool sharesSamples(const Sound& a, const Sound& b);
/// The picture of an input, of a conversation its last one; empty when there is none.
Image pictureOf(const AnalysisInput& input);
/// Where a picture comes into a conversation: into a turn, or what the user said last.
struct PicturePlace {
    enum class Others { Stay, Go };
    std::optional<std::size_t> turn = {};
    Others others = Others::Stay; ///< pictures that the turn had
};
TurnsInput withPicture(TurnsInput talk, const Image& picture, const PicturePlace& place);
/// For models that read words alone.
TurnsInput withoutPictures(TurnsInput talk);
/// `input` with another text: a conversation asks it in place of its last question.
AnalysisInput withText(AnalysisInput input, const std::string& text);
/// The text of an input; of a conversation what the user said last.
std::string textOf(const AnalysisInput& input);
/// Whether the model reads ids only, for want of a tokenizer.
bool takesIds(const OpenModel& model);
/// "1, 2, 3" → ids. Errors: BadInput that says what is expected.
Expected<IdsInput> idsFromText(const OpenModel& model, const std::string& text);
/// "image", "text": how lists of examples are called.
std::string exampleKind(InputKind kind);

} // namespace headlight::ui
