#include "core/models/word_input.h"

namespace headlight {
namespace {

Status checkIds(std::span<const std::int64_t> ids, const WordLimits& limits)
{
    const auto length = std::int64_t(ids.size());
    if (length == 0)
        return Error { ErrorKind::BadInput, "There is nothing to run: the text is empty." };
    const std::int64_t placed = limits.padding ? length - std::count(ids.begin(), ids.end(), *limits.padding) : length;
    if (limits.positions > 0 && placed > limits.positions)
        return Error { ErrorKind::TooLong,
            fmt::format("The text is {} tokens long; this model has positions for {}.", placed, limits.positions) };
    for (const std::int64_t id : ids)
        if (id < 0 || id >= limits.vocabulary)
            return Error { ErrorKind::BadInput,
                fmt::format("Token id {} is outside of the model's vocabulary of {}.", id, limits.vocabulary) };
    return {};
}

} // namespace

WordRows packWords(std::span<const ModelInput> batch, const Run& run)
{
    WordRows rows;
    for (const ModelInput& input : batch) {
        rows.packing.add(std::int64_t(input.ids.size()), input.attentionMask);
        rows.ids.insert(rows.ids.end(), input.ids.begin(), input.ids.end());
        for (std::size_t i = 0; i < input.ids.size(); ++i)
            rows.typeIds.push_back(input.typeIds.empty() ? 0 : input.typeIds[i]);
    }
    rows.positions = rows.packing.positions(run.past());
    return rows;
}

WordRows packDecoderWords(std::span<const ModelInput> batch, const Run& run)
{
    WordRows rows;
    for (const ModelInput& input : batch) {
        rows.packing.add(std::int64_t(input.decoderIds.size()), {});
        rows.ids.insert(rows.ids.end(), input.decoderIds.begin(), input.decoderIds.end());
    }
    rows.positions = rows.packing.positions(run.past());
    return rows;
}

Status checkWords(const ModelInput& input, const WordLimits& limits)
{
    HEADLIGHT_TRY_STATUS(checkIds(input.ids, limits));
    for (const std::int64_t type : input.typeIds)
        if (limits.types > 0 && (type < 0 || type >= limits.types))
            return Error { ErrorKind::BadInput,
                fmt::format("Token type {} is outside of the model's {} types.", type, limits.types) };
    for (const std::size_t other : { input.typeIds.size(), input.attentionMask.size(), input.globalMask.size() })
        if (other != 0 && other != input.ids.size())
            return Error { ErrorKind::BadInput,
                fmt::format("The input has {} token ids, but token types or a mask for {}.", input.ids.size(), other) };
    return {};
}

Status checkDecoderWords(const ModelInput& input, const WordLimits& limits)
{
    if (input.decoderIds.empty())
        return Error { ErrorKind::BadInput, "The decoder is fed with nothing: give it a text, ids, or let it write." };
    return checkIds(input.decoderIds, limits);
}

} // namespace headlight
