"""Holds the recipes `keras` and `flax` against Keras and Flax: how every tensor of small layers begins, over many seeds.

    recipes.py REINIT [--write]

REINIT is the command. Layers of the framework and of `reinit build --recipe` are made with as many seeds; each tensor of
both has the same constants, or the same distribution (moments, ends, a two-sample Kolmogorov-Smirnov test) and the same
orthonormal matrices. --write keeps the framework's numbers in Tests/ReinitializationTests/Reference, which the tests
hold the recipes against. Needs numpy, safetensors, jax, keras and flax."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
import flax
import flax.linen as nn
import jax
import jax.numpy as jnp
import keras
import numpy as np
from flax.traverse_util import flatten_dict
from safetensors.numpy import load_file

SEEDS = 24
REFERENCE = Path(__file__).resolve().parent.parent / "ReinitializationTests/Reference"

# Name, layer here, how many maps are packed along the outputs.
LAYERS = {
    "dense": ("Dense(in: 64, out: 48)", 1),
    "conv": ("Conv(in: 16, out: 24, kernel: [3, 3])", 1),
    "grouped": ("Conv(in: 16, out: 32, kernel: [3, 3], groups: 4)", 1),
    "depthwise": ("Conv(in: 96, out: 96, kernel: [5, 5], groups: 96)", 1),
    "transposed": ("ConvTranspose(in: 16, out: 24, kernel: [3, 3])", 1),
    "embedding": ("Embedding(vocabulary: 80, size: 36)", 1),
    "rnn": ("RNN(in: 40, hidden: 48)", 1),
    "lstm": ("LSTM(in: 40, hidden: 48)", 4),
    "gru": ("GRU(in: 40, hidden: 48)", 3),
    "attention": ("MultiHeadAttention(64, heads: 4)", 3),
    "batchnorm": ("BatchNorm(12)", 1),
    "layernorm": ("LayerNorm([12])", 1),
    "groupnorm": ("GroupNorm(groups: 3, 12)", 1),
    "prelu": ("PReLU(count: 12)", 1),
}


def outputs_first(kernel):
    """A kernel [k…, in, out] as [out, in, k…]; of a transposed convolution of Keras [k…, out, in] as [in, out, k…]."""
    return np.moveaxis(kernel, (-1, -2), (0, 1))


def two_biases(bias):
    """torch adds two biases where others have one."""
    return {"bias_ih_l0": bias, "bias_hh_l0": np.zeros_like(bias)}


def of_keras(name, seed):
    """The tensors of one of Keras's layers, under the names and in the layout of the layer here."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    picture, words = (None, 9, 9, 16), (None, 5, 40)

    def made(layer, *shapes):
        layer.build(*shapes)
        return [np.asarray(weight) for weight in layer.weights]

    def recurrent(layer):
        kernel, recurrent, bias = made(layer, words)
        # A GRU's second bias is its own, as torch's.
        biases = {"bias_ih_l0": bias[0], "bias_hh_l0": bias[1]} if bias.ndim == 2 else two_biases(bias)
        return {"weight_ih_l0": kernel.T, "weight_hh_l0": recurrent.T, **biases}

    match name:
        case "dense": weight, bias = made(layers.Dense(48), (None, 64))
        case "conv": weight, bias = made(layers.Conv2D(24, 3), picture)
        case "grouped": weight, bias = made(layers.Conv2D(32, 3, groups=4), picture)
        case "depthwise":
            weight, bias = made(layers.DepthwiseConv2D(5), (None, 9, 9, 96))
            weight = np.swapaxes(weight, -1, -2)
        case "transposed": weight, bias = made(layers.Conv2DTranspose(24, 3), picture)
        case "embedding": return {"weight": made(layers.Embedding(80, 36), (None, 5))[0]}
        case "rnn": return recurrent(layers.SimpleRNN(48))
        case "lstm": return recurrent(layers.LSTM(48))
        case "gru": return recurrent(layers.GRU(48))
        case "attention":
            weights = made(layers.MultiHeadAttention(4, 16), (None, 5, 64), (None, 5, 64))
            return packed(weights[:-2:2], weights[1:-2:2], *weights[-2:])
        case "batchnorm":
            names = ("weight", "bias", "running_mean", "running_var")
            return dict(zip(names, made(layers.BatchNormalization(), (None, 12))))
        case "layernorm": return dict(zip(("weight", "bias"), made(layers.LayerNormalization(), (None, 12))))
        case "groupnorm": return dict(zip(("weight", "bias"), made(layers.GroupNormalization(3), (None, 12))))
        case "prelu": return {"weight": made(layers.PReLU(), (None, 12))[0]}
    return {"weight": outputs_first(weight), "bias": bias}


