#!/usr/bin/env python3
"""Makes the GGUF files of this folder.

    make.py path/to/golden

The models are those of the golden folder (Hugging Face's transformers, random parameters), so that their numbers are
known; for each, <name>.expected.safetensors is a copy of its expected.short.safetensors. They are written here after
ggml's docs/gguf.md and llama.cpp's naming. README.md says how llama.cpp itself judged the files."""
import json
import shutil
import struct
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
TEXT, LIST = 8, 9


def text(value):
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data)) + data


def value(kind, content):
    """kind: the number of the format; a pair (9, k) is a list of k."""
    if isinstance(kind, tuple):
        body = b"".join(value(kind[1], item) for item in content)
        return struct.pack("<IQ", kind[1], len(content)) + body
    if kind == TEXT:
        return text(content)
    return struct.pack("<" + "BbHhIif?..Qqd"[kind], content)


def entry(key, kind, content):
    return text(key) + struct.pack("<I", kind[0] if isinstance(kind, tuple) else kind) + value(kind, content)


def write(path, metadata, tensors, version=3, alignment=32):
    """tensors: name -> (ggml's type number, shape, bytes)."""
    out = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    out += b"".join(entry(*item) for item in metadata)
    data = b""
    for name, (kind, shape, content) in tensors.items():
        out += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *reversed(shape))
        out += struct.pack("<IQ", kind, len(data))
        data += content + b"\0" * (-len(content) % alignment)
    out += b"\0" * (-len(out) % alignment)
    path.write_bytes(out + data)


def f32(array):
    array = np.asarray(array, np.float32)
    return 0, array.shape, array.tobytes()


