#include "core/models/pair_stacks.h"

#include "core/nn/sinusoids.h"

namespace headlight {
namespace {

/// Padding stands at the padding id, the n-th other token at padding + n.
std::vector<std::int64_t> positionsPastPadding(const WordRows& rows, std::int64_t padding, const Run& run)
{
    std::vector<std::int64_t> positions;
    for (std::size_t s = 0; s + 1 < rows.packing.begins.size(); ++s) {
        std::int64_t last = padding + run.past();
        for (auto i = std::size_t(rows.packing.begins[s]); i < std::size_t(rows.packing.begins[s + 1]); ++i)
            positions.push_back(rows.ids[i] == padding ? padding : ++last);
    }
    return positions;
}

std::optional<Norm> finalNorm(ParameterSource& source, const std::string& name, const PairStackShape& shape)
{
    if (!shape.finalNorm)
        return std::nullopt;
    return Norm::layer(source, name + "layer_norm", shape.layer.width, shape.layer.epsilon);
}

/// Nothing for a stack without a last norm.
std::function<Var(const Var&)> finisher(const std::optional<Norm>& norm, Run& run)
{
    if (!norm)
        return {};
    return [&norm, &run](const Var& x) { return (*norm)(x, run); };
}

} // namespace

Var PairPositions::operator()(const WordRows& rows, std::int64_t width, Run& run) const
{
    if (kind == Kind::Marian)
        return Var(marianSinusoids(rows.positions, width));
    if (kind == Kind::Fairseq)
        return Var(fairseqSinusoids(positionsPastPadding(rows, padding, run), width, padding));
    std::vector<std::int64_t> places = rows.positions;
    for (std::int64_t& place : places)
        place += offset;
    return table(places, run);
}

PairFront PairFront::load(
    ParameterSource& source, const std::string& name, const PairStackShape& shape, Embedding words)
{
    PairFront front { std::move(words), shape.embeddingScale, shape.layer.dropout,
        { shape.positionKind, {}, shape.positionOffset, shape.padding }, std::nullopt };
    if (shape.positionKind == PairPositions::Kind::Learned)
        front.positions.table
            = Embedding::load(source, name + "embed_positions", shape.positions + shape.positionOffset, shape.layer.width);
    if (shape.embeddingNorm)
        front.norm = Norm::layer(source, name + "layernorm_embedding", shape.layer.width, shape.layer.epsilon);
    return front;
}

Var PairFront::operator()(const WordRows& rows, Run& run) const
{
    Var x = words(rows.ids, run);
    if (scale != 1.0f)
        x = headlight::scale(x, scale);
    x = add(x, positions(rows, x.shape().columns(), run));
    if (norm)
        x = (*norm)(x, run);
    return run.dropout(x, dropout);
}

PairEncoder PairEncoder::load(
    ParameterSource& source, const std::string& name, const PairStackShape& shape, Embedding words)
{
    PairEncoder encoder { PairFront::load(source, name, shape, std::move(words)), {}, finalNorm(source, name, shape) };
    for (int i = 0; i < shape.layers; ++i)
        encoder.layers.push_back(PairEncoderLayer::load(
            source, fmt::format("{}layers.{}.", name, i), shape.layer, { AttentionKind::Encoder, i, Tower::Only }));
    return encoder;
}

Var PairEncoder::operator()(const WordRows& rows, StackPlace place, Run& run) const
{
    return runStack(front(rows, run),
        { { AttentionKind::Encoder, 0, Tower::Only }, int(layers.size()), place.before, place.all,
            [&](int i, const Var& x) { return layers[std::size_t(i)](x, rows.packing, run); }, finisher(norm, run) },
        run);
}

PairDecoder PairDecoder::load(
    ParameterSource& source, const std::string& name, const PairStackShape& shape, Embedding words)
{
    PairDecoder decoder { PairFront::load(source, name, shape, std::move(words)), {}, finalNorm(source, name, shape) };
    for (int i = 0; i < shape.layers; ++i)
        decoder.layers.push_back(PairDecoderLayer::load(
            source, fmt::format("{}layers.{}.", name, i), shape.layer, { AttentionKind::Decoder, i, Tower::Only }));
    return decoder;
}

Var PairDecoder::operator()(
    const WordRows& rows, const PairDecoderLayer::Encoder& encoder, StackPlace place, Run& run) const
{
    return runStack(front(rows, run),
        { { AttentionKind::Decoder, 0, Tower::Only }, int(layers.size()), place.before, place.all,
            [&](int i, const Var& x) { return layers[std::size_t(i)](x, rows.packing, encoder, run); }, finisher(norm, run) },
        run);
}

} // namespace headlight
