#!/usr/bin/env python3
"""Makes blocks.safetensors: blocks of every quantised type and what ggml's own dequantize_row_* makes of them.

    make.py path/to/libggml-base.so

The library is that of the npm package @node-llama-cpp/linux-x64 3.22.1 (llama.cpp, prebuilt). For each type the first
blocks were quantised by ggml from normal draws, the others are random bytes whose scales are finite."""
import ctypes
import json
import struct
import sys
from pathlib import Path

import numpy as np

TYPES = {  # name: numbers and bytes per block, where its half-precision scales stand
    "Q4_0": (32, 18, [0]), "Q4_1": (32, 20, [0, 2]), "Q5_0": (32, 22, [0]), "Q5_1": (32, 24, [0, 2]),
    "Q8_0": (32, 34, [0]), "Q4_K": (256, 144, [0, 2]), "Q5_K": (256, 176, [0, 2]), "Q6_K": (256, 210, [208]),
}


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def main():
    library = ctypes.CDLL(sys.argv[1])
    random = np.random.default_rng(5)
    tensors = {}
    for name, (size, length, scales) in TYPES.items():
        count = 512
        blocks = count // size
        given = random.standard_normal(count, dtype=np.float32)
        quantised = np.zeros((blocks, length), np.uint8)
        getattr(library, f"quantize_{name.lower().replace('_k', '_K')}")(
            pointer(given), pointer(quantised), ctypes.c_int64(1), ctypes.c_int64(count), None)
        noise = random.integers(0, 256, (blocks, length), dtype=np.uint8)
        for at in scales:
            noise[:, at + 1] &= 0xBB  # neither infinite nor NaN; some subnormal
        noise[0, [at + 1 for at in scales]] = 0x80
        stored = np.concatenate([quantised, noise])
        expanded = np.zeros(2 * count, np.float32)
        getattr(library, f"dequantize_row_{name.lower().replace('_k', '_K')}")(
            pointer(stored), pointer(expanded), ctypes.c_int64(2 * count))
        assert np.isfinite(expanded).all()
        tensors[name + ".bytes"] = ("U8", stored.reshape(-1))
        tensors[name + ".values"] = ("F32", expanded)
    header, data = {}, b""
    for name, (kind, array) in tensors.items():
        header[name] = dict(dtype=kind, shape=list(array.shape), data_offsets=[len(data), len(data) + array.nbytes])
        data += array.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (Path(__file__).parent / "blocks.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


main()
