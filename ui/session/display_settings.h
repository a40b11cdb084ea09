#pragma once
// How numbers become colours, shared by every view and every exported figure.

#include "core/trace/attention_map.h"

#include <QString>
#include <optional>

namespace headlight::ui {

/// What 1 on the colour bar stands for: the largest weight of ... (None: the weight 1 itself).
enum class Normalise { None, Row, Head, Layer, Model };
enum class Scale { Linear, SquareRoot, Logarithmic };
enum class TokenDirection { LooksAt, LookedAtBy };

struct DisplaySettings {
    QString colourMap = QStringLiteral("viridis"); ///< id of a ColourMap
    Normalise normalise = Normalise::Head;
    Scale scale = Scale::Linear;
    bool hideSpecialTokens = false;
    bool renormaliseHidden = false; ///< rows divided by what is left after hiding; the window says which
    bool joinWords = false; ///< pieces of a word are one row or column: keys summed, queries averaged
    Pooling pooling = Pooling::Max; ///< when several weights share a pixel
    /// How many of the tokens the model wrote are shown; none: all of them. Kept for one result only.
    std::optional<int> written = {};
    TokenDirection direction = TokenDirection::LooksAt;
    double imageOverlay = 0.6; ///< opacity of the tint over a picture
    bool smoothImage = false; ///< bilinear between patches instead of flat patches

    /// Some tokens are left out of the maps.
    bool hidesTokens() const { return hideSpecialTokens || written.has_value(); }

    friend bool operator==(const DisplaySettings&, const DisplaySettings&) = default;
};

/// Ids used on the command line ("none", "row" ...; "linear", "sqrt", "log"); empty optional for unknown
/// ones.
QString id(Normalise normalise);
QString id(Scale scale);
std::optional<Normalise> normaliseFromId(const QString& id);
std::optional<Scale> scaleFromId(const QString& id);

/// Maps weights to 0..1 of the colour bar. Monotonic; 0 maps to 0, `top` to 1.
class ValueScale {
public:
    ValueScale(Scale scale, float top);
    float operator()(float weight) const;
    /// The weight at a place of the colour bar; for tick labels.
    float weightAt(float position) const;
    float top() const { return m_top; }

    /// Logarithmic scales begin at this share of the top.
    static constexpr float logFloor = 1e-4f;

private:
    Scale m_scale;
    float m_top;
};

} // namespace headlight::ui
