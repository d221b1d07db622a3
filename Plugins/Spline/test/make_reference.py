"""Writes reference.json: B-splines by SciPy, fits by LAPACK, forward passes by NumPy in double precision.

    python3 -m venv venv && venv/bin/pip install numpy scipy && venv/bin/python make_reference.py
"""
import json
import numpy
import scipy
from scipy.interpolate import BSpline


def basis(knots, order, x):
    """[points, splines]: each spline is 0 outside of its own support."""
    columns = []
    for j in range(len(knots) - order - 1):
        spline = BSpline.basis_element(knots[j : j + order + 2], extrapolate=False)
        columns.append(numpy.nan_to_num(spline(x), nan=0.0))
    return numpy.stack(columns, axis=-1)


def uniform_knots(grid_size, order, low=-1.0, high=1.0):
    return (numpy.arange(-order, grid_size + order + 1) * ((high - low) / grid_size) + low).astype(numpy.float32)


def floats(random, low, high, shape):
    return random.uniform(low, high, shape).astype(numpy.float32)


def numbers(array):
    return [float(value) for value in numpy.asarray(array).ravel()]


def basis_case(random, order, knots):
    margin = (knots[-1] - knots[0]) / 10
    x = floats(random, knots[0] - margin, knots[-1] + margin, 12)
    x = numpy.concatenate([x, knots[[0, order, len(knots) // 2]]])
    values = basis(knots.astype(numpy.float64), order, x.astype(numpy.float64))
    # SciPy takes a spline to be continuous from the left at its own last knot; for order >= 1 it is 0 there.
    return {"order": order, "knots": numbers(knots), "x": numbers(x), "values": numbers(values)}


def fit_case(random, grid_size, order):
    knots = numpy.arange(-order, grid_size + order + 1, dtype=numpy.float64)
    matrix = basis(knots, order, knots[order : order + grid_size + 1])
    values = floats(random, -0.01, 0.01, grid_size + 1)
    solution = numpy.linalg.lstsq(matrix, values.astype(numpy.float64), rcond=None)[0]
    return {"order": order, "grid_size": grid_size, "values": numbers(values), "coefficients": numbers(solution)}


def inverse_case(grid_size, order):
    """The matrix that takes noise at the grid's points to coefficients: lstsq of every unit vector."""
    knots = numpy.arange(-order, grid_size + order + 1, dtype=numpy.float64)
    matrix = basis(knots, order, knots[order : order + grid_size + 1])
    return {"order": order, "grid_size": grid_size, "inverse": numbers(numpy.linalg.lstsq(matrix, numpy.eye(grid_size + 1), rcond=None)[0])}


def forward_case(random, rows, n_in, n_out, grid_size, order, scaled, uneven):
    grid = numpy.tile(uniform_knots(grid_size, order), (n_in, 1))
    if uneven:
        grid = numpy.sort(grid + floats(random, -0.15, 0.15, grid.shape), axis=1)
    base, spline = floats(random, -1, 1, (n_out, n_in)), floats(random, -1, 1, (n_out, n_in, grid_size + order))
    scaler = floats(random, -1, 1, (n_out, n_in)) if scaled else numpy.ones((n_out, n_in), numpy.float32)
    x = floats(random, -2, 2, (rows, n_in))
    wide = x.astype(numpy.float64)
    bases = numpy.stack([basis(grid[i].astype(numpy.float64), order, wide[:, i]) for i in range(n_in)], axis=1)
    y = (wide / (1 + numpy.exp(-wide))) @ base.astype(numpy.float64).T
    y += numpy.einsum("nic,oic,oi->no", bases, spline.astype(numpy.float64), scaler.astype(numpy.float64))
    case = {"order": order, "grid_size": grid_size, "rows": rows, "in": n_in, "out": n_out}
    case |= {"grid": numbers(grid), "base_weight": numbers(base), "spline_weight": numbers(spline)}
    case |= {"spline_scaler": numbers(scaler) if scaled else []}
    return case | {"x": numbers(x), "y": numbers(y)}


random = numpy.random.default_rng(2404)
uneven = numpy.sort(floats(random, -2, 3, 11))
reference = {
    "source": f"SciPy {scipy.__version__} (interpolate.BSpline), NumPy {numpy.__version__} (linalg.lstsq)",
    "layout": "all lists row-major; values [x, spline], grid [in, knots], base_weight [out, in], "
    "spline_weight [out, in, spline], x [rows, in], y [rows, out]; no spline_scaler: an empty list",
    "basis": [basis_case(random, order, uniform_knots(5, order)) for order in (1, 2, 3, 5)]
    + [basis_case(random, order, uneven) for order in (2, 3)],
    "fit": [fit_case(random, *case) for case in ((5, 3), (1, 3), (8, 1), (7, 2), (3, 5), (20, 10))],
    "forward": [forward_case(random, 6, 4, 3, 5, 3, True, False), forward_case(random, 5, 3, 2, 4, 2, False, True)],
    "inverses": [inverse_case(5, 3), inverse_case(4, 2)],
}
with open("reference.json", "w") as file:
    body = json.dumps(reference, indent=1)
    file.write(body.replace(",\n    ", ", ").replace("[\n    ", "[").replace("\n   ]", "]") + "\n")
