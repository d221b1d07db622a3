"""torch modules: real types and fans, the command line's bits on the saved file, memory of every kind."""
import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: Scripts/test installs it")
from safetensors.torch import save_file  # noqa: E402
from torch import nn  # noqa: E402

import reinit  # noqa: E402
from conftest import bits_of  # noqa: E402


class Mixed(nn.Module):
    """One of everything."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3, groups=8, bias=False))
        self.up = nn.ConvTranspose2d(8, 12, 2, groups=4)
        self.conv1 = nn.Conv1d(4, 6, 5)
        self.conv3 = nn.Conv3d(2, 4, (1, 2, 3))
        self.norm = nn.LayerNorm(16)
        self.group = nn.GroupNorm(4, 8)
        self.instance = nn.InstanceNorm1d(5, affine=True, track_running_stats=True)
        self.rms = nn.RMSNorm(16)
        self.emb = nn.Embedding(20, 16, padding_idx=3)
        self.bag = nn.EmbeddingBag(10, 4)
        self.attention = nn.MultiheadAttention(16, 4)
        self.cross = nn.MultiheadAttention(16, 2, kdim=8, vdim=12, add_bias_kv=True)
        self.lstm = nn.LSTM(6, 8, num_layers=2, bidirectional=True, proj_size=5)
        self.gru = nn.GRU(6, 8)
        self.rnn = nn.RNN(6, 8, bias=False)
        self.cell = nn.LSTMCell(6, 8)
        self.bilinear = nn.Bilinear(3, 4, 5)
        self.prelu = nn.PReLU(7)
        self.qkv = nn.Linear(16, 48)
        self.head = nn.Linear(16, 20, bias=False)
        self.head.weight = self.emb.weight
        self.token = nn.Parameter(torch.zeros(1, 1, 16))
        self.register_buffer("steps", torch.tensor(5))
        self.register_buffer("hidden", torch.ones(3), persistent=False)


def fresh(kind=Mixed):
    torch.manual_seed(0)
    module = kind()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.uniform_(-1, 1)
    return module


#: For each tensor: the layer, the role, the fans. By torch's documentation, counted by hand.
FACTS = {
    "stem.0.weight": ("Conv", "weight", 27, 72), "stem.0.bias": ("Conv", "bias"),
    "stem.1.weight": ("BatchNorm", "scale"), "stem.1.running_var": ("BatchNorm", "buffer"),
    "stem.1.num_batches_tracked": ("BatchNorm", "buffer"), "stem.3.weight": ("Conv", "weight", 9, 9),
    "up.weight": ("ConvTranspose", "weight", 8, 12), "conv1.weight": ("Conv", "weight", 20, 30),
    "conv3.weight": ("Conv", "weight", 12, 24), "norm.weight": ("LayerNorm", "scale"), "norm.bias": ("LayerNorm", "bias"),
    "group.weight": ("GroupNorm", "scale"), "instance.running_mean": ("InstanceNorm", "buffer"),
    "rms.weight": ("RMSNorm", "scale"), "emb.weight": ("Embedding", "weight", 1, 16),
    "bag.weight": ("EmbeddingBag", "weight", 1, 4), "attention.in_proj_weight": ("MultiHeadAttention", "weight", 16, 16),
    "attention.out_proj.weight": ("Dense", "weight", 16, 16), "cross.k_proj_weight": ("MultiHeadAttention", "weight", 8, 16),
    "cross.bias_k": ("MultiHeadAttention", "bias"), "lstm.weight_ih_l0": ("LSTM", "weight", 6, 8),
    "lstm.weight_hr_l1_reverse": ("LSTM", "weight", 8, 5), "gru.weight_hh_l0": ("GRU", "weight", 8, 8),
    "rnn.weight_ih_l0": ("RNN", "weight", 6, 8), "cell.weight_ih": ("LSTM", "weight", 6, 8), "cell.bias_hh": ("LSTM", "bias"),
    "bilinear.weight": ("Bilinear", "weight", 12, 5), "prelu.weight": ("PReLU", "scale"),
    "qkv.weight": ("Dense", "weight", 16, 16), "token": ("Parameter", "other"), "steps": ("Parameter", "buffer"),
}


def test_types_roles_and_fans_are_the_modules():
    module = fresh()
    plan = reinit.plan(module, {"@weight": "zeros"})
    told = {tensor["path"]: tensor for tensor in plan.tree.tensors}
    assert list(told) == list(module.state_dict())
    for name, (layer, role, *fans) in FACTS.items():
        assert (told[name]["layer"], told[name]["role"]) == (layer, role), name
        assert [told[name].get("fanIn"), told[name].get("fanOut")] == (fans or [None, None]), name
    assert told["head.weight"]["tied"] == "emb.weight"


RULES = ["qkv.weight=kaiming_normal", "attention Linear.weight=normal(std: 0.02)", "Conv2d.weight=kaiming_uniform(nonlinearity: relu)", "ConvTranspose=glorot_normal",
         "Embedding.weight=normal(std: 1)", "LSTM.weight_hh_l0=normal", "LSTM.bias_hh_l0[forget]=ones", "@scale=ones"]


@pytest.mark.parametrize("threads", [1, 2])
def test_the_command_lines_bits_on_the_saved_file(command, tmp_path, threads):
    module = fresh()
    state = {name: value.clone() for name, value in module.state_dict().items() if name != "head.weight"}
    save_file(state, tmp_path / "before.safetensors")
    types = ["stem.3=Conv(groups: 8)", "up=ConvTranspose(groups: 4)", "qkv=Dense(parts: 3)"]
    expected = command.apply_file(
        tmp_path / "before.safetensors", tmp_path / "after.safetensors", RULES[:-1] + ["norm.weight=ones"], seed=7,
        types=types)
    reinit.apply_(module, RULES[:-1] + ["norm.weight=ones"], seed=7, threads=threads)
    save_file({name: value for name, value in module.state_dict().items() if name != "head.weight"},
              tmp_path / "mine.safetensors")
    mine = bits_of(tmp_path / "mine.safetensors")
    assert [name for name in mine if mine[name] != expected[name]] == []
    assert module.head.weight is module.emb.weight


def test_values_are_written_where_they_are_and_autograd_notices():
    module = fresh()
    before = {name: (value.data_ptr(), value._version) for name, value in module.named_parameters()}
    loss = (module.qkv(torch.ones(1, 16, requires_grad=True)) ** 2).sum()
    reinit.apply_(module, ["Dense=normal"], seed=1)
    for name, value in module.named_parameters():
        assert value.data_ptr() == before[name][0]
    assert module.qkv.weight._version > before["qkv.weight"][1]
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_default_is_what_reset_parameters_draws_from():
    """The bounds of torch's own defaults, by layer."""
    module = fresh()
    keep = {"token": None, "steps": None, "prelu": None}
    reinit.apply_(module, {"**": "default", **keep}, seed=3)
    for weight, fan in ((module.stem[0].weight, 27), (module.qkv.weight, 16), (module.qkv.bias, 16), (module.stem[0].bias, 27)):
        assert 0.5 / fan ** 0.5 < weight.abs().max() <= 1 / fan ** 0.5
    assert module.lstm.weight_ih_l0.abs().max() <= 1 / 8 ** 0.5
    assert (module.norm.weight == 1).all() and (module.norm.bias == 0).all() and (module.stem[1].running_var == 1).all()
    assert module.attention.in_proj_weight.abs().max() <= (6 / 64) ** 0.5 and not module.attention.in_proj_bias.any()


