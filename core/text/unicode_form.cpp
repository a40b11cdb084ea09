#include "core/text/unicode_form.h"

#include "core/base/check.h"
#include "core/text/normalized_string.h"
#include "core/text/unicode.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace headlight {
namespace {

using Changes = std::vector<CharacterChange>;
constexpr char32_t firstDecomposable = 0xa0; // below it every form leaves the text alone

/// The reference normalizes by the tables of Unicode 9: what came later has no parts and is no combining
/// mark.
bool isKnown(char32_t c)
{
    return unicodeAge(c) <= 9;
}

int combiningClass(char32_t c)
{
    const int today = c < firstDecomposable ? 0 : u_getCombiningClass(UChar32(c));
    return today != 0 && isKnown(c) ? today : 0;
}

const icu::Normalizer2& tables(UnicodeForm form)
{
    UErrorCode status = U_ZERO_ERROR;
    const bool compatible = form == UnicodeForm::NFKC || form == UnicodeForm::NFKD;
    const icu::Normalizer2* found =
        compatible ? icu::Normalizer2::getNFKCInstance(status) : icu::Normalizer2::getNFCInstance(status);
    HEADLIGHT_CHECK(U_SUCCESS(status) && found, "ICU lacks its normalization data");
    return *found;
}

void appendDecomposed(Changes& out, char32_t c, const icu::Normalizer2& table)
{
    icu::UnicodeString parts;
    if (c < firstDecomposable || !table.getDecomposition(UChar32(c), parts) || !isKnown(c)) {
        out.push_back({ c, 0 });
        return;
    }
    for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1))
        out.push_back({ char32_t(parts.char32At(i)), i == 0 ? 0 : 1 });
}

/// Canonical order: each run of combining marks sorted by class, equal classes as they were.
void sortMarks(Changes& changes)
{
    for (auto run = changes.begin(); run != changes.end();) {
        if (combiningClass(run->c) == 0) {
            ++run;
            continue;
        }
        const auto end =
            std::find_if(run, changes.end(), [](const auto& x) { return combiningClass(x.c) == 0; });
        std::stable_sort(
            run, end, [](const auto& a, const auto& b) { return combiningClass(a.c) < combiningClass(b.c); });
        run = end;
    }
}

/// Composes starters with the marks (or vowels and finals of hangul) that follow, Unicode standard 3.11,
/// D117.
Changes composed(const Changes& decomposed, const icu::Normalizer2& table)
{
    Changes out;
    std::ptrdiff_t starter = -1; // index in out
    int lastClass = 0; // of the mark kept last after the starter; 0 means none
    for (const CharacterChange& x : decomposed) {
        const int mark = combiningClass(x.c);
        const bool blocked =
            starter + 1 < std::ptrdiff_t(out.size()) && (lastClass == 0 || lastClass >= mark);
        if (starter >= 0 && !blocked) {
            CharacterChange& base = out[std::size_t(starter)];
            const UChar32 pair = table.composePair(UChar32(base.c), UChar32(x.c));
            if (pair >= 0 && isKnown(char32_t(pair))) {
                base = { char32_t(pair), base.change + x.change - 1 };
                continue;
            }
        }
        out.push_back(x);
        lastClass = mark;
        if (mark == 0)
            starter = std::ptrdiff_t(out.size()) - 1;
    }
    return out;
}

bool allBelow(const std::u32string& text, char32_t limit)
{
    return std::all_of(text.begin(), text.end(), [limit](char32_t c) { return c < limit; });
}

} // namespace

void applyUnicodeForm(NormalizedString& text, UnicodeForm form)
{
    if (allBelow(text.text(), firstDecomposable))
        return;
    const icu::Normalizer2& table = tables(form);
    Changes changes;
    changes.reserve(text.size() + 16);
    for (const char32_t c : text.text())
        appendDecomposed(changes, c, table);
    sortMarks(changes);
    const bool compose = form == UnicodeForm::NFC || form == UnicodeForm::NFKC;
    text.transform(compose ? composed(changes, table) : changes);
}

void applyLowerCase(NormalizedString& text)
{
    constexpr char32_t capitalIWithDot = 0x130;
    if (text.text().find(capitalIWithDot) == std::u32string::npos) {
        std::u32string lower;
        text.map([&lower](char32_t c) {
            lower.clear();
            appendLowerCase(lower, c);
            return lower.front();
        });
        return;
    }
    Changes changes;
    std::u32string lower;
    for (const char32_t c : text.text()) {
        lower.clear();
        appendLowerCase(lower, c);
        for (std::size_t i = 0; i < lower.size(); ++i)
            changes.push_back({ lower[i], i == 0 ? 0 : 1 });
    }
    text.transform(changes);
}

} // namespace headlight
