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

/// Without case and accents.
QString folded(const QString& text)
{
    QString out;
    for (const QChar c : text.normalized(QString::NormalizationForm_KD).toCaseFolded()) {
        if (c.category() != QChar::Mark_NonSpacing && !c.isSpace())
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

bool sameWord(const TokenInfo& a, const TokenInfo& b)
{
    return a.word >= 0 && a.word == b.word && a.sequence == b.sequence && a.special == b.special;
}

std::vector<Chunk> chunksOf(std::span<const TokenInfo> tokens, Vocabulary vocabulary)
{
    std::vector<Chunk> chunks;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const QString text = tokenText(tokens[i], vocabulary);
        if (vocabulary == Vocabulary::Different && i > 0 && sameWord(tokens[i - 1], tokens[i])) {
            chunks.back().text += text;
            chunks.back().last = int(i) + 1;
        } else {
            chunks.push_back({ text, int(i), int(i) + 1 });
        }
    }
    return chunks;
}

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
        : m_tokensA(a)
        , m_tokensB(b)
        , m_vocabulary(vocabulary)
        , m_a(chunksOf(a, vocabulary))
        , m_b(chunksOf(b, vocabulary))
    {
    }

    std::vector<AlignedTokens> units()
    {
        const auto [a, b] = numbered(m_a, m_b);
        std::size_t nextA = 0, nextB = 0;
        for (const auto& [i, j] : longestCommon(a, b)) {
            between({ nextA, i }, { nextB, j });
            join({ i, i + 1 }, { j, j + 1 });
            nextA = i + 1;
            nextB = j + 1;
        }
        between({ nextA, m_a.size() }, { nextB, m_b.size() });
        return std::move(m_units);
    }

private:
    /// Chunks without a partner of their own. Tokenizers may cut words differently ("didn't"): what spells
    /// the same is joined all the same.
    void between(Range a, Range b)
    {
        if (m_vocabulary == Vocabulary::Different && a.size() > 0 && b.size() > 0
            && spelled(m_a, a) == spelled(m_b, b))
            return join(a, b);
        for (std::size_t i = a.first; i < a.last; ++i)
            for (int token = m_a[i].first; token < m_a[i].last; ++token)
                m_units.push_back({ { token }, {} });
        for (std::size_t j = b.first; j < b.last; ++j)
            for (int token = m_b[j].first; token < m_b[j].last; ++token)
                m_units.push_back({ {}, { token } });
    }

    static QString spelled(const std::vector<Chunk>& chunks, Range range)
    {
        QString text;
        for (std::size_t i = range.first; i < range.last; ++i)
            text += chunks[i].text;
        return text;
    }

    /// Two stretches that spell the same, cut wherever both tokenizers cut.
    void join(Range a, Range b)
    {
        int i = m_a[a.first].first, j = m_b[b.first].first;
        const int lastA = m_a[a.last - 1].last, lastB = m_b[b.last - 1].last;
        AlignedTokens unit;
        qsizetype lengthA = 0, lengthB = 0;
        const auto take = [this](std::span<const TokenInfo> tokens, int token, std::vector<int>& into) {
            into.push_back(token);
            return tokenText(tokens[std::size_t(token)], m_vocabulary).size();
        };
        while (i < lastA || j < lastB) {
            if (i < lastA && (lengthA <= lengthB || j == lastB))
                lengthA += take(m_tokensA, i++, unit.a);
            else
                lengthB += take(m_tokensB, j++, unit.b);
            const bool cut = lengthA == lengthB && unit.both();
            if (cut && (i < lastA) == (j < lastB))
                m_units.push_back(std::exchange(unit, {}));
        }
        if (!unit.a.empty() || !unit.b.empty())
            m_units.push_back(std::move(unit));
    }

    std::span<const TokenInfo> m_tokensA, m_tokensB;
    Vocabulary m_vocabulary;
    std::vector<Chunk> m_a, m_b;
    std::vector<AlignedTokens> m_units;
};

enum class AxisKind { Words, Picture, Sound };

AxisKind kindOf(const TokenAxis& axis)
{
    return axis.grid() ? AxisKind::Picture : axis.times() ? AxisKind::Sound : AxisKind::Words;
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

} // namespace headlight::ui
