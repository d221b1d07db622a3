"""Safetensors files with nothing but the standard library: made, read strictly, their numbers looked at."""

import json
import math
import random
import struct

SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "U8": 1}


def make(tensors, seed=0, room=4096, metadata=None):
    """A file of (name, dtype, shape) with random finite numbers."""
    source = random.Random(seed)
    header, data = {}, bytearray()
    if metadata:
        header["__metadata__"] = metadata
    for name, dtype, shape in tensors:
        count = math.prod(shape)
        begin = len(data)
        data += b"".join(encode(source.gauss(0, 1), dtype) for _ in range(count))
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, len(data)]}
    return join(json.dumps(header).encode(), bytes(data), room)


def join(header, data, room=0):
    header += b" " * (room + -len(header) % 8)
    return struct.pack("<Q", len(header)) + header + data


def split(contents):
    """Header and data; ValueError for what is cut."""
    if len(contents) < 8:
        raise ValueError("cut")
    length, = struct.unpack("<Q", contents[:8])
    if length > len(contents) - 8:
        raise ValueError("cut")
    return contents[8:8 + length], contents[8 + length:]


def encode(value, dtype):
    if dtype == "BF16":
        return struct.pack("<f", value)[2:]
    if dtype in ("I64", "U8"):
        return struct.pack("<q" if dtype == "I64" else "<B", int(abs(value)))
    return struct.pack({"F64": "<d", "F32": "<f", "F16": "<e"}[dtype], value)


def numbers(data, dtype):
    """The numbers of a tensor; none for types that are no numbers here."""
    if dtype == "BF16":
        data = b"".join(b"\0\0" + data[index:index + 2] for index in range(0, len(data), 2))
    kind = {"F64": "d", "F32": "f", "F16": "e", "BF16": "f"}.get(dtype)
    return struct.unpack(f"<{len(data) // struct.calcsize(kind)}{kind}", data) if kind else ()


def tensors(contents):
    """Name to (dtype, shape, bytes), and the metadata; ValueError for what breaks the format."""
    header, data = split(contents)

    def unique(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    entries = json.loads(header.decode(), object_pairs_hook=unique)
    metadata = entries.pop("__metadata__", {})
    found, place = {}, 0
    for name, entry in sorted(entries.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        size = SIZES.get(entry["dtype"])
        if begin != place or end < begin or end > len(data):
            raise ValueError(f"{name}: a hole or an overlap")
        if size and math.prod(entry["shape"]) * size != end - begin:
            raise ValueError(f"{name}: size")
        found[name] = (entry["dtype"], entry["shape"], data[begin:end])
        place = end
    if place != len(data):
        raise ValueError("data behind the last tensor")
    return found, metadata
