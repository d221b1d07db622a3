"""Writes reference.json: the standard deviations that the authors' code draws with.

    git clone https://github.com/hongyi-zhang/Fixup
    python3 reference.py Fixup/cifar/models/fixup_resnet_cifar.py Fixup/imagenet/models/fixup_resnet_imagenet.py > reference.json

Runs with torch. The networks are made as they stand in the two files, and what `normal_` is given is written down: for each
network every shape of a convolution inside of a branch, once. The last convolution of a branch is all zeros there.
"""

import importlib.util
import json
import re
import sys

import torch

NETS = (("fixup_resnet20", 0, 2), ("fixup_resnet110", 0, 2), ("fixup_resnet18", 1, 2), ("fixup_resnet50", 1, 3),
        ("fixup_resnet152", 1, 3))


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases(modules):
    drawn = {}
    normal = torch.nn.init.normal_

    def noted(tensor, mean=0.0, std=1.0, generator=None):
        drawn[id(tensor)] = float(std)
        return normal(tensor, mean, std)

    torch.nn.init.normal_ = noted
    for name, module, m in NETS:
        drawn.clear()
        net, seen = getattr(modules[module], name)(), set()
        for path, weight in net.named_parameters():
            if not re.fullmatch(r"layer\d\.\d+\.conv\d\.weight", path):
                continue
            std = drawn.get(id(weight), 0.0)
            assert std or not weight.any()
            key = (tuple(weight.shape), std)
            if key not in seen:
                seen.add(key)
                yield {"net": name, "tensor": path, "shape": list(weight.shape), "m": m, "blocks": net.num_layers,
                       "last": not std, "std": std}


lines = ",\n".join("  " + json.dumps(case) for case in cases([load(path, f"net{i}") for i, path in enumerate(sys.argv[1:3])]))
head = {"source": f"hongyi-zhang/Fixup, run with torch {torch.__version__}",
        "std": "what normal_ is given; tolerance 1e-12, relative, with mode fan_out"}
print(json.dumps(head, indent=1)[:-2] + ',\n "cases": [\n' + lines + "\n ]\n}")
