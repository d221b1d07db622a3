"""Writes the reference values of the forward tests: what torch computes, in double precision, for layers whose
parameters and inputs follow from a formula. Run with torch and torchvision installed:
python make.py [FAMILY ...]"""

import json
import random

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def values(shape, salt, scale=1.0, shift=0.0):
    """Numbers from -1/2 to 1/2 in steps of 2^-16, scaled and shifted: exact in 32-bit floats."""
    index = torch.arange(int(torch.tensor(shape).prod()) if shape else 1, dtype=torch.int64)
    h = (index * 2654435761 + salt * 0x9E3779B1) & 0xFFFFFFFF
    h = ((h ^ (h >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    h = h ^ (h >> 12)
    return (((h >> 16).double() / 65536 - 0.5) * scale + shift).reshape(shape)


def fill(module, parameters):
    """Gives every parameter and buffer its values, and notes their formulas."""
    state = {}
    for salt, (name, tensor) in enumerate(module.state_dict().items(), start=100):
        if name.endswith("num_batches_tracked"):
            continue
        scale, shift = (1.0, 1.0) if name.endswith("running_var") else (1.0, 0.0)
        state[name] = values(list(tensor.shape), salt, scale, shift)
        parameters[name] = [salt, scale, shift]
    module.load_state_dict(state, strict=False)
    return module.double().eval()


class Cases:
    def __init__(self, name):
        self.name, self.cases = name, []

    def add(self, text, function, shapes, children=(), scale=2.0, module=None, parameters=None, indices=None):
        noted = dict(parameters or {})
        if module is not None:
            fill(module, noted)
        inputs = [values(list(s), 1 + i, scale) for i, s in enumerate(shapes)]
        if indices is not None:
            inputs = [torch.tensor(indices)]
        with torch.no_grad():
            outputs = function(*inputs)
        outputs = outputs if isinstance(outputs, (tuple, list)) else [outputs]
        case = {"layer": text, "parameters": noted}
        if children:
            case["children"] = list(children)
        if indices is not None:
            case["indices"] = {"shape": list(inputs[0].shape), "values": inputs[0].flatten().tolist()}
        else:
            case["inputs"] = [{"shape": list(s), "formula": [1 + i, scale, 0.0]} for i, s in enumerate(shapes)]
        case["outputs"] = [
            {"shape": list(o.shape), "values": [float(f"{v:.8g}") for v in o.flatten().tolist()]} for o in outputs
        ]
        self.cases.append(case)

    def module(self, text, module, *shapes, **options):
        self.add(text, module, shapes, module=module, **options)

    def write(self):
        with open(self.name + ".json", "w") as file:
            file.write('{"torch": "%s", "cases": [\n' % torch.__version__.split("+")[0])
            file.write(",\n".join(json.dumps(c, separators=(",", ":")) for c in self.cases))
            file.write("\n]}\n")


def swift(name, *positional, **named):
    def text(value):
        return str(value).lower() if isinstance(value, bool) else str(value)

    parts = [text(p) for p in positional] + [f"{k}: {text(v)}" for k, v in named.items()]
    return f"{name}({', '.join(parts)})"


def maps():
    cases = Cases("maps")
    cases.module(swift("Dense", **{"in": 5}, out=7), nn.Linear(5, 7), [3, 5])
    cases.module(swift("Dense", **{"in": 5}, out=7, bias=False), nn.Linear(5, 7, bias=False), [2, 3, 2, 5])
    cases.module(swift("Dense", **{"in": 33}, out=4), nn.Linear(33, 4), [33])
    cases.module("Bilinear(in: 3, 4, out: 5)", nn.Bilinear(3, 4, 5), [2, 6, 3], [2, 6, 4])
    cases.module("Bilinear(in: 3, 4, out: 2, bias: false)", nn.Bilinear(3, 4, 2, bias=False), [7, 3], [7, 4])
    cases.module("Embedding(vocabulary: 11, size: 3)", nn.Embedding(11, 3), indices=[[0, 10, 3], [3, 3, 7]])
    cases.module(
        "Embedding(vocabulary: 5, size: 4, paddingIndex: 0)", nn.Embedding(5, 4, padding_idx=0), indices=[4, 0, 1])
    cases.module("PReLU(1)", nn.PReLU(1), [2, 3, 4])
    cases.module("PReLU(3)", nn.PReLU(3), [2, 3, 4, 2])
    weight, bias = values([3, 1, 1], 100), values([3, 1, 1], 101)
    cases.add(
        "Scale([3, 1, 1])", lambda x: x * weight + bias, [[2, 3, 4, 2]],
        parameters={"weight": [100, 1, 0], "bias": [101, 1, 0]})
    cases.add("LayerScale([3, 1, 1])", lambda x: x * weight, [[2, 3, 4, 2]], parameters={"": [100, 1, 0]})
    row = values([5], 100)
    cases.add("Scale([5], bias: false)", lambda x: x * row, [[2, 5]], parameters={"weight": [100, 1, 0]})
    cases.write()


def convolutions():
    cases, draw = Cases("convolutions"), random.Random(20)
    modules = {1: (nn.Conv1d, nn.ConvTranspose1d), 2: (nn.Conv2d, nn.ConvTranspose2d), 3: (nn.Conv3d, nn.ConvTranspose3d)}
    for axes, isTransposed in [(1, 0), (2, 0), (3, 0), (1, 1), (2, 1), (3, 1)] * 6:
        while True:
            pick = lambda least, most: [draw.randint(least, most) for _ in range(axes)]
            kernel, stride, padding, dilation = pick(1, 3), pick(1, 3), pick(0, 2), pick(1, 2)
            extra = [draw.randint(0, max(s, d) - 1) for s, d in zip(stride, dilation)]
            groups = draw.choice([1, 1, 2, 4])
            inputs, outputs = groups * draw.randint(1, 2), groups * draw.randint(1, 2)
            bias = draw.random() < 0.7
            shape = [draw.randint(1, 2), inputs] + pick(2, 5 if axes == 3 else 8)
            options = dict(stride=stride, padding=padding, dilation=dilation, groups=groups, bias=bias)
            text = dict(options)
            if isTransposed:
                options["output_padding"] = extra
                text["outputPadding"] = extra
            module = modules[axes][isTransposed](inputs, outputs, kernel, **options)
            try:
                size = module(torch.zeros(shape)).numel()
            except RuntimeError:
                continue
            if 0 < size <= 180:
                break
        name = ["Conv", "ConvTranspose"][isTransposed]
        cases.module(swift(name, **{"in": inputs}, out=outputs, kernel=kernel, **text), module, shape)
    cases.module("Conv(in: 3, out: 4, kernel: [1, 1])", nn.Conv2d(3, 4, 1), [2, 3, 4, 5])
    cases.module("Conv(in: 6, out: 6, kernel: [3, 3], padding: 1, groups: 6, bias: false)",
                 nn.Conv2d(6, 6, 3, padding=1, groups=6, bias=False), [1, 6, 5, 6])
    cases.write()


def norms():
    cases = Cases("norms")
    for shape in [3, 4], [2, 4, 5], [2, 4, 3, 3]:
        module = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d}[len(shape)]
        cases.module("BatchNorm(4)", module(4), shape)
    cases.module("BatchNorm(4, affine: false, eps: 0.01)", nn.BatchNorm2d(4, affine=False, eps=0.01), [2, 4, 2, 3])
    cases.module("BatchNorm(4, trackRunningStats: false)", nn.BatchNorm2d(4, track_running_stats=False), [3, 4, 2, 3])
    cases.module("InstanceNorm(4)", nn.InstanceNorm2d(4), [2, 4, 3, 3])
    cases.module("InstanceNorm(4, affine: true)", nn.InstanceNorm1d(4, affine=True), [2, 4, 6])
    cases.module("InstanceNorm(4, affine: true, trackRunningStats: true)",
                 nn.InstanceNorm2d(4, affine=True, track_running_stats=True), [2, 4, 3, 2])
    cases.module("GroupNorm(groups: 2, 6)", nn.GroupNorm(2, 6), [2, 6, 3, 2])
    cases.module("GroupNorm(groups: 3, 6, affine: false, eps: 0.5)", nn.GroupNorm(3, 6, eps=0.5, affine=False), [4, 6])
    cases.module("GroupNorm(groups: 1, 6)", nn.GroupNorm(1, 6), [2, 6, 4])
    cases.module("LayerNorm([5])", nn.LayerNorm(5), [2, 3, 5])
    cases.module("LayerNorm([3, 5], eps: 0.001)", nn.LayerNorm([3, 5], eps=0.001), [2, 3, 5])
    cases.module("LayerNorm([5], bias: false)", nn.LayerNorm(5, bias=False), [4, 5])
    cases.module("LayerNorm([5], affine: false)", nn.LayerNorm(5, elementwise_affine=False), [4, 5])
    cases.module("RMSNorm([5])", nn.RMSNorm(5, eps=1e-6), [2, 3, 5])
    cases.module("RMSNorm([3, 5], eps: 0.1, affine: false)", nn.RMSNorm([3, 5], eps=0.1, elementwise_affine=False), [2, 3, 5])
    # A mean far from 0 beside a small spread: what single precision loses if the mean is not taken off first.
    cases.add("LayerNorm([64], affine: false)", lambda x: F.layer_norm(x, [64], eps=1e-5), [[1, 64]], scale=1024.0)
    cases.write()


def stateless():
    cases = Cases("stateless")
    functions = dict(
        relu=F.relu, relu6=F.relu6, gelu=F.gelu, silu=F.silu, sigmoid=torch.sigmoid, tanh=torch.tanh,
        hardswish=F.hardswish, hardsigmoid=F.hardsigmoid, softmax=lambda x: F.softmax(x, -1))
    for name, function in functions.items():
        cases.add(f"Activation(.{name})", function, [[5, 13]], scale=32.0)
    maxima = [F.max_pool1d, F.max_pool2d, F.max_pool3d]
    means = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d]
    draw = random.Random(30)
    for axes in [1, 2, 3] * 4:
        pick = lambda least, most: [draw.randint(least, most) for _ in range(axes)]
        kernel, stride, isCeiling = pick(1, 4), pick(1, 3), draw.random() < 0.6
        padding = [draw.randint(0, k // 2) for k in kernel]
        shape = [draw.randint(1, 2), 2] + pick(4, 5 if axes == 3 else 9)
        options = dict(stride=stride, padding=padding, ceil_mode=isCeiling)
        for name, functions in ("max", maxima), ("mean", means):
            text = swift("Pool", "." + name, kernel=kernel, stride=stride, padding=padding, ceilMode=isCeiling)
            cases.add(text, lambda x: functions[axes - 1](x, kernel, **options), [shape])
    for output, shape in ([1, 1], [2, 3, 5, 4]), ([3, 2], [2, 2, 7, 5]), ([7], [1, 3, 4]), ([2, 1, 3], [1, 2, 3, 4, 5]):
        largest = [F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d][len(output) - 1]
        mean = [F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d][len(output) - 1]
        cases.add(swift("Pool", ".max", output=output), lambda x: largest(x, output), [shape])
        cases.add(swift("Pool", ".mean", output=output), lambda x: mean(x, output), [shape])
    cases.add("Flatten()", lambda x: x.flatten(1), [[2, 3, 4]])
    cases.add("Flatten(from: 2)", lambda x: x.flatten(2), [[2, 3, 4, 2]])
    cases.add("Flatten(from: -2)", lambda x: x.flatten(-2), [[2, 3, 4, 2]])
    cases.add("Dropout(0.5)", lambda x: x, [[2, 3]])
    cases.add("PassThrough()", lambda x: x, [[2, 3]])
    cases.write()


def sequences():
    cases = Cases("sequences")
    kinds = [("RNN", nn.RNN), ("LSTM", nn.LSTM), ("GRU", nn.GRU)]
    options = [
        (dict(), dict(), [4, 2, 3]),
        (dict(layers=2, bidirectional=True), dict(num_layers=2, bidirectional=True), [3, 2, 3]),
        (dict(bias=False, batchFirst=True), dict(bias=False, batch_first=True), [2, 5, 3]),
        (dict(layers=2), dict(num_layers=2), [4, 3]),
    ]
    for name, kind in kinds:
        for ours, theirs, shape in options:
            module, text = kind(3, 4, **theirs), swift(name, **{"in": 3}, hidden=4, **ours)
            cases.add(text, lambda x: module(x)[0], [shape], module=module)
            count = module.num_layers * (2 if module.bidirectional else 1)
            batch = shape[0] if module.batch_first else shape[1]
            state = [count, 4] if len(shape) == 2 else [count, batch, 4]
            if name == "LSTM":
                run = lambda x, h, c: (lambda y, s: [y, s[0], s[1]])(*module(x, (h, c)))
                cases.add(text, run, [shape, state, state], module=module)
            else:
                cases.add(text, lambda x, h: module(x, h), [shape, state], module=module)
    module = nn.LSTM(3, 4, 2, proj_size=2, bidirectional=True)
    cases.add("LSTM(in: 3, hidden: 4, layers: 2, bidirectional: true, projection: 2)",
              lambda x, h, c: (lambda y, s: [y, s[0], s[1]])(*module(x, (h, c))),
              [[3, 2, 3], [4, 2, 2], [4, 2, 4]], module=module)
    for ours, theirs, shapes in [
        (dict(), dict(), [[4, 2, 8]]),
        (dict(), dict(), [[5, 8]]),
        (dict(batchFirst=True, bias=False), dict(batch_first=True, bias=False), [[2, 3, 8]]),
        (dict(biasKV=True), dict(add_bias_kv=True), [[3, 2, 8], [5, 2, 8], [5, 2, 8]]),
        (dict(biasKV=True, batchFirst=True), dict(add_bias_kv=True, batch_first=True), [[2, 3, 8], [2, 5, 8], [2, 5, 8]]),
        (dict(keySize=3, valueSize=5), dict(kdim=3, vdim=5), [[3, 2, 8], [4, 2, 3], [4, 2, 5]]),
    ]:
        module = nn.MultiheadAttention(8, 2, **theirs)
        apply = lambda q, k=None, v=None: module(q, q if k is None else k, q if v is None else v, need_weights=False)[0]
        cases.add(swift("MultiHeadAttention", 8, heads=2, **ours), apply, shapes, module=module)
    cases.write()


class Skip(nn.Sequential):
    def __init__(self, join, *layers):
        super().__init__(*layers)
        self.join = join

    def forward(self, x):
        return self.join(x, super().forward(x))


class Branches(nn.ModuleList):
    def __init__(self, join, *layers):
        super().__init__(layers)
        self.join = join

    def forward(self, x):
        return self.join(*[layer(x) for layer in self])


def containers():
    cases = Cases("containers")
    conv, norm, relu = "Conv(in: 3, out: 3, kernel: [3, 3], padding: 1, bias: false)", "BatchNorm(3)", "Activation(.relu)"
    make = lambda: [nn.Conv2d(3, 3, 3, padding=1, bias=False), nn.BatchNorm2d(3), nn.ReLU()]
    cases.module("Chain", nn.Sequential(*make()), [2, 3, 4, 4], children=[conv, norm, relu])
    add, cat = lambda a, b: a + b, lambda a, b: torch.cat([a, b], 1)
    cases.module("SkipConnection(.add)", Skip(add, *make()), [2, 3, 4, 4], children=[conv, norm, relu])
    cases.module("SkipConnection(.concatenate(axis: 1))", Skip(cat, *make()), [2, 3, 4, 4], children=[conv, norm, relu])
    cases.module("SkipConnection(.concatenate(axis: -1))", Skip(lambda a, b: torch.cat([a, b], -1), *make()), [2, 3, 4, 4],
                 children=[conv, norm, relu])
    cases.module("Parallel(.multiply)", Branches(lambda a, b, c: a * b * c, *make()), [1, 3, 4, 2], children=[conv, norm, relu])
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(3, 3, 1), nn.Sigmoid())
    cases.module("SkipConnection(.multiply)", Skip(lambda a, b: a * b, *pool), [2, 3, 4, 3],
                 children=["Pool(.mean, output: [1, 1])", "Conv(in: 3, out: 3, kernel: [1, 1])", "Activation(.sigmoid)"])
    cases.write()


def rearrangements():
    cases = Cases("rearrangements")
    cases.add("Permute([0, 2, 3, 1])", lambda x: x.permute(0, 2, 3, 1), [[2, 3, 4, 5]])
    cases.add("Permute([2, 0, 1])", lambda x: x.permute(2, 0, 1), [[2, 3, 4]])
    cases.add("Take(axis: 1, 0)", lambda x: x[:, 0], [[2, 3, 4]])
    cases.add("Take(axis: -1, 2)", lambda x: x[..., 2], [[2, 3, 4]])
    cases.add("Chunk(2, axis: 1)", lambda x: x.chunk(2, 1), [[2, 4, 3]])
    cases.add("Chunk(3, axis: -1)", lambda x: x.chunk(3, -1), [[2, 2, 6]])
    cases.module("PixelShuffle(2)", nn.PixelShuffle(2), [2, 8, 3, 2])
    cases.module("PixelShuffle(3)", nn.PixelShuffle(3), [1, 9, 2, 2])
    cases.module("ChannelShuffle(groups: 2)", nn.ChannelShuffle(2), [2, 6, 3, 2])
    cases.module("ChannelShuffle(groups: 3)", nn.ChannelShuffle(3), [2, 6, 2])
    for factor in 2, 1.5, 0.5:
        cases.module(f"Upsample({factor})", nn.Upsample(scale_factor=factor), [2, 2, 5, 4])
        cases.module(
            f"Upsample({factor}, mode: .bilinear)", nn.Upsample(scale_factor=factor, mode="bilinear"), [2, 2, 5, 4])
    cases.module("LocalResponseNorm(3)", nn.LocalResponseNorm(3), [2, 5, 3, 2], scale=32.0)
    cases.module(
        "LocalResponseNorm(4, alpha: 0.5, beta: 0.25, k: 2)", nn.LocalResponseNorm(4, 0.5, 0.25, 2), [2, 6, 3])
    cases.add("Rescale(0.17)", lambda x: 0.17 * x, [[2, 5]])
    cases.module("AlphaDropout(0.5)", nn.AlphaDropout(0.5), [2, 5])
    cases.add("DropBlock(0.1, size: 7)", lambda x: x, [[2, 3, 4, 4]])
    cases.add("StochasticDepth(0.5)", lambda x: x, [[2, 3]])
    pad = lambda x: F.pad(x, (0, 0, 0, x.shape[2] % 2, 0, x.shape[1] % 2))
    merge = lambda x: torch.cat([pad(x)[:, i::2, j::2] for j in (0, 1) for i in (0, 1)], -1)
    for shape in [2, 4, 4, 3], [1, 3, 5, 2]:
        cases.add("PatchMerge()", merge, [shape])
    cases.write()


class Bag(nn.Module):
    def __init__(self, mode):
        super().__init__()
        self.weight, self.mode = nn.Parameter(torch.zeros(11, 3)), mode

    def forward(self, x):
        return F.embedding_bag(x, self.weight, mode=self.mode)


def tokens():
    cases = Cases("tokens")
    token, place = values([1, 1, 4], 100), values([1, 3, 4], 100)
    cases.add("ClassToken(4)", lambda x: torch.cat([token.expand(len(x), -1, -1), x], 1), [[2, 3, 4]],
              parameters={"": [100, 1, 0]})
    cases.add("PositionEmbedding(3, size: 4)", lambda x: x + place, [[2, 3, 4]], parameters={"": [100, 1, 0]})
    for mode in "mean", "sum", "max":
        cases.module(f"EmbeddingBag(vocabulary: 11, size: 3, reduction: .{mode})", Bag(mode),
                     indices=[[0, 10, 3, 3], [7, 1, 2, 9]])
    gate = nn.Linear(5, 5)
    cases.module("SpatialGate(5)", gate, [2, 3, 5])
    from torchvision.models.swin_transformer import ShiftedWindowAttention
    for size, shift, shape in (4, 0, [2, 8, 8, 6]), (4, 2, [2, 8, 8, 6]), (3, 1, [1, 5, 7, 6]), (4, 2, [1, 4, 9, 6]):
        attention = ShiftedWindowAttention(6, [size, size], [shift, shift], 2)
        index, noted = attention.relative_position_index.clone(), {}
        fill(attention, noted)
        # The index is what it is; the layer here computes it.
        attention.relative_position_index.copy_(index)
        cases.add(f"WindowAttention(6, heads: 2, window: {size}, shift: {shift})", attention, [shape], parameters=noted)
    cases.write()


def branches():
    cases = Cases("branches")
    conv, relu, tanh = "Conv(in: 3, out: 3, kernel: [1, 1])", "Activation(.relu)", "Activation(.tanh)"
    make = lambda: [nn.Conv2d(3, 3, 1), nn.ReLU(), nn.Tanh()]
    shape, children = [2, 3, 2, 2], [conv, relu, tanh]
    largest = lambda a, b, c: torch.maximum(torch.maximum(a, b), c)
    cases.module("Maxout", Branches(largest, *make()), shape, children=children)
    cases.module("Split", Branches(lambda *x: x, *make()), shape, children=children)
    module = nn.ModuleList(make())
    noted = {}
    fill(module, noted)
    f, g, h = module
    cases.add("Compose", lambda x: f(g(h(x))), [shape], children, parameters=noted)
    cases.add("Auxiliary", lambda x: x, [shape], children, parameters=noted)
    cases.add("Join(.add)", lambda a, b, c: f(a) + g(b) + h(c), [shape] * 3, children, parameters=noted)
    cases.add("Join(.concatenate(axis: 1))", lambda a, b: torch.cat([a, b], 1), [shape, [2, 1, 2, 2]])

    def fusion(a, b, c, *rest):
        first = f(a)
        second = g(first + b)
        return [first, second, h(second + c), *rest]

    cases.add("PairwiseFusion(.add)", fusion, [shape] * 3, children, parameters=noted)
    cases.add("PairwiseFusion(.add)", fusion, [shape] * 4, children, parameters=noted)
    cases.add("PairwiseFusion(.add)", lambda x: fusion(x, x, x), [shape], children, parameters=noted)
    cases.write()


def activations():
    cases = Cases("activations")
    functions = {
        "leakyrelu": nn.LeakyReLU(), "elu": nn.ELU(), "selu": nn.SELU(), "mish": nn.Mish(), "softplus": nn.Softplus(),
    }
    for name, module in functions.items():
        cases.module(f"Activation(.{name})", module, [5, 13], scale=16.0)
        cases.module(f"Activation(.{name})", module, [64], scale=200.0)
    cases.write()


FAMILIES = [
    maps, convolutions, norms, stateless, sequences, containers, rearrangements, tokens, branches, activations,
]

if __name__ == "__main__":
    import sys

    for family in FAMILIES:
        if len(sys.argv) < 2 or family.__name__ in sys.argv[1:]:
            family()
