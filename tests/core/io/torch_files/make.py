#!/usr/bin/env python3
"""Makes the .bin files of this folder: what torch.save writes, by CPython's own pickle and zipfile.

torch itself is not needed: its modules are stood in for by names, so that pickle emits the same globals, persistent
ids and instructions. The numbers are chosen here; tst_torch_file.cpp knows them."""
import collections
import io
import pickle
import struct
import sys
import types
import zipfile
from pathlib import Path

torch = types.ModuleType("torch")
utils = types.ModuleType("torch._utils")
tensors = types.ModuleType("torch._tensor")
parameters = types.ModuleType("torch.nn.parameter")
sys.modules.update({"torch": torch, "torch._utils": utils, "torch._tensor": tensors,
                    "torch.nn": types.ModuleType("torch.nn"), "torch.nn.parameter": parameters})


def name_of(module, name, kind=type):
    made = type(name, (), {}) if kind is type else (lambda *a: None)
    made.__module__, made.__qualname__, made.__name__ = module.__name__, name, name
    setattr(module, name, made)
    return made


FORMATS = {"Float": "f", "Half": "e", "BFloat16": "H", "Double": "d", "Long": "q", "Int": "i", "Short": "h",
           "Char": "b", "Byte": "B", "Bool": "?"}
for kind in FORMATS:
    name_of(torch, kind + "Storage")
name_of(torch, "Tensor")
name_of(parameters, "Parameter")
rebuild = name_of(utils, "_rebuild_tensor_v2", kind="function")
rebuild_parameter = name_of(utils, "_rebuild_parameter", kind="function")
rebuild_from_type = name_of(tensors, "_rebuild_from_type_v2", kind="function")


class Storage:
    count = 0

    def __init__(self, kind, numbers):
        self.kind, self.numel = kind, len(numbers)
        self.bytes = struct.pack(f"<{len(numbers)}{FORMATS[kind]}", *numbers)
        self.key = None


class Tensor:
    def __init__(self, storage, size, stride, offset=0):
        self.arguments = (storage, offset, size, stride, False, collections.OrderedDict())

    def __reduce__(self):
        return rebuild, self.arguments


class Parameter:
    def __init__(self, tensor):
        self.tensor = tensor

    def __reduce__(self):
        return rebuild_parameter, (self.tensor, True, collections.OrderedDict())


class TypedTensor(Tensor):
    def __reduce__(self):
        return rebuild_from_type, (rebuild, torch.Tensor, self.arguments, {})


class Call:
    """Whatever a hostile pickle asks for."""

    def __init__(self, function, *arguments):
        self.asked = function, arguments

    def __reduce__(self):
        return self.asked


def dump(value, old_form, protocol=2):
    """The pickle, and the storages it names in order."""
    storages = []

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if not isinstance(value, Storage):
                return None
            if value not in storages:
                value.key = str(94000 + len(storages) if old_form else len(storages))
                storages.append(value)
            view = (None,) if old_form else ()
            return ("storage", getattr(torch, value.kind + "Storage"), value.key, "cpu", value.numel) + view

    out = io.BytesIO()
    Pickler(out, protocol=protocol).dump(value)
    return out.getvalue(), storages


