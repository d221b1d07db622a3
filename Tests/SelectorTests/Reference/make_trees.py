"""Writes Trees/*.json: the names, dtypes and shapes of four real checkpoints, as [name, dtype, shape].

usage: make_trees.py STATE_DICTS.json MODEL.safetensors
  STATE_DICTS.json   {model: {"tensors": {name: shape}}}, from torchvision's state_dict()
  MODEL.safetensors  sentence-transformers/all-MiniLM-L6-v2
"""

import json
import pathlib
import struct
import sys

FOLDER = pathlib.Path(__file__).parent.parent / "Trees"


def write(name, rows):
    FOLDER.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n")


def torchvision(path, model):
    tensors = json.load(open(path))[model]["tensors"]
    write(model, [[n, "i64" if n.endswith("num_batches_tracked") else "f32", s] for n, s in tensors.items()])


def safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    header.pop("__metadata__", None)
    write("minilm", [[n, e["dtype"].lower(), e["shape"]] for n, e in header.items()])


def flax():
    """A convolutional stem before a small transformer, named as flax.linen names its modules."""
    rows = []

    def add(name, *shape):
        rows.append([name, "f32", list(shape)])

    for scope, fields in (("params", ("scale", "bias")), ("batch_stats", ("mean", "var"))):
        for i, width in enumerate((32, 64)):
            for field in fields:
                add(f"{scope}.BatchNorm_{i}.{field}", width)
    add("params.Conv_0.kernel", 3, 3, 3, 32)
    add("params.Conv_1.kernel", 3, 3, 32, 64)
    add("params.Conv_1.bias", 64)
    add("params.Embed_0.embedding", 1000, 64)
    for block in range(2):
        front = f"params.EncoderBlock_{block}"
        for part in ("query", "key", "value"):
            add(f"{front}.MultiHeadDotProductAttention_0.{part}.kernel", 64, 4, 16)
            add(f"{front}.MultiHeadDotProductAttention_0.{part}.bias", 4, 16)
        add(f"{front}.MultiHeadDotProductAttention_0.out.kernel", 4, 16, 64)
        add(f"{front}.MultiHeadDotProductAttention_0.out.bias", 64)
        for norm in range(2):
            add(f"{front}.LayerNorm_{norm}.scale", 64)
            add(f"{front}.LayerNorm_{norm}.bias", 64)
        add(f"{front}.MlpBlock_0.Dense_0.kernel", 64, 256)
        add(f"{front}.MlpBlock_0.Dense_0.bias", 256)
        add(f"{front}.MlpBlock_0.Dense_1.kernel", 256, 64)
        add(f"{front}.MlpBlock_0.Dense_1.bias", 64)
    add("params.Dense_0.kernel", 64, 10)
    add("params.Dense_0.bias", 10)
    write("flax", rows)


if __name__ == "__main__":
    torchvision(sys.argv[1], "resnet18")
    torchvision(sys.argv[1], "inception_v3")
    safetensors(sys.argv[2])
    flax()
