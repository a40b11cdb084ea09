// Jina embeddings v3: XLM-R whose positions turn instead of being added. Source: Sturua et al. 2024.

#include "core/models/families.h"
#include "core/models/rotary_encoder.h"

namespace headlight {
namespace {

EncoderSizes readSizes(Config& config)
{
    return EncoderSizes::read(config,
        { .vocabulary = 250002,
            .width = 1024,
            .layers = 24,
            .heads = 16,
            .inner = 4096,
            .positions = 8194,
            .types = 1,
            .epsilon = 1e-5f });
}

class JinaV3 final : public RotaryEncoder {
public:
    JinaV3(Config& config, ParameterSource& source)
        : JinaV3(config, source, readSizes(config))
    {
    }

private:
    JinaV3(Config& config, ParameterSource& source, const EncoderSizes& s)
        : RotaryEncoder(
            config, s, { .headSize = s.width / s.heads, .positions = s.positions, .base = 20000.0f })
    {
        load(source,
            { "roberta.", "mixer", Linear::Bias::Yes, [&](ParameterSource& from, const std::string& layer) {
                 return FeedForward{ Linear::load(from, layer + "mlp.fc1", s.width, s.inner),
                     Linear::load(from, layer + "mlp.fc2", s.inner, s.width), s.activation };
             } });
        loadHeads(config, source, words(), HeadLayout::roberta("roberta."));
    }
};

constexpr std::array<std::string_view, 5> architectures{ "JinaEmbeddingsV3Model",
    "JinaEmbeddingsV3ForMaskedLM", "JinaEmbeddingsV3ForSequenceClassification",
    "JinaEmbeddingsV3ForTokenClassification", "JinaEmbeddingsV3ForQuestionAnswering" };

} // namespace

const ModelFamily jinaV3Family{ "jina_embeddings_v3", "Jina embeddings v3", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<JinaV3>(config, source);
    },
    "roberta." };

} // namespace headlight
