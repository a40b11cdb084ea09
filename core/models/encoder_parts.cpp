#include "core/models/encoder_parts.h"

#include "core/attention/distance_products.h"

namespace headlight {

EncoderSizes EncoderSizes::read(Config& config, const EncoderSizes& defaults)
{
    EncoderSizes s = defaults;
    s.vocabulary = config.size("vocab_size", defaults.vocabulary);
    s.width = config.size("hidden_size", defaults.width);
    s.layers = config.size("num_hidden_layers", defaults.layers, 1000);
    s.heads = config.size("num_attention_heads", defaults.heads, 4096);
    s.inner = config.size("intermediate_size", defaults.inner);
    s.positions = config.size("max_position_embeddings", defaults.positions);
    s.types = config.number("type_vocab_size", defaults.types);
    s.epsilon = config.real("layer_norm_eps", defaults.epsilon);
    s.dropout = config.real("hidden_dropout_prob", defaults.dropout);
    if (config.has("hidden_act"))
        s.activation = config.activation("hidden_act", "gelu");
    if (defaults.padding)
        s.padding = config.number("pad_token_id", *defaults.padding);
    if (s.types < 0 || s.types > 1 << 24)
        config.problem(fmt::format("type_vocab_size = {} is not a number of token types.", s.types));
    if (s.width % s.heads != 0)
        config.problem(fmt::format("hidden_size {} cannot be shared by {} heads.", s.width, s.heads));
    if (s.padding && (*s.padding < 0 || s.longestText() < 1))
        config.problem(fmt::format(
            "pad_token_id = {} leaves none of {} positions, which begin after it.", *s.padding, s.positions));
    if (config.flag("is_decoder", false))
        config.problem(fmt::format("A {} as a decoder is not supported.", config.modelType()));
    return s;
}

void EncoderSizes::readPlaces(Config& config)
{
    const std::string kind = config.text("position_embedding_type", "absolute");
    if (kind == "relative_key")
        places = Places::RelativeKey;
    else if (kind == "relative_key_query")
        places = Places::RelativeKeyQuery;
    else if (kind != "absolute")
        config.problem(fmt::format(
            "position_embedding_type = \"{}\" is not known; absolute, relative_key and relative_key_query are.", kind));
}

WordEmbeddings WordEmbeddings::load(
    ParameterSource& source, const std::string& name, const EncoderSizes& sizes, Positions withPositions, const std::string& projection)
{
    const std::int64_t width = sizes.embeddingWidth();
    WordEmbeddings e;
    e.words = Embedding::load(source, name + "word_embeddings", sizes.vocabulary, width);
    if (withPositions == Positions::Yes)
        e.positions = Embedding::load(source, name + "position_embeddings", sizes.positions, width);
    if (sizes.places != EncoderSizes::Places::Absolute)
        e.positions.reset(); // the files hold the table all the same
    if (sizes.types > 0)
        e.types = Embedding::load(source, name + "token_type_embeddings", sizes.types, width);
    if (!projection.empty() && width != sizes.width)
        e.projection = Linear::load(source, name + projection, width, sizes.width, Linear::Bias::No);
    e.norm = Norm::layer(source, name + "LayerNorm", e.projection ? sizes.width : width, sizes.epsilon);
    e.dropout = sizes.dropout;
    return e;
}

Var WordEmbeddings::operator()(const WordRows& rows, Run& run) const
{
    Var sum = words(rows.ids, run);
    if (scale != 1.0f)
        sum = headlight::scale(sum, scale);
    if (types)
        sum = add(sum, (*types)(rows.typeIds, run));
    if (positions)
        sum = add(sum, (*positions)(rows.positions, run));
    if (projection)
        sum = (*projection)(sum, run);
    return run.dropout(norm(sum, run), dropout);
}

PostNormLayer PostNormLayer::load(ParameterSource& source, const std::string& name, const EncoderSizes& sizes,
    AttentionSite site, const PostNormNames& names)
{
    const auto linear = [&](const std::string& part, std::int64_t in, std::int64_t out, Linear::Bias bias) {
        return Linear::load(source, name + part, in, out, bias);
    };
    const std::int64_t width = sizes.width;
    constexpr Linear::Bias yes = Linear::Bias::Yes;
    PostNormLayer layer { { linear(names.query, width, width, names.projectionBias), linear(names.key, width, width, names.projectionBias),
                 linear(names.value, width, width, names.projectionBias), linear(names.attended, width, width, yes),
                 { .site = site, .heads = int(sizes.heads) } },
        Norm::layer(source, name + names.attentionNorm, width, sizes.epsilon),
        Norm::layer(source, name + names.outputNorm, width, sizes.epsilon),
        { linear(names.in, width, sizes.inner, yes), linear(names.out, sizes.inner, width, yes), sizes.activation },
        sizes.dropout };
    if (sizes.places != EncoderSizes::Places::Absolute)
        layer.distances = Embedding::load(source, name + names.distances, 2 * sizes.positions - 1, width / sizes.heads);
    layer.distancesToKeys = sizes.places == EncoderSizes::Places::RelativeKeyQuery;
    return layer;
}

Var PostNormLayer::operator()(
    const Var& x, const Packing& packing, Run& run, const std::shared_ptr<const ScoreBias>& bias) const
{
    return afterAttention(x, distances ? attendByDistance(x, packing, run) : attention(x, packing, run, bias), run);
}

Var PostNormLayer::attendByDistance(const Var& x, const Packing& packing, Run& run) const
{
    const Var q = attention.query(x, run), k = attention.key(x, run), table = run.useFloat(distances->table);
    const std::int64_t middle = (table.shape().rows() - 1) / 2;
    const float scale = 1.0f / std::sqrt(float(table.shape().columns()));
    const auto bias = distanceProducts({ q, k, table, distancesToKeys ? table : Var(), attention.heads.heads, scale,
        packing.begins, [middle](std::int64_t distance) { return middle + distance; } });
    return attention.output(attention.heads(q, k, attention.value(x, run), { packing, packing, bias, nullptr }, run), run);
}

Var PostNormLayer::afterAttention(const Var& x, const Var& attended, Run& run) const
{
    const Var middle = attentionNorm(run.addResidual(x, run.dropout(attended, dropout)), run);
    return outputNorm(add(middle, run.dropout(feedForward(middle, run), dropout)), run);
}

Var meansOfTexts(const Var& hidden, const Packing& packing)
{
    std::vector<std::int64_t> real, begins { 0 };
    for (std::size_t s = 0; s + 1 < packing.begins.size(); ++s) {
        const std::vector<std::uint8_t>& mask = packing.keyMasks[s];
        for (std::int64_t i = packing.begins[s]; i < packing.begins[s + 1]; ++i)
            if (mask.empty() || mask[std::size_t(i - packing.begins[s])] != 0)
                real.push_back(i);
        begins.push_back(std::int64_t(real.size()));
    }
    return meanRows(gatherRows(hidden, real), begins);
}

} // namespace headlight
