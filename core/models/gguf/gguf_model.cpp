#include "core/models/gguf/gguf_model.h"

#include "core/io/json.h"
#include "core/models/gguf/architectures.h"
#include "core/models/gguf/newer_families.h"

namespace headlight {
namespace {

/// Tensors that say how positions turn; they go into the configuration.
constexpr std::string_view frequencyFactors = "rope_freqs.weight", longFactors = "rope_factors_long.weight",
                           shortFactors = "rope_factors_short.weight";
/// Gemma 2 of 27 billion parameters is told by its layers, as llama.cpp does: it scales by the width of the
/// heads it would have if they shared the model's width.
constexpr std::int64_t largestGemma2Layers = 46;

/// Gathers config.json from metadata; what the file does not say is left to the family's defaults.
class ConfigWriter {
public:
    ConfigWriter(const GgufFile& file, std::string_view id, const GgufArchitecture* architecture)
        : m_file(file)
        , m_id(id)
        , m_architecture(architecture)
    {
    }

    Json write()
    {
        m_json["model_type"] = m_architecture == nullptr ? m_id : m_architecture->modelType;
        if (m_architecture != nullptr) {
            m_json["architectures"] = { m_architecture->architecture };
            m_json["hidden_act"] = m_architecture->activation;
        }
        writeSizes();
        writeSpecialTokens();
        if (m_id == "bert")
            writeEncoder();
        else
            writeDecoder();
        return std::move(m_json);
    }

private:
    std::string key(std::string_view name) const { return fmt::format("{}.{}", m_id, name); }
    /// A number, or the one number of a list with an entry per layer.
    std::optional<std::int64_t> number(std::string_view name) const
    {
        if (const auto* single = m_file.find<std::int64_t>(key(name)))
            return *single;
        const auto* list = m_file.find<std::vector<std::int64_t>>(key(name));
        const bool same = list != nullptr && !list->empty()
            && std::adjacent_find(list->begin(), list->end(), std::not_equal_to<>()) == list->end();
        return same ? std::optional(list->front()) : std::nullopt;
    }
    std::optional<double> real(std::string_view name) const
    {
        const auto* value = m_file.find<double>(key(name));
        return value == nullptr ? std::nullopt : std::optional(*value);
    }
    template <typename T> void put(const char* name, const std::optional<T>& value)
    {
        if (value)
            m_json[name] = *value;
    }
    const Tensor* tensor(std::string_view name) const
    {
        const auto found = m_file.tensors().find(std::string(name));
        return found == m_file.tensors().end() ? nullptr : &found->second;
    }
    /// Rows of a table: how many entries it has.
    void putRows(const char* name, std::string_view table)
    {
        if (const Tensor* found = tensor(table); found != nullptr && found->shape().rank() == 2)
            m_json[name] = found->shape()[0];
    }

    void writeSizes();
    void writeSpecialTokens();
    void writeEncoder();
    void writeDecoder();
    void writeHeads();
    void writePositions();
    void writeFamily();
    std::vector<double> factors(std::string_view name) const;

