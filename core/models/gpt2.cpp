// GPT-2: learned positions, norms before each part, joint q-k-v projection stored [in,out]. Source: Radford et al. 2019.

#include "core/models/causal_model.h"
#include "core/models/families.h"

namespace headlight {
namespace {

struct Gpt2Config {
    std::int64_t vocabulary, width, layers, heads, inner, positions;
    float epsilon;
    Activation activation;
    bool scaled, scaledByLayer;
};

Gpt2Config readConfig(Config& config)
{
    Gpt2Config c {};
    c.vocabulary = config.size("vocab_size", 50257);
    c.width = config.size("n_embd", 768);
    c.layers = config.size("n_layer", 12, 1000);
    c.heads = config.size("n_head", 12, 4096);
    c.positions = config.size("n_positions", 1024);
    c.inner = config.has("n_inner") ? config.size("n_inner") : 4 * c.width;
    c.epsilon = config.real("layer_norm_epsilon", 1e-5f);
    c.activation = config.activation("activation_function", "gelu_new");
    c.scaled = config.flag("scale_attn_weights", true);
    c.scaledByLayer = config.flag("scale_attn_by_inverse_layer_idx", false);
    if (c.width % c.heads != 0)
        config.problem(fmt::format("n_embd {} cannot be shared by {} heads.", c.width, c.heads));
    return c;
}

struct Layer {
    Norm before, after;
    Linear joint, output;
    Heads heads;
    FeedForward feedForward;

    static Layer load(ParameterSource& source, const Gpt2Config& c, int index)
    {
        const std::string name = fmt::format("transformer.h.{}.", index);
        const auto linear = [&](const char* part, std::int64_t in, std::int64_t out) {
            return Linear::loadTransposed(source, name + part, in, out);
        };
        const float scale = (c.scaled ? 1.0f / std::sqrt(float(c.width) / float(c.heads)) : 1.0f)
            / (c.scaledByLayer ? float(index + 1) : 1.0f);
        return { Norm::layer(source, name + "ln_1", c.width, c.epsilon), Norm::layer(source, name + "ln_2", c.width, c.epsilon),
            linear("attn.c_attn", c.width, 3 * c.width), linear("attn.c_proj", c.width, c.width),
            { .site = { AttentionKind::Decoder, index }, .heads = int(c.heads), .scale = scale, .span = causalSpan() },
            { linear("mlp.c_fc", c.width, c.inner), linear("mlp.c_proj", c.inner, c.width), c.activation } };
    }

    Var operator()(const Var& x, const Packing& packing, Run& run) const
    {
        const std::int64_t width = x.shape().columns();
        const auto parts = splitColumns(joint(before(x, run), run), std::array { width, width, width });
        const Var context = selfAttend(heads, parts[0], parts[1], parts[2], { packing, packing, nullptr, nullptr }, nullptr, run);
        const Var attended = add(x, output(context, run));
        return add(attended, feedForward(after(attended, run), run));
    }
};

class Gpt2 final : public CausalModel {
public:
    Gpt2(Config& config, ParameterSource& source)
    {
        const Gpt2Config c = readConfig(config);
        describe(config, { c.vocabulary, c.width, c.layers, c.heads, c.width / c.heads, c.positions },
            "softmax, a token sees itself and what came before");
        m_words = Embedding::load(source, "transformer.wte", c.vocabulary, c.width);
        m_positions = Embedding::load(source, "transformer.wpe", c.positions, c.width);
        for (int i = 0; i < c.layers; ++i)
            m_layers.push_back(Layer::load(source, c, i));
        m_norm = Norm::layer(source, "transformer.ln_f", c.width, c.epsilon);
        loadHead(config, source, m_words, {});
    }

private:
    Var embed(const WordRows& rows, Run& run) const override
    {
        return add(m_words(rows.ids, run), m_positions(rows.positions, run));
    }
    Var layer(int index, const Var& x, const LayerPass& pass) const override
    {
        return m_layers[std::size_t(index)](x, pass.rows.packing, pass.run);
    }
    Var finish(const Var& x, Run& run) const override { return m_norm(x, run); }

    Embedding m_words, m_positions;
    std::vector<Layer> m_layers;
    Norm m_norm;
};

constexpr std::array<std::string_view, 4> architectures { "GPT2LMHeadModel", "GPT2Model", "GPT2ForSequenceClassification",
    "GPT2ForQuestionAnswering" };

} // namespace

const ModelFamily gpt2Family { "gpt2", "GPT-2", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Gpt2>(config, source); },
    "transformer." };

} // namespace headlight
