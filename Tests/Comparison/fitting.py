"""Holds `reinit fit` against what torchvision and timm make of a checkpoint for another target.

    fitting.py REINIT

REINIT is the command. Needs torch, torchvision, timm and safetensors."""

import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import torchvision.models as zoo
from safetensors.torch import load_file, save_file
from timm.layers import resample_abs_pos_embed
from timm.models._manipulate import adapt_input_conv
from torchvision.models.vision_transformer import interpolate_embeddings

COMMAND = sys.argv[1]
FOLDER = Path(tempfile.mkdtemp(prefix="reinit-fitting-"))


def fit(old, *arguments):
    """Saves a state dict, fits it, and loads the result."""
    save_file({k: v.contiguous() for k, v in old.items()}, FOLDER / "old.safetensors")
    (FOLDER / "new.safetensors").unlink(missing_ok=True)
    run = subprocess.run(
        [COMMAND, "fit", FOLDER / "old.safetensors", *arguments, "-o", FOLDER / "new.safetensors"], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(run.stdout + run.stderr)
    return load_file(FOLDER / "new.safetensors")


def shapes(tensors):
    lines = [f"{name} F32 {list(tensor.shape)}" for name, tensor in tensors.items()]
    (FOLDER / "shapes.txt").write_text("\n".join(lines) + "\n")
    return FOLDER / "shapes.txt"


def equal(old, new, but=()):
    return all(torch.equal(old[name], new[name]) for name in old if name not in but)


def classes():
    """Seven classes: 318 tensors as they were, two new, and torch loads them strictly."""
    old = zoo.resnet50().state_dict()
    new = fit(old, "--to", "resnet50", "--set", "classes=7", "--fill", "fc=default", "--fill", "fc.bias=zeros")
    zoo.resnet50(num_classes=7).load_state_dict(new, strict=True)
    return len(new) == 320 and equal(old, new, ("fc.weight", "fc.bias")), 0.0


def larger_pictures():
    """ViT-B/16 from 224 to 384, as torchvision's interpolate_embeddings; within 1e-6."""
    model = zoo.vit_b_16()
    torch.nn.init.normal_(model.encoder.pos_embedding, std=0.02)
    old = model.state_dict()
    expected = interpolate_embeddings(384, 16, dict(old))
    new = fit(old, "--to", "vit_b_16", "--set", "image_size=384", "--fill", "encoder.pos_embedding=resample")
    name = "encoder.pos_embedding"
    error = (new[name] - expected[name]).abs().max().item()
    return equal(old, new, (name,)) and error < 1e-6, error


def timm_pictures():
    """Position tables as timm resamples them; within 1e-6."""
    worst = 0.0
    for before, after, prefix in [(14, 24, 1), (16, 12, 0), (14, 7, 2)]:
        old = {"pos_embed": torch.randn(1, prefix + before**2, 64) * 0.02}
        expected = resample_abs_pos_embed(old["pos_embed"], [after, after], num_prefix_tokens=prefix)
        rule = "pos_embed=resample(align_corners: false, antialias: true)"
        new = fit(old, "--to", shapes({"pos_embed": expected}), "--fill", rule)
        worst = max(worst, (new["pos_embed"] - expected).abs().max().item())
    return worst < 1e-6, worst


def channels():
    """A first convolution from 3 channels to 1 and 4 as timm's adapt_input_conv, within 1e-7; from 4 to 9 the four in bits."""
    old, worst = zoo.resnet50().state_dict(), 0.0
    for count, mode in [(1, "sum"), (4, "repeat")]:
        rule = f"conv1.weight=input_channels({mode})"
        new = fit(old, "--to", "resnet50", "--set", f"channels={count}", "--fill", rule)
        worst = max(worst, (new["conv1.weight"] - adapt_input_conv(count, old["conv1.weight"])).abs().max().item())
    wide = fit(new, "--to", shapes(new | {"conv1.weight": torch.zeros(64, 9, 7, 7)}), "--fill", "conv1.weight=input_channels(zero)")
    kept = torch.equal(wide["conv1.weight"][:, :4], new["conv1.weight"]) and not wide["conv1.weight"][:, 4:].any()
    return kept and worst < 1e-7, worst


failed = 0
for check in (classes, larger_pictures, timm_pictures, channels):
    passed, error = check()
    failed += not passed
    print(f"{'ok  ' if passed else 'FAIL'} {check.__name__}: largest difference {error:.1e}", flush=True)
sys.exit(1 if failed else 0)
