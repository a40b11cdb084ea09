#pragma once
// Golden models as GGUF files: names, order of q and k, merged experts and MXFP4 blocks as llama.cpp's
// converter writes them.

#include "core/io/safetensors.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/test_main.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace headlight::test {

using Tensors = std::map<std::string, Tensor>;
using Names = std::vector<std::pair<const char*, const char*>>;

/// Hugging Face's names below "model.layers.N." → llama.cpp's below "blk.N.".
inline const Names decoderNames{ { "input_layernorm", "attn_norm" }, { "self_attn.q_proj", "attn_q" },
    { "self_attn.k_proj", "attn_k" }, { "self_attn.v_proj", "attn_v" }, { "self_attn.qkv_proj", "attn_qkv" },
    { "self_attn.o_proj", "attn_output" }, { "self_attn.q_norm", "attn_q_norm" },
    { "self_attn.k_norm", "attn_k_norm" }, { "post_attention_layernorm", "ffn_norm" },
    { "mlp.gate_proj", "ffn_gate" }, { "mlp.up_proj", "ffn_up" }, { "mlp.gate_up_proj", "ffn_up" },
    { "mlp.down_proj", "ffn_down" }, { "mlp.gate", "ffn_gate_inp" },
    { "block_sparse_moe.gate", "ffn_gate_inp" }, { "mlp.router", "ffn_gate_inp" },
    { "self_attn.q_a_proj", "attn_q_a" }, { "self_attn.q_a_layernorm", "attn_q_a_norm" },
    { "self_attn.q_b_proj", "attn_q_b" }, { "self_attn.kv_a_proj_with_mqa", "attn_kv_a_mqa" },
    { "self_attn.kv_a_layernorm", "attn_kv_a_norm" }, { "self_attn.kv_b_proj", "attn_kv_b" },
    { "mlp.shared_experts.gate_proj", "ffn_gate_shexp" }, { "mlp.shared_experts.up_proj", "ffn_up_shexp" },
    { "mlp.shared_experts.down_proj", "ffn_down_shexp" } };
inline const Names postNormNames{ { "post_attention_layernorm", "post_attention_norm" },
    { "pre_feedforward_layernorm", "ffn_norm" }, { "post_feedforward_layernorm", "post_ffw_norm" } };
inline const Names sinkNames{ { "post_attention_layernorm", "post_attention_norm" } };

inline std::filesystem::path golden(const QString& name)
{
    return sourcePath("tests/golden/" + name).toStdString();
}

inline std::string bytesOf(std::span<const float> floats)
{
    return std::string(reinterpret_cast<const char*>(floats.data()), floats.size_bytes());
}

inline std::string ggufName(const std::string& name, const Names& own)
{
    for (const auto& [from, to] : Names{ { "model.embed_tokens", "token_embd" },
             { "model.norm", "output_norm" }, { "lm_head", "output" } })
        if (name == std::string(from) + ".weight")
            return std::string(to) + ".weight";
    const std::string layers = "model.layers.";
    const std::size_t dot = name.find('.', layers.size()), last = name.rfind('.');
    const std::string number = name.substr(layers.size(), dot - layers.size()),
                      stem = name.substr(dot + 1, last - dot - 1);
    for (const Names* list : { &own, &decoderNames })
        for (const auto& [from, to] : *list)
            if (stem == from)
                return "blk." + number + "." + to + name.substr(last);
    qFatal("no name for %s", name.c_str());
}

/// Numbers i and i + D/2 of each head become neighbours, as the converter does for Llama's kin.
inline Tensor interleaved(const Tensor& rows, std::int64_t heads)
{
    const std::int64_t columns = rows.shape().rank() == 2 ? rows.shape()[1] : 1,
                       size = rows.shape()[0] / heads;
    return Tensor::make(rows.shape(), [&](std::span<float> out) {
        for (std::int64_t h = 0; h < heads; ++h)
            for (std::int64_t i = 0; i < size; ++i) {
                const std::int64_t to = h * size + (i < size / 2 ? 2 * i : 2 * (i - size / 2) + 1);
                std::copy_n(
                    rows.floats().data() + (h * size + i) * columns, columns, out.data() + to * columns);
            }
    });
}

/// A golden model on its way into a file.
struct Conversion {
    QJsonObject config;
    Tensors tensors;
    std::string id;
    GgufWriter file;

    void set(const std::string& key, GgufWriter::Value value) { file.set(id + "." + key, std::move(value)); }
    void number(const std::string& key, const char* from)
    {
        if (config.contains(from) && config[from].isDouble())
            set(key, std::int64_t(config[from].toInteger()));
    }
    void real(const std::string& key, const char* from)
    {
        if (config.contains(from) && config[from].isDouble())
            set(key, config[from].toDouble());
    }
    std::int64_t at(const char* key, std::int64_t fallback = 0) const
    {
        return config[key].toInteger(fallback);
    }

