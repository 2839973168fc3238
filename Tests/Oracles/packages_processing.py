"""Golden values of the bioimage.io processing steps, computed with NumPy and SciPy in double precision.

Needs: numpy 2.x, scipy 1.x.  Run: python packages_processing.py  (writes ../ModelPackages/Golden/*.npy)
"""
import pathlib

import numpy as np
from scipy.special import expit, softmax

out = pathlib.Path(__file__).parent.parent / "ModelPackages" / "Golden"
out.mkdir(exist_ok=True)
rng = np.random.default_rng(20261124)

# (batch, channel, y, x)
x = rng.normal(100, 40, (1, 3, 7, 11)).astype(np.float32)
x[0, 1] *= 3
reference = rng.gamma(2, 50, (1, 1, 7, 11)).astype(np.float32)
counts = rng.integers(0, 65535, (1, 2, 9, 8)).astype(np.uint16)
d, r, c = (a.astype(np.float64) for a in (x, reference, counts))
yx = (2, 3)


def save(name, values, dtype=np.float32):
    np.save(out / f"{name}.npy", np.ascontiguousarray(values).astype(dtype))


def stats(a, axes):
    return a.mean(axis=axes, keepdims=True), a.std(axis=axes, keepdims=True)


def percentile(a, p, axes, method="linear"):
    return np.quantile(a, p / 100, axis=axes, keepdims=True, method=method)


save("input", x)
save("reference", reference)
save("counts", counts, np.uint16)
save("binarize", d > 100, np.uint8)
save("binarize_channel", d > np.array([90, 300, 110]).reshape(1, 3, 1, 1), np.uint8)
save("clip", np.clip(d, 80, 120.5))
low, high = percentile(d, 5, yx, "inverted_cdf"), percentile(d, 90, yx, "inverted_cdf")
save("clip_percentile", np.clip(d, low, high))
low, high = percentile(d, 5, (0, 1, 2, 3)), percentile(d, 90, (0, 1, 2, 3))
save("clip_percentile_whole", np.clip(d, low, high))
save("scale_linear", d * 0.25 - 3)
save("scale_linear_channel", d * np.array([1, 2, 0.5]).reshape(1, 3, 1, 1) + np.array([-1, 0, 7]).reshape(1, 3, 1, 1))
save("sigmoid", expit(d / 50 - 2))
save("softmax", softmax(d / 50, axis=1))
mean, std = stats(d, (1, 2, 3))
save("zero_mean", (d - mean) / (std + 1e-6))
mean, std = stats(d, yx)
save("zero_mean_yx", (d - mean) / (std + 0.05))
mean, std = stats(d, (1,))
save("zero_mean_channel", (d - mean) / (std + 1e-6))
save("fixed", (d - 101.5) / (13.7 + 1e-6))
save("fixed_channel", (d - np.array([1, 2, 3]).reshape(1, 3, 1, 1)) / (np.array([4, 5, 6]).reshape(1, 3, 1, 1) + 1e-6))
low, high = percentile(d, 5, yx), percentile(d, 99.8, yx)
save("scale_range", (d - low) / (high - low + 1e-6))
low, high = percentile(r, 1, (1, 2, 3)), percentile(r, 99, (1, 2, 3))
save("scale_range_reference", (d - low) / (high - low + 1e-6))
low, high = percentile(c, 0, (1, 2, 3)), percentile(c, 100, (1, 2, 3))
save("scale_range_counts", (c - low) / (high - low + 1e-6))
mean, std = stats(d, (1, 2, 3))
ref_mean, ref_std = stats(r, (1, 2, 3))
save("scale_mean_variance", (d - mean) / (std + 1e-6) * (ref_std + 1e-6) + ref_mean)
save("to_uint8", x.astype(np.int64).astype(np.uint8), np.uint8)
