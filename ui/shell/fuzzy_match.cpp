#include "ui/shell/fuzzy_match.h"

#include <QStringList>

#include <algorithm>
#include <vector>

namespace headlight::ui {
namespace {

constexpr int none = -1;

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

bool endsWord(const QString& line, qsizetype after)
{
    return after == line.size() || !line[after].isLetterOrNumber();
}

/// A word as it stands in the line: best as a whole word, then as the beginning of one, then inside one.
int asItStands(const QString& word, const QString& line)
{
    int best = none;
    for (qsizetype at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) {
        const int here = !beginsWord(line, at) ? 60 : endsWord(line, at + word.size()) ? 100 : 90;
        best = std::max(best, here + (at == 0 ? 8 : 0));
    }
    return best;
}

/// Letters in order with gaps between, laid where most of them stand together or begin words. Letters strewn
/// over a line by chance are no match: on average each must follow the one before or begin a word.
int scattered(const QString& letters, const QString& line)
{
    constexpr int follows = 4, begins = 5, strewn = -3;
    std::vector<int> best(
        std::size_t(line.size()), none * 10000); // of the letters so far, the last at this place
    for (qsizetype letter = 0; letter < letters.size(); ++letter) {
        std::vector<int> next(best.size(), none * 10000);
        int before = letter == 0 ? 0 : none * 10000; // the best that ends left of the place's left neighbour
        for (qsizetype at = 0; at < line.size(); ++at) {
            if (letter > 0 && at > 1)
                before = std::max(before, best[std::size_t(at - 2)]);
            if (line[at] != letters[letter])
                continue;
            int score = before + (beginsWord(line, at) ? begins : strewn);
            if (letter > 0 && at > 0)
                score =
                    std::max(score, best[std::size_t(at - 1)] + (beginsWord(line, at) ? begins : follows));
            next[std::size_t(at)] = score;
        }
        best = std::move(next);
    }
    const int score = best.empty() ? none : *std::ranges::max_element(best);
    return score >= int(letters.size()) ? std::min(score + 20, 55) : none;
}

int wordScore(const QString& word, const QString& line)
{
    const int stands = asItStands(word, line);
    return stands >= 0 || word.size() < 2 ? stands : scattered(word, line);
}

} // namespace

std::optional<int> fuzzyScore(const QString& typed, const QString& line)
{
    const QString letters = plain(typed).simplified(), hay = plain(line);
    if (letters.isEmpty())
        return 0;
    const int shorter = std::min(int(hay.size()) / 8, 9); // of equals the shorter line
    const QStringList words = letters.split(u' ');
    int sum = 0;
    for (const QString& word : words) {
        const int score = wordScore(word, hay);
        if (score < 0)
            return std::nullopt;
        sum += score;
    }
    const int inOrder = words.size() > 1 && hay.contains(letters) ? 10 : 0;
    return sum / int(words.size()) + inOrder - shorter;
}

std::optional<int> wordsScore(const QString& typed, const QString& line)
{
    const QString hay = plain(line);
    int sum = 0, count = 0;
    for (const QString& word : plain(typed).simplified().split(u' ', Qt::SkipEmptyParts)) {
        const int score = asItStands(word, hay);
        if (score < 90)
            return std::nullopt;
        sum += score;
        ++count;
    }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

} // namespace headlight::ui
