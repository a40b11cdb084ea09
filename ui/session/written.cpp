// Implements written.h.

#include "ui/session/written.h"

#include "ui/session/sites.h"

#include <algorithm>

namespace headlight::ui {

std::optional<WrittenTokens> writtenIn(const AnalysisResult& result)
{
    if (!result.generated || result.generated->ids.empty())
        return std::nullopt;
    const TokenGroup group = result.decoderTokens.empty() ? TokenGroup::Input : TokenGroup::Decoder;
    const int first = int(result.generated->firstToken);
    const int count =
        std::min(int(result.generated->ids.size()), int(tokensOf(result, group).size()) - first);
    return count > 0 ? std::optional(WrittenTokens{ group, first, count }) : std::nullopt;
}

QString writtenLabel(const AnalysisResult& result, int index)
{
    const auto written = writtenIn(result);
    if (!written || index < 0 || index >= written->count)
        return {};
    const std::string& label = tokensOf(result, written->group)[std::size_t(written->first + index)].label;
    return QString::fromStdString(label);
}

DisplaySettings whenWritten(DisplaySettings display, int shown, const WrittenTokens& written)
{
    display.written = shown >= written.count ? std::nullopt : std::optional(std::max(0, shown));
    return display;
}

Selection whenWritten(const Selection& selection, int shown, const AnalysisResult& result)
{
    const auto written = writtenIn(result);
    const int row = written ? written->first + shown - 2 : -1;
    if (shown < 1 || row < 0)
        return selection;
    Selection chosen = withToken(selection, written->group, row, Choose::Only, result);
    chosen.queries = { row };
    chosen.key.reset();
    return clamped(chosen, result);
}

} // namespace headlight::ui