def packed(kernels, biases, out_kernel, out_bias):
    """Queries, keys and values [64, heads, size] one above the other."""
    return {
        "in_proj_weight": np.concatenate([kernel.reshape(64, 64).T for kernel in kernels]),
        "in_proj_bias": np.concatenate([bias.reshape(64) for bias in biases]),
        "out_proj.weight": out_kernel.reshape(64, 64).T, "out_proj.bias": out_bias,
    }


def of_flax(name, seed):
    """The tensors of one of Flax's layers, under the names and in the layout of the layer here."""
    picture, words = jnp.ones((1, 9, 9, 16)), jnp.ones((1, 5, 40))

    def made(layer, *inputs):
        flat = flatten_dict(layer.init(jax.random.key(seed), *inputs))
        return {".".join(key[1:]): np.asarray(value) for key, value in flat.items()}

    def recurrent(cell, inputs, states):
        found = made(nn.RNN(cell), words)
        sides = [[f"cell.{gate}" for gate in side] for side in (inputs, states)]
        weights = [np.concatenate([found[f"{gate}.kernel"].T for gate in side]) for side in sides]
        # A gate without a bias has one of zeros here.
        biases = [np.concatenate([found.get(f"{gate}.bias", np.zeros(48, "f4")) for gate in side]) for side in sides]
        return dict(zip(("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"), weights + biases))

    match name:
        case "dense": found = made(nn.Dense(48), jnp.ones((1, 64)))
        case "conv": found = made(nn.Conv(24, (3, 3)), picture)
        case "grouped": found = made(nn.Conv(32, (3, 3), feature_group_count=4), picture)
        case "depthwise": found = made(nn.Conv(96, (5, 5), feature_group_count=96), jnp.ones((1, 9, 9, 96)))
        case "transposed":
            found = made(nn.ConvTranspose(24, (3, 3)), picture)
            return {"weight": np.moveaxis(found["kernel"], (-2, -1), (0, 1)), "bias": found["bias"]}
        case "embedding": return {"weight": made(nn.Embed(80, 36), jnp.ones((1,), int))["embedding"]}
        case "rnn": return recurrent(nn.SimpleCell(48), ["i"], ["h"])
        case "lstm": return recurrent(nn.LSTMCell(48), ["ii", "if", "ig", "io"], ["hi", "hf", "hg", "ho"])
        case "gru": return recurrent(nn.GRUCell(48), ["ir", "iz", "in"], ["hr", "hz", "hn"])
        case "attention":
            found = made(nn.MultiHeadDotProductAttention(4), jnp.ones((1, 5, 64)))
            sides = ("query", "key", "value")
            return packed(
                [found[f"{side}.kernel"] for side in sides], [found[f"{side}.bias"] for side in sides],
                found["out.kernel"], found["out.bias"])
        case "batchnorm":
            found = made(nn.BatchNorm(use_running_average=True), jnp.ones((1, 12)))
            return {
                "weight": found["scale"], "bias": found["bias"], "running_mean": found["mean"],
                "running_var": found["var"]}
        case "layernorm" | "groupnorm":
            found = made(nn.LayerNorm() if name == "layernorm" else nn.GroupNorm(3), jnp.ones((1, 12)))
            return {"weight": found["scale"], "bias": found["bias"]}
        case "prelu": return {"weight": np.full(12, made(nn.PReLU(), jnp.ones((1, 12)))["negative_slope"])}
    return {"weight": outputs_first(found["kernel"]), "bias": found["bias"]}


def of_reinit(recipe):
    """For each seed and layer, the tensors that reinit makes."""
    with tempfile.TemporaryDirectory() as folder:
        layers = [{"name": name, "layer": layer} for name, (layer, _) in LAYERS.items()]
        Path(f"{folder}/layers.json").write_text(json.dumps({"layer": "Chain", "layers": layers}))
        for seed in range(SEEDS):
            subprocess.run(
                [COMMAND, "build", f"{folder}/layers.json", "--recipe", recipe, "--seed", str(seed), "--force",
                 "--quiet", "-o", f"{folder}/built.safetensors"], check=True, stdout=subprocess.DEVNULL)
            layers = {}
            for key, value in load_file(f"{folder}/built.safetensors").items():
                layer, _, field = key.partition(".")
                layers.setdefault(layer, {})[field] = value
            yield layers


