#!/usr/bin/env python3
"""Makes the arrays of this folder with NumPy itself (1.24): what tst_numpy_file and tst_imported read.

The value at [i, j, k] of a plain array is i + j/4 + k/16, exact in every floating-point type here.
"""
import io
import zipfile

import numpy as np


def plain(shape, kind):
    grid = np.indices(shape)
    return sum(grid[axis] / 4.0**axis for axis in range(len(shape))).astype(kind)


def rows(shape, seed):
    """Random rows that sum to one."""
    weights = np.random.RandomState(seed).gamma(0.7, size=shape)
    return (weights / weights.sum(-1, keepdims=True)).astype(np.float32)


np.savez("kinds.npz", half=plain((2, 3, 4), np.float16), single=plain((2, 3, 4), np.float32), double=plain((2, 3, 4), np.float64),
         long=np.arange(6).reshape(2, 3), byte=np.array([0, 255], np.uint8), flag=np.array([True, False]),
         words=np.array(["it", "größe", "猫"]), fortran=np.asfortranarray(plain((3, 2), np.float32)), scalar=np.float32(2.5))
np.savez_compressed("compressed.npz", single=plain((2, 3, 4), np.float32))
np.save("single.npy", plain((2, 3, 4), np.float32))
np.lib.format.write_array(open("version2.npy", "wb"), plain((2, 3, 4), np.float32), version=(2, 0))
np.save("objects.npy", np.array([{"a": 1}], dtype=object))
np.savez("attention.npz", **{f"attentions.{i}": rows((1, 2, 5, 5), i) for i in range(3)},
         tokens=np.array(["[CLS]", "un", "##able", "cat", "[SEP]"]))
np.save("all_layers.npy", rows((3, 2, 4, 4), 7))
np.savez("pair.npz", **{"cross_attentions.0": rows((1, 2, 3, 5), 1), "decoder_attentions.0": rows((1, 2, 3, 3), 2),
         "encoder_attentions.0": rows((1, 2, 5, 5), 3)}, decoder_tokens=np.array(["<s>", "▁le", "▁chat"]))
np.savez("scores.npz", **{"attentions.0": plain((1, 2, 3, 3), np.float32) - 2})
np.savez("none.npz", hidden_states=plain((2, 3, 4), np.float32))


def member(shape, content):
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return out.getvalue() + content


# Headers that promise less than there is, and more than anyone should unpack.
for name, data in {"longer.npz": member((2,), np.float32([1.5, -2]).tobytes() + bytes(1 << 20)),
                   "bomb.npz": member((1 << 30,), bytes(1 << 10))}.items():
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("array.npy", (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
