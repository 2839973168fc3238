"""Golden labels: flows by cellpose's own functions, as bioimageio.core calls them.

Needs: cellpose 4.0.8 (its dynamics, metrics and utils modules), fastremap, fill-voids 2.1.2, scipy 1.x, torch (any from 1.13; the CPU is
enough), numpy. Modules that only other parts of cellpose use may be missing.
Run: python labels_flows.py  (writes ../TiledInference/Golden/labels/flows*.npy)
Maps are stored as uint8: flows and insides are (stored - 128) / 24. Results do not change when the maps are disturbed by a part in a
million, so that none hangs on the last bit of a position.
"""
import pathlib
import sys
import types

import numpy as np
from scipy import ndimage

for name in ("cv2", "tifffile", "tqdm"):
    try:
        __import__(name)
    except ImportError:
        sys.modules[name] = types.SimpleNamespace(trange=range, tqdm=iter)

import torch
from cellpose.dynamics import compute_masks, masks_to_flows_gpu, masks_to_flows_gpu_3d
from cellpose.utils import fill_holes_and_remove_small_masks, stitch3D

if torch.__version__ < "2":
    # Older versions index with 64-bit numbers only; whole numbers stay the same.
    torch.int, torch.Tensor.int = torch.int64, torch.Tensor.long

out = pathlib.Path(__file__).parent.parent / "TiledInference" / "Golden" / "labels"
cpu = torch.device("cpu")


def stored(maps):
    return np.clip(np.round(maps * 24) + 128, 0, 255).astype(np.uint8)


def restored(maps):
    return ((maps.astype(np.float32) - 128) / 24).astype(np.float32)


def ellipsoids(rng, shape, count, low, high):
    grid = np.mgrid[tuple(slice(0, s) for s in shape)]
    labels = np.zeros(shape, np.int32)
    for label in range(1, count + 1):
        center, radii = rng.uniform(0, shape), rng.uniform(low, high, len(shape))
        far = sum(((g - c) / r) ** 2 for g, c, r in zip(grid, center, radii))
        labels[far < 1] = label
    kept = np.unique(labels[labels > 0])
    return np.searchsorted(np.r_[0, kept], labels)


def cells(maps, do_3D=False, cellprob_threshold=0.0, flow_threshold=0.4, min_size=15, niter=200):
    *flows, inside = maps
    masks = compute_masks(
        np.stack(flows), inside, cellprob_threshold=cellprob_threshold, flow_threshold=flow_threshold, do_3D=do_3D, niter=niter)
    return fill_holes_and_remove_small_masks(masks, min_size=min_size)


def stable(maps, function):
    """The result, if it is the same for maps that differ in the seventh digit; else None."""
    result = function(maps)
    for seed in range(4):
        noise = 1 + 1e-6 * np.random.default_rng(seed).uniform(-1, 1, maps.shape)
        if not np.array_equal(result, function((maps * noise).astype(np.float32))):
            return None
    return result.astype(np.uint8)


def raster(labels):
    values, first = np.unique(labels, return_index=True)
    result = np.zeros(labels.shape, np.uint8)
    for number, value in enumerate([v for v in values[np.argsort(first)] if v != 0], 1):
        result[labels == value] = number
    return result


def search(name, make, variants):
    """Writes the first maps for which all variants are stable."""
    for attempt in range(50):
        maps = stored(make(np.random.default_rng([len(name), attempt])))
        results = {key: stable(restored(maps), function) for key, function in variants.items()}
        if all(r is not None and r.max() >= 3 for r in results.values()):
            break
    else:
        raise SystemExit(f"no stable example of {name}")
    np.save(out / f"{name}.npy", maps)
    for key, result in results.items():
        np.save(out / f"{name}_{key}.npy", result)
    print(name, "attempt", attempt, maps.shape, {key: int(r.max()) for key, r in results.items()})


def image(rng):
    shape = (64, 72)
    labels = ellipsoids(rng, shape, 14, 5, 11)
    maps = np.concatenate([5 * masks_to_flows_gpu(labels, device=cpu), np.where(labels > 0, 4.0, -4.0)[None]])
    maps += rng.normal(0, 0.8, maps.shape)
    # A false object, whose flow leads nowhere in common, and one with a hole.
    maps[:2, 4:16, 4:16] = rng.normal(0, 1.0, (2, 12, 12))
    maps[0, 4:16, 4:16] -= 2 * np.sign(np.arange(12) - 5.5)[:, None]
    maps[2, 4:16, 4:16] = 3
    y, x = np.unravel_index(np.argmax(ndimage.distance_transform_edt(labels > 0)), shape)
    maps[2, y - 1 : y + 1, x + 2 : x + 4] = -3
    return maps


def stack(rng):
    labels = ellipsoids(rng, (12, 26, 28), 8, 4, 7)
    maps = np.concatenate([5 * masks_to_flows_gpu_3d(labels, device=cpu), np.where(labels > 0, 4.0, -4.0)[None]])
    maps += rng.normal(0, 0.6, maps.shape)
    z, y, x = np.unravel_index(np.argmax(ndimage.distance_transform_edt(np.pad(labels > 0, 1))[1:-1, 1:-1, 1:-1]), labels.shape)
    maps[3, z, y, x + 1 : x + 3] = -3
    return maps


def planes(rng):
    labels = ellipsoids(rng, (7, 36, 40), 9, (2, 5, 5), (5, 9, 9))
    maps = []
    for plane in labels:
        kept = np.unique(plane[plane > 0])
        plane = np.searchsorted(np.r_[0, kept], plane)
        flow = 5 * masks_to_flows_gpu(plane, device=cpu) if plane.max() > 0 else np.zeros((2,) + plane.shape)
        maps.append(np.concatenate([flow, np.where(plane > 0, 4.0, -4.0)[None]]))
    return np.stack(maps, 1) + rng.normal(0, 0.5, (3,) + labels.shape)


def stitched(maps):
    found = np.stack([cells(maps[:, z]).astype(np.int32) for z in range(maps.shape[1])])
    return raster(np.asarray(stitch3D(found, stitch_threshold=0.25)))


search("flows", image, {
    "default": cells,
    "all": lambda m: cells(m, flow_threshold=0.0, min_size=0),
    "few": lambda m: cells(m, cellprob_threshold=1.5, niter=50, flow_threshold=0.3, min_size=60),
})
search("flows_stack", stack, {
    "default": lambda m: cells(m, do_3D=True),
    "all": lambda m: cells(m, do_3D=True, cellprob_threshold=1.0, min_size=0),
})
search("flows_planes", planes, {"stitched": stitched})