def test_types_and_pairs_of_python():
    module = fresh()
    plan = reinit.apply_(module, {nn.Linear: "constant(2)", (nn.Linear, "bias"): 3, nn.modules.conv._ConvNd: 4}, seed=1)
    assert (module.qkv.weight == 2).all() and (module.qkv.bias == 3).all() and (module.attention.out_proj.weight == 2).all()
    assert (module.stem[0].weight == 4).all() and (module.up.weight == 4).all() and (module.stem[0].bias != 4).any()
    assert plan["lstm.weight_ih_l0"]["rule"] is None


def test_functions_get_views_in_place():
    module, seen = fresh(), []
    address = module.qkv.weight.data_ptr()

    def ramp(view, name, seed):
        seen.append((view.ctypes.data, name, seed))
        view[...] = 5

    reinit.apply_(module, {"qkv.weight": ramp, "Embedding": lambda view: np.ones(view.shape)}, seed=4)
    assert seen == [(address, "qkv.weight", 4)]
    assert (module.qkv.weight == 5).all() and (module.head.weight == 1).all()


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_types_of_elements(command, tmp_path, dtype):
    module = nn.Sequential(nn.Linear(20, 30), nn.Linear(30, 5)).to(dtype)
    save_file(module.state_dict(), tmp_path / "a.safetensors")
    expected = command.apply_file(tmp_path / "a.safetensors", tmp_path / "b.safetensors", ["Dense=kaiming_normal"], seed=2)
    reinit.apply_(module, {"Dense": "kaiming_normal"}, seed=2)
    save_file(module.state_dict(), tmp_path / "c.safetensors")
    assert bits_of(tmp_path / "c.safetensors") == expected


