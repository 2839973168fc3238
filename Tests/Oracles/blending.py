"""Overlapping windows averaged by weights, and mirroring, on the golden package `unet`: the formula in NumPy, the network by onnxruntime.

Needs: numpy 2.4.6, onnxruntime 1.32.0.  Run: python blending.py  (writes ../TiledInference/Golden/blending/*.npy)
The windows and the weights are those of MONAI 1.5 `sliding_window_inference` (sigma_scale 0.125, weights not below 0.001) for images
not smaller than a window; mirroring averages the results of all sets of axes, as nnU-Net v2 does.
"""
import pathlib

import numpy as np
import onnxruntime

golden = pathlib.Path(__file__).parent.parent / "TiledInference" / "Golden"
session = onnxruntime.InferenceSession(str(golden / "unet" / "weights.onnx"), providers=["CPUExecutionProvider"])


def image(height, width):
    state, values = 1, []
    for index in range(height * width):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append((state >> 33) % 3000 + index // 3 % 1000)
    values = np.array(values, np.float64).reshape(height, width)
    return ((values - values.mean()) / (values.std() + 1e-6)).astype(np.float32)


def starts(extent, size, overlap):
    step = size if extent == size else max(1, int(size * (1 - overlap)))
    found = []
    while not found or found[-1] + size < extent:
        found.append(min(len(found) * step, extent - size))
    return found


def weights(window, blend):
    if blend == "constant":
        return np.ones(window)
    product = np.ones(())
    for size in window:
        x = np.arange(size) - (size - 1) / 2
        product = product[..., None] * np.exp(-(x**2) / (2 * (0.125 * size) ** 2))
    return np.maximum(product, 1e-3)


def run(part, mirror):
    total = 0
    for bits in range(2 ** len(mirror)):
        axes = tuple(axis for index, axis in enumerate(mirror) if bits >> index & 1)
        result = session.run(None, {"image": np.flip(part, axes)[None, None].copy()})[0][0]
        total = total + np.flip(result, tuple(axis + 1 for axis in axes))
    return total / 2 ** len(mirror)


def blended(pixels, window, overlap, blend, mirror):
    weight = weights(window, blend)
    sums, norms = np.zeros((2,) + pixels.shape), np.zeros(pixels.shape)
    for y in starts(pixels.shape[0], window[0], overlap):
        for x in starts(pixels.shape[1], window[1], overlap):
            box = (slice(y, y + window[0]), slice(x, x + window[1]))
            sums[(slice(None),) + box] += weight * run(pixels[box], mirror)
            norms[box] += weight
    return (1 / (1 + np.exp(-sums / norms))).astype(np.float32)[None]


folder = golden / "blending"
folder.mkdir(exist_ok=True)
pixels = image(61, 74)
np.save(folder / "gaussian.npy", blended(pixels, (32, 40), 0.5, "gaussian", ()))
np.save(folder / "constant-mirrored.npy", blended(pixels, (32, 40), 0.25, "constant", (0, 1)))
