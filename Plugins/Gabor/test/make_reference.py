"""Writes reference.json: kernels by OpenCV's getGaborKernel, and whole weights put together of them.

    python3 -m venv venv && venv/bin/pip install numpy opencv-python-headless && venv/bin/python make_reference.py
"""
import json
import math
import cv2
import numpy


def kernel(size, sigma, theta, wavelength, gamma, phase):
    height, width = size
    return cv2.getGaborKernel((width, height), sigma, theta, wavelength, gamma, phase, cv2.CV_64F)


def numbers(array):
    return [float(value) for value in numpy.asarray(array).ravel()]


def kernel_case(size, sigma, theta, wavelength, gamma, phase):
    values = kernel(size, sigma, theta, wavelength, gamma, phase)
    assert values.shape == size
    names = {"height": size[0], "width": size[1], "sigma": sigma, "theta": theta}
    return names | {"wavelength": wavelength, "gamma": gamma, "phase": phase, "taps": numbers(values)}


def weight_case(written, shape, orientations, wavelengths, phases, sigma, gamma, gain, zero_mean, scaled):
    out, inputs, height, width = shape
    weight = numpy.empty(shape)
    bank = [(t, w, p) for w in wavelengths for p in phases for t in range(orientations)]
    for o in range(out):
        turn, wavelength, phase = bank[o % len(bank)]
        taps = kernel((height, width), sigma * wavelength, math.pi * turn / orientations, wavelength, gamma, phase)
        if zero_mean:
            taps = taps - taps.mean()
        factor = gain / math.sqrt(inputs * height * width * (taps**2).mean()) if scaled else gain
        weight[o] = taps * factor
    return {"written": written, "shape": list(shape), "weight": [float(str(value)) for value in weight.astype(numpy.float32).ravel()]}


octaves, pair = [4 * 2 ** (n / 2) for n in range(5)], [0, math.pi / 2]
reference = {
    "source": f"OpenCV {cv2.__version__} (getGaborKernel, CV_64F), NumPy {numpy.__version__}",
    "kernels": [
        kernel_case((7, 7), 2.24, 0.0, 4.0, 0.5, 0.0),
        kernel_case((7, 7), 3.0, math.pi / 8, 5.656854249492381, 0.5, math.pi / 2),
        kernel_case((11, 11), 4.48, 3 * math.pi / 8, 8.0, 0.3, 0.7),
        kernel_case((5, 9), 1.5, 2.0, 3.0, 1.0, -1.2),
        kernel_case((3, 3), 9.0, 7 * math.pi / 8, 16.0, 0.5, 0.0),
    ],
    "weights": [
        weight_case("gabor", (20, 1, 7, 7), 8, octaves, pair, 0.56, 0.5, math.sqrt(2), False, True),
        weight_case(
            "gabor(orientations: 3, wavelengths: [3, 5], phases: [0.5], sigma: 0.4, gamma: 0.8, gain: 1, zero_mean: true)",
            (8, 2, 5, 5), 3, [3, 5], [0.5], 0.4, 0.8, 1, True, True),
        weight_case("gabor(orientations: 4, gain: 0.5, scale: none)", (6, 1, 5, 3), 4, octaves, pair, 0.56, 0.5, 0.5, False, False),
    ],
}
with open("reference.json", "w") as file:
    body = json.dumps(reference, indent=1)
    file.write(body.replace(",\n    ", ", ").replace("[\n    ", "[").replace("\n   ]", "]") + "\n")
