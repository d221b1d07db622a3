"""Writes the reference values of these tests with mpmath, NumPy, SciPy and torch: python3 make.py"""

import mpmath as mp
import numpy as np
import scipy.signal
import scipy.stats
import torch

mp.mp.dps = 30


def phi(x):
    return mp.ncdf(x)


def softplus(x):
    return mp.log(1 + mp.e**x) if x < 40 else x + mp.e**-x


def hardsigmoid(x):
    return min(max(mp.mpf(0), x / 6 + mp.mpf(1) / 2), mp.mpf(1))


ALPHA, LAMBDA = mp.mpf("1.6732632423543772848170429916717"), mp.mpf("1.0507009873554804934193349852946")
activations = {
    "linear": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + mp.e**-x),
    "tanh": mp.tanh,
    "relu": lambda x: max(mp.mpf(0), x),
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "selu": lambda x: LAMBDA * (x if x > 0 else ALPHA * mp.expm1(x)),
    "relu6": lambda x: min(max(mp.mpf(0), x), mp.mpf(6)),
    "gelu": lambda x: x * phi(x),
    "gelu_tanh": lambda x: x / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mp.mpf("0.044715") * x**3))),
    "silu": lambda x: x / (1 + mp.e**-x),
    "mish": lambda x: x * mp.tanh(softplus(x)),
    "elu": lambda x: x if x > 0 else mp.expm1(x),
    "celu": lambda x: x if x > 0 else mp.expm1(x),
    "softplus": softplus,
    "softsign": lambda x: x / (1 + abs(x)),
    "hardswish": lambda x: x * hardsigmoid(x),
    "hardsigmoid": hardsigmoid,
    "hardtanh": lambda x: min(max(mp.mpf(-1), x), mp.mpf(1)),
}


def write(name, rows):
    with open(name, "w") as file:
        for row in rows:
            file.write("\t".join(row) + "\n")


def gains():
    for name, f in activations.items():
        moment = mp.quad(lambda z: f(z) ** 2 * mp.npdf(z), [-30, -12, -6, -3, -1, 0, 1, 3, 6, 12, 30])
        yield [name, mp.nstr(1 / mp.sqrt(moment), 17)]


def truncated():
    bounds = [(-1, 1), (-2, 2), (-2.5, 2.5), (-3, 3), (-2, 3), (0.5, 4), (-0.01, 0.02), (5, 6), (-8, -7), (3, 3.001),
              (-1, mp.inf), (-mp.inf, -4)]
    for low, high in bounds:
        low, high = mp.mpf(low), mp.mpf(high)
        points = [max(low, -40), min(high, 40)]
        mass = mp.quad(mp.npdf, points)
        mean = mp.quad(lambda z: z * mp.npdf(z), points) / mass
        variance = mp.quad(lambda z: (z - mean) ** 2 * mp.npdf(z), points) / mass
        yield [mp.nstr(low, 17), mp.nstr(high, 17), mp.nstr(mean, 17), mp.nstr(mp.sqrt(variance), 17)]


def fourier():
    """keras.initializers.STFTInitializer for frames of T taps and B bins, side by side."""
    for side, window, scaling, periodic, t, b in [
        ("real", "hann", "density", False, 7, 4), ("imag", "hann", "density", False, 7, 4),
        ("real", "hamming", "spectrum", True, 6, 5), ("imag", "blackman", "density", True, 8, 3),
        ("real", "none", "density", False, 5, 4),
    ]:
        time, freq = np.arange(t)[None, :], np.arange(b)[:, None] / (2 * (b - 1))
        kernel = (np.cos if side == "real" else np.sin)(-2 * np.pi * time * freq)
        if window != "none":
            win = scipy.signal.get_window(window, t, periodic)
            kernel = kernel * win / (np.sqrt((win**2).sum()) if scaling == "density" else np.abs(win).sum())
        yield [side, window, scaling, str(periodic).lower(), str(t), str(b)] + [repr(float(v)) for v in kernel.ravel()]


def resample():
    """interpolate of sin(0.7 i + 0.1 i i): mode, align_corners, antialias, old and new height and width, values row by row."""
    for old_height, old_width, height, width in [(3, 4, 5, 7), (6, 5, 3, 4), (4, 4, 9, 2), (2, 3, 1, 6)]:
        index = torch.arange(old_height * old_width, dtype=torch.float64)
        grid = torch.sin(0.7 * index + 0.1 * index * index).reshape(1, 1, old_height, old_width)
        ways = [("nearest", False, False)]
        ways += [(mode, *way) for mode in ("bilinear", "bicubic") for way in ((True, False), (False, False), (False, True))]
        for mode, align, smooth in ways:
            options = {} if mode == "nearest" else {"align_corners": align, "antialias": smooth}
            values = torch.nn.functional.interpolate(grid, size=(height, width), mode=mode, **options)
            words = [mode, str(align).lower(), str(smooth).lower()] + [str(n) for n in (old_height, old_width, height, width)]
            yield words + [f"{v:.9g}" for v in values.flatten().tolist()]


write("gains.tsv", gains())
write("truncated.tsv", truncated())
write("fourier.tsv", fourier())
write("resample.tsv", resample())