def are_orthonormal(tensor, parts):
    """Whether rows or columns, whichever are fewer, of each of as many matrices are orthonormal."""
    if tensor.ndim < 2 or len(tensor) % parts:
        return False
    for matrix in np.split(tensor.reshape(len(tensor), -1), parts):
        product = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
        if np.abs(product - np.eye(len(product))).max() > 1e-4:
            return False
    return True


def runs(values):
    """Equal neighbors as [value, how many]."""
    lengths = []
    for value in values.tolist():
        if lengths and lengths[-1][0] == value:
            lengths[-1][1] += 1
        else:
            lengths.append([value, 1])
    return lengths


def measured(tensors, parts):
    """What a tensor is over all seeds."""
    first = tensors[0]
    result = {"shape": list(first.shape)}
    if all(np.array_equal(first, other) for other in tensors):
        return result | {"constant": runs(first.flatten())}
    values = np.concatenate([tensor.flatten() for tensor in tensors]).astype(np.float64)
    std = values.std()
    matrices = next((n for n in (1, parts) if are_orthonormal(first, n)), 0)
    numbers = {
        "mean": values.mean(), "std": std, "min": values.min(), "max": values.max(),
        "kurtosis": (((values - values.mean()) / std) ** 4).mean(),
    }
    return result | {key: round(float(value), 6) for key, value in numbers.items()} | {"orthonormal": matrices}


def least_probability(a, b):
    """Of the two-sample Kolmogorov-Smirnov test, for large samples."""
    a, b = np.sort(a), np.sort(b)
    both = np.concatenate([a, b])
    distance = np.abs(np.searchsorted(a, both, "right") / len(a) - np.searchsorted(b, both, "right") / len(b)).max()
    size = distance * np.sqrt(len(a) * len(b) / (len(a) + len(b)))
    return min(1, 2 * sum((-1) ** (k - 1) * np.exp(-2 * k * k * size * size) for k in range(1, 101)))


def difference(expected, found, values):
    """What is not the same, in words; nothing if all is."""
    if "constant" in expected or "constant" in found:
        return "" if expected.get("constant") == found.get("constant") else f"{expected} {found}"
    if expected["shape"] != found["shape"] or expected["orthonormal"] != found["orthonormal"]:
        return f"{expected} {found}"
    scale = expected["std"]
    is_near = abs(found["std"] / scale - 1) < 0.02 and abs(found["mean"] - expected["mean"]) < 0.03 * scale
    # Uniform and truncated values end where they are cut; others end anywhere.
    if expected["kurtosis"] < 2.5 and not expected["orthonormal"]:
        is_near &= all(abs(found[end] / expected[end] - 1) < 0.02 for end in ("min", "max"))
    if not expected["orthonormal"]:
        is_near &= abs(found["kurtosis"] - expected["kurtosis"]) < 0.12
        is_near &= least_probability(*values) > 1e-5
    return "" if is_near else f"{expected} {found}"


def compare(framework, make, version):
    """Every tensor of every layer; what was measured of the framework, and how many tensors differ."""
    ours, wrong, layers = list(of_reinit(framework)), 0, []
    for name, (layer, parts) in LAYERS.items():
        theirs = [make(name, seed) for seed in range(SEEDS)]
        tensors = {}
        for field in theirs[0]:
            pair = [[seed[field] for seed in theirs], [seed[name][field] for seed in ours]]
            tensors[field], found = (measured(side, parts) for side in pair)
            words = difference(tensors[field], found, [np.concatenate([t.flatten() for t in side]) for side in pair])
            wrong += words != ""
            print(f"  {'WRONG' if words else 'ok   '} {framework:8} {name:12} {field:16} {words}", flush=True)
        layers.append({"name": name, "layer": layer, "tensors": tensors})
    return wrong, {"framework": framework, "versions": version, "seeds": SEEDS, "layers": layers}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    COMMAND = str(Path(options.command).resolve())
    disagree = 0
    for framework, make, version in [
        ("keras", of_keras, {"keras": keras.__version__, "jax": jax.__version__}),
        ("flax", of_flax, {"flax": flax.__version__, "jax": jax.__version__}),
    ]:
        wrong, numbers = compare(framework, make, version)
        disagree += wrong
        if options.write:
            REFERENCE.mkdir(exist_ok=True)
            lines = ",\n".join("    " + json.dumps(layer) for layer in numbers.pop("layers"))
            head = json.dumps(numbers)[:-1]
            (REFERENCE / f"{framework}.json").write_text(f'{head}, "layers": [\n{lines}\n]}}\n')
    print("all agree" if disagree == 0 else f"{disagree} disagree")
    sys.exit(disagree > 0)
