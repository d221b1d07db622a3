"""Dictionaries of NumPy arrays: the command line's bits, ranges, functions, receipts."""
import os
import threading

import numpy as np
import pytest
import reinit
from safetensors.numpy import save_file

TYPES = {"fc": "Dense(in: 300, out: 70)", "conv": "Conv(in: 8, out: 16, kernel: [3, 3], groups: 4)",
         "norm": "LayerNorm([70])", "emb": "Embedding(vocabulary: 50, size: 20)"}


def arrays():
    source = np.random.default_rng(0)
    shapes = {"fc.weight": (70, 300), "fc.bias": (70,), "conv.weight": (16, 2, 3, 3), "conv.bias": (16,),
              "norm.weight": (70,), "norm.bias": (70,), "emb.weight": (50, 20), "scale": (3,)}
    return {name: source.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


TOLD = ["conv=Conv(groups: 4)", "fc=Dense", "norm=LayerNorm", "emb=Embedding"]
#: Rules as the command line's, which reach matrices, ranges, masks, parts, and values made of old ones.
RULES = [
    ["Dense.weight=normal(std: 0.02)", "@bias=zeros"],
    ["Conv=kaiming_uniform(mode: fan_out)", "Dense=glorot_normal"],
    ["Dense=orthogonal(gain: 1.4)", "Conv=orthogonal"],
    ["Dense.weight=truncated_normal(std: 0.02)", "Embedding.weight[40:]=normal(std: 0.5)"],
    ["Dense.weight[::2, 3:]=uniform(low: 1, high: 2)", "Dense.weight[5]=zeros"],
    ["Embedding.weight=mean_of", "Dense=shrink_perturb(shrink: 0.5, perturb: 0.1)"],
    ["Embedding.weight[rows where norm < 4]=mean_of(rest)"],
    ["fc=default", "conv=default", "emb=default", "LayerNorm @scale=ones"],
    ["Dense.weight=sparse(sparsity: 0.9)", "scale=constant(0.5)", "Embedding=delta_orthogonal?"][:2],
]


@pytest.mark.parametrize("rules", RULES, ids=lambda rules: rules[0].split("=")[0] + "…")
@pytest.mark.parametrize("threads", [1, 3])
def test_the_command_lines_bits(command, rules, threads):
    mine = arrays()
    expected = command.apply(mine, rules, seed=11, types=TOLD)
    reinit.apply_(mine, rules, seed=11, types=TYPES, threads=threads)
    for name, value in mine.items():
        if any("orthogonal" in rule for rule in rules):
            # What passes through BLAS is the same to 1e-5 of its gain (docs/initializers.md): processes differ in its kernels.
            assert np.allclose(value, np.frombuffer(expected[name], np.float32).reshape(value.shape), atol=1.4e-5)
        else:
            assert value.tobytes() == expected[name], name


@pytest.mark.parametrize("dtype", ["float64", "float16", "float32"])
def test_types_of_elements(command, dtype):
    mine = {name: value.astype(dtype) for name, value in arrays().items()}
    rules = ["Dense=kaiming_normal", "Conv=uniform(low: -0.3, high: 0.3)"]
    expected = command.apply(mine, rules, seed=5, types=TOLD)
    reinit.apply_(mine, rules, seed=5, types=TYPES)
    assert all(value.tobytes() == expected[name] for name, value in mine.items())


@pytest.mark.parametrize("rules", RULES[:7], ids=lambda rules: rules[0].split("=")[0] + "…")
def test_any_ranges_by_any_threads_give_the_same_bits(rules):
    old, whole = arrays(), arrays()
    reinit.apply_(whole, rules, seed=3, types=TYPES)
    plan = reinit.plan(old, rules, seed=3, types=TYPES)
    for index, (name, value) in enumerate(whole.items()):
        pieces = old[name].copy()
        flat = pieces.reshape(-1)
        cuts = sorted({0, flat.size, *np.random.default_rng(index).integers(0, flat.size + 1, 7).tolist()})
        ranges = list(zip(cuts, cuts[1:]))[::-1]

        def work(some):
            for first, end in some:
                plan.write(index, first, end - first, flat[first:].ctypes.data)

        threads = [threading.Thread(target=work, args=(ranges[number::3],)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert pieces.tobytes() == value.tobytes(), name


def test_memory_of_any_layout():
    plain = arrays()
    reinit.apply_(plain, ["Dense=normal(std: 1)"], seed=2, types=TYPES)
    odd = arrays()
    odd["fc.weight"] = np.asfortranarray(odd["fc.weight"])
    reinit.apply_(odd, ["Dense=normal(std: 1)"], seed=2, types=TYPES)
    assert odd["fc.weight"].flags.f_contiguous and np.array_equal(odd["fc.weight"], plain["fc.weight"])
    part = np.zeros((70, 600), np.float32)
    odd["fc.weight"] = part[:, ::2]
    reinit.apply_(odd, ["Dense=normal(std: 1)"], seed=2, types=TYPES)
    assert np.array_equal(part[:, ::2], plain["fc.weight"]) and not part[:, 1::2].any()


def test_functions_fill_views_and_know_name_and_seed():
    mine, seen = arrays(), []

    def ramp(view, name, seed):
        seen.append((name, seed))
        view[...] = np.arange(view.size).reshape(view.shape)

    plan = reinit.apply_(mine, {"Dense": ramp, "conv": lambda view: np.full(view.shape, 2.0), "*.bias": 0}, seed=9, types=TYPES)
    assert seen == [("fc.weight", 9)]
    assert mine["fc.weight"][0, 5] == 5 and (mine["conv.weight"] == 2).all() and not mine["fc.bias"].any()
    assert plan["fc.weight"]["rule"] == "Dense=function"


def test_the_last_rule_wins_and_keep_keeps():
    mine, old = arrays(), arrays()
    reinit.apply_(mine, {"@weight": "zeros", "emb": reinit.KEEP, "conv": None}, types=TYPES)
    assert not mine["fc.weight"].any()
    assert np.array_equal(mine["emb.weight"], old["emb.weight"])
    assert np.array_equal(mine["conv.weight"], old["conv.weight"])


def test_assertions_hold_before_anything_is_written():
    mine, old = arrays(), arrays()
    for rule in ("assert fc.weight shape [3, 4]", "assert emb untouched"):
        with pytest.raises(reinit.Error) as caught:
            reinit.apply_(mine, ["@weight=ones", rule], types=TYPES)
        assert caught.value.code == "R0228"
    mine["scale"][1] = old["scale"][1] = np.nan
    with pytest.raises(reinit.Error) as caught:
        reinit.apply_(mine, ["@weight=ones", "assert ** finite"], types=TYPES)
    assert (caught.value.code, caught.value.place) == ("R0228", "scale[1]")
    assert all(mine[name].tobytes() == old[name].tobytes() for name in mine)
    reinit.apply_(mine, ["@weight=ones", "assert @weight finite", "scale=zeros"], types=TYPES)
    assert (mine["fc.weight"] == 1).all() and not mine["scale"].any()


def test_a_receipt_is_verified_by_the_command_line(command, tmp_path):
    mine = arrays()
    plan = reinit.apply_(mine, RULES[3], seed=4, types=TYPES)
    path = tmp_path / "mine.safetensors"
    text = plan.receipt([value.ctypes.data for value in mine.values()])
    save_file(mine, path, {"reinit.receipt": text})
    done = command.run("verify", path)
    assert done.returncode == 0, done.stdout + done.stderr
    mine["fc.weight"][0, 0] += 1
    save_file(mine, path, {"reinit.receipt": text})
    assert command.run("verify", path).returncode == 1


def test_a_plan_is_a_table_and_writes_nothing():
    mine, old = arrays(), arrays()
    plan = reinit.plan(mine, {"Conv": "kaiming_normal"}, seed=1, types=TYPES)
    assert all(np.array_equal(mine[name], old[name]) for name in mine)
    assert plan["conv.weight"]["fanIn"] == 18 and plan["conv.weight"]["fanOut"] == 36
    assert "conv.weight" in str(plan) and "no rule" in str(plan)
    assert plan._repr_html_().count("<tr>") == 1 + len(mine)


def test_functions_for_one_tensor_have_the_bits_of_rules():
    mine = {"fc.weight": np.zeros((64, 32), np.float32)}
    reinit.apply_(mine, ["Dense=kaiming_uniform(mode: fan_out, nonlinearity: relu)"], seed=8,
                  types={"fc": "Dense(in: 32, out: 64, bias: false)"})
    one = reinit.kaiming_uniform_(np.zeros((64, 32), np.float32), mode="fan_out", nonlinearity="relu", name="fc.weight",
                                  seed=8)
    assert one.tobytes() == mine["fc.weight"].tobytes()
    for name in ("uniform_", "normal_", "trunc_normal_", "xavier_uniform_", "xavier_normal_", "kaiming_normal_", "orthogonal_"):
        first = getattr(reinit, name)(np.zeros((40, 30), np.float32), name="a", seed=1)
        again = getattr(reinit, name)(np.zeros((40, 30), np.float32), name="a", seed=1)
        other = getattr(reinit, name)(np.zeros((40, 30), np.float32), name="b", seed=1)
        assert first.any() and first.tobytes() == again.tobytes() != other.tobytes()
    assert (reinit.eye_(np.zeros((3, 3), np.float32)) == np.eye(3)).all()
    assert (reinit.ones_(np.zeros(3)) == 1).all() and not reinit.zeros_(np.ones(3)).any()
    assert (reinit.constant_(np.zeros(3), 0.25) == 0.25).all()
    assert (np.count_nonzero(reinit.sparse_(np.zeros((10, 4), np.float32), 0.5, name="s"), axis=0) == 5).all()
    kernel = reinit.dirac_(np.zeros((4, 4, 3, 3), np.float32))
    assert kernel.sum() == 4 and all(kernel[i, i, 1, 1] == 1 for i in range(4))


def test_a_plugins_initializer_by_its_file(command):
    folder = os.environ.get("REINIT_PLUGINS")
    assert folder, "REINIT_PLUGINS has to name the folder of the built plugins"
    session = reinit.Session([os.path.join(folder, "SIREN.so")])
    rule = "Dense=org.reinit.siren/siren_uniform"
    mine = arrays()
    expected = command.apply(mine, [rule], seed=6, types=TOLD, options=["--plugin", os.path.join(folder, "SIREN.so")])
    reinit.apply_(mine, [rule], seed=6, types=TYPES, session=session)
    assert mine["fc.weight"].tobytes() == expected["fc.weight"]
    assert "siren" in str(session.list("plugins"))
