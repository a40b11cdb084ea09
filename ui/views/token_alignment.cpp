#include "ui/views/token_alignment.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>
#include <numeric>

namespace headlight::ui {
namespace {

/// Consecutive tokens that are compared as one: a token, or a word.
struct Chunk {
    QString text;
    int first = 0, last = 0; ///< tokens [first,last)
};
struct Range {
    std::size_t first = 0, last = 0;
    std::size_t size() const { return last - first; }
};
using Match = std::pair<std::size_t, std::size_t>;
/// Consecutive tokens.
struct Stretch {
    int first = 0, last = 0;
    int size() const { return last - first; }
};

QString tr(const char* text)
{
    return QCoreApplication::translate("TokenAlignment", text);
}

QString labelOf(const TokenInfo& token)
{
    const QString label = QString::fromStdString(token.label);
    const QString trimmed = label.trimmed();
    return trimmed.isEmpty() ? label : trimmed;
}

/// Without case, accents and blanks, whatever these are written as.
QString folded(const QString& text)
{
    constexpr char16_t shownBlank = u'\u2423', metaSpace = u'\u2581';
    QString out;
    for (const QChar c : text.normalized(QString::NormalizationForm_KD).toCaseFolded()) {
        if (c.category() != QChar::Mark_NonSpacing && !c.isSpace() && c != shownBlank && c != metaSpace)
            out += c;
    }
    return out;
}

/// What a special token is for; tokenizers call it differently.
QString roleOf(const QString& label)
{
    static const QHash<QString, QString> roles{
        { "[CLS]", "start" },
        { "<s>", "start" },
        { "<|startoftext|>", "start" },
        { "<|begin_of_text|>", "start" },
        { "<bos>", "start" },
        { "[BOS]", "start" },
        { "[SEP]", "end" },
        { "</s>", "end" },
        { "<|endoftext|>", "end" },
        { "<|end_of_text|>", "end" },
        { "<eos>", "end" },
        { "[EOS]", "end" },
        { "[PAD]", "pad" },
        { "<pad>", "pad" },
        { "[MASK]", "mask" },
        { "<mask>", "mask" },
        { "[UNK]", "unknown" },
        { "<unk>", "unknown" },
    };
    return roles.value(label, label);
}

QString tokenText(const TokenInfo& token, Vocabulary vocabulary)
{
    const QString label = labelOf(token);
    if (token.special)
        return QChar(1) + (vocabulary == Vocabulary::Same ? label : roleOf(label));
    if (vocabulary == Vocabulary::Different)
        return folded(label);
    return token.continuation ? QChar(2) + label : label;
}

/// One side, cut into what is compared first: tokens, or words of another tokenizer.
struct Side {
    std::vector<QString> texts; ///< of each token
    std::vector<char> begins; ///< whether a token begins a word, or punctuation
    std::vector<Chunk> chunks;

