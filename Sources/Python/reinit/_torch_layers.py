"""What torch's modules are, as the library's layers."""
from __future__ import annotations

from typing import Any, Callable

import torch
from torch import nn

Description = tuple[str, dict[str, dict[str, Any]]]
#: Names of maps that have queries, keys and values in one matrix.
PACKED = ("qkv", "c_attn", "query_key_value", "Wqkv", "qkv_proj", "in_proj")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _list(sizes: Any) -> str:
    return "[" + ", ".join(str(int(size)) for size in sizes) + "]"


def _linear(m: Any, name: str) -> Description:
    parts = 3 if name in PACKED and m.out_features == 3 * m.in_features else 1
    fields: dict[str, dict[str, Any]] = {}
    if parts == 3:
        fields["weight"] = {"geometry": {"out": 0, "in": [1], "parts": ["q", "k", "v"]}}
    return f"Dense(in: {m.in_features}, out: {m.out_features}, bias: {_flag(m.bias is not None)}, parts: {parts})", fields


def _conv1d(m: Any, name: str) -> Description:
    """transformers' map with a weight `[in, out]`."""
    inputs, outputs = m.weight.shape
    geometry: dict[str, Any] = {"out": 1, "in": [0]}
    if name in PACKED and outputs == 3 * inputs:
        geometry["parts"] = ["q", "k", "v"]
    return (f"Dense(in: {inputs}, out: {outputs}, startsWithZeroBias: true)",
            {"weight": {"geometry": geometry, "begins": "normal(std: 0.02)"}})


def _conv(m: Any, name: str) -> Description:
    return (f"Conv(in: {m.in_channels}, out: {m.out_channels}, kernel: {_list(m.kernel_size)}, groups: {m.groups}, "
            f"bias: {_flag(m.bias is not None)})"), {}


def _conv_transpose(m: Any, name: str) -> Description:
    return "ConvTranspose" + _conv(m, name)[0].removeprefix("Conv"), {}


def _embedding(m: Any, name: str) -> Description:
    padding = "" if m.padding_idx is None else f", paddingIndex: {m.padding_idx}"
    return f"Embedding(vocabulary: {m.num_embeddings}, size: {m.embedding_dim}{padding})", {}


def _embedding_bag(m: Any, name: str) -> Description:
    return f"EmbeddingBag(vocabulary: {m.num_embeddings}, size: {m.embedding_dim})", {}


def _bilinear(m: Any, name: str) -> Description:
    return (f"Bilinear(in: {m.in1_features}, second: {m.in2_features}, out: {m.out_features}, "
            f"bias: {_flag(m.bias is not None)})"), {}


def _layer_norm(m: Any, name: str) -> Description:
    has = m.weight is not None
    return (f"LayerNorm({_list(m.normalized_shape)}, affine: {_flag(has)}, "
            f"bias: {_flag(has and m.bias is not None)})"), {}


def _rms_norm(m: Any, name: str) -> Description:
    return f"RMSNorm({_list(m.normalized_shape)}, affine: {_flag(m.weight is not None)})", {}


def _group_norm(m: Any, name: str) -> Description:
    return f"GroupNorm({m.num_channels}, groups: {m.num_groups}, affine: {_flag(m.weight is not None)})", {}


def _statistical(kind: str) -> Callable[[Any, str], Description]:
    def text(m: Any, name: str) -> Description:
        return (f"{kind}({m.num_features}, affine: {_flag(m.weight is not None)}, "
                f"trackRunningStats: {_flag(m.running_mean is not None)})"), {}
    return text


def _prelu(m: Any, name: str) -> Description:
    return f"PReLU(count: {m.weight.numel()}, slope: 0.25)", {}


def _recurrent(kind: str) -> Callable[[Any, str], Description]:
    def text(m: Any, name: str) -> Description:
        projection = f", projection: {m.proj_size}" if getattr(m, "proj_size", 0) else ""
        return (f"{kind}(in: {m.input_size}, hidden: {m.hidden_size}, layers: {m.num_layers}, bias: {_flag(m.bias)}, "
                f"bidirectional: {_flag(m.bidirectional)}{projection})"), {}
    return text


def _cell(kind: str) -> Callable[[Any, str], Description]:
    def text(m: Any, name: str) -> Description:
        return f"{kind}(in: {m.input_size}, hidden: {m.hidden_size}, bias: {_flag(m.bias)})", {}
    return text


def _attention(m: Any, name: str) -> Description:
    separate = "" if m.in_proj_weight is not None else f", keySize: {m.kdim}, valueSize: {m.vdim}"
    return (f"MultiHeadAttention({m.embed_dim}, heads: {m.num_heads}, bias: {_flag(m.in_proj_bias is not None)}, "
            f"biasKV: {_flag(m.bias_k is not None)}{separate})"), {}


_KINDS: dict[type, Callable[[Any, str], Description]] = {
    nn.Linear: _linear, nn.Bilinear: _bilinear,
    nn.Conv1d: _conv, nn.Conv2d: _conv, nn.Conv3d: _conv,
    nn.ConvTranspose1d: _conv_transpose, nn.ConvTranspose2d: _conv_transpose, nn.ConvTranspose3d: _conv_transpose,
    nn.Embedding: _embedding, nn.EmbeddingBag: _embedding_bag,
    nn.LayerNorm: _layer_norm, nn.GroupNorm: _group_norm,
    nn.modules.batchnorm._BatchNorm: _statistical("BatchNorm"),
    nn.modules.instancenorm._InstanceNorm: _statistical("InstanceNorm"),
    nn.PReLU: _prelu, nn.LSTM: _recurrent("LSTM"), nn.GRU: _recurrent("GRU"), nn.RNN: _recurrent("RNN"),
    nn.LSTMCell: _cell("LSTM"), nn.GRUCell: _cell("GRU"), nn.RNNCell: _cell("RNN"),
    nn.MultiheadAttention: _attention,
}
if hasattr(nn, "RMSNorm"):
    _KINDS[nn.RMSNorm] = _rms_norm
_known: dict[type, Callable[[Any, str], Description] | None] = {}


def _maker(kind: type) -> Callable[[Any, str], Description] | None:
    """What describes modules of a class: that of the nearest class above it which is known."""
    if kind not in _known:
        found = next((_KINDS[above] for above in kind.__mro__ if above in _KINDS), None)
        if found is None and kind.__name__ == "Conv1D" and kind.__module__ == "transformers.pytorch_utils":
            found = _conv1d
        _known[kind] = found
    return _known[kind]


def described(module: nn.Module, name: str, own: dict[str, torch.Tensor]) -> Description | None:
    """The text that makes a module's layer, and what is to be said of its fields; None where its class is not known.

    A subclass whose tensors are not those of the class it is derived from is not taken for one.
    """
    make = _maker(type(module))
    if make is None:
        return _bare_rms_norm(module, own)
    try:
        return make(module, name)
    except (AttributeError, TypeError, ValueError):
        return None


def _bare_rms_norm(module: nn.Module, own: dict[str, torch.Tensor]) -> Description | None:
    """Norms that models have of their own, as LlamaRMSNorm; not those that multiply by 1 + w."""
    name = type(module).__name__
    if not name.lower().endswith("rmsnorm") or list(own) != ["weight"] or own["weight"].dim() != 1:
        return None
    if "Gemma" in name or "Next" in name or "Zero" in name:
        return None
    return f"RMSNorm([{own['weight'].shape[0]}])", {}
