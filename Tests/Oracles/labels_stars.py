"""Golden labels: star-shaped polygons and polyhedra by stardist's own functions.

Needs: numpy 2.x, scipy 1.x, scikit-image 0.26.0, stardist 0.9.2.
Run: python labels_stars.py  (writes ../TiledInference/Golden/labels/stars_*.npy and ../ModelPackages/Golden/spiral_*.npy)
Probabilities and counts do not tie, and overlaps keep 0.03 away from the threshold (in images stardist rounds where edges cross, in
stacks it takes volumes for voxels), so that no result depends on what stardist leaves open; this is checked by running stardist with
thresholds 0.03 lower and higher.
"""
import pathlib

import numpy as np
from stardist import Rays_GoldenSpiral
from stardist.geometry import polygons_to_label, polyhedron_to_label, star_dist, star_dist3D
from stardist.matching import relabel_sequential
from stardist.nms import non_maximum_suppression, non_maximum_suppression_3d
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


def balls(rng, shape, count, low, high):
    """Overlapping ellipsoids, flatter along z, the later ones on top."""
    z, y, x = np.mgrid[: shape[0], : shape[1], : shape[2]]
    labels = np.zeros(shape, np.int32)
    for label in range(1, count + 1):
        cz, cy, cx = (rng.uniform(0, s) for s in shape)
        a, b, c = rng.uniform(low, high, 3)
        labels[((z - cz) / (a * 0.6)) ** 2 + ((y - cy) / b) ** 2 + ((x - cx) / c) ** 2 < 1] = label
    return labels


def stacks(name, seed, shape, grid, count, anisotropy, probability=0.4, overlap=0.35, border=((1, 1), (1, 2), (0, 1)), overlap_label=None):
    """Polyhedra; the result may not depend on the overlap's threshold within 0.03, since stardist compares volumes, not voxels."""
    rays = Rays_GoldenSpiral(count, anisotropy=anisotropy)
    for attempt in range(200):
        rng = np.random.default_rng([seed, attempt])
        labels = balls(rng, shape, 9, 4, 8)
        distance = star_dist3D(labels, rays, grid=grid)
        prob = edt_prob(labels)[:: grid[0], :: grid[1], :: grid[2]]
        distance = np.maximum(1e-3, distance * rng.normal(1, 0.06, distance.shape)).astype(np.float32)
        prob = np.clip(prob * 0.9 + rng.uniform(0, 0.08, prob.shape), 0, 1).astype(np.float32)
        # Lengths are stored in half precision; the labels are those of what is stored.
        distance = np.maximum(1e-3, distance.astype(np.float16).astype(np.float32))
        chosen = prob[prob > probability]
        if len(np.unique(chosen)) != len(chosen):
            continue
        results = []
        for threshold in (overlap, overlap - 0.03, overlap + 0.03):
            points, probs, dists = non_maximum_suppression_3d(
                distance, prob, rays, grid=grid, b=border, nms_thresh=threshold, prob_thresh=probability)
            extents = tuple(s * g for s, g in zip(prob.shape, grid))
            found = polyhedron_to_label(dists, points, rays, extents, prob=probs, overlap_label=overlap_label, verbose=False)
            results.append((len(points), relabel_sequential(found)[0]))
        if len(points) >= 5 and all(np.array_equal(results[0][1], r[1]) for r in results):
            break
    else:
        raise SystemExit("no stable example")
    # Candidates only: what is below the threshold is never looked at.
    mask = prob > probability
    np.save(out / f"stars_{name}_places.npy", np.flatnonzero(mask).astype(np.int32))
    np.save(out / f"stars_{name}_probabilities.npy", prob[mask])
    np.save(out / f"stars_{name}_rays.npy", distance[mask].astype(np.float16).view(np.uint16))
    np.save(out / f"stars_{name}_labels.npy", results[0][1].astype(np.uint8))
    print(name, "attempt", attempt, "candidates", len(chosen), "objects", results[0][0], prob.shape, extents)


def spirals():
    """Triangles of golden spirals, as sorted corners in sorted order."""
    for count, anisotropy in ((4, (1, 1, 1)), (32, (1, 1, 1)), (96, (2, 1, 1)), (64, (3.5, 1, 1.2)), (187, (1, 1, 1))):
        faces = np.sort(np.array(Rays_GoldenSpiral(count, anisotropy=anisotropy).faces), axis=1)
        faces = faces[np.lexsort(faces.T[::-1])]
        np.save(out.parents[2] / "ModelPackages" / "Golden" / f"spiral_{count}.npy", faces.astype(np.uint8))


stars("fine", 1, (46, 58), 1, 10)
stars("coarse", 2, (90, 103), 2, 12)
stacks("stack", 4, (18, 34, 38), (1, 2, 2), 32, (2.0, 1.0, 1.0))
stacks("overlap", 5, (16, 20, 22), (1, 1, 1), 20, (1.0, 1.0, 1.0), probability=0.65, overlap=0.5, overlap_label=200)
spirals()