    void writeMetadata();
    void writeScaling();
    void writeWindows();
    void writeDeepseek();
    void mergeExperts(const std::string& part, const Names& names);
    void splitLatentMaps();
    void writeGptOssExperts();
};

inline void Conversion::writeMetadata()
{
    file.set("general.architecture", id);
    for (const auto& [key, from] :
        Names{ { "context_length", "max_position_embeddings" }, { "embedding_length", "hidden_size" },
            { "block_count", "num_hidden_layers" }, { "feed_forward_length", "intermediate_size" },
            { "attention.head_count", "num_attention_heads" }, { "expert_used_count", "num_experts_per_tok" },
            { "expert_count", "num_local_experts" }, { "expert_count", "num_experts" },
            { "expert_count", "n_routed_experts" },
            { "expert_feed_forward_length", "moe_intermediate_size" } })
        number(key, from);
    for (const auto& [key, from] : Names{ { "attention.layer_norm_rms_epsilon", "rms_norm_eps" },
             { "attention.layer_norm_epsilon", "layer_norm_eps" }, { "rope.freq_base", "rope_theta" },
             { "embedding_scale", "embedding_multiplier" }, { "residual_scale", "residual_multiplier" },
             { "attention.scale", "attention_multiplier" }, { "logit_scale", "logits_scaling" },
             { "logit_scale", "logit_scale" } })
        real(key, from);
    if (id == "gpt-oss")
        number("expert_feed_forward_length", "intermediate_size");
    if (id == "deepseek2")
        return writeDeepseek();
    number("attention.head_count_kv", "num_key_value_heads");
    const std::int64_t size = at("head_dim", at("hidden_size") / at("num_attention_heads"));
    set("attention.key_length", size);
    set("attention.value_length", size);
    set("rope.dimension_count", std::int64_t(double(size) * config["partial_rotary_factor"].toDouble(1.0)));
    writeScaling();
    writeWindows();
}

inline void Conversion::writeScaling()
{
    const QJsonObject scaling =
        config[config.contains("rope_parameters") ? "rope_parameters" : "rope_scaling"].toObject();
    const QString kind =
        scaling.contains("rope_type") ? scaling["rope_type"].toString() : scaling["type"].toString();
    if (scaling.contains("rope_theta"))
        set("rope.freq_base", scaling["rope_theta"].toDouble());
    number("rope.scaling.original_context_length", "original_max_position_embeddings");
    if (kind == "longrope")
        for (const auto& [name, from] : Names{ { "rope_factors_long.weight", "long_factor" },
                 { "rope_factors_short.weight", "short_factor" } }) {
            std::vector<float> factors;
            for (const QJsonValue& factor : scaling[from].toArray())
                factors.push_back(float(factor.toDouble()));
            const std::int64_t count = std::int64_t(factors.size());
            file.addFloats(name, Tensor::fromVector({ count }, std::move(factors)));
        }
    if (kind != "yarn" && kind != "linear")
        return;
    set("rope.scaling.type", kind.toStdString());
    set("rope.scaling.factor", scaling["factor"].toDouble());
    if (scaling.contains("original_max_position_embeddings"))
        set("rope.scaling.original_context_length",
            std::int64_t(scaling["original_max_position_embeddings"].toInteger()));
    if (scaling.contains("llama_4_scaling_beta"))
        set("attention.temperature_scale", scaling["llama_4_scaling_beta"].toDouble());
}

inline void Conversion::writeWindows()
{
    number("attention.sliding_window", "sliding_window");
    const QJsonArray types = config["layer_types"].toArray();
    std::vector<bool> slides;
    for (const QJsonValue& type : types)
        slides.push_back(type.toString() == "sliding_attention");
    // What llama.cpp takes for granted is not written.
    if (std::find(slides.begin(), slides.end(), true) != slides.end() && id != "gpt-oss" && id != "cohere2")
        set("attention.sliding_window_pattern", slides);
}

