#!/usr/bin/env python3
"""Says what every tensor of the test trees is, from the published architectures: by patterns of names alone.

Writes ../Trees/MODEL.expected.tsv with the lines `name<TAB>role<TAB>kind of the owning layer`.
"""
import json
import pathlib
import re

TREES = pathlib.Path(__file__).parent.parent / "Trees"

# Per model: patterns of a layer's name (what stands before the last dot) and the layer's kind.
LAYERS = {
    "resnet18": [
        (r"conv1|layer\d\.\d\.conv\d|layer\d\.0\.downsample\.0", "Conv"),
        (r"bn1|layer\d\.\d\.bn\d|layer\d\.0\.downsample\.1", "BatchNorm"),
        (r"fc", "Dense"),
    ],
    "densenet121": [
        (r"features\.conv0|.*\.denselayer\d+\.conv\d|features\.transition\d\.conv", "Conv"),
        (r"features\.norm\d|.*\.denselayer\d+\.norm\d|features\.transition\d\.norm", "BatchNorm"),
        (r"classifier", "Dense"),
    ],
    "inception_v3": [
        (r"(AuxLogits|Conv2d|Mixed)\w*(\.\w+)*\.conv", "Conv"),
        (r"(AuxLogits|Conv2d|Mixed)\w*(\.\w+)*\.bn", "BatchNorm"),
        (r"fc|AuxLogits\.fc", "Dense"),
    ],
    "convnext_tiny": [
        (r"features\.0\.0|features\.[246]\.1|features\.[1357]\.\d+\.block\.0", "Conv"),
        (r"features\.0\.1|features\.[246]\.0|features\.[1357]\.\d+\.block\.2|classifier\.0", "Scale"),
        (r"features\.[1357]\.\d+\.block\.[35]|classifier\.2", "Dense"),
    ],
    "vit_b_16": [
        (r"conv_proj", "Conv"),
        (r"encoder\.ln|encoder\.layers\.encoder_layer_\d+\.ln_[12]", "Scale"),
        (r"encoder\.layers\.encoder_layer_\d+\.self_attention", "MultiHeadAttention"),
        (r".*\.out_proj|.*\.mlp\.(0|3|linear_1|linear_2)|heads\.head", "Dense"),
    ],
    "mobilenet_v3_large": [
        (r"features\.(0|16)\.0|features\.\d+\.block\.\d\.(0|fc1|fc2)", "Conv"),
        (r"features\.(0|16)\.1|features\.\d+\.block\.\d\.1", "BatchNorm"),
        (r"classifier\.[03]", "Dense"),
    ],
    "minilm": [
        (r"(.*\.)?(word|position|token_type)_embeddings", "Embedding"),
        (r".*LayerNorm", "Scale"),
        (r".*\.(query|key|value|dense)", "Dense"),
    ],
}
ALONE = {
    r"class_token|encoder\.pos_embedding": ("weight", "Parameter"),
    r".*\.layer_scale": ("other", "LayerScale"),
    r"(.*\.)?position_ids": ("buffer", "Parameter"),
}
ROLES = [
    (r"running_mean|running_var|num_batches_tracked", lambda kind: "buffer"),
    (r"bias|in_proj_bias", lambda kind: "bias"),
    (r"weight|in_proj_weight", lambda kind: "scale" if kind in ("BatchNorm", "Scale") else "weight"),
]


def expect(model, name):
    for pattern, answer in ALONE.items():
        if re.fullmatch(pattern, name):
            return answer
    layer, field = name.rsplit(".", 1)
    kinds = [kind for pattern, kind in LAYERS[model] if re.fullmatch(pattern, layer)]
    roles = [role(kinds[0]) for pattern, role in ROLES if re.fullmatch(pattern, field)]
    assert len(kinds) == 1 and len(roles) == 1, (model, name, kinds, roles)
    return roles[0], kinds[0]


for model in LAYERS:
    names = json.loads((TREES / f"{model}.json").read_text())
    lines = ["\t".join((name, *expect(model, name))) for name in names]
    (TREES / f"{model}.expected.tsv").write_text("\n".join(lines) + "\n")
