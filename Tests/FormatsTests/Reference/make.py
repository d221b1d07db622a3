"""Writes the files that the tests read, with a real torch, and what torch and numpy say of them.

    python make.py FOLDER VERSION     # FOLDER/VERSION/*.pt and FOLDER/VERSION.json

Run by hand, with one environment for each version of torch; the tests need none. Each file is a few kilobytes. For each tensor
the JSON has name, element type (as safetensors spells it), shape, strides, and the bytes in C order, as hexadecimal.
"""
import io, json, os, sys
import numpy, torch

folder, version = sys.argv[1], sys.argv[2]
os.makedirs(os.path.join(folder, version), exist_ok=True)
torch.manual_seed(7)

NAMES = {
    "float32": "F32", "float64": "F64", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
    "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL", "complex64": "C64", "complex128": "C128",
    "uint16": "U16", "uint32": "U32", "uint64": "U64", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
    "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ", "float8_e8m0fnu": "F8_E8M0",
}


def dtypes():
    """The types that this version has and can save."""
    known = [(name, getattr(torch, name)) for name in NAMES if hasattr(torch, name)]
    return [(name, dtype) for name, dtype in known if can_save(torch.empty(1, dtype=dtype))]


def can_save(tensor):
    try:
        torch.save(tensor, io.BytesIO())
        return True
    except KeyError:
        return False


def raw(tensor):
    """The bytes of the elements in C order, without asking torch to copy types that it cannot copy."""
    size, count = tensor.element_size(), tensor.numel()
    storage = tensor.untyped_storage() if hasattr(tensor, "untyped_storage") else tensor.storage().untyped()
    flat = torch.tensor([], dtype=torch.uint8).set_(storage).numpy()
    strides = [s * size for s in tensor.stride()]
    view = numpy.lib.stride_tricks.as_strided(
        flat[tensor.storage_offset() * size:], tuple(tensor.shape) + (size,), tuple(strides) + (1,))
    return view.tobytes() if count else b""


def described(tensors):
    return [
        {"name": name, "dtype": NAMES[str(t.dtype)[6:]], "shape": list(t.shape), "strides": list(t.stride()),
         "bytes": raw(t.detach()).hex()} for name, t in tensors]


def flat(value, prefix=None):
    if isinstance(value, torch.Tensor):
        return [("tensor" if prefix is None else prefix, value)]
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else []
    return [x for k, v in pairs for x in flat(v, str(k) if prefix is None else f"{prefix}.{k}")]


cases = {}


def case(name, value, part="", given=None, prefix=None, shared=None, **options):
    """Writes a file; `part` is the one that is the model, `given` says that it has to be named."""
    path = os.path.join(folder, version, name + ".pt")
    torch.save(value, path, **options)
    # What counts is what comes back.
    back = torch.load(path, map_location="cpu", weights_only=False)
    for key in filter(None, part.split(".")):
        back = back[key]
    cases[name] = {"branch": part, "given": bool(given), "tensors": described(flat(back))}
    if prefix: cases[name]["prefix"] = prefix
    if shared: cases[name]["shared"] = shared


def filled(name, dtype, shape):
    count = int(numpy.prod(shape, dtype=int))
    if name == "bool":
        return (torch.arange(count) % 3 == 0).reshape(shape)
    if name.startswith("float8"):
        return torch.arange(100, 100 + count, dtype=torch.uint8).view(dtype).reshape(shape)
    if name in ("uint16", "uint32", "uint64"):
        return torch.from_numpy(numpy.arange(count).astype(name)).reshape(shape)
    return (torch.randn(count) * 5).to(dtype).reshape(shape)


model = torch.nn.Sequential(
    torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.Flatten(), torch.nn.Linear(12, 5))
optimizer = torch.optim.AdamW(model.parameters())
model(torch.randn(2, 2, 4, 4)).sum().backward()
optimizer.step()
state = model.state_dict()

case("state_dict", state)
for protocol in (2, 3, 4, 5):
    case(f"protocol{protocol}", state, pickle_protocol=protocol)
case("checkpoint", {"epoch": 3, "best": 0.25, "name": "é", "long": 1 << 80, "none": None, "flags": [True, False, -1, 70000],
                    "raw": b"\x00\xff", "where": torch.device("cpu"), "size": torch.Size([1, 2]), "type": torch.float16,
                    "model": state, "optimizer": optimizer.state_dict(), "rng_state": torch.get_rng_state()[:16].clone()}, "model")
case("lightning", {"state_dict": {f"net.{k}": v for k, v in state.items()}, "optimizer_states": [optimizer.state_dict()],
                   "callbacks": {}, "hyper_parameters": {"lr": 0.1}, "loops": None}, "state_dict")
case("deep", {"checkpoint": {"state_dict": state}, "steps": 4}, "checkpoint.state_dict")
case("nested", {"encoder": {"layers": [{"w": torch.randn(2)}, {"w": torch.randn(3)}]}, "decoder": (torch.randn(1), {"b": torch.ones(2)}),
                7: torch.zeros(1)})
case("average", {"model": state, "model_ema": {k: v + 1 for k, v in state.items()}}, "model_ema", given=True)
case("data_parallel", {"module." + k: v for k, v in state.items()}, prefix="module.")
case("compiled", {"module._orig_mod." + k: v for k, v in state.items()}, prefix="module._orig_mod.")
case("tensor", torch.randn(3, 4))
case("parameter", {"p": torch.nn.Parameter(torch.randn(4)), "buffer": torch.arange(3)})
case("types", {name: {"a": filled(name, dtype, (2, 3)), "scalar": filled(name, dtype, ()), "none": filled(name, dtype, (0, 4))}
               for name, dtype in dtypes()})
base = torch.arange(120, dtype=torch.float32).reshape(2, 3, 4, 5)
case("views", {
    "base": base, "transposed": base.permute(3, 1, 0, 2), "slice": base[:, 1:, ::2, 3], "row": base[1, 2],
    "last": base[..., -1:], "expanded": base[0, 0, 0].expand(3, 5), "one": base[1:, 2:3, 3:4, 4:], "channels_last":
    base.contiguous(memory_format=torch.channels_last), "empty": base[:, :0], "diagonal": base[0, 0].diagonal(),
    "windows": base.flatten().unfold(0, 10, 5)},
    shared=[["base", "transposed", "slice", "row", "last", "expanded", "one", "empty", "diagonal", "windows"]])
wide = torch.arange(3000, dtype=torch.int16).reshape(50, 60)
case("columns", {"t": wide.t(), "half": wide[:, 7:31]}, shared=[["t", "half"]])
tied = torch.randn(3, 2)
case("tied", {"embed.weight": tied, "head.weight": tied, "other": tied.clone()}, shared=[["embed.weight", "head.weight"]])
case("names", {"": torch.zeros(1), "a..b": torch.ones(1), "ü.𝄞": torch.ones(2), "x" * 300: torch.zeros(2), 5: torch.ones(1)})

with open(os.path.join(folder, version, "old_form.pt"), "wb") as file:
    torch.save(state, file, _use_new_zipfile_serialization=False)
torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), os.path.join(folder, version, "program.pt"))
torch.save(model, os.path.join(folder, version, "module.pt"))
json.dump({"torch": torch.__version__, "cases": cases}, open(os.path.join(folder, version + ".json"), "w"), indent=None,
          separators=(",", ":"))