def read_safetensors(path):
    raw = path.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    tensors = {}
    for name, entry in json.loads(raw[8:8 + size]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            assert entry["dtype"] == "F32"
            tensors[name] = np.frombuffer(raw[8 + size + begin:8 + size + end], np.float32).reshape(entry["shape"])
    return tensors


def kinds():
    """Every kind of value, and the plain tensor types."""
    metadata = [
        ("general.architecture", TEXT, "test"), ("u8", 0, 200), ("i8", 1, -100), ("u16", 2, 60000), ("i16", 3, -30000),
        ("u32", 4, 4000000000), ("i32", 5, -2000000000), ("f32", 6, 0.5), ("bool", 7, True), ("text", TEXT, "na\u00efve"),
        ("texts", (LIST, TEXT), ["a", "", "bc"]), ("u64", 10, 1 << 40), ("i64", 11, -(1 << 40)), ("f64", 12, 0.1),
        ("numbers", (LIST, 4), [1, 2, 3]), ("reals", (LIST, 6), [0.25, -1.5]), ("flags", (LIST, 7), [True, False]),
        ("nothing", (LIST, 5), []), ("general.alignment", 4, 64),
    ]
    half = np.array([1.5, -2.0], np.float16)
    tensors = {
        "f32": f32([[1, 2, 3], [4, 5, 6]]), "f16": (1, (2,), half.tobytes()),
        "bf16": (30, (2,), struct.pack("<2H", 0x3FC0, 0xC000)), "f64": (28, (1,), struct.pack("<d", 0.1)),
        "i8": (24, (2,), struct.pack("<2b", -1, 2)), "i16": (25, (1,), struct.pack("<h", -300)),
        "i32": (26, (1,), struct.pack("<i", -70000)), "i64": (27, (1,), struct.pack("<q", -(1 << 40))),
    }
    write(HERE / "kinds.gguf", metadata, tensors, alignment=64)
    write(HERE / "version2.gguf", metadata, tensors, version=2, alignment=64)


DECODER = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.qkv_proj": "attn_qkv", "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.gate_up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}
GEMMA2 = DECODER | {
    "post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}
BERT = {
    "embeddings.word_embeddings": "token_embd", "embeddings.token_type_embeddings": "token_types",
    "embeddings.position_embeddings": "position_embd", "embeddings.LayerNorm": "token_embd_norm",
    "attention.self.query": "attn_q", "attention.self.key": "attn_k", "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output", "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up", "output.dense": "ffn_down", "output.LayerNorm": "layer_output_norm",
}


def gguf_name(name, names):
    stem, suffix = name.rsplit(".", 1)
    for prefix in "model.layers.", "encoder.layer.":
        if stem.startswith(prefix):
            number, stem = stem[len(prefix):].split(".", 1)
            return f"blk.{number}.{names[stem]}.{suffix}"
    return f"{names[stem]}.{suffix}"


def interleave(rows, heads):
    """Numbers i and i + d/2 of each head become neighbours."""
    shape = rows.shape
    return np.ascontiguousarray(rows.reshape(heads, 2, -1, *shape[1:]).swapaxes(1, 2)).reshape(shape)


def llama3_factors(config):
    scaling, size = config["rope_scaling"], config["head_dim"]
    factors = []
    for i in range(0, size, 2):
        wave = 2 * np.pi * config["rope_theta"] ** (i / size)
        rate = scaling["original_max_position_embeddings"] / wave
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        smooth = min(max((rate - low) / (high - low), 0), 1)
        factors.append(1 / ((1 - smooth) / scaling["factor"] + smooth))
    return factors


def decoder_metadata(kind, config):
    heads, width = config["num_attention_heads"], config["hidden_size"]
    size = config.get("head_dim") or width // heads
    out = [("context_length", 4, config["max_position_embeddings"]), ("embedding_length", 4, width),
           ("block_count", 4, config["num_hidden_layers"]), ("feed_forward_length", 4, config["intermediate_size"]),
           ("attention.head_count", 4, heads), ("attention.head_count_kv", 4, config["num_key_value_heads"]),
           ("rope.freq_base", 6, config["rope_theta"]), ("vocab_size", 4, config["vocab_size"]),
           ("rope.dimension_count", 4, int(size * config.get("partial_rotary_factor", 1)))]
    if "rms_norm_eps" in config:
        out.append(("attention.layer_norm_rms_epsilon", 6, config["rms_norm_eps"]))
    if "layer_norm_eps" in config:
        out.append(("attention.layer_norm_epsilon", 6, config["layer_norm_eps"]))
    if config.get("head_dim"):
        out += [("attention.key_length", 4, size), ("attention.value_length", 4, size)]
    if config.get("sliding_window"):
        out.append(("attention.sliding_window", 4, config["sliding_window"]))
    if (config.get("rope_scaling") or {}).get("rope_type") == "linear":
        out += [("rope.scaling.type", TEXT, "linear"), ("rope.scaling.factor", 6, config["rope_scaling"]["factor"])]
    for key in "attn_logit_softcapping", "final_logit_softcapping":
        if config.get(key):
            out.append((key, 6, config[key]))
    if kind == "stablelm":
        out.append(("use_parallel_residual", 7, config["use_parallel_residual"]))
    return out


def encoder_metadata(config):
    return [("context_length", 4, config["max_position_embeddings"]), ("embedding_length", 4, config["hidden_size"]),
            ("block_count", 4, config["num_hidden_layers"]), ("feed_forward_length", 4, config["intermediate_size"]),
            ("attention.head_count", 4, config["num_attention_heads"]), ("attention.causal", 7, False),
            ("attention.layer_norm_epsilon", 6, config["layer_norm_eps"]), ("pooling_type", 4, 0), ("vocab_size", 4, config["vocab_size"])]


def convert(golden, model, kind):
    """kind: llama.cpp's name of the architecture."""
    config = json.loads((golden / model / "config.json").read_text())
    names = dict(gemma2=GEMMA2, bert=BERT).get(kind, DECODER)
    tensors = {}
    for name, array in read_safetensors(golden / model / "model.safetensors").items():
        if name.startswith("pooler."):
            continue
        if kind == "llama" and ".q_proj." in name:
            array = interleave(array, config["num_attention_heads"])
        if kind == "llama" and ".k_proj." in name:
            array = interleave(array, config["num_key_value_heads"])
        if kind in ("gemma", "gemma2") and name.endswith("norm.weight"):
            array = array + np.float32(1)
        tensors[gguf_name(name, names)] = f32(array)
    if (config.get("rope_scaling") or {}).get("rope_type") == "llama3":
        tensors["rope_freqs.weight"] = f32(llama3_factors(config))
    details = encoder_metadata(config) if kind == "bert" else decoder_metadata(kind, config)
    metadata = [("general.architecture", TEXT, kind), ("general.name", TEXT, model),
                ("tokenizer.ggml.model", TEXT, "none"), ("tokenizer.ggml.bos_token_id", 4, 1),
                ("tokenizer.ggml.token_type_count", 4, 2)]
    write(HERE / f"{model}.gguf", metadata + [(f"{kind}.{key}", *rest) for key, *rest in details], tensors)
    shutil.copyfile(golden / model / "expected.short.safetensors", HERE / f"{model}.expected.safetensors")


def main():
    kinds()
    for model, kind in dict(llama_gqa="llama", llama_rope3="llama", llama_linear="llama", mistral_sw="llama",
                            qwen2_lm="qwen2", gemma_lm="gemma", gemma2_lm="gemma2", phi3_lm="phi3",
                            stablelm_lm="stablelm", bert_model="bert").items():
        convert(Path(sys.argv[1]), model, kind)


main()
