"""Makes adapters for tiny models of transformers with `reinit fit BASE --to lora`, and loads them with peft.

    adapters.py REINIT [--pissa PLUGIN]

REINIT is the command, PLUGIN the built plugin of Plugins/PiSSA. For each case peft loads the adapter over the base with no key missing and none
unexpected, its configuration is what was said, and outputs are those of the base, in every bit where the second matrix is 0. With PiSSA the
residual base and the adapter together compute what the base does, to 1e-5 of the largest output, and the residual alone does not.

Needs numpy, safetensors, torch, transformers and peft."""

import argparse
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from safetensors.torch import load_file

import growth
import tiny_models

# name: (model, settings of the adapter, rules, whether outputs have to be the base's in every bit).
CASES = {
    "two maps": ("llama", ["r=4", "lora_alpha=8", "target_modules=q_proj v_proj"], [], True),
    "all maps, scaled by the root": ("llama", ["r=3", "use_rslora=true", 'target_modules=["**.self_attn Dense", "**.mlp Dense"]'], [], True),
    "by blocks": ("qwen2", ["target_modules=model.layers.1.self_attn.o_proj, model.layers.2.mlp"], [], True),
    "gaussian": ("mistral", ["r=4", "init_lora_weights=gaussian", "target_modules=o_proj"], [], True),
    "orthogonal": ("llama", ["r=4", "target_modules=down_proj"], ["**.lora_A.weight=orthogonal"], True),
    "Conv1D": ("gpt2", ["r=4", "target_modules=c_attn c_fc"], [], True),
    "embedding": ("llama", ["r=4", "target_modules=embed_tokens q_proj"], [], True),
    "packed maps": ("phi3", ["r=4", "target_modules=qkv_proj gate_up_proj"], [], True),
    "falcon": ("falcon-7b", ["target_modules=query_key_value"], [], True),
    "bias": ("opt", ["r=4", "lora_bias=true", "target_modules=fc1"], [], True),
}


def made(name, folder):
    import transformers
    cls, settings = tiny_models.transformers_models()[name]
    cls = getattr(transformers, cls)
    torch.manual_seed(1)
    growth.randomized(cls(cls.config_class(**settings))).save_pretrained(folder)
    return cls


def loaded(cls, base, adapter):
    """The model with its adapter, loaded strictly."""
    import peft
    config = peft.PeftConfig.from_pretrained(adapter)
    model = peft.get_peft_model(cls.from_pretrained(base), config)
    own = set(peft.get_peft_model_state_dict(model, save_embedding_layers=False))
    there = load_file(adapter / "adapter_model.safetensors")
    assert own == set(there), f"missing {sorted(own - set(there))}, unexpected {sorted(set(there) - own)}"
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model = peft.PeftModel.from_pretrained(cls.from_pretrained(base), adapter)
    state = peft.get_peft_model_state_dict(model, save_embedding_layers=False)
    assert all(torch.equal(state[name], there[name]) for name in there)
    return model, config, there


def check(reinit, case, folder):
    name, settings, rules, exact = CASES[case]
    base, adapter = folder / "base", folder / "adapter"
    cls = made(name, base)
    fills = [word for rule in rules for word in ("--fill", rule)]
    run(reinit, "fit", base, "--to", "lora", *(word for item in settings for word in ("--set", item)), *fills, "-o", adapter)
    run(reinit, "verify", adapter)
    before = growth.outputs(cls.from_pretrained(base))
    model, config, there = loaded(cls, base, adapter)
    rank = next((int(item[2:]) for item in settings if item.startswith("r=")), 8)
    assert config.r == rank and config.base_model_name_or_path == str(base), config
    after = growth.outputs(model)
    assert torch.equal(before, after) or not exact, f"outputs differ by {(before - after).abs().max().item():.3g}"
    # A base that is adapted by what is not 0 computes something else.
    with torch.no_grad():
        for key, value in model.named_parameters():
            if "lora_B" in key or "lora_embedding_A" in key:
                value.fill_(0.1)
    assert not torch.equal(before, growth.outputs(model)), "the adapter is not used"
    return f"{len(there)} tensors on {', '.join(sorted(config.target_modules))}"


def pissa(reinit, plugin, folder):
    base, adapter, rest = folder / "base", folder / "adapter", folder / "rest"
    cls = made("llama", base)
    plugin = ["--plugin", plugin]
    run(reinit, "fit", base, "--to", "lora", "--set", "r=4", "--set", "lora_alpha=4", "--set", "target_modules=q_proj v_proj", *plugin,
        "--fill", "**.lora_A.weight=pissa_a(base: old)", "--fill", "**.lora_B.weight=pissa_b(base: old)", "-o", adapter)
    run(reinit, "apply", base, *plugin, "--fill", "**.q_proj.weight=pissa_residual(rank: 4)", "--fill", "**.v_proj.weight=pissa_residual(rank: 4)", "-o", rest)
    before = growth.outputs(cls.from_pretrained(base))
    model, _, there = loaded(cls, rest, adapter)
    largest, difference = before.abs().max(), (before - growth.outputs(model)).abs().max()
    assert difference <= 1e-5 * largest, f"outputs differ by {difference:.3g} of {largest:.3g}"
    alone = (before - growth.outputs(cls.from_pretrained(rest))).abs().max()
    assert alone > 1e-2 * largest, "the residual alone computes the same"
    old, new = load_file(base / "model.safetensors"), load_file(rest / "model.safetensors")
    furthest = 0
    for name in (name for name in there if "lora_A" in name):
        module = name.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
        product = there[name.replace("lora_A", "lora_B")].double() @ there[name].double()
        furthest = max(furthest, (new[f"{module}.weight"].double() + product - old[f"{module}.weight"].double()).abs().max().item())
    return f"W' + BA is W to {furthest:.2g}, outputs to {difference / largest:.2g} of the largest"


def run(*words):
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reinit")
    parser.add_argument("--pissa")
    options = parser.parse_args()
    import transformers
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    wrong = 0
    cases = {case: (lambda folder, case=case: check(options.reinit, case, folder)) for case in CASES}
    if options.pissa:
        cases["PiSSA"] = lambda folder: pissa(options.reinit, options.pissa, folder)
    for case, test in cases.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                said = test(Path(folder))
            except Exception as error:
                wrong, said = wrong + 1, f"wrong: {type(error).__name__}: {error}"
        print(f"{case:30} {said}", flush=True)
    print(f"{len(cases) - wrong} of {len(cases)} adapters load and compute what they have to")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
