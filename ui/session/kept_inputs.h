#pragma once
// What a person gave, kept per kind while models that take another kind are open, and what of it a model can
// be fed.

#include "core/engine/analysis.h"

#include <QString>

namespace headlight::ui {

class KeptInputs {
public:
    void keep(const AnalysisInput& input);
    void keepText(const std::string& text) { m_text = TextInput{ text, std::nullopt }; }
    void keepPicture(const Image& picture) { m_picture = picture; }
    void keepSound(const Sound& sound) { m_sound = sound; }

    /// All that `model` takes, put together; none when a part is missing that cannot be made up.
    std::optional<AnalysisInput> fitting(const OpenModel& model) const;
    /// `input` together with what else the model takes; ids in place of a text where there is no tokenizer.
    /// Errors: BadInput for a text that is no list of ids.
    Expected<AnalysisInput> completed(const OpenModel& model, const AnalysisInput& input) const;

private:
    std::optional<TextInput> m_text;
    std::optional<IdsInput> m_ids;
    std::optional<Image> m_picture;
    std::optional<Sound> m_sound;
};

/// Whether the model reads ids only, for want of a tokenizer.
bool takesIds(const OpenModel& model);
/// "1, 2, 3" → ids. Errors: BadInput that says what is expected.
Expected<IdsInput> idsFromText(const OpenModel& model, const std::string& text);
/// "image", "text": how lists of examples are called.
std::string exampleKind(InputKind kind);

} // namespace headlight::ui
