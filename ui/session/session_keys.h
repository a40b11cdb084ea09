#pragma once
// The words of session files for values that are enumerations, and which keys this program knows. Shared by
// the writer and the reader. Include in .cpp files only.

#include "core/io/json.h"
#include "ui/session/session_state.h"

#include <array>

namespace headlight::ui::session_keys {

inline constexpr std::array kinds{ std::pair(AttentionKind::Encoder, "encoder"),
    std::pair(AttentionKind::Decoder, "decoder"), std::pair(AttentionKind::Cross, "cross") };
inline constexpr std::array towers{ std::pair(Tower::Only, "only"), std::pair(Tower::Text, "text"),
    std::pair(Tower::Vision, "vision") };
inline constexpr std::array joins{ std::pair(HeadJoin::Mean, "mean"), std::pair(HeadJoin::Max, "max") };
inline constexpr std::array poolings{ std::pair(Pooling::Max, "max"), std::pair(Pooling::Mean, "mean") };
inline constexpr std::array directions{ std::pair(TokenDirection::LooksAt, "looks at"),
    std::pair(TokenDirection::LookedAtBy, "looked at by") };

template <typename Table, typename Value> std::string wordOf(const Table& table, Value value)
{
    for (const auto& [known, word] : table) {
        if (known == value)
            return word;
    }
    return {};
}

/// The keys of a session; those of others are kept as they are.
inline constexpr std::array session{ "headlight", "model", "input", "target", "generation", "cutToFit",
    "written", "view", "selection", "display", "viewOptions", "pins", "openedFrom", "attention", "media" };
/// Objects of the session whose unknown keys are kept too.
inline constexpr std::array selection{ "kind", "tower", "layer", "heads", "join", "queries", "key" };
inline constexpr std::array input{ "kind", "text", "pair", "ids", "turns", "reply",
    "picture", "pictures", "sound", "source", "example" };
inline constexpr std::array generation{ "newTokens", "beams", "temperature", "topK", "topP", "seed" };
inline constexpr std::array display{ "colourMap", "normalise", "scale", "hideSpecialTokens",
    "renormaliseHidden", "joinWords", "written", "pooling", "direction", "imageOverlay", "smoothImage" };
inline constexpr std::array header{ "version" };
inline constexpr std::array pin{ "id", "title", "note", "modelName", "inputText", "numbers", "picture",
    "state" };

} // namespace headlight::ui::session_keys