    Side(std::span<const TokenInfo> tokens, Vocabulary vocabulary)
    {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const QString text = tokenText(tokens[i], vocabulary);
            // A tokenizer's own word indices may call a whole text one word; its pieces know better.
            const bool goesOn = i > 0 && tokens[i].continuation && !tokens[i].special
                && !tokens[i - 1].special && tokens[i].sequence == tokens[i - 1].sequence;
            const bool afterMark =
                i > 0 && !texts.back().isEmpty() && !texts.back().back().isLetterOrNumber();
            const bool mark = !text.isEmpty() && !text.front().isLetterOrNumber();
            texts.push_back(text);
            begins.push_back(!goesOn || afterMark || mark);
            if (vocabulary == Vocabulary::Different && goesOn) {
                chunks.back().text += text;
                chunks.back().last = int(i) + 1;
            } else {
                chunks.push_back({ text, int(i), int(i) + 1 });
            }
        }
    }
    /// The tokens of some chunks.
    Stretch tokensOf(Range range) const
    {
        if (range.size() == 0)
            return {};
        return { chunks[range.first].first, chunks[range.last - 1].last };
    }
};

/// Texts as numbers, equal where they are.
std::pair<std::vector<int>, std::vector<int>> numbered(
    const std::vector<Chunk>& a, const std::vector<Chunk>& b)
{
    QHash<QString, int> numbers;
    const auto numbersOf = [&](const std::vector<Chunk>& chunks) {
        std::vector<int> out;
        out.reserve(chunks.size());
        for (const Chunk& chunk : chunks) {
            auto known = numbers.find(chunk.text);
            if (known == numbers.end())
                known = numbers.insert(chunk.text, int(numbers.size()));
            out.push_back(known.value());
        }
        return out;
    };
    auto first = numbersOf(a);
    return { std::move(first), numbersOf(b) };
}

/// The longest common subsequence of what is left after equal ends. Takes rows × columns bytes.
void matchMiddle(std::span<const int> a, std::span<const int> b, std::size_t offset, std::vector<Match>& out)
{
    enum Go : std::uint8_t { Both, A, B };
    const std::size_t n = a.size(), m = b.size();
    std::vector<std::uint8_t> go(n * m);
    std::vector<std::uint32_t> below(m + 1, 0), here(m + 1, 0);
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t j = m; j-- > 0;) {
            if (a[i] == b[j]) {
                here[j] = below[j + 1] + 1;
                go[i * m + j] = Both;
            } else {
                go[i * m + j] = below[j] >= here[j + 1] ? A : B;
                here[j] = std::max(below[j], here[j + 1]);
            }
        }
        std::swap(here, below);
    }
    for (std::size_t i = 0, j = 0; i < n && j < m;) {
        const std::uint8_t step = go[i * m + j];
        if (step == Both)
            out.emplace_back(offset + i, offset + j);
        i += step != B;
        j += step != A;
    }
}

std::vector<Match> longestCommon(std::span<const int> a, std::span<const int> b)
{
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t front = 0, back = 0;
    while (front < shorter && a[front] == b[front])
        ++front;
    while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back])
        ++back;
    std::vector<Match> matches;
    for (std::size_t i = 0; i < front; ++i)
        matches.emplace_back(i, i);
    matchMiddle(
        a.subspan(front, a.size() - front - back), b.subspan(front, b.size() - front - back), front, matches);
    for (std::size_t i = back; i > 0; --i)
        matches.emplace_back(a.size() - i, b.size() - i);
    return matches;
}

class Builder {
public:
    Builder(std::span<const TokenInfo> a, std::span<const TokenInfo> b, Vocabulary vocabulary)
        : m_a(a, vocabulary)
        , m_b(b, vocabulary)
        , m_vocabulary(vocabulary)
    {
    }

    std::vector<AlignedTokens> units()
    {
        const auto [a, b] = numbered(m_a.chunks, m_b.chunks);
        std::size_t nextA = 0, nextB = 0;
        for (const auto& [i, j] : longestCommon(a, b)) {
            between(m_a.tokensOf({ nextA, i }), m_b.tokensOf({ nextB, j }));
            join(m_a.tokensOf({ i, i + 1 }), m_b.tokensOf({ j, j + 1 }));
            nextA = i + 1;
            nextB = j + 1;
        }
        between(m_a.tokensOf({ nextA, a.size() }), m_b.tokensOf({ nextB, b.size() }));
        return std::move(m_units);
    }

private:
    /// More pairs of places than this are not searched for words that are cut differently.
    static constexpr std::size_t mostSearched = 4'000'000;

    void gaps(Stretch a, Stretch b)
    {
        for (int token = a.first; token < a.last; ++token)
            m_units.push_back({ { token }, {} });
        for (int token = b.first; token < b.last; ++token)
            m_units.push_back({ {}, { token } });
    }

    /// Where the tokens from `i` and `j` on spell the same up to a place where both are cut: these two ends.
    std::optional<std::pair<int, int>> common(int i, int lastA, int j, int lastB) const
    {
        if (m_a.begins[std::size_t(i)] != m_b.begins[std::size_t(j)])
            return std::nullopt;
        QString a = m_a.texts[std::size_t(i++)], b = m_b.texts[std::size_t(j++)];
        while (a.size() != b.size() || a.isEmpty()) {
            if (a.size() <= b.size() ? !b.startsWith(a) : !a.startsWith(b))
                return std::nullopt;
            const bool more = a.size() <= b.size();
            if (more ? i == lastA : j == lastB)
                return std::nullopt;
            if (more)
                a += m_a.texts[std::size_t(i++)];
            else
                b += m_b.texts[std::size_t(j++)];
        }
        return a == b ? std::optional(std::pair(i, j)) : std::nullopt;
    }

