#include "ui/session/find_tokens.h"

#include "ui/session/shown_tokens.h"

#include <algorithm>

namespace headlight::ui {
namespace {

/// Small letters without marks; one string per call, so positions are counted in it.
QString plain(const QString& text)
{
    QString out;
    for (const QChar c : text.normalized(QString::NormalizationForm_KD)) {
        if (!c.isMark())
            out += c;
    }
    return out.toCaseFolded().replace(QChar(0xdf), QStringLiteral("ss")); // which Qt leaves as it is
}

/// The text of an axis as it is searched, and which token each character is of.
struct Running {
    QString text;
    std::vector<int> tokenOf;

    explicit Running(const TokenAxis& axis)
    {
        for (int token = 0; token < axis.count(); ++token) {
            if (token > 0 && !continuesWord(axis, token))
                add(QStringLiteral(" "), token);
            add(plain(axis.label(token)).trimmed(), token);
        }
    }
    void add(const QString& part, int token)
    {
        text += part;
        tokenOf.insert(tokenOf.end(), std::size_t(part.size()), token);
    }
};

void search(
    const TokenAxis& axis, FoundTokens::Side side, const QString& wanted, std::vector<FoundTokens>& found)
{
    const Running running(axis);
    for (qsizetype at = running.text.indexOf(wanted); at >= 0; at = running.text.indexOf(wanted, at + 1)) {
        FoundTokens place{ side, {} };
        for (qsizetype i = at; i < at + wanted.size(); ++i) {
            const int token = running.tokenOf[std::size_t(i)];
            const bool gap = running.text[i] == u' ';
            if (!gap && (place.tokens.empty() || place.tokens.back() != token))
                place.tokens.push_back(token);
        }
        if (!place.tokens.empty() && (found.empty() || found.back() != place))
            found.push_back(std::move(place));
    }
}

} // namespace

std::vector<FoundTokens> findTokens(
    const AnalysisResult& result, const Selection& selection, const QString& words)
{
    const QString wanted = plain(words).simplified();
    const auto layer = layerOf(result, selection);
    std::vector<FoundTokens> found;
    if (wanted.isEmpty() || !layer)
        return found;
    const TokenAxis queries = TokenAxis::queries(result, *layer), keys = TokenAxis::keys(result, *layer);
    search(queries, FoundTokens::Side::Query, wanted, found);
    if (!(queries == keys))
        search(keys, FoundTokens::Side::Key, wanted, found);
    return found;
}

} // namespace headlight::ui
