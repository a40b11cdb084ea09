#include "core/text/decoder.h"

#include "core/text/decoders/decoders.h"

namespace headlight {
namespace {

constexpr PartRow<Decoder> rows[] = {
    { "WordPiece", makeWordPieceDecoder },
};

} // namespace

std::span<const PartRow<Decoder>> decoderRows()
{
    return rows;
}

Expected<DecoderPtr> makeDecoder(const Json& description, const Place& place)
{
    return makePart(decoderRows(), description, place);
}

} // namespace headlight