def test_strided_memory_and_ranges(monkeypatch):
    from reinit import _torch
    monkeypatch.setattr(_torch, "CHUNK", 97)
    plain, odd = fresh(), fresh()
    reinit.apply_(plain, RULES, seed=5)
    for part in odd.modules():
        for name, value in list(part._parameters.items()):
            if value is not None and value.dim() == 4:
                part._parameters[name] = nn.Parameter(value.detach().to(memory_format=torch.channels_last))
            elif value is not None and value.dim() == 2 and part is not odd.head and part is not odd.emb:
                part._parameters[name] = nn.Parameter(value.detach().t().contiguous().t())
    reinit.apply_(odd, RULES, seed=5)
    for (name, a), b in zip(plain.state_dict().items(), odd.state_dict().values()):
        assert torch.equal(a, b), name
    # As for another device: every tensor by pieces.
    monkeypatch.setattr(_torch, "is_direct", lambda tensor: False)
    pieces = fresh()
    reinit.apply_(pieces, RULES, seed=5)
    for (name, a), b in zip(plain.state_dict().items(), pieces.state_dict().values()):
        assert torch.equal(a, b), name


def test_values_made_of_old_ones_are_the_same_from_copies(monkeypatch):
    from reinit import _torch
    rules = ["qkv.weight=shrink_perturb(shrink: 0.4, perturb: 0.1)", "emb.weight[rows where norm < 2.3]=mean_of(rest)"]
    plain, copied = fresh(), fresh()
    reinit.apply_(plain, rules, seed=5)
    monkeypatch.setattr(_torch, "is_direct", lambda tensor: False)
    reinit.apply_(copied, rules, seed=5)
    assert torch.equal(plain.qkv.weight, copied.qkv.weight) and torch.equal(plain.emb.weight, copied.emb.weight)
    assert not torch.equal(plain.emb.weight, fresh().emb.weight)


@pytest.mark.parametrize("norm", [
    nn.utils.parametrizations.weight_norm, nn.utils.parametrizations.spectral_norm, nn.utils.weight_norm])
def test_computed_weights_get_the_values_that_were_asked_for(norm):
    plain = nn.Sequential(nn.Linear(6, 4))
    reinit.apply_(plain, {"Dense": "glorot_uniform", "@bias": "zeros"}, seed=9)
    module = nn.Sequential(norm(nn.Linear(6, 4)))
    plan = reinit.apply_(module, {"Linear.weight": "glorot_uniform", "@bias": "zeros"}, seed=9)
    assert plan["0.weight"]["fanIn"] == 6
    module.eval()
    module(torch.ones(1, 6))
    weight = module[0].weight
    if norm is nn.utils.parametrizations.spectral_norm:
        weight = module[0].parametrizations.weight.original
    assert torch.allclose(weight, plain[0].weight, atol=1e-6)


