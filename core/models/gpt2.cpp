// GPT-2: learned positions, norms before each part, joint q-k-v projection stored [in,out]. Source: Radford et al. 2019.

#include "core/models/causal_model.h"
#include "core/models/families.h"
#include "core/models/gpt2_layers.h"

namespace headlight {
namespace {

class Gpt2 final : public CausalModel {
public:
    Gpt2(Config& config, ParameterSource& source)
    {
        const Gpt2Config c = Gpt2Config::read(config);
        describe(config, { c.vocabulary, c.width, c.layers, c.heads, c.width / c.heads, c.positions },
            "softmax, a token sees itself and what came before");
        m_stack = Gpt2Stack::load(source, "transformer.", c);
        loadHead(config, source, m_stack.words, {});
    }

private:
    Var embed(const WordRows& rows, Run& run) const override { return m_stack.embed(rows, run); }
    Var layer(int index, const Var& x, const LayerPass& pass) const override
    {
        return m_stack.layers[std::size_t(index)](x, pass.rows.packing, nullptr, pass.run);
    }
    Var finish(const Var& x, Run& run) const override { return m_stack.norm(x, run); }

    Gpt2Stack m_stack;
};

constexpr std::array<std::string_view, 4> architectures { "GPT2LMHeadModel", "GPT2Model", "GPT2ForSequenceClassification",
    "GPT2ForQuestionAnswering" };

} // namespace

const ModelFamily gpt2Family { "gpt2", "GPT-2", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Gpt2>(config, source); },
    "transformer." };

} // namespace headlight