    const GgufFile& m_file;
    std::string m_id;
    const GgufArchitecture* m_architecture;
    Json m_json = Json::object();
};

void ConfigWriter::writeSizes()
{
    putRows("vocab_size", "token_embd.weight");
    put("hidden_size", number("embedding_length"));
    put("intermediate_size", number("feed_forward_length"));
    put("num_hidden_layers", number("block_count"));
    put("num_attention_heads", number("attention.head_count"));
    put("max_position_embeddings", number("context_length"));
    put("layer_norm_eps", real("attention.layer_norm_epsilon"));
    put("rms_norm_eps", real("attention.layer_norm_rms_epsilon"));
}

void ConfigWriter::writeSpecialTokens()
{
    const std::pair<const char*, const char*> tokens[]{ { "bos_token_id", "tokenizer.ggml.bos_token_id" },
        { "eos_token_id", "tokenizer.ggml.eos_token_id" },
        { "pad_token_id", "tokenizer.ggml.padding_token_id" } };
    for (const auto& [name, stored] : tokens)
        if (const auto* id = m_file.find<std::int64_t>(stored))
            m_json[name] = *id;
}

void ConfigWriter::writeEncoder()
{
    putRows("max_position_embeddings", "position_embd.weight");
    putRows("type_vocab_size", "token_types.weight");
}

void ConfigWriter::writeDecoder()
{
    writeHeads();
    writePositions();
    writeFamily();
    m_json["tie_word_embeddings"] = tensor("output.weight") == nullptr;
    m_json["attention_bias"] = tensor("blk.0.attn_q.bias") != nullptr;
    m_json["mlp_bias"] = tensor("blk.0.ffn_up.bias") != nullptr;
}

void ConfigWriter::writeHeads()
{
    const auto heads = number("attention.head_count"), width = number("embedding_length"),
               size = number("attention.key_length");
    put("num_key_value_heads",
        number("attention.head_count_kv").has_value() ? number("attention.head_count_kv") : heads);
    if (size)
        m_json["head_dim"] = *size;
    else if (heads && width && *heads > 0)
        m_json["head_dim"] = *width / *heads;
    put("sliding_window", number("attention.sliding_window"));
    if (const auto rotary = number("rope.dimension_count");
        rotary && m_json.contains("head_dim") && m_json["head_dim"] > 0)
        m_json["partial_rotary_factor"] = double(*rotary) / m_json["head_dim"].get<double>();
}

std::vector<double> ConfigWriter::factors(std::string_view name) const
{
    constexpr std::int64_t most = 4096; // half a head
    const Tensor* found = tensor(name);
    if (found == nullptr || found->count() > most)
        return {};
    const Tensor values = found->toFloat();
    return { values.floats().begin(), values.floats().end() };
}

Json longRope(const std::vector<double>& longer, const std::vector<double>& shorter)
{
    return { { "rope_type", "longrope" }, { "long_factor", longer }, { "short_factor", shorter } };
}

/// Rotary positions and how they are stretched beyond the trained length.
void ConfigWriter::writePositions()
{
    put("rope_theta", real("rope.freq_base"));
    m_json["rope_interleaved"] = m_architecture != nullptr && m_architecture->interleavedRope;
    const auto original = number("rope.scaling.original_context_length");
    put("original_max_position_embeddings", original);
    if (const auto each = factors(frequencyFactors); !each.empty()) { // Llama 3.1: the same at any length
        m_json["rope_scaling"] = longRope(each, each);
        m_json["rope_scaling"]["attention_factor"] = 1.0;
        return;
    }
    if (const auto extended = factors(longFactors); !extended.empty()) {
        m_json["rope_scaling"] = longRope(extended, factors(shortFactors));
        return;
    }
    const auto* kind = m_file.find<std::string_view>(key("rope.scaling.type"));
    const auto factor =
        real("rope.scaling.factor").has_value() ? real("rope.scaling.factor") : real("rope.scale_linear");
    if (!factor || *factor == 0.0 || (kind != nullptr && *kind == "none"))
        return;
    m_json["rope_scaling"] = { { "rope_type", kind == nullptr ? "linear" : *kind }, { "factor", *factor } };
    if (original)
        m_json["rope_scaling"]["original_max_position_embeddings"] = *original;
}

/// What one family alone has.
void ConfigWriter::writeFamily()
{
    if (m_id == "llama" && m_json.contains("sliding_window") && number("expert_count").value_or(0) == 0) {
        m_json["model_type"] = "mistral";
        m_json["architectures"] = { "MistralForCausalLM" };
    }
    if (m_id == "qwen2")
        m_json["use_sliding_window"] = false;
    if (m_architecture != nullptr && m_architecture->normsPlusOne)
        m_json["hidden_activation"] = m_architecture->activation;
    if (m_id == "gemma2") {
        put("attn_logit_softcapping", real("attn_logit_softcapping"));
        put("final_logit_softcapping", real("final_logit_softcapping"));
        const auto layers = number("block_count"), heads = number("attention.head_count"),
                   width = number("embedding_length");
        m_json["query_pre_attn_scalar"] = m_json.value("head_dim", 256);
        if (layers == largestGemma2Layers && heads && width && *heads > 0)
            m_json["query_pre_attn_scalar"] = *width / *heads;
    }
    writeNewerFamily({ m_file, m_id }, m_json);
    if (m_id == "stablelm") {
        m_json["use_qkv_bias"] = tensor("blk.0.attn_q.bias") != nullptr;
        m_json["qk_layernorm"] = tensor("blk.0.attn_q_norm.weight") != nullptr;
        m_json["use_parallel_residual"] = tensor("blk.0.ffn_norm.weight") == nullptr;
    }
}

/// One number less everywhere; a copy, but of a norm's few numbers.
Tensor minusOne(const Tensor& factors)
{
    const Tensor stored = factors.toFloat();
    return Tensor::make(stored.shape(), [&](std::span<float> out) {
        std::transform(stored.floats().begin(), stored.floats().end(), out.begin(),
            [](float value) { return value - 1.0f; });
    });
}

/// Adds a tensor under its name, or the parts of its first axis under theirs.
void addTensor(std::map<std::string, Tensor>& tensors, const std::string& name, const Tensor& tensor)
{
    const std::size_t star = name.find('*');
    if (star == std::string::npos || tensor.shape().rank() < 2) {
        tensors.emplace(name, tensor);
        return;
    }
    const Shape part(tensor.shape().extents().subspan(1));
    for (std::int64_t row = 0; row < tensor.shape()[0]; ++row) {
        std::string single = name;
        single.replace(star, 1, std::to_string(row));
        tensors.emplace(single, tensor.slice(row, row + 1).reshaped(part));
    }
}

} // namespace

Expected<Config> ggufConfig(const GgufFile& file)
{
    const std::string where = "The metadata of " + file.path().string();
    const auto* id = file.find<std::string_view>("general.architecture");
    if (id == nullptr)
        return Error{ ErrorKind::BadFile,
            where + " lack general.architecture, so it is not known what model this is." };
    HEADLIGHT_TRY_STATUS(checkFamily({ file, std::string(*id) }, where));
    const Json json = ConfigWriter(file, *id, findGgufArchitecture(*id)).write();
    return Config::parse(json.dump(-1, ' ', false, Json::error_handler_t::replace), where);
}

ParameterStore ggufParameters(const GgufFile& file)
{
    const auto* id = file.find<std::string_view>("general.architecture");
    const GgufArchitecture* architecture = id == nullptr ? nullptr : findGgufArchitecture(*id);
    if (architecture == nullptr)
        return ParameterStore(file.tensors());
    std::map<std::string, Tensor> tensors;
    for (const auto& [name, tensor] : file.tensors()) {
        if (name == frequencyFactors || name == longFactors || name == shortFactors)
            continue;
        const bool shifted = architecture->normsPlusOne && name.ends_with("norm.weight");
        addTensor(tensors, huggingFaceName(*architecture, name), shifted ? minusOne(tensor) : tensor);
    }
    joinLatentMaps({ file, std::string(*id) }, tensors);
    return ParameterStore(std::move(tensors));
}

} // namespace headlight
