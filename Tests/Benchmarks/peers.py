"""The other side of the benchmark: does the same work with torch, jax, safetensors, ONNX Runtime, and says how long it took.

A line on standard input asks for one run, a line on standard output answers with seconds, or with nothing where a
package is missing. What can be prepared once is kept. Every answer is one run, so that both sides can take turns."""

import os
import subprocess
import sys
import time


def timed(work, at_least=0.01):
    repeats, start = 0, time.perf_counter()
    while True:
        work()
        repeats += 1
        elapsed = time.perf_counter() - start
        if elapsed >= at_least:
            return elapsed / repeats


def fill(distribution, count, threads):
    import torch

    torch.set_num_threads(int(threads))
    values = torch.ones(int(count))
    work = {
        "normal": lambda: values.normal_(),
        "uniform": lambda: values.uniform_(-1, 1),
        "truncated": lambda: torch.nn.init.trunc_normal_(values),
    }[distribution]
    return lambda: timed(work)


def orthogonal(sizes):
    import torch

    values = torch.ones([int(size) for size in sizes.split(",")])

    def run():
        torch.set_num_threads(1)
        return timed(lambda: torch.nn.init.orthogonal_(values))

    return run


def orthogonals(count, rows, columns):
    import torch

    matrices = [torch.ones(int(rows), int(columns)) for _ in range(int(count))]

    def run():
        torch.set_num_threads(1)
        return timed(lambda: [torch.nn.init.orthogonal_(matrix) for matrix in matrices])

    return run


def model(name, threads):
    import torch
    import torchvision

    net = torchvision.models.get_model(name, weights=None)

    def visit(module):
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            torch.nn.init.kaiming_normal_(module.weight)
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)
        elif isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.ones_(module.weight)
            torch.nn.init.zeros_(module.bias)
            module.reset_running_stats()

    def run():
        torch.set_num_threads(int(threads))
        return timed(lambda: net.apply(visit))

    return run


def walk(framework, nodes):
    nodes = int(nodes)
    if framework == "jax":
        import jax

        tree = list(range(nodes))
        while len(tree) > 10:
            tree = [tree[start : start + 10] for start in range(0, len(tree), 10)]
        return lambda: timed(lambda: jax.tree_util.tree_map_with_path(lambda path, leaf: leaf, tree))
    import torch

    # Bare modules: what a walk costs without any parameter to build.
    level = [torch.nn.Identity() for _ in range(nodes * 9 // 10)]
    while len(level) > 1:
        level = [torch.nn.Sequential(*level[start : start + 10]) for start in range(0, len(level), 10)]
    return lambda: timed(lambda: level[0].apply(lambda module: None))


def rewrite(path):
    import torch
    from safetensors.torch import load_file, save_file

    def work():
        tensors = load_file(path)
        for tensor in tensors.values():
            torch.nn.init.kaiming_normal_(tensor)
        save_file(tensors, path + ".python")

    def run():
        torch.set_num_threads(2)
        seconds = timed(work)
        os.remove(path + ".python")
        return seconds

    return run


def map_in_place(path):
    import json

    import numpy
    import torch

    def work():
        with open(path, "rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(size))
        data = numpy.memmap(path, dtype=numpy.uint8, mode="r+")
        for name, entry in header.items():
            if name != "__metadata__":
                first, last = entry["data_offsets"]
                part = data[8 + size + first : 8 + size + last].view(numpy.float32).reshape(entry["shape"])
                torch.nn.init.kaiming_normal_(torch.from_numpy(part))

    return lambda: timed(work)


def open_file(path):
    from safetensors import safe_open

    def work():
        with safe_open(path, framework="numpy") as file:
            file.keys()

    return lambda: timed(work)


BRANCH = """
import sys, torch
from safetensors.torch import load_file, save_file
tensors = load_file(sys.argv[1])
for name, tensor in tensors.items():
    if name.startswith("layer4") and tensor.ndim > 1:
        torch.nn.init.kaiming_normal_(tensor)
save_file(tensors, sys.argv[2])
"""


LAYER = BRANCH.replace('name.startswith("layer4") and tensor.ndim > 1', 'name.startswith("model.layers.5.")').replace(
    "torch.nn.init.kaiming_normal_(tensor)", "torch.nn.init.normal_(tensor, std=0.02)"
)
CONVERT = """
import sys, torch
from safetensors.torch import save_file
save_file(torch.load(sys.argv[1], weights_only=True), sys.argv[2])
"""


def pickle(path):
    """A file of 1 GiB in 64 tensors, written when it is asked for."""
    import torch

    if not os.path.exists(path):
        torch.save({f"layers.{i}.weight": torch.full((65536, 64), 0.5) for i in range(64)}, path)
    return lambda: 0.0


def process(kind, *arguments):
    code = {"branch": BRANCH, "layer": LAYER, "convert": CONVERT}.get(kind) or f"import {arguments[0]}"
    command = [sys.executable, "-c", code, *arguments]
    return lambda: timed(lambda: subprocess.run(command, check=True))


def forward(engine, name, batch):
    import torch
    import torchvision

    net = torchvision.models.get_model(name, weights=None).eval()
    pictures = torch.randn(int(batch), 3, 224, 224)
    if engine == "torch":

        def work():
            with torch.inference_mode():
                net(pictures)
    else:
        import tempfile

        import onnxruntime

        path = tempfile.mktemp(suffix=".onnx")
        torch.onnx.export(net, (pictures,), path, dynamo=False, input_names=["x"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count()
        options.add_session_config_entry("session.intra_op.allow_spinning", "1")
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        os.remove(path)
        values = pictures.numpy()

        def work():
            session.run(None, {"x": values})

    def run():
        torch.set_num_threads(os.cpu_count())
        work()
        return timed(work)

    return run


def watched(name, batch):
    """A pass with hooks that take the moments and the range of every module's output."""
    import torch
    import torchvision

    net = torchvision.models.get_model(name, weights=None).eval()
    pictures = torch.randn(int(batch), 3, 224, 224)
    seen = []

    def look(module, inputs, output):
        seen.append((output.mean().item(), output.std().item(), output.min().item(), output.max().item()))

    for module in net.modules():
        if not list(module.children()):
            module.register_forward_hook(look)

    def work():
        seen.clear()
        with torch.inference_mode():
            net(pictures)

    def run():
        torch.set_num_threads(os.cpu_count())
        work()
        return timed(work)

    return run


def versions():
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in ["torch", "torchvision", "numpy", "safetensors", "jax", "onnxruntime"]:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            pass
    return ", ".join(found)


WORK = {
    "fill": fill,
    "orthogonal": orthogonal,
    "orthogonals": orthogonals,
    "model": model,
    "walk": walk,
    "rewrite": rewrite,
    "map": map_in_place,
    "open": open_file,
    "process": process,
    "pickle": pickle,
    "forward": forward,
    "watched": watched,
}
prepared = {}
for line in sys.stdin:
    name, *arguments = line.split()
    if name == "versions":
        print(versions(), flush=True)
        continue
    try:
        if line not in prepared:
            # One case at a time: earlier ones' memory is given back.
            prepared.clear()
            prepared[line] = WORK[name](*arguments)
        print(prepared[line](), flush=True)
    except Exception as error:  # noqa: BLE001 — a missing package must not end the table
        print(f"{line.strip()}: {error}", file=sys.stderr)
        print("none", flush=True)
