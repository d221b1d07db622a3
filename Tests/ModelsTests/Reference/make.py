"""Writes what torchvision's models are and compute, for the tests. Run with torch and torchvision installed:
python make.py

digests.json: for each model the number of tensors and of parameters, and the 64-bit FNV-1a hash of its state dict's
names and shapes in their order. outputs.json: outputs for parameters and pictures that follow from a formula."""

import json
import math
import warnings

import torch
import torchvision.models as zoo

warnings.filterwarnings("ignore")
WITHOUT_HEADS = {"googlenet", "inception_v3"}


def model(name, aux=False, **options):
    if name in WITHOUT_HEADS:
        options |= {"aux_logits": aux, "init_weights": False}
    return zoo.get_model(name, weights=None, **options)


def fnv(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def digest(module):
    lines = [f"{name} {list(tensor.shape)}\n" for name, tensor in module.state_dict().items()]
    parameters = sum(p.numel() for p in module.parameters())
    return {"tensors": len(lines), "parameters": parameters, "fnv1a": fnv("".join(lines))}


def digests():
    names = [n for n in zoo.list_models(module=zoo) if not n.startswith(("maxvit", "swin_v2"))]
    result = {name: digest(model(name)) for name in names}
    for name in WITHOUT_HEADS:
        result[name + " aux_logits=true"] = digest(model(name, aux=True))
    for width in 0.5, 0.75, 1.3:
        result[f"mobilenet_v2 width={width}"] = digest(zoo.MobileNetV2(width_mult=width))
    with open("digests.json", "w") as file:
        lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in sorted(result.items())]
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


def values(shape, salt, scale=1.0, shift=0.0):
    """The numbers of Tests/ForwardTests/Reference/make.py."""
    count = math.prod(shape)
    index = torch.arange(count, dtype=torch.int64)
    h = (index * 2654435761 + salt * 0x9E3779B1) & 0xFFFFFFFF
    h = ((h ^ (h >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    h = h ^ (h >> 12)
    return (((h >> 16).double() / 65536 - 0.5) * scale + shift).reshape(shape)


def fill(module):
    """Weights of variance 2/fan_in, all else near where it begins."""
    state = module.state_dict()
    for salt, (name, tensor) in enumerate(state.items(), start=100):
        if not tensor.is_floating_point():
            continue
        shape = list(tensor.shape)
        if name.endswith("running_var") or (tensor.ndim == 1 and name.endswith("weight")):
            new = values(shape, salt, 0.5, 1.0)
        elif tensor.ndim == 1:
            new = values(shape, salt, 0.2)
        else:
            new = values(shape, salt, math.sqrt(24 / math.prod(shape[1:])))
        state[name] = new.float()
    module.load_state_dict(state)
    return module.double().eval()


def outputs():
    cases = [
        ("resnet18", 64, 80), ("densenet121", 64, 96), ("squeezenet1_1", 65, 80), ("mobilenet_v2", 64, 65),
        ("mobilenet_v3_small", 64, 96), ("mnasnet0_5", 96, 64), ("shufflenet_v2_x0_5", 64, 70),
        ("regnet_x_400mf", 64, 64), ("regnet_y_400mf", 64, 66), ("efficientnet_b0", 64, 64), ("googlenet", 96, 80),
        ("inception_v3", 96, 107), ("convnext_tiny", 64, 70), ("swin_t", 72, 64),
    ]
    lines = []
    for name, height, width in cases:
        module = fill(model(name, num_classes=10))
        lines.append(case(name, module, height, width))
    vit = zoo.VisionTransformer(64, 16, 12, 3, 192, 768, num_classes=10)
    lines.append(case("vit_ti_16", fill(vit), 64, 64))
    with open("outputs.json", "w") as file:
        file.write('{"torchvision": "%s", "cases": [\n' % __import__("torchvision").__version__.split("+")[0])
        file.write(",\n".join(lines) + "\n]}\n")


def case(name, module, height, width):
    with torch.no_grad():
        scores = module(values([2, 3, height, width], 1, 2.0))
    numbers = [float(f"{v:.8g}") for v in scores.flatten().tolist()]
    return json.dumps({"model": name, "height": height, "width": width, "output": numbers}, separators=(",", ":"))


if __name__ == "__main__":
    digests()
    outputs()
