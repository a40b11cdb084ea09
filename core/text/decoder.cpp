#include "core/text/decoder.h"

#include "core/text/decoders/decoders.h"

namespace headlight {
namespace {

constexpr PartRow<Decoder> rows[] = {
    { "BPEDecoder", makeBpeDecoder },
    { "ByteFallback", makeByteFallbackDecoder },
    { "ByteLevel", makeByteLevelDecoder },
    { "CTC", makeCtcDecoder },
    { "Fuse", makeFuseDecoder },
    { "Metaspace", makeMetaspaceDecoder },
    { "Replace", makeReplaceDecoder },
    { "Sequence", makeDecoderSequence },
    { "Strip", makeStripDecoder },
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
