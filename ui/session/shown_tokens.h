#pragma once
// What the rows or columns that are shown stand for: tokens each for itself, or the pieces of a word as one.
// Special tokens may be left out. Everything that counts rows, columns or words counts the places of this.

#include "ui/session/display_settings.h"
#include "ui/session/token_axis.h"

#include <span>

namespace headlight::ui {

class ShownTokens {
public:
    ShownTokens() = default;
    ShownTokens(const TokenAxis& axis, const DisplaySettings& display);
    /// Hidden tokens too: what a chosen token belongs to, whether it is shown or not.
    static ShownTokens withHidden(const TokenAxis& axis, DisplaySettings display);

    int count() const { return int(m_firsts.size()); }
    /// The tokens of a place follow each other: [first, first + pieces).
    int first(int place) const { return m_firsts[std::size_t(place)]; }
    int pieces(int place) const { return m_pieces[std::size_t(place)]; }
    std::vector<int> tokens(int place) const;
    std::span<const int> firsts() const { return m_firsts; }
    /// None for a hidden token.
    std::optional<int> placeOf(int token) const;
    /// Where the given tokens are shown, each place once, in the order of the tokens.
    std::vector<int> placesOf(std::span<const int> tokens) const;

    /// Whether tokens are left out, and whether any place has several pieces.
    bool hides() const { return m_hides; }
    bool joins() const { return m_joins; }

private:
    std::vector<int> m_firsts, m_pieces;
    std::vector<int> m_places; ///< of each token, -1 for hidden ones
    bool m_hides = false, m_joins = false;
};

/// Whether a token goes on with the word of the token before it. Source: the vocabulary's own mark ("##ing",
/// no leading space), within the words its pre-tokenizer
/// cut, but never apart at a combining mark.
bool continuesWord(const TokenAxis& axis, int token);

/// The characters of a whole word, or the label of a token that stands alone; TokenAxis::label and text
/// alike.
QString label(const TokenAxis& axis, const ShownTokens& shown, int place);
QString text(const TokenAxis& axis, const ShownTokens& shown, int place);
/// Values per token to values per place: keys are summed, queries averaged.
std::vector<float> summedPieces(std::span<const float> perToken, const ShownTokens& shown);
std::vector<float> averagedPieces(std::span<const float> perToken, const ShownTokens& shown);

/// Adds a word to chosen tokens, or takes all of it away when any piece was chosen.
void toggleWord(std::vector<int>& chosen, std::span<const int> word);

} // namespace headlight::ui