    /// Tokens without a partner of their own. Tokenizers may cut words differently ("didn't"): what spells
    /// the same is joined all the same, as much of it as possible.
    void between(Stretch a, Stretch b)
    {
        const auto n = std::size_t(a.size()), m = std::size_t(b.size());
        if (m_vocabulary == Vocabulary::Same || n == 0 || m == 0 || n * m > mostSearched)
            return gaps(a, b);
        std::vector<int> most((n + 1) * (m + 1), 0); // tokens that find a partner from here on
        std::vector<std::pair<int, int>> joins(n * m, { -1, -1 });
        for (std::size_t i = n; i-- > 0;)
            for (std::size_t j = m; j-- > 0;) {
                int& here = most[i * (m + 1) + j];
                here = std::max(most[(i + 1) * (m + 1) + j], most[i * (m + 1) + j + 1]);
                const auto end = common(a.first + int(i), a.last, b.first + int(j), b.last);
                if (!end)
                    continue;
                const auto nextA = std::size_t(end->first - a.first),
                           nextB = std::size_t(end->second - b.first);
                const int joined = int(nextA - i + nextB - j) + most[nextA * (m + 1) + nextB];
                if (joined <= here)
                    continue;
                here = joined;
                joins[i * m + j] = *end;
            }
        Stretch restA{ a.first, a.first }, restB{ b.first, b.first };
        while (restA.last < a.last && restB.last < b.last) {
            const auto i = std::size_t(restA.last - a.first), j = std::size_t(restB.last - b.first);
            if (const auto [endA, endB] = joins[i * m + j]; endA >= 0) {
                gaps(restA, restB);
                join({ restA.last, endA }, { restB.last, endB });
                restA = { endA, endA };
                restB = { endB, endB };
            } else if (most[(i + 1) * (m + 1) + j] >= most[i * (m + 1) + j + 1]) {
                ++restA.last;
            } else {
                ++restB.last;
            }
        }
        gaps({ restA.first, a.last }, { restB.first, b.last });
    }

    /// Two stretches that spell the same, cut wherever both tokenizers cut.
    void join(Stretch a, Stretch b)
    {
        int i = a.first, j = b.first;
        AlignedTokens unit;
        qsizetype lengthA = 0, lengthB = 0;
        while (i < a.last || j < b.last) {
            if (i < a.last && (lengthA <= lengthB || j == b.last)) {
                lengthA += m_a.texts[std::size_t(i)].size();
                unit.a.push_back(i++);
            } else {
                lengthB += m_b.texts[std::size_t(j)].size();
                unit.b.push_back(j++);
            }
            const bool cut = lengthA == lengthB && unit.both();
            if (cut && (i < a.last) == (j < b.last))
                m_units.push_back(std::exchange(unit, {}));
        }
        if (!unit.a.empty() || !unit.b.empty())
            m_units.push_back(std::move(unit));
    }

    Side m_a, m_b;
    Vocabulary m_vocabulary;
    std::vector<AlignedTokens> m_units;
};

enum class AxisKind { Words, Picture, Sound };

AxisKind kindOf(const TokenAxis& axis)
{
    return axis.words() ? AxisKind::Words : axis.times() ? AxisKind::Sound : AxisKind::Picture;
}

/// The tokens that take part; those nobody described are called by their number.
std::vector<TokenInfo> infosOf(const TokenAxis& axis, std::span<const int> shown)
{
    std::vector<TokenInfo> infos;
    infos.reserve(shown.size());
    for (int token : shown) {
        const TokenInfo* known = axis.info(token);
        infos.push_back(known ? *known : TokenInfo{});
        if (!known)
            infos.back().label = axis.label(token).toStdString();
    }
    return infos;
}

QString gridText(const TokenAxis& axis)
{
    const PatchGrid& grid = *axis.grid();
    return QStringLiteral("%1 × %2").arg(grid.rows()).arg(grid.columns());
}

