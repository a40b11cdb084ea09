#include "core/text/sentencepiece/sentencepiece_model.h"

#include "core/io/file.h"
#include "core/text/sentencepiece/protobuf.h"
#include "core/text/vocabulary.h"

namespace headlight {
namespace {

using Piece = SentencePieceModel::Piece;

// Numbers of the fields in SentencePiece's ModelProto and the messages in it.
namespace field {
constexpr std::uint32_t pieces = 1, trainer = 2, normalizer = 3;
namespace piece {
constexpr std::uint32_t text = 1, score = 2, type = 3;
}
namespace trainerOf {
constexpr std::uint32_t kind = 3, spaceAsSuffix = 24, byteFallback = 35;
}
namespace normalizerOf {
constexpr std::uint32_t charsmap = 2, addDummyPrefix = 3, removeExtraSpaces = 4, escapeSpaces = 5;
}
} // namespace field

bool readPiece(std::string_view message, Piece& piece)
{
    ProtobufReader reader(message);
    while (const auto field = reader.next()) {
        if (field->number == field::piece::text)
            piece.text = field->bytes;
        else if (field->number == field::piece::score)
            piece.score = field->asFloat();
        else if (field->number == field::piece::type) {
            if (field->value < 1 || field->value > 6)
                return false;
            piece.type = SentencePieceModel::Type(field->value);
        }
    }
    return !reader.broken() && !std::isnan(piece.score);
}

bool readTrainer(std::string_view message, SentencePieceModel& model)
{
    ProtobufReader reader(message);
    while (const auto field = reader.next()) {
        if (field->number == field::trainerOf::kind) {
            if (field->value < 1 || field->value > 4)
                return false;
            model.kind = SentencePieceModel::Kind(field->value);
        } else if (field->number == field::trainerOf::spaceAsSuffix)
            model.spaceAsSuffix = field->value != 0;
        else if (field->number == field::trainerOf::byteFallback)
            model.byteFallback = field->value != 0;
    }
    return !reader.broken();
}

bool readNormalizer(std::string_view message, SentencePieceModel& model)
{
    ProtobufReader reader(message);
    while (const auto field = reader.next()) {
        if (field->number == field::normalizerOf::charsmap)
            model.charsmap = field->bytes;
        else if (field->number == field::normalizerOf::addDummyPrefix)
            model.addDummyPrefix = field->value != 0;
        else if (field->number == field::normalizerOf::removeExtraSpaces)
            model.removeExtraSpaces = field->value != 0;
        else if (field->number == field::normalizerOf::escapeSpaces)
            model.escapeSpaces = field->value != 0;
    }
    return !reader.broken();
}

bool readModel(std::string_view bytes, SentencePieceModel& model)
{
    ProtobufReader reader(bytes);
    while (const auto field = reader.next()) {
        if (field->number == field::pieces) {
            if (!readPiece(field->bytes, model.pieces.emplace_back()))
                return false;
        } else if (field->number == field::trainer && !readTrainer(field->bytes, model)) {
            return false;
        } else if (field->number == field::normalizer && !readNormalizer(field->bytes, model)) {
            return false;
        }
    }
    return !reader.broken();
}

} // namespace

std::int64_t SentencePieceModel::find(Type type) const
{
    const auto found =
        std::find_if(pieces.begin(), pieces.end(), [type](const Piece& piece) { return piece.type == type; });
    return found == pieces.end() ? -1 : found - pieces.begin();
}

std::int64_t SentencePieceModel::find(std::string_view text) const
{
    const auto found =
        std::find_if(pieces.begin(), pieces.end(), [text](const Piece& piece) { return piece.text == text; });
    return found == pieces.end() ? -1 : found - pieces.begin();
}

Expected<SentencePieceModel> parseSentencePieceModel(std::string_view bytes, std::string_view where)
{
    SentencePieceModel model;
    if (!readModel(bytes, model) || model.pieces.empty())
        return Error{ ErrorKind::BadFile,
            fmt::format(
                "{} is no SentencePiece model, or not a whole one ({} bytes, {} tokens read before it "
                "broke off). Is the download complete?",
                where, bytes.size(), model.pieces.size()) };
    if (std::int64_t(model.pieces.size()) > largestTokenId)
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: {} tokens are more than any model has.", where, model.pieces.size()) };
    return model;
}

Expected<SentencePieceModel> readSentencePieceModel(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const std::string bytes, readFile(path));
    return parseSentencePieceModel(bytes, path.string());
}

} // namespace headlight
