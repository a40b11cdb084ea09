#!/usr/bin/env python3
"""Makes the GGUF files of this folder and what llama.cpp says of them.

    make.py path/to/bins-of-llama.cpp

The libraries are those of the npm package @node-llama-cpp/linux-x64 3.22.1 (llama.cpp, prebuilt). The f32 files are
written here after ggml's docs/gguf.md and accepted by llama.cpp's own loader; the quantised file is llama.cpp's own
work (llama_model_quantize), its numbers are expanded by ggml (dequantize_row_*)."""
import ctypes
import json
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
    return struct.pack("<" + "BbHhIif?..QqD".replace("D", "d")[kind], content)


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


def safetensors(path, tensors):
    header, data = {}, b""
    for name, array in tensors.items():
        header[name] = dict(dtype="F32", shape=list(array.shape), data_offsets=[len(data), len(data) + array.nbytes])
        data += np.ascontiguousarray(array, np.float32).tobytes()
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    path.write_bytes(struct.pack("<Q", len(head)) + head + data)


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


def main():
    kinds()


main()
