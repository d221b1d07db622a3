#!/usr/bin/env python3
"""Makes the trees that the inference tests read: names and shapes only, from torchvision's state dicts and from a
safetensors file of sentence-transformers/all-MiniLM-L6-v2.

    make_trees.py STATE_DICTS.json MINILM.safetensors

The first file maps a model's name to {"tensors": {name: shape}}, as {k: list(v.shape)} of model.state_dict().
"""
import json
import pathlib
import struct
import sys

TREES = pathlib.Path(__file__).parent.parent / "Trees"
MODELS = ["resnet18", "densenet121", "inception_v3", "convnext_tiny", "vit_b_16", "mobilenet_v3_large"]


def write(name, tensors):
    lines = ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in tensors.items())
    (TREES / f"{name}.json").write_text("{\n" + lines + "\n}\n")


states = json.load(open(sys.argv[1]))
for model in MODELS:
    write(model, states[model]["tensors"])
with open(sys.argv[2], "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
header.pop("__metadata__", None)
print({v["dtype"] for v in header.values()})
write("minilm", {k: v["shape"] for k, v in header.items()})