def test_state_dicts(command, tmp_path):
    module = nn.Sequential(nn.Linear(20, 30), nn.Conv2d(4, 8, 3, groups=2))
    save_file(module.state_dict(), tmp_path / "a.safetensors")
    rules = ["Dense=kaiming_normal", "Conv=kaiming_normal"]
    expected = command.apply_file(tmp_path / "a.safetensors", tmp_path / "b.safetensors", rules, seed=2,
                                  types=["1=Conv(groups: 2)"])
    state = module.state_dict()
    reinit.apply_(state, rules, seed=2,
                  types={"0": "Dense(in: 20, out: 30)", "1": "Conv(in: 4, out: 8, kernel: [3, 3], groups: 2)"})
    save_file(state, tmp_path / "c.safetensors")
    assert bits_of(tmp_path / "c.safetensors") == expected


def test_functions_for_one_tensor():
    linear = nn.Linear(12, 8)
    reinit.kaiming_uniform_(linear.weight, a=5 ** 0.5, name="fc.weight", seed=3)
    other = nn.Module()
    other.fc = nn.Linear(12, 8)
    reinit.apply_(other, {"fc": "kaiming_uniform(slope: 2.23606797749979)"}, seed=3)
    assert torch.equal(linear.weight, other.fc.weight)
    half = reinit.normal_(torch.zeros(5, 4, dtype=torch.bfloat16).t(), std=2, name="x", seed=1)
    assert torch.equal(half, reinit.normal_(torch.zeros(4, 5, dtype=torch.bfloat16), std=2, name="x", seed=1))
    assert linear.weight.requires_grad


class Odd(nn.Linear):
    """Looks like a linear map, and holds other tensors."""

    def __init__(self):
        super().__init__(3, 2)
        self.weight = nn.Parameter(torch.zeros(7))


MISTAKES = [
    (lambda m: reinit.apply_(m, {nn.Conv2d: "zeros"}), "R0203", "Conv2d"),
    (lambda m: reinit.apply_(m, {(nn.Linear, "wieght"): "zeros"}), "R02", ""),
    (lambda m: reinit.apply_(m, ["0.weigth=zeros"]), "R0203", "0.weight"),
    (lambda m: reinit.apply_(m, ["0=zeros"], types={"0": "Dense(in: 3, out: 2)"}), "R0701", "types"),
    (lambda m: reinit.apply_(m.to("meta"), ["0=zeros"]), "R0701", "meta"),
    (lambda m: reinit.apply_(nn.Sequential(nn.LazyLinear(3)), ["0=zeros"]), "R0701", "lazy"),
    (lambda m: reinit.apply_(m.weight if hasattr(m, "weight") else m[0].weight, ["0=zeros"]), "R0701", "Parameter"),
    (lambda m: reinit.apply_(m, {"0.weight": lambda view: np.zeros((9, 9))}), "R0701", "[9, 9]"),
    (lambda m: reinit.apply_(nn.Sequential(Odd()), ["0.weight=kaiming_normal"]), "R0101", "0.weight"),
    (lambda m: reinit.apply_(nn.Sequential(Odd()), ["**=default"]), "R0113", "0.weight"),
    (lambda m: reinit.apply_(m.to(torch.complex64), ["0.weight=normal"]), "R02", "0.weight"),
    (lambda m: reinit.plan(m, ["**=normal"]), "R0205", ""),
    (lambda m: reinit.normal_(torch.zeros(3, dtype=torch.int32), name="a"), "R0", "a"),
    (lambda m: reinit.normal_(torch.zeros(3, device="meta"), name="a"), "R0701", "meta"),
]