def save_zip(path, value, compression=zipfile.ZIP_STORED, protocol=2, byteorder="little"):
    data, storages = dump(value, old_form=False, protocol=protocol)
    with zipfile.ZipFile(path, "w", compression) as archive:
        def add(name, content):
            info = zipfile.ZipInfo("archive/" + name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = compression
            at = archive.fp.tell() + 30 + len(info.filename) + 4  # as torch: data begin at a multiple of 64
            info.extra = struct.pack("<2sH", b"FB", -at % 64) + b"Z" * (-at % 64)
            archive.writestr(info, content)
        add("data.pkl", data)
        add("byteorder", byteorder)
        for storage in storages:
            add("data/" + storage.key, storage.bytes)
        add("version", "3\n")


def save_old(path, value):
    data, storages = dump(value, old_form=True)
    system = dict(protocol_version=1001, little_endian=True, type_sizes=dict(short=2, int=4, long=4))
    with open(path, "wb") as file:
        for part in 0x1950A86A20F9469CFC6C, 1001, system:
            pickle.dump(part, file, protocol=2)
        file.write(data)
        pickle.dump(sorted(s.key for s in storages), file, protocol=2)
        for storage in sorted(storages, key=lambda s: s.key):
            file.write(struct.pack("<q", storage.numel) + storage.bytes)


def state():
    base = Storage("Float", [0.5 * i for i in range(12)])
    made = collections.OrderedDict()
    made["rows"] = Tensor(base, (3, 4), (4, 1))
    made["turned"] = Tensor(base, (4, 3), (1, 4))
    made["part"] = Tensor(base, (2, 2), (4, 1), 5)
    made["parameter"] = Parameter(Tensor(base, (2,), (1,), 10))
    made["typed"] = TypedTensor(Storage("Float", [7.0]), (), ())
    made["half"] = Tensor(Storage("Half", [1.5, -2.0]), (2,), (1,))
    made["bfloat"] = Tensor(Storage("BFloat16", [0x3FC0, 0xC000]), (2,), (1,))
    made["double"] = Tensor(Storage("Double", [0.1]), (1, 1), (1, 1))
    for kind, numbers in dict(Long=[-5, 1 << 40], Int=[-6], Short=[-7], Char=[-8], Byte=[250]).items():
        made[kind.lower()] = Tensor(Storage(kind, numbers), (len(numbers),), (1,))
    made["bool"] = Tensor(Storage("Bool", [True, False]), (2,), (1,))
    made["none"] = Tensor(Storage("Float", []), (0, 3), (3, 1))
    made._metadata = collections.OrderedDict([("", dict(version=1))])  # an attribute, as torch adds
    return made


def main():
    here = Path(__file__).parent
    save_zip(here / "zip.bin", state())
    save_zip(here / "zip_protocol4.bin", state(), protocol=4)
    save_old(here / "old.bin", state())
    save_zip(here / "nested.bin", {"epoch": 3, "loss": 0.25, "name": "run", "sizes": [1, 2], "state_dict": state()})
    zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 8, 2
    save_zip(here / "zip64.bin", state())
    zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = (1 << 31) - 1, 0xFFFF
    save_zip(here / "compressed.bin", state(), compression=zipfile.ZIP_DEFLATED)
    save_zip(here / "big_endian.bin", state(), byteorder="big")
    import os
    attack = state()
    attack["extra"] = Call(os.system, "touch /tmp/headlight-was-here")
    save_zip(here / "attack_system.bin", attack)
    save_old(here / "attack_system_old.bin", attack)
    attack["extra"] = Call(eval, "__import__('os').system('true')")
    save_zip(here / "attack_eval.bin", attack, protocol=4)
    big = Storage("Float", [1.0, 2.0])
    for name, tensor in dict(beyond=Tensor(big, (3,), (1,)), stride=Tensor(big, (2, 2), (1 << 40, 1)),
                             offset=Tensor(big, (1,), (1,), 1 << 60), repeated=Tensor(big, (1 << 30,), (0,)),
                             overflow=Tensor(big, (1 << 40, 1 << 40), (1, 1)), negative=Tensor(big, (2,), (-1,), 1),
                             axes=Tensor(big, (1,) * 6, (1,) * 6), strides=Tensor(big, (2,), (1, 1))).items():
        save_zip(here / f"lie_{name}.bin", {"weight": tensor})
    big.numel = 1 << 61
    save_zip(here / "lie_numel.bin", {"weight": Tensor(big, (2,), (1,))})
    big.numel = 3
    save_zip(here / "lie_short_storage.bin", {"weight": Tensor(big, (2,), (1,))})
    save_zip(here / "no_tensors.bin", {"epoch": 3})


main()