inline void Conversion::writeDeepseek()
{
    const std::int64_t latent = at("kv_lora_rank"), turned = at("qk_rope_head_dim");
    const bool third = config["model_type"] == "deepseek_v3"; // written as newer converters do
    set("attention.head_count_kv", third ? 1 : at("num_attention_heads"));
    set("attention.key_length", third ? latent + turned : at("qk_nope_head_dim") + turned);
    set("attention.value_length", third ? latent : at("v_head_dim"));
    if (third) {
        set("attention.key_length_mla", at("qk_nope_head_dim") + turned);
        set("attention.value_length_mla", at("v_head_dim"));
        set("expert_gating_func", std::int64_t(2));
        set("expert_group_count", at("n_group"));
        set("expert_group_used_count", at("topk_group"));
        splitLatentMaps();
    }
    number("attention.q_lora_rank", "q_lora_rank");
    set("attention.kv_lora_rank", latent);
    set("rope.dimension_count", turned);
    set("leading_dense_block_count", at("first_k_dense_replace"));
    set("expert_shared_count", at("n_shared_experts"));
    set("expert_weights_scale", config["routed_scaling_factor"].toDouble());
    set("expert_weights_norm", config["norm_topk_prob"].toBool());
}

/// kv_b_proj [H·(N+V),R] → keys [H,R,N] and values [H,V,R].
inline void Conversion::splitLatentMaps()
{
    const std::int64_t heads = at("num_attention_heads"), latent = at("kv_lora_rank"),
                       plain = at("qk_nope_head_dim"), value = at("v_head_dim");
    for (std::int64_t layer = 0; layer < at("num_hidden_layers"); ++layer) {
        const auto node =
            tensors.extract("model.layers." + std::to_string(layer) + ".self_attn.kv_b_proj.weight");
        const std::span<const float> rows = node.mapped().floats();
        const auto number = [&](std::int64_t h, std::int64_t row, std::int64_t r) {
            return rows[std::size_t((h * (plain + value) + row) * latent + r)];
        };
        const std::string name = "blk." + std::to_string(layer);
        file.addFloats(
            name + ".attn_k_b.weight", Tensor::make({ heads, latent, plain }, [&](std::span<float> out) {
                for (std::size_t i = 0; i < out.size(); ++i)
                    out[i] = number(std::int64_t(i) / (latent * plain), std::int64_t(i) % plain,
                        std::int64_t(i) / plain % latent);
            }));
        file.addFloats(
            name + ".attn_v_b.weight", Tensor::make({ heads, value, latent }, [&](std::span<float> out) {
                for (std::size_t i = 0; i < out.size(); ++i)
                    out[i] = number(std::int64_t(i) / (value * latent),
                        plain + std::int64_t(i) / latent % value, std::int64_t(i) % latent);
            }));
    }
}

/// Experts of a layer, one tensor each, become one tensor.
inline void Conversion::mergeExperts(const std::string& part, const Names& names)
{
    for (std::int64_t layer = 0; layer < at("num_hidden_layers"); ++layer)
        for (const auto& [from, to] : names) {
            std::string bytes;
            std::vector<std::int64_t> extents{ 0, 0, 0 };
            for (;; ++extents[0]) {
                auto node = tensors.extract("model.layers." + std::to_string(layer) + "." + part + "experts."
                    + std::to_string(extents[0]) + "." + from + ".weight");
                if (node.empty())
                    break;
                bytes += bytesOf(node.mapped().floats());
                extents[1] = node.mapped().shape()[0];
                extents[2] = node.mapped().shape()[1];
            }
            if (extents[0] > 0)
                file.add("blk." + std::to_string(layer) + "." + to + ".weight", 0, extents, bytes);
        }
}

/// Rows first, first + step, ... of [E,N,...] and what each of them becomes.
inline std::string takeRows(
    const std::string& bytes, std::size_t rowBytes, std::size_t first, std::size_t step)
{
    std::string out;
    for (std::size_t row = first; row * rowBytes < bytes.size(); row += step)
        out += bytes.substr(row * rowBytes, rowBytes);
    return out;
}

/// [E,A,B] → [E,B,A].
inline Tensor swapped(const Tensor& x)
{
    const std::int64_t a = x.shape()[1], b = x.shape()[2];
    return Tensor::make({ x.shape()[0], b, a }, [&](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::int64_t place = std::int64_t(i), e = place / (a * b), row = place / a % b,
                               column = place % a;
            out[i] = x.floats()[std::size_t((e * a + column) * b + row)];
        }
    });
}

/// Blocks of the hub and their exponents → ggml's: the exponent first, numbers 0-15 in the lower halves.
inline std::string mxfp4Blocks(const Tensor& blocks, const Tensor& scales)
{
    std::string out;
    const auto* from = reinterpret_cast<const std::uint8_t*>(blocks.data());
    for (std::int64_t b = 0; b < scales.count(); ++b, from += 16) {
        out += char(std::to_integer<int>(scales.data()[b]));
        const auto number = [&](int i) { return i % 2 == 0 ? from[i / 2] & 15 : from[i / 2] >> 4; };
        for (int i = 0; i < 16; ++i)
            out += char(number(i) | number(i + 16) << 4);
    }
    return out;
}