@pytest.mark.parametrize("call, code, words", MISTAKES, ids=[f"{n}" for n in range(len(MISTAKES))])
def test_a_mistake_is_an_exception(call, code, words):
    module = nn.Sequential(nn.Linear(3, 2))
    before = copy.deepcopy(module.state_dict())
    with pytest.raises(reinit.Error) as caught:
        call(module)
    assert caught.value.code.startswith(code), str(caught.value)
    assert words in str(caught.value), str(caught.value)
    if not any(value.is_meta or value.is_complex() for value in module.state_dict().values()):
        assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())


def test_a_model_of_transformers(command, tmp_path):
    transformers = pytest.importorskip("transformers")
    config = transformers.GPT2Config(n_layer=2, n_embd=32, n_head=4, vocab_size=100, n_positions=16)
    module = transformers.GPT2LMHeadModel(config)
    plan = reinit.plan(module, {"Dense": "normal(std: config.initializer_range / sqrt(2 * blocks))"})
    told = {tensor["path"]: tensor for tensor in plan.tree.tensors}
    attention = told["transformer.h.0.attn.c_attn.weight"]
    assert (attention["layer"], attention["fanIn"], attention["fanOut"]) == ("Dense", 32, 32)
    assert [told["transformer.h.1.mlp.c_fc.weight"][key] for key in ("fanIn", "fanOut")] == [32, 128]
    assert told["lm_head.weight"]["tied"] == "transformer.wte.weight"
    assert plan["transformer.h.0.mlp.c_proj.weight"]["numbers"]["std"] == pytest.approx(0.01)
    module.save_pretrained(tmp_path)
    rules = ["transformer.h Dense=glorot_normal", "*.bias=zeros", "transformer.wpe=normal(std: 0.02)"]
    done = command.run("apply", tmp_path / "model.safetensors", "-o", tmp_path / "after.safetensors", "--seed", 3,
                       *sum((["--fill", rule] for rule in rules), []))
    assert done.returncode == 0, done.stderr
    expected = bits_of(tmp_path / "after.safetensors")
    reinit.apply_(module, rules, seed=3)
    module.save_pretrained(tmp_path)
    assert bits_of(tmp_path / "model.safetensors") == expected


def test_a_model_of_torchvision(command, tmp_path):
    models = pytest.importorskip("torchvision").models
    torch.manual_seed(0)
    module = models.resnet50()
    save_file(module.state_dict(), tmp_path / "a.safetensors")
    rules = ["Conv=kaiming_normal(mode: fan_out)", "fc=normal(std: 0.01)", "@bias=zeros", "**.bn3.weight=zeros"]
    done = command.run("apply", tmp_path / "a.safetensors", "-o", tmp_path / "b.safetensors", "--seed", 7, "--model", "resnet50",
                       *sum((["--fill", rule] for rule in rules), []))
    assert done.returncode == 0, done.stderr
    expected = bits_of(tmp_path / "b.safetensors")
    reinit.apply_(module, rules, seed=7)
    save_file(module.state_dict(), tmp_path / "c.safetensors")
    assert bits_of(tmp_path / "c.safetensors") == expected


def test_a_model_of_timm(command, tmp_path):
    timm = pytest.importorskip("timm")
    module = timm.create_model("vit_tiny_patch16_224")
    told = {tensor["path"]: tensor for tensor in reinit.plan(module, {"Dense": "zeros"}).tree.tensors}
    assert (told["blocks.0.attn.qkv.weight"]["fanIn"], told["blocks.0.attn.qkv.weight"]["fanOut"]) == (192, 192)
    assert (told["patch_embed.proj.weight"]["layer"], told["cls_token"]["layer"]) == ("Conv", "Parameter")
    save_file(module.state_dict(), tmp_path / "a.safetensors")
    rules = ["Dense=truncated_normal(std: 0.02)", "patch_embed.proj=lecun_normal", "@bias=zeros"]
    expected = command.apply_file(tmp_path / "a.safetensors", tmp_path / "b.safetensors", rules, seed=7)
    reinit.apply_(module, rules, seed=7)
    save_file(module.state_dict(), tmp_path / "c.safetensors")
    assert bits_of(tmp_path / "c.safetensors") == expected
