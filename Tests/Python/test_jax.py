"""Flax parameters: the axes of their kernels, shards of arrays, and the bits of the command line."""
import os

import numpy as np
import pytest

os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=4")
jax = pytest.importorskip("jax")
nn = pytest.importorskip("flax.linen")

import reinit  # noqa: E402


class Net(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Conv(8, (3, 3), feature_group_count=1)(x)
        x = nn.BatchNorm(use_running_average=True)(x)
        x = x.reshape(x.shape[0], -1)
        x = nn.Dense(12)(x)
        x = nn.LayerNorm()(x)
        return nn.Dense(5)(x) + nn.Embed(7, 5)(np.zeros(x.shape[0], np.int32))


def params():
    return Net().init(jax.random.PRNGKey(0), np.zeros((2, 4, 4, 3), np.float32))


def test_fans_are_those_of_flax_kernels():
    plan = reinit.applied(params(), ["*.*.kernel=kaiming_normal"], seed=3)[1]
    fans = {tensor["path"]: (tensor.get("fanIn"), tensor.get("fanOut")) for tensor in plan.tensors if tensor["changed"]}
    assert fans == {"params.Conv_0.kernel": (27, 72), "params.Dense_0.kernel": (128, 12), "params.Dense_1.kernel": (12, 5)}


def test_what_no_rule_reaches_is_the_same_array_and_nothing_changes_in_place():
    old = params()
    before = jax.tree_util.tree_map(np.array, old)
    new, plan = reinit.applied(old, {"params.Dense_0.kernel": "normal(std: 0.02)", "@bias": "zeros", "@scale": 2}, seed=9)
    assert jax.tree_util.tree_structure(new) == jax.tree_util.tree_structure(old)
    assert new["params"]["Conv_0"]["kernel"] is old["params"]["Conv_0"]["kernel"]
    assert new["batch_stats"]["BatchNorm_0"]["var"] is old["batch_stats"]["BatchNorm_0"]["var"]
    assert not np.array_equal(new["params"]["Dense_0"]["kernel"], old["params"]["Dense_0"]["kernel"])
    assert np.all(np.array(new["params"]["LayerNorm_0"]["scale"]) == 2)
    for a, b in zip(jax.tree_util.tree_leaves(before), jax.tree_util.tree_leaves(old)):
        assert np.array_equal(a, b)
    assert plan["params.Dense_0.kernel"]["rule"].startswith("params.Dense_0.kernel=")


def test_values_are_those_of_numpy_arrays_of_the_same_names():
    new, _ = reinit.applied(params(), ["params.Dense_1.kernel=normal(std: 0.5)", "params.Dense_0.kernel[3:9, ::2]=constant(1)"], seed=5)
    array = {"params.Dense_1.kernel": np.zeros((12, 5), np.float32)}
    reinit.apply_(array, ["params.Dense_1.kernel=normal(std: 0.5)"], seed=5)
    assert np.array_equal(new["params"]["Dense_1"]["kernel"], array["params.Dense_1.kernel"])
    kernel = np.array(new["params"]["Dense_0"]["kernel"])
    assert np.all(kernel[3:9, ::2] == 1) and not np.any(kernel[9:] == 1)


@pytest.mark.parametrize("axes", [(None, "x"), ("x", None), ("x", "y"), (None, None)])
def test_sharded_arrays_stay_so_and_have_the_same_bits(axes):
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    assert len(jax.devices()) == 4
    mesh = Mesh(np.array(jax.devices()).reshape(2, 2), ("x", "y"))
    value = jax.device_put(np.full((16, 12), 0.25, np.float32), NamedSharding(mesh, PartitionSpec(*axes)))
    rules = ["w.kernel=shrink_perturb(shrink: 0.5, perturb: 1, with: normal)"]
    found, _ = reinit.applied({"w": {"kernel": value}}, rules, seed=1)
    assert found["w"]["kernel"].sharding == value.sharding
    alone, _ = reinit.applied({"w": {"kernel": np.full((16, 12), 0.25, np.float32)}}, rules, seed=1)
    assert np.array_equal(np.array(found["w"]["kernel"]), alone["w"]["kernel"])


@pytest.mark.parametrize("arguments, code", [
    (({"w": 3}, ["w=zeros"]), "R07"), (({"w": np.zeros((2, 2))}, {"w": lambda view: 0}), "R07"),
    (({"w": np.zeros((2, 2))}, ["v=zeros"]), "R0203"), (({"w": np.zeros((2, 2))}, ["w=kaiming_normal"]), "R0101"),
])
def test_mistakes(arguments, code):
    with pytest.raises(reinit.Error) as error:
        reinit.applied(*arguments)
    assert error.value.code.startswith(code) and (error.value.place or error.value.hints)


def test_the_command_line_gives_the_same_bits(tmp_path, command):
    from safetensors.numpy import load_file, save_file

    new, _ = reinit.applied({"fc": {"kernel": np.zeros((6, 4), np.float32)}}, ["fc.kernel=normal(std: 0.02)"], seed=9)
    save_file({"fc.kernel": np.ones((6, 4), np.float32)}, tmp_path / "a.safetensors")
    command.run("apply", tmp_path / "a.safetensors", "-o", tmp_path / "b.safetensors", "--fill", "fc.kernel=normal(std: 0.02)", "--seed", "9")
    assert np.array_equal(load_file(tmp_path / "b.safetensors")["fc.kernel"], new["fc"]["kernel"])