inline void Conversion::writeGptOssExperts()
{
    const std::int64_t experts = at("num_local_experts"), width = at("hidden_size"),
                       inner = at("intermediate_size");
    for (std::int64_t layer = 0; layer < at("num_hidden_layers"); ++layer) {
        const std::string hub = "model.layers." + std::to_string(layer) + ".mlp.experts.",
                          name = "blk." + std::to_string(layer) + ".ffn_";
        const auto take = [&](const std::string& key) { return tensors.extract(hub + key).mapped(); };
        const bool blocks = tensors.contains(hub + "down_proj_blocks");
        std::string both, down;
        std::size_t rowBytes = std::size_t(width) * 4;
        if (blocks) {
            both = mxfp4Blocks(take("gate_up_proj_blocks"), take("gate_up_proj_scales"));
            down = mxfp4Blocks(take("down_proj_blocks"), take("down_proj_scales"));
            rowBytes = std::size_t(width) / 32 * 17;
        } else {
            both = bytesOf(swapped(take("gate_up_proj")).floats());
            down = bytesOf(swapped(take("down_proj")).floats());
        }
        const int type = blocks ? 39 : 0;
        file.add(name + "gate_exps.weight", type, { experts, inner, width }, takeRows(both, rowBytes, 0, 2));
        file.add(name + "up_exps.weight", type, { experts, inner, width }, takeRows(both, rowBytes, 1, 2));
        file.add(name + "down_exps.weight", type, { experts, width, inner }, down);
        const std::string bias = bytesOf(take("gate_up_proj_bias").toFloat().floats());
        file.add(name + "gate_exps.bias", 0, { experts, inner }, takeRows(bias, 4, 0, 2));
        file.add(name + "up_exps.bias", 0, { experts, inner }, takeRows(bias, 4, 1, 2));
        file.addFloats(name + "down_exps.bias", take("down_proj_bias").toFloat());
        file.addFloats("blk." + std::to_string(layer) + ".attn_sinks.weight",
            tensors.extract("model.layers." + std::to_string(layer) + ".self_attn.sinks").mapped().toFloat());
    }
}

enum class Pairs { Halves, Neighbours };

inline void convert(const QString& model, const std::string& id, Pairs pairs, const std::filesystem::path& to)
{
    Conversion c;
    c.id = id;
    c.config =
        QJsonDocument::fromJson(QByteArray::fromStdString(readBytes(golden(model) / "config.json"))).object();
    const auto stored = SafetensorsFile::open(golden(model) / "model.safetensors");
    c.tensors = stored->tensors();
    c.writeMetadata();
    c.mergeExperts("mlp.",
        { { "gate_proj", "ffn_gate_exps" }, { "up_proj", "ffn_up_exps" }, { "down_proj", "ffn_down_exps" } });
    c.mergeExperts("block_sparse_moe.",
        { { "w1", "ffn_gate_exps" }, { "w3", "ffn_up_exps" }, { "w2", "ffn_down_exps" } });
    if (id == "gpt-oss")
        c.writeGptOssExperts();
    const Names own = id == "gpt-oss" ? sinkNames : id == "gemma3" || id == "olmo2" ? postNormNames : Names{};
    const std::int64_t heads = c.at("num_attention_heads"), keyHeads = c.at("num_key_value_heads", heads);
    for (const auto& [name, tensor] : c.tensors) {
        Tensor values = tensor.toFloat();
        if (pairs == Pairs::Neighbours && name.find(".q_proj.") != std::string::npos)
            values = interleaved(values, heads);
        if (pairs == Pairs::Neighbours && name.find(".k_proj.") != std::string::npos)
            values = interleaved(values, keyHeads);
        if (id == "gemma3" && name.ends_with("norm.weight")) {
            // The file has no key for the factor of the scores: what differs from the usual one goes into q's
            // norm.
            const double usual = double(c.at("head_dim")), given = double(c.at("query_pre_attn_scalar"));
            const double factor = name.ends_with("q_norm.weight") ? std::sqrt(usual / given) : 1.0;
            values = Tensor::make(values.shape(), [from = values, factor](std::span<float> out) {
                for (std::size_t i = 0; i < out.size(); ++i)
                    out[i] = float((1.0 + double(from.floats()[i])) * factor);
            });
        }
        const std::string correction = ".mlp.gate.e_score_correction_bias";
        if (name.ends_with(correction))
            c.file.addFloats(
                "blk." + name.substr(13, name.size() - 13 - correction.size()) + ".exp_probs_b.bias", values);
        else
            c.file.addFloats(ggufName(name, own), values);
    }
    c.file.write(to);
}

} // namespace headlight::test