QString mismatch(const TokenAxis& a, const TokenAxis& b)
{
    if (kindOf(a) != kindOf(b))
        return tr("A and B are about different things (words, patches of a picture, moments of a sound): "
                  "their maps cannot be laid over each other.");
    if (kindOf(a) == AxisKind::Picture)
        return tr("The pictures are cut into different grids, %1 patches in A and %2 in B: these maps cannot "
                  "be laid over each other.")
            .arg(gridText(a), gridText(b));
    return tr(
        "The sounds have different lengths, %1 moments in A and %2 in B: these maps cannot be laid over "
        "each other.")
        .arg(a.count())
        .arg(b.count());
}

/// Joined words as tokens of their own.
std::vector<TokenInfo> wordsOf(const TokenAxis& axis, const ShownTokens& shown)
{
    std::vector<TokenInfo> infos = infosOf(axis, shown.firsts());
    for (int place = 0; place < shown.count(); ++place) {
        if (shown.pieces(place) > 1)
            infos[std::size_t(place)].label = label(axis, shown, place).toStdString();
    }
    return infos;
}

} // namespace

int TokenAlignment::onlyA() const
{
    return int(std::ranges::count_if(units, [](const AlignedTokens& unit) { return unit.b.empty(); }));
}

int TokenAlignment::onlyB() const
{
    return int(std::ranges::count_if(units, [](const AlignedTokens& unit) { return unit.a.empty(); }));
}

int TokenAlignment::joined() const
{
    return int(std::ranges::count_if(
        units, [](const AlignedTokens& unit) { return unit.a.size() > 1 || unit.b.size() > 1; }));
}

bool TokenAlignment::oneToOne() const
{
    return std::ranges::all_of(
        units, [](const AlignedTokens& unit) { return unit.a.size() == 1 && unit.b.size() == 1; });
}

std::optional<int> TokenAlignment::unitOfA(int token) const
{
    const auto found = std::ranges::find_if(
        units, [token](const AlignedTokens& unit) { return std::ranges::binary_search(unit.a, token); });
    return found == units.end() ? std::nullopt : std::optional(int(found - units.begin()));
}

TokenAlignment TokenAlignment::identity(int count)
{
    TokenAlignment alignment;
    for (int i = 0; i < count; ++i)
        alignment.units.push_back({ { i }, { i } });
    return alignment;
}

TokenAlignment TokenAlignment::of(
    std::span<const TokenInfo> a, std::span<const TokenInfo> b, Vocabulary vocabulary)
{
    return { Builder(a, b, vocabulary).units() };
}

AxisAlignment alignAxes(const TokenAxis& a, std::span<const int> shownA, const TokenAxis& b,
    std::span<const int> shownB, Vocabulary vocabulary)
{
    const AxisKind kind = kindOf(a);
    if (kind != kindOf(b))
        return { {}, mismatch(a, b) };
    if (a == b && shownA.size() == shownB.size())
        return { TokenAlignment::identity(int(shownA.size())), {} };
    if (kind == AxisKind::Words)
        return { TokenAlignment::of(infosOf(a, shownA), infosOf(b, shownB), vocabulary), {} };
    const bool alike = shownA.size() == shownB.size()
        && (kind == AxisKind::Sound
            || (a.grid()->rows() == b.grid()->rows() && a.grid()->columns() == b.grid()->columns()));
    if (!alike)
        return { {}, mismatch(a, b) };
    return { TokenAlignment::identity(int(shownA.size())), {} };
}

AxisAlignment alignAxes(const TokenAxis& a, const ShownTokens& shownA, const TokenAxis& b,
    const ShownTokens& shownB, Vocabulary vocabulary)
{
    const bool words = kindOf(a) == AxisKind::Words && kindOf(b) == AxisKind::Words;
    const bool same = a == b && shownA.count() == shownB.count();
    if (!words || same || (!shownA.joins() && !shownB.joins()))
        return alignAxes(a, shownA.firsts(), b, shownB.firsts(), vocabulary);
    return { TokenAlignment::of(wordsOf(a, shownA), wordsOf(b, shownB), vocabulary), {} };
}

} // namespace headlight::ui
