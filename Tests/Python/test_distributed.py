"""Modules of which several processes have parts: the bits of one process, whatever the mesh."""
import functools
import hashlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

RULES = ["blocks Linear.weight=kaiming_normal(mode: fan_out)", "@bias=uniform(low: -1, high: 1)", "Embedding.weight=normal(std: 0.02)",
         "**.up.weight[3:9, ::2]=constant(0.5)", "**.lora_A.weight=kaiming_uniform(nonlinearity: leaky_relu, slope: 2.2360679774997896)",
         "**.down.weight=shrink_perturb(shrink: 0.5, perturb: 1, with: orthogonal)", "LayerNorm=default"]


def model():
    from torch import nn

    torch.manual_seed(3)

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.up, self.down = nn.Linear(24, 40), nn.Linear(40, 24)
            self.lora_A, self.norm = nn.Linear(24, 5, bias=False), nn.LayerNorm(24)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.blocks = nn.Embedding(33, 24), nn.ModuleList([Block(), Block()])
            self.head = nn.Linear(24, 33, bias=False)
            self.head.weight = self.embed.weight

    return Net()


def sharded(net, kind, world):
    """The same module on a mesh."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard
    from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module

    if kind == "fsdp":
        mesh = init_device_mesh("cpu", (world,))
        for block in net.blocks:
            fully_shard(block, mesh=mesh)
        fully_shard(net, mesh=mesh)
    elif kind in ("tp", "both"):
        mesh = init_device_mesh("cpu", (world // 2, 2) if kind == "both" else (1, world), mesh_dim_names=("data", "model"))
        plan = {"up": ColwiseParallel(), "down": RowwiseParallel(), "lora_A": ColwiseParallel()}
        for block in net.blocks:
            parallelize_module(block, mesh["model"], plan)
        if kind == "both":
            for block in net.blocks:
                fully_shard(block, mesh=mesh["data"])
    return net


def whole(net):
    state = {}
    for name, value in net.state_dict().items():
        state[name] = value.full_tensor() if hasattr(value, "full_tensor") else value
    return state


def program(rank, world, port, kind):
    """What each process does; the first prints the digest of all values, and the spread of a sharded adapter."""
    import reinit

    torch.distributed.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=world)
    net = sharded(model(), kind, world)
    plan = reinit.apply_(net, RULES, seed=7)
    fans = plan["blocks.0.lora_A.weight"]["fanIn"]
    state = whole(net)
    if rank == 0:
        digest = hashlib.sha256()
        for name in sorted(state):
            digest.update(name.encode() + state[name].detach().contiguous().numpy().tobytes())
        kinds = sorted({type(value).__name__ for value in net.state_dict().values()})
        print(json.dumps({"digest": digest.hexdigest(), "fan": fans, "kinds": kinds,
                          "std": state["blocks.0.lora_A.weight"].std().item()}))
    torch.distributed.destroy_process_group()


@functools.cache
def run(world, kind):
    """What the first of several processes prints; each case runs once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    command = [sys.executable, str(Path(__file__)), str(world), str(port), kind]
    processes = [subprocess.Popen([*command, str(rank)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                 for rank in range(world)]
    outputs = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0] * world, outputs[0][1][-2000:] + outputs[-1][1][-2000:]
    return json.loads(outputs[0][0].strip().splitlines()[-1])


@pytest.fixture(scope="module")
def alone():
    return run(1, "alone")


@pytest.mark.parametrize("world, kind", [(1, "fsdp"), (2, "fsdp"), (4, "fsdp"), (2, "tp"), (4, "tp"), (4, "both")])
def test_any_mesh_has_the_bits_of_one_process(alone, world, kind):
    found = run(world, kind)
    assert "DTensor" in found["kinds"]
    assert found["digest"] == alone["digest"]


def test_fans_are_those_of_the_whole(alone):
    # Kaiming, a = √5: uniform within ±1/√fan_in, of deviation 1/√(3 fan_in); 120 values lie within a fifth of it.
    for world in (2, 4):
        found = run(world, "tp")
        assert found["fan"] == 24
        assert abs(found["std"] * (3 * 24) ** 0.5 - 1) < 0.2


if __name__ == "__main__":
    program(int(sys.argv[4]), int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
