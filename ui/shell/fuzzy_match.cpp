#include "ui/shell/fuzzy_match.h"

namespace headlight::ui {
namespace {

/// Small letters without their accents.
QString plain(const QString& text)
{
    QString out;
    for (const QChar c : text.normalized(QString::NormalizationForm_KD)) {
        if (!c.isMark())
            out += c.toLower();
    }
    return out;
}

bool beginsWord(const QString& line, qsizetype at)
{
    return at == 0 || !line[at - 1].isLetterOrNumber();
}

} // namespace

std::optional<int> fuzzyScore(const QString& typed, const QString& line)
{
    constexpr int adjacent = 8, wordBegin = 6, wholePart = 40, farther = 1;
    const QString letters = plain(typed).simplified(), hay = plain(line);
    int score = 0;
    qsizetype last = -1;
    for (const QChar letter : letters) {
        if (letter == u' ')
            continue;
        const qsizetype at = hay.indexOf(letter, last + 1);
        if (at < 0)
            return std::nullopt;
        score += beginsWord(hay, at) ? wordBegin : 0;
        if (last >= 0)
            score += at == last + 1 ? adjacent : -farther * int(std::min<qsizetype>(at - last, 20));
        last = at;
    }
    if (const qsizetype whole = hay.indexOf(letters); !letters.isEmpty() && whole >= 0)
        score += wholePart + (beginsWord(hay, whole) ? wordBegin : 0);
    return score - int(hay.size()) / 8; // of equals the shorter line
}

} // namespace headlight::ui
