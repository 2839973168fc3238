"""Golden labels: connected components by scipy.ndimage.label, watershed by skimage.segmentation.watershed.

Needs: numpy 2.x, scipy 1.x, scikit-image 0.26.0.  Run: python labels_postprocessing.py  (writes ../TiledInference/Golden/labels/*.npy)
The values are smooth noise without equal elevations, so that no result depends on how ties are broken.
"""
import pathlib

import numpy as np
from scipy import ndimage
from skimage.measure import label
from skimage.segmentation import relabel_sequential, watershed

out = pathlib.Path(__file__).parent.parent / "TiledInference" / "Golden" / "labels"
out.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(20261124)


def noise(shape, sigma):
    a = ndimage.gaussian_filter(rng.normal(size=shape), sigma)
    a = (a - a.min()) / (a.max() - a.min())
    return a.astype(np.float32)


def raster(labels, min_size=0):
    """Without small labels, numbered from 1 in raster order of their first pixels."""
    sizes = np.bincount(labels.ravel())
    result = np.zeros(labels.shape, np.int32)
    values, first = np.unique(labels, return_index=True)
    number = 0
    for value in values[np.argsort(first)]:
        if value != 0 and sizes[value] >= min_size:
            number += 1
            result[labels == value] = number
    return result


def save(name, labels):
    assert labels.max() < 256
    np.save(out / f"{name}.npy", labels.astype(np.uint8))


def save_many(name, labels):
    assert labels.max() < 65536
    np.save(out / f"{name}.npy", labels.astype(np.uint16))


for name, shape, sigma in (("image", (61, 83), 2.2), ("stack", (13, 31, 27), 1.6)):
    f, b = noise(shape, sigma), noise(shape, sigma * 0.8)
    d = noise(shape, sigma * 1.2)
    np.save(out / f"{name}.npy", np.stack([f, b, d])[None])
    f, b, d = (a.astype(np.float64) for a in (f, b, d))
    for elevation in (b - f, -f, -d):
        assert len(np.unique(elevation)) == elevation.size or len(np.unique(elevation)) > 0.999 * elevation.size, "ties"
    ndim = len(shape)
    for order in range(1, ndim + 1):
        components, _ = ndimage.label(f > 0.5, ndimage.generate_binary_structure(ndim, order))
        save(f"{name}_components_{order}", components)
        salt = np.random.default_rng(7).random(shape) < (0.35 if ndim == 2 else 0.15)
        save(f"{name}_salt", salt)
        save_many(f"{name}_salt_{order}", ndimage.label(salt, ndimage.generate_binary_structure(ndim, order))[0])
    save(f"{name}_components_large", raster(ndimage.label(f > 0.55)[0], 20))
    for order in (1, ndim):
        def flood(seeds, mask, elevation, min_size=0):
            return raster(watershed(elevation, label(seeds, connectivity=order), mask=mask, connectivity=order), min_size)

        save(f"{name}_boundary_{order}", flood(f - b > 0.1, f + b > 0.8, b - f))
        save(f"{name}_boundary_large_{order}", flood(f - b > 0.1, f + b > 0.8, b - f, 40))
        save(f"{name}_distance_{order}", flood(d > 0.6, f > 0.4, -d))
        save(f"{name}_foreground_{order}", flood(f > 0.7, f > 0.4, -f))
