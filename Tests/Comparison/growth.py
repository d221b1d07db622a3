"""Grows tiny models of transformers by eight blocks with one rule, and holds what they compute before and after against each other.

    growth.py REINIT [NAME ...]

REINIT is the command, NAME a model of tiny_models.py that MODELS lists; all unless said otherwise. Each model is made by its library with
every number random, norms' and biases' as well. `reinit fit` copies blocks and fills `@residual_out[new]` with zeros. Then

- the library loads the result with no key missing and none unexpected, and its configuration has eight blocks more;
- outputs are equal in every bit, and what is kept has the same bytes;
- without the rule outputs are others, so that the comparison can fail.

Needs numpy, safetensors, torch and transformers."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from safetensors.torch import load_file

import tiny_models

# Where blocks go: 'after' the first and the last; 'end', where what a block is depends on its number; 'whole', where it does so in periods.
MODELS = {
    "llama": "after", "llama-tied": "after", "mistral": "after", "qwen2": "after", "qwen3": "after", "smollm3": "end", "seed_oss": "after",
    "granite": "after", "olmo2": "after", "olmo3": "after", "phi3": "after", "gpt2": "after", "gpt2-untied": "after", "gpt2-cross": "after",
    "falcon": "after", "falcon-7b": "after", "falcon-alibi": "after", "gpt_neox": "after", "gemma": "after", "gemma2": "after",
    "gemma3_text": "after", "vaultgemma": "after", "opt": "after", "bloom": "after", "mixtral": "after", "qwen3_moe": "after", "qwen3_next": "after",
    "gpt_oss": "after", "granitemoe": "after", "starcoder2": "after", "cohere": "after", "deepseek_v3": "end", "mamba": "after", "mamba2": "after",
    "jamba": "whole", "t5-encoder": "end", "vit": "after", "deit": "after", "dinov2": "after", "clip_text_model": "after",
    "clip_vision_model": "after", "siglip_vision_model": "after",
}
COUNTS = ("num_hidden_layers", "n_layer", "num_layers")


def randomized(model):
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.add_(0.2 * noise if parameter.ndim < 2 else 0.1 * noise)
    return model


def inputs(model):
    generator = torch.Generator().manual_seed(11)
    if model.main_input_name == "pixel_values":
        size = model.config.image_size
        return dict(pixel_values=torch.randn(2, 3, size, size, generator=generator))
    return dict(input_ids=torch.randint(8, 90, (2, 12), generator=generator))


def outputs(model):
    model.eval()
    with torch.no_grad():
        found = model(**inputs(model))
    return found.logits if "logits" in found else found[0]


def renaming(names, way):
    lists = {}
    for name in names:
        if match := re.match(r"(.*?)\.(\d+)\.", name):
            lists.setdefault(match[1], set()).add(int(match[2]))
    place, numbers = max(lists.items(), key=lambda item: len(item[1]))
    last, more = len(numbers) - 1, len(numbers) + 7
    if way == "after":
        return f"{place}.0 = {place}.[0-4], {place}.[1-{last}] = {place}.[5-{last + 4}], {place}.{last} = {place}.[{last + 5}-{more}]"
    copied = f"{place}.{last}" if way == "end" else f"{place}.[0-{last}]"
    return f"{place}.[0-{last}] = {place}.[0-{last}], {copied} = {place}.[{last + 1}-{more}]"


def depth(folder):
    config = json.loads((folder / "config.json").read_text())
    return next(config[field] for field in COUNTS if field in config)


def grown(reinit, name, cls, old, folder, *rules):
    names = [key for file in old.glob("*.safetensors") for key in load_file(file)]
    subprocess.run([reinit, "fit", old, "--rename", renaming(names, MODELS[name]), *rules, "-o", folder], check=True, stdout=subprocess.DEVNULL)
    model, report = cls.from_pretrained(folder, output_loading_info=True)
    assert not report["missing_keys"] and not report["unexpected_keys"], report
    return model


def check(reinit, name, folder):
    import transformers
    cls, settings = tiny_models.transformers_models()[name]
    cls = getattr(transformers, cls)
    torch.manual_seed(1)
    old = folder / name
    randomized(cls(cls.config_class(**settings))).save_pretrained(old)
    before = outputs(cls.from_pretrained(old))
    after = outputs(grown(reinit, name, cls, old, folder / "grown", "--fill", "@residual_out[new]=zeros"))
    assert depth(folder / "grown") == depth(old) + 8, "the configuration does not follow"
    other = outputs(grown(reinit, name, cls, old, folder / "copied"))
    assert not torch.equal(before, other), "copies change nothing: the comparison says nothing"
    difference = (before - after).abs().max().item()
    return torch.equal(before, after), difference


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reinit")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    import transformers
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    wrong = []
    for name in options.names or MODELS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                equal, difference = check(options.reinit, name, Path(folder))
                said = "equal in bits" if equal else f"differ by {difference:.3g}"
            except Exception as error:
                equal, said = False, f"{type(error).__name__}: {error}"
        print(f"{name:20} {said}", flush=True)
        if not equal:
            wrong.append(name)
    print(f"{len(options.names or MODELS) - len(wrong)} of {len(options.names or MODELS)} models compute the same with eight blocks more")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
