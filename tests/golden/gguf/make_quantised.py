#!/usr/bin/env python3
"""Makes quantised.gguf (Llama, q4_K and q6_K) and stories260K.gguf (q8_0 and f16, with a vocabulary), and for each
<name>.expected.safetensors: its logits by llama.cpp.

    make_quantised.py path/to/bins-of-llama.cpp path/to/reference path/to/stories260K [type]

stories260K is the model of karpathy/llama2.c (MIT) as a Hugging Face folder `hf` with its tok512.bin beside it. llama.cpp (prebuilt in the npm package @node-llama-cpp/linux-x64 3.22.1; `reference` is reference.cpp built against it)
quantises a model of normal draws, then runs it on its numbers expanded to f32 (by ggml's dequantize_row_*), since
with quantised parameters it would also round what they are multiplied with."""
import ctypes
import os
import subprocess
import sys
import tempfile

import numpy as np

sys.argv, arguments = sys.argv[:1], sys.argv[1:]
source = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "make.py")).read()
exec(source.rsplit("\nmain()", 1)[0])  # its writer of GGUF files

BINS, REFERENCE, STORIES, FTYPE = *arguments[:3], (arguments + ["15"])[3]
TYPES = {0: ("f32", 1, 4), 1: ("f16", 1, 2), 2: ("q4_0", 32, 18), 8: ("q8_0", 32, 34), 12: ("q4_K", 256, 144), 13: ("q5_K", 256, 176),
         14: ("q6_K", 256, 210)}
IDS = [1, 7, 33, 2, 60, 5, 5, 12, 41]


def read(path):
    """Tensors of a GGUF file as f32, by ggml's own expansion."""
    ggml = ctypes.CDLL(os.path.join(BINS, "libggml-base.so"))
    raw = path.read_bytes()
    at = 8

    def take(format):
        nonlocal at
        size = struct.calcsize("<" + format)
        found = struct.unpack_from("<" + format, raw, at)[0]
        at += size
        return found

    def skip(kind):
        nonlocal at
        if kind == TEXT:
            size = take("Q")
            at += size
        elif kind == LIST:
            inner, count = take("I"), take("Q")
            for _ in range(count):
                skip(inner)
        else:
            take("BbHhIif?..Qqd"[kind])

    tensors, values = take("Q"), take("Q")
    for _ in range(values):
        skip(TEXT)
        skip(take("I"))
    places = []
    for _ in range(tensors):
        size = take("Q")
        name = raw[at:at + size].decode()
        at += size
        shape = [take("Q") for _ in range(take("I"))][::-1]
        places.append((name, shape, take("I"), take("Q")))
    begin = (at + 31) // 32 * 32
    found = {}
    for name, shape, kind, offset in places:
        label, size, length = TYPES[kind]
        count = int(np.prod(shape))
        stored = np.frombuffer(raw, np.uint8, count // size * length, begin + offset).copy()
        if kind < 2:
            found[name] = stored.view((np.float32, np.float16)[kind]).astype(np.float32).reshape(shape)
            continue
        expanded = np.zeros(count, np.float32)
        getattr(ggml, f"dequantize_row_{label}")(stored.ctypes.data_as(ctypes.c_void_p),
                                                 expanded.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(count))
        found[name] = expanded.reshape(shape)
    return found, sorted({TYPES[kind][0] for _, _, kind, _ in places})


def run(*arguments):
    subprocess.run([REFERENCE, *map(str, arguments)], env=dict(os.environ, BINS=BINS), check=True, stderr=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)


def quantise(name, metadata, tensors, ftype, ids):
    """Writes <name>.gguf and its logits for `ids`."""
    with tempfile.TemporaryDirectory() as folder:
        plain, expanded, raw = (Path(folder) / file for file in ("plain.gguf", "expanded.gguf", "logits"))
        write(plain, metadata, {key: f32(array) for key, array in tensors.items()})
        run("quantize", plain, HERE / f"{name}.gguf", ftype)
        stored, types = read(HERE / f"{name}.gguf")
        write(expanded, metadata, {key: f32(array) for key, array in stored.items()})
        run("logits", expanded, raw, *ids)
        logits = np.fromfile(raw, np.float32).reshape(1, len(ids), -1)
    header, data = {}, b""
    for key, kind, array in ("input_ids", "I64", np.array([ids], np.int64)), ("logits", "F32", logits):
        header[key] = dict(dtype=kind, shape=list(array.shape), data_offsets=[len(data), len(data) + array.nbytes])
        data += array.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (HERE / f"{name}.expected.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    print(name, "types:", types, "largest logit:", np.abs(logits).max())


def drawn():
    random = np.random.default_rng(3)
    config = dict(hidden_size=256, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2, head_dim=64,
                  intermediate_size=256, vocab_size=64, max_position_embeddings=64, rms_norm_eps=1e-5, rope_theta=1e4)
    metadata = [("general.architecture", TEXT, "llama"), ("tokenizer.ggml.model", TEXT, "none")]
    metadata += [("llama." + key, *rest) for key, *rest in decoder_metadata("llama", config)]
    shapes = dict(token_embd=(64, 256), output=(64, 256))
    shapes |= {"blk.0." + name: shape for name, shape in dict(
        attn_q=(256, 256), attn_k=(128, 256), attn_v=(128, 256), attn_output=(256, 256), ffn_gate=(256, 256),
        ffn_up=(256, 256), ffn_down=(256, 256)).items()}
    tensors = {name + ".weight": random.standard_normal(shape, dtype=np.float32) * np.float32(0.12)
               for name, shape in shapes.items()}
    for name in "output_norm", "blk.0.attn_norm", "blk.0.ffn_norm":
        tensors[name + ".weight"] = 1 + random.standard_normal(256, dtype=np.float32) * np.float32(0.1)
    quantise("quantised", metadata, tensors, FTYPE, IDS)


def scores(path, count):
    """The scores in llama2.c's tokenizer: the longest length, then score, length and bytes of each."""
    raw, at, found = path.read_bytes(), 4, []
    for _ in range(count):
        score, length = struct.unpack_from("<fi", raw, at)
        found.append(score)
        at += 8 + length
    return found


def stories(folder):
    config = json.loads((folder / "hf/config.json").read_text())
    vocabulary = json.loads((folder / "hf/tokenizer.json").read_text())["model"]["vocab"]
    tokens = sorted(vocabulary, key=vocabulary.get)
    types = [2, 3, 3] + [6 if token.startswith("<0x") else 1 for token in tokens[3:]]
    metadata = [("general.architecture", TEXT, "llama"), ("general.name", TEXT, "stories260K"),
                ("tokenizer.ggml.model", TEXT, "llama"), ("tokenizer.ggml.tokens", (LIST, TEXT), tokens),
                ("tokenizer.ggml.scores", (LIST, 6), scores(folder / "tok512.bin", len(tokens))),
                ("tokenizer.ggml.token_type", (LIST, 5), types), ("tokenizer.ggml.bos_token_id", 4, 1),
                ("tokenizer.ggml.eos_token_id", 4, 2), ("tokenizer.ggml.unknown_token_id", 4, 0)]
    metadata += [("llama." + key, *rest) for key, *rest in decoder_metadata("llama", config)]
    tensors = {}
    for name, array in read_safetensors(folder / "hf/model.safetensors").items():
        for part, heads in ("q_proj", "num_attention_heads"), ("k_proj", "num_key_value_heads"):
            array = interleave(array, config[heads]) if part in name else array
        tensors[gguf_name(name, DECODER)] = array
    quantise("stories260K", metadata, tensors, 7, [1, 403, 407, 261, 378])


drawn()
stories(Path(STORIES))
