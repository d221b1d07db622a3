"""Holds the models against torchvision's: names, shapes and order; strict loading; outputs; distributions.

    compare.py REINIT [PART ...] [--model NAME ...]

REINIT is the command; the parts are states, loading, outputs and distributions, all unless said otherwise. Needs torch,
torchvision, safetensors and scipy."""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import warnings
from collections import OrderedDict
from pathlib import Path

warnings.filterwarnings("ignore")
import torch
import torchvision.models as zoo
from safetensors.torch import load_file, save_file
from scipy.stats import ks_2samp

WITHOUT_HEADS = {"googlenet": {"aux_logits": False}, "inception_v3": {"aux_logits": False}}
# One model of each recipe; the sizes of a family do not change how it begins.
ONE_OF_EACH = [
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "inception_v3", "mnasnet0_5",
    "mobilenet_v2", "mobilenet_v3_small", "regnet_y_400mf", "resnet18", "resnet50", "resnext50_32x4d",
    "shufflenet_v2_x0_5", "squeezenet1_0", "swin_t", "vgg11_bn", "vit_b_32",
]


def torch_model(name, initialized=False):
    options = dict(WITHOUT_HEADS.get(name, {}))
    if options:
        options["init_weights"] = initialized
    # RegNet computes its widths with tensors.
    place = contextlib.nullcontext() if initialized or "regnet" in name else torch.device("meta")
    with place:
        return zoo.get_model(name, weights=None, **options)


def reinit(*arguments):
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=True).stdout


def states(names):
    """The same tensors, of the same shapes, in the same order."""
    for name in names:
        expected = [(k, list(v.shape)) for k, v in torch_model(name).state_dict().items()]
        summary = json.loads(reinit("summary", name, "--format", "json"))
        found = [(t["path"], t["shape"]) for t in summary["tensors"]]
        difference = next((pair for pair in zip(expected, found) if pair[0] != pair[1]), None)
        yield name, expected == found, f"{len(expected)} tensors" if expected == found else f"{difference}"


def loading(names):
    """load_state_dict(strict=True) takes what build writes."""
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/built.safetensors"
            reinit("build", name, "-o", path, "--quiet")
            model = torch_model(name, initialized=True)
            state = OrderedDict(load_file(path))
            # MNASNet asks for the version of its layout, which torch keeps beside the tensors and safetensors cannot.
            state._metadata = OrderedDict({"": {"version": 2}})
            try:
                model.load_state_dict(state, strict=True)
                yield name, True, ""
            except RuntimeError as error:
                yield name, False, str(error)[:200]


def moved(model):
    """Away from where it begins: running statistics, norms and scales that are 0 or 1 would hide mistakes."""
    random = torch.Generator().manual_seed(1)
    draw = lambda tensor: torch.randn(tensor.shape, generator=random)
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.copy_(0.1 * draw(buffer))
        if name.endswith("running_var"):
            buffer.copy_(torch.rand(buffer.shape, generator=random) + 0.5)
    for name, parameter in model.named_parameters():
        if "layer_scale" in name or name.startswith("heads") or name == "class_token":
            parameter.data.copy_(0.3 * draw(parameter))
        elif parameter.ndim == 1:
            parameter.data.add_(0.1 * draw(parameter))
    return model.eval()


def sizes(name):
    if name.startswith("vit"):
        return [(224, 224)]
    return [(299, 320)] if name.startswith("inception") else [(224, 224), (160, 193)]


def outputs(names):
    """max|a - b| <= 1e-4 max|b| for weights written by torch, two pictures at a time."""
    for name in names:
        worst = 0.0
        with torch.no_grad(), tempfile.TemporaryDirectory() as folder:
            model = moved(torch_model(name, initialized=True))
            save_file({k: v.contiguous() for k, v in model.state_dict().items()}, f"{folder}/weights.safetensors")
            for height, width in sizes(name):
                pictures = torch.randn(2, 3, height, width, generator=torch.Generator().manual_seed(3))
                save_file({"input": pictures}, f"{folder}/input.safetensors")
                reinit(
                    "run", name, "--weights", f"{folder}/weights.safetensors", "--input", f"{folder}/input.safetensors",
                    "--output", f"{folder}/output.safetensors", "--force")
                expected, found = model(pictures), load_file(f"{folder}/output.safetensors")["output"]
                worst = max(worst, ((found - expected).abs().max() / expected.abs().max()).item())
        yield name, worst <= 1e-4, f"{worst:.1e}"


def distributions(names):
    """Each tensor of build and of torchvision's own constructor: one distribution (two-sample KS), or equal values."""
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/built.safetensors"
            reinit("build", name, "--recipe", "torchvision", "--seed", "7", "-o", path, "--quiet")
            torch.manual_seed(7)
            expected, found = torch_model(name, initialized=True).state_dict(), load_file(path)
        least, culprit, tested = 1.0, "", 0
        for key, tensor in expected.items():
            a, b = tensor.flatten().double(), found[key].flatten().double()
            if a.unique().numel() == 1 or not tensor.is_floating_point():
                p = 1.0 if torch.equal(a, b) else 0.0
            else:
                p, tested = ks_2samp(a[:200_000].numpy(), b[:200_000].numpy()).pvalue, tested + 1
            if p < least:
                least, culprit = p, key
        # Of as many tests, one below this is to be expected once in a thousand runs.
        limit = 0.001 / max(tested, 1)
        yield name, least >= limit, f"{tested} tensors tested, least p {least:.1e} ({culprit})"


PARTS = {"states": states, "loading": loading, "outputs": outputs, "distributions": distributions}
parser = argparse.ArgumentParser()
parser.add_argument("command")
parser.add_argument("parts", nargs="*", default=list(PARTS))
parser.add_argument("--model", action="append")
options = parser.parse_args()
COMMAND = str(Path(options.command).resolve())
listed = [item["name"] for item in json.loads(reinit("list", "models", "--format", "json"))["items"]]
torchvision = [name for name in listed if name in set(zoo.list_models(module=zoo))]
wrong = 0
for part in options.parts or list(PARTS):
    names = options.model or (torchvision if part in ("states", "loading") else [n for n in ONE_OF_EACH if n in listed])
    print(f"{part}: {PARTS[part].__doc__.splitlines()[0]}")
    for name, is_right, words in PARTS[part](names):
        wrong += not is_right
        print(f"  {'ok   ' if is_right else 'WRONG'} {name:24} {words}", flush=True)
print("all agree" if wrong == 0 else f"{wrong} disagree")
sys.exit(wrong > 0)
