"""Golden labels: star-shaped polygons by stardist's own functions, flows by a NumPy version of cellpose's published steps.

Needs: numpy 2.x, scipy 1.x, scikit-image 0.26.0, stardist 0.9.2.
Run: python labels_stars_flows.py  (writes ../TiledInference/Golden/labels/{stars,flows}_*.npy)
Probabilities and counts do not tie, and overlaps keep 0.03 away from the threshold (stardist rounds where edges cross), so that no
result depends on what stardist leaves open; this is checked by running stardist with thresholds 0.03 lower and higher.
"""
import pathlib

import numpy as np
from scipy import ndimage
from stardist.geometry import polygons_to_label, star_dist
from stardist.nms import non_maximum_suppression
from stardist.utils import edt_prob

out = pathlib.Path(__file__).parent.parent / "TiledInference" / "Golden" / "labels"


def raster(labels):
    """Numbered from 1 in raster order of the first pixels."""
    values, first = np.unique(labels, return_index=True)
    result = np.zeros(labels.shape, np.uint8)
    for number, value in enumerate([v for v in values[np.argsort(first)] if v != 0], 1):
        result[labels == value] = number
    return result


def blobs(rng, shape, count, low, high):
    """Overlapping ellipses, the later ones on top."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    labels = np.zeros(shape, np.int32)
    for label in range(1, count + 1):
        cy, cx = rng.uniform(0, shape[0]), rng.uniform(0, shape[1])
        a, b, t = *rng.uniform(low, high, 2), rng.uniform(0, np.pi)
        u, v = (y - cy) * np.cos(t) + (x - cx) * np.sin(t), (x - cx) * np.cos(t) - (y - cy) * np.sin(t)
        labels[(u / a) ** 2 + (v / b) ** 2 < 1] = label
    return labels


def stars(name, seed, shape, grid, rays, probability=0.4, overlap=0.4, border=2):
    for attempt in range(100):
        rng = np.random.default_rng([seed, attempt])
        labels = blobs(rng, shape, 16, 6, 12)
        distance = star_dist(labels, rays, grid=(grid, grid))
        prob = edt_prob(labels)[::grid, ::grid]
        distance = np.maximum(1e-3, distance * rng.normal(1, 0.04, distance.shape)).astype(np.float32)
        prob = np.clip(prob + rng.normal(0, 0.03, prob.shape), 0, 1).astype(np.float32)
        if len(np.unique(prob[prob > 0.01])) != (prob > 0.01).sum() and (prob[prob > probability] == 1).any():
            prob = (prob * 0.95 + rng.uniform(0, 0.04, prob.shape)).astype(np.float32)
        chosen = prob[prob > probability]
        if len(np.unique(chosen)) != len(chosen):
            continue
        results = []
        for threshold in (overlap, overlap - 0.03, overlap + 0.03):
            points, probs, dists = non_maximum_suppression(distance, prob, (grid, grid), b=border, nms_thresh=threshold, prob_thresh=probability)
            results.append((len(points), raster(polygons_to_label(dists, points, shape, prob=probs))))
        if all(np.array_equal(results[0][1], r[1]) for r in results):
            break
    else:
        raise SystemExit("no stable example")
    tensor = np.concatenate([prob[None], np.moveaxis(distance, -1, 0)])[None]
    np.save(out / f"stars_{name}.npy", tensor)
    np.save(out / f"stars_{name}_labels.npy", results[0][1])
    print(name, "attempt", attempt, "candidates", len(chosen), "objects", results[0][0], tensor.shape)


def object_flow(mask):
    """Unit flow of one object inside its bounding box: heat from the pixel nearest to the medians, gradient of log(1 + heat)."""
    y, x = np.nonzero(mask)
    d = (y - np.median(y)) ** 2 + (x - np.median(x)) ** 2
    cy, cx = y[np.argmin(d)] + 1, x[np.argmin(d)] + 1
    inside = np.pad(mask, 1)
    heat = np.zeros(inside.shape)
    kernel = np.full((3, 3), 1 / 9)
    for _ in range(2 * (np.ptp(y) + np.ptp(x))):
        heat[cy, cx] += 1
        heat = np.where(inside, ndimage.convolve(heat, kernel, mode="constant"), 0)
    heat = np.log(1 + heat)
    rise = np.stack([np.roll(heat, -1, k) - np.roll(heat, 1, k) for k in (0, 1)])
    rise /= 1e-20 + np.sqrt((rise**2).sum(0))
    return (rise * inside)[:, 1:-1, 1:-1]


def flows_of(labels):
    flow = np.zeros((2,) + labels.shape)
    for label, place in enumerate(ndimage.find_objects(labels), 1):
        if place is not None:
            mask = labels[place] == label
            flow[(slice(None),) + place] += object_flow(np.pad(mask, 1))[:, 1:-1, 1:-1] * mask
    return flow


def follow(flow, cell, steps):
    height, width = cell.shape
    step = flow * cell / 5
    place = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij")).astype(np.float64)
    moving = np.abs(step[0]) > 1e-3
    p = place[:, moving]
    for _ in range(steps):
        p = p + np.stack([ndimage.map_coordinates(step[k], p, order=1, mode="nearest") for k in (0, 1)])
        p = np.stack([np.clip(p[0], 0, height - 1), np.clip(p[1], 0, width - 1)])
    place[:, moving] = p
    return place


def sinks(ends):
    shape, rim = ends.shape[1:], 20
    index = tuple(e.astype(int) + rim for e in ends)
    counts = np.zeros([s + 2 * rim for s in shape], int)
    np.add.at(counts, index, 1)
    seeds = np.argwhere((counts > 10) & (counts == ndimage.maximum_filter(counts, 5)))
    seeds = seeds[np.argsort(-counts[tuple(seeds.T)], kind="stable")]
    numbers = np.zeros(counts.shape, int)
    for number, seed in enumerate(seeds, 1):
        grown = np.zeros(counts.shape, bool)
        grown[tuple(seed)] = True
        for _ in range(5):
            grown = ndimage.binary_dilation(grown, np.ones((3, 3))) & (counts > 2)
        numbers[grown] = number
    labels = numbers[index]
    sizes = np.bincount(labels.ravel())
    labels[sizes[labels] > 0.4 * labels.size] = 0
    return labels


def cells(flow, prob, cell_threshold=0.0, flow_threshold=0.4, steps=200, min_size=15):
    labels = sinks(follow(flow, prob > cell_threshold, steps))
    if flow_threshold > 0:
        own = flows_of(labels)
        for label in np.unique(labels[labels > 0]):
            mask = labels == label
            error = ((own - flow / 5) ** 2).sum(0)[mask].mean()
            assert abs(error - flow_threshold) > 1e-6
            if error > flow_threshold:
                labels[mask] = 0
    for label in np.unique(labels[labels > 0]):
        mask = labels == label
        if mask.sum() < min_size:
            labels[mask] = 0
        else:
            labels[ndimage.binary_fill_holes(mask)] = label
    return raster(labels)


def flows(seed, shape):
    rng = np.random.default_rng(seed)
    labels = blobs(rng, shape, 14, 5, 11)
    labels = np.where(ndimage.grey_erosion(labels, 2) == ndimage.grey_dilation(labels, 2), labels, 0)
    flow = 5 * flows_of(labels) + rng.normal(0, 0.8, (2,) + shape)
    prob = np.where(labels > 0, 4.0, -4.0) + rng.normal(0, 1.5, shape)
    # A false object, whose flow leads nowhere in common, and one with a hole.
    flow[:, 4:16, 4:16] = rng.normal(0, 1.0, (2, 12, 12))
    flow[0, 4:16, 4:16] -= 2 * np.sign(np.arange(12) - 5.5)[:, None]
    prob[4:16, 4:16] = 3
    y, x = np.unravel_index(np.argmax(ndimage.distance_transform_edt(labels > 0)), shape)
    prob[y - 1 : y + 1, x + 2 : x + 4] = -3
    tensor = np.concatenate([flow, prob[None]])[None].astype(np.float32)
    np.save(out / "flows.npy", tensor)
    flow, prob = tensor[0, :2].astype(np.float64), tensor[0, 2].astype(np.float64)
    for name, options in (("default", {}), ("all", {"flow_threshold": 0.0, "min_size": 0}), ("few", {"cell_threshold": 1.5, "steps": 50, "flow_threshold": 0.3, "min_size": 60})):
        result = cells(flow, prob, **options)
        print("flows", name, result.max(), "objects")
        np.save(out / f"flows_{name}.npy", result)


stars("fine", 1, (46, 58), 1, 10)
stars("coarse", 2, (90, 103), 2, 12)
flows(3, (64, 72))
