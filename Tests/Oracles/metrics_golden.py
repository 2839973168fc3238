"""Golden scores of Tests/Metrics: python Tests/Oracles/metrics_golden.py, from the root of the checkout.

Needs numpy 2.4.6, scipy 1.17.1, scikit-image 0.26.0 and stardist 0.9.2; other versions are refused.
Writes Tests/Metrics/Golden/scores.json: pairs of label images as run lengths, and what others compute from them:
stardist for AP, F1, precision, recall, PQ and SQ with >=; skimage for the contingency table; numpy and scipy, by the
formulas written out below, for Dice, IoU, PQ with >, AJI and AJI+.
"""
import importlib.metadata
import json
from fractions import Fraction
from pathlib import Path

PINNED = {"numpy": "2.4.6", "scipy": "1.17.1", "scikit-image": "0.26.0", "stardist": "0.9.2"}
for package, version in PINNED.items():
    found = importlib.metadata.version(package)
    if found != version:
        raise SystemExit(f"{package} {found} found, {version} expected: the golden values are pinned to it")

import numpy as np
from scipy.ndimage import distance_transform_edt
from scipy.optimize import linear_sum_assignment
from skimage.metrics import contingency_table
from stardist.matching import matching

THRESHOLDS = ["1/20", "1/10", "1/5", "1/3", "2/5", "1/2", "11/20", "3/5", "13/20", "7/10", "3/4", "4/5", "17/20", "9/10", "19/20", "1"]
USUAL_RANGE = [Fraction(k, 20) for k in range(10, 20)]


# ---- label images

def mosaic(rng, shape, count, background):
    """Voronoi cells around random points, a share of the pixels taken out as background."""
    seeds = np.zeros(shape, np.int64)
    places = rng.choice(seeds.size, count, replace=False)
    seeds.flat[places] = np.arange(1, count + 1)
    nearest = distance_transform_edt(seeds == 0, return_distances=False, return_indices=True)
    labels = seeds[tuple(nearest)]
    distance = distance_transform_edt(seeds == 0)
    if background > 0:
        labels[distance > np.quantile(distance, 1 - background)] = 0
    return labels


def disturb(rng, labels):
    """A prediction: shifted, some objects missed, split or merged."""
    result = np.roll(labels, tuple(rng.integers(-1, 2, labels.ndim)), tuple(range(labels.ndim)))
    ids = [i for i in np.unique(result) if i]
    top = labels.max() + 1
    for i in ids:
        draw = rng.random()
        places = np.argwhere(result == i)
        if draw < 0.1:
            result[result == i] = 0
        elif draw < 0.25 and len(places) > 1:
            half = places[: len(places) // 2]
            result[tuple(half.T)] = top
            top += 1
        elif draw < 0.35:
            result[result == i] = rng.choice(ids)
    return result


def rename(rng, labels, top):
    """Random labels with gaps, up to `top`."""
    ids = np.unique(labels)
    ids = ids[ids > 0]
    names = np.zeros(len(ids), np.int64)
    while len(np.unique(names)) < len(ids) or (names == 0).any():
        names = rng.integers(1, top + 1, len(ids))
    if len(names):
        names[rng.integers(len(names))] = top if top not in names else names[0]
    names = dict(zip(ids.tolist(), names.tolist()))
    names[0] = 0
    return np.vectorize(names.get, otypes=[np.int64])(labels)


def strips(fractions, width=40):
    """One row an object; the IoU of row k is exactly fractions[k]."""
    truth = np.zeros((2 * len(fractions), width), np.int64)
    prediction = truth.copy()
    for k, (numerator, denominator) in enumerate(fractions):
        scale = width // denominator
        truth[2 * k, : denominator * scale] = k + 1
        prediction[2 * k, : numerator * scale] = k + 1
    return truth, prediction


def cases():
    rng = np.random.default_rng(20261101)
    for k in range(14):
        truth = mosaic(rng, (40, 44), int(rng.integers(4, 40)), 0.35 if k % 3 else 0.0)
        yield f"disturbed {k}", truth, disturb(rng, truth)
    for k in range(10):
        # Two unrelated mosaics of small cells: many overlaps below 1/2, where greedy matching loses pairs.
        truth = mosaic(rng, (24, 24), int(rng.integers(20, 60)), 0.1)
        yield f"unrelated {k}", truth, mosaic(rng, (24, 24), int(rng.integers(20, 60)), 0.1)
    for k in range(4):
        truth = mosaic(rng, (6, 14, 16), int(rng.integers(5, 25)), 0.3)
        yield f"volume {k}", truth, disturb(rng, truth)
    for k in range(4):
        truth = mosaic(rng, (20, 20), 12, 0.3)
        prediction = disturb(rng, truth)
        yield f"gaps {k}", rename(rng, truth, 2**32 - 1), rename(rng, prediction, 2**32 - 1 if k % 2 else 5000)
    yield "exact fractions", *strips([(1, 2), (11, 20), (3, 5), (13, 20), (7, 10), (3, 4), (4, 5), (17, 20), (9, 10), (19, 20), (1, 1)])
    yield "low exact fractions", *strips([(1, 20), (1, 10), (1, 5), (2, 5), (9, 20), (1, 2)])
    halves = np.ones((4, 10), np.int64)
    split = halves.copy()
    split[:, 5:] = 2
    yield "two exact halves", halves, split
    yield "merged from two exact halves", split, halves
    quarters = np.repeat(np.arange(1, 5), 10)[None, :]
    yield "four exact quarters", np.ones((1, 40), np.int64), quarters
    shifted = np.zeros((1, 45), np.int64)
    shifted[0, 5:] = np.repeat(np.arange(1, 9), 5)
    yield "chain of third overlaps", np.repeat(np.arange(1, 10), 5)[None, :], np.roll(shifted, -3, 1)
    nothing = np.zeros((5, 7), np.int64)
    one = nothing.copy()
    one[1:3, 2:6] = 3
    yield "both empty", nothing, nothing
    yield "truth empty", nothing, one
    yield "prediction empty", one, nothing
    yield "apart", one, np.where(one, 0, 9)
    yield "perfect", one, one * 7
    yield "one pixel", np.ones((1, 1), np.int64), np.ones((1, 1), np.int64)


# ---- scores

def table(truth, prediction):
    """Sequential labels and the dense counts of object pairs, without background."""
    true_ids, true_index = np.unique(truth, return_inverse=True)
    predicted_ids, predicted_index = np.unique(prediction, return_inverse=True)
    counts = contingency_table(true_index.reshape(truth.shape), predicted_index.reshape(truth.shape)).toarray().astype(np.int64)
    return true_ids, predicted_ids, counts


def sequential(labels):
    """Labels 1, 2, 3 … in the order of the given ones: stardist's own relabelling takes memory up to the largest label."""
    ids = np.unique(np.append(labels, 0))
    return np.searchsorted(ids, labels).astype(np.int32)


def formulas(true_ids, predicted_ids, counts):
    a_all, b_all = counts.sum(1), counts.sum(0)
    rows, columns = true_ids > 0, predicted_ids > 0
    n, a, b = counts[rows][:, columns], a_all[rows], b_all[columns]
    result = {"count.truth": len(a), "count.prediction": len(b), "count.difference": len(b) - len(a), "count.absoluteDifference": abs(len(b) - len(a))}
    ours = ["dice", "iou", "pq", "sq", "rq", "aji", "aji.plus"]
    if len(a) == 0 or len(b) == 0:
        result.update({name: 1.0 if len(a) == len(b) else 0.0 for name in ours})
        return result
    shared = int(n.sum())
    union = a[:, None] + b[None, :] - n
    iou = n / union
    result["dice"] = 2 * shared / int(a.sum() + b.sum())
    result["iou"] = shared / int(a.sum() + b.sum() - shared)
    match = 2 * n > union
    tp = int(match.sum())
    result["sq"] = float(iou[match].mean()) if tp else 0.0
    result["rq"] = tp / (tp + (len(b) - tp) / 2 + (len(a) - tp) / 2)
    result["pq"] = result["sq"] * result["rq"]
    # Kumar 2017: each true object takes its best prediction, which may be taken again.
    best = iou.argmax(1)
    overlapped = iou.max(1) > 0
    inner = n[np.arange(len(a)), best][overlapped].sum()
    outer = union[np.arange(len(a)), best][overlapped].sum() + a[~overlapped].sum()
    outer += b[~np.isin(np.arange(len(b)), best[overlapped])].sum()
    result["aji"] = float(inner / outer)
    # AJI+: one to one, largest sum of IoU; the tiny second term prefers shared pixels among equal sums.
    i, j = linear_sum_assignment(iou + 1e-9 * n / max(1, n.sum()), maximize=True)
    taken = n[i, j] > 0
    i, j = i[taken], j[taken]
    inner = n[i, j].sum()
    outer = union[i, j].sum() + np.delete(a, i).sum() + np.delete(b, j).sum()
    result["aji.plus"] = float(inner / outer)
    return result


def by_stardist(truth, prediction):
    truth, prediction = sequential(truth), sequential(prediction)
    single = [float(Fraction(t)) for t in THRESHOLDS]
    result = {}
    for text, m in zip(THRESHOLDS, matching(truth, prediction, thresh=single)):
        result[f"ap@{text}"], result[f"f1@{text}"] = m.accuracy, m.f1
        result[f"precision@{text}"], result[f"recall@{text}"] = m.precision, m.recall
        if Fraction(text) >= Fraction(1, 2):
            result[f"pq.ge@{text}"], result[f"sq.ge@{text}"] = m.panoptic_quality, m.mean_matched_score
    over = matching(truth, prediction, thresh=[float(t) for t in USUAL_RANGE])
    result["ap@1/2:19/20:1/20"] = np.mean([m.accuracy for m in over])
    result["f1@1/2:19/20:1/20"] = np.mean([m.f1 for m in over])
    return {name: float(value) for name, value in result.items()}


def runs(labels):
    flat = labels.ravel()
    starts = np.flatnonzero(np.append(True, flat[1:] != flat[:-1]))
    lengths = np.diff(np.append(starts, flat.size))
    return [int(x) for pair in zip(flat[starts], lengths) for x in pair]


def short(value):
    return int(value) if float(value).is_integer() else float(value)


golden = []
for name, truth, prediction in cases():
    true_ids, predicted_ids, counts = table(truth, prediction)
    cells = [[int(true_ids[i]), int(predicted_ids[j]), int(counts[i, j])] for i, j in np.argwhere(counts)]
    golden.append({
        "name": name, "shape": list(truth.shape), "truth": runs(truth), "prediction": runs(prediction),
        "cells": [x for cell in cells for x in cell],
        "formulas": {k: short(v) for k, v in formulas(true_ids, predicted_ids, counts).items()},
        "stardist": {k: short(v) for k, v in by_stardist(truth, prediction).items()},
    })
target = Path(__file__).resolve().parents[1] / "Metrics" / "Golden" / "scores.json"
target.parent.mkdir(parents=True, exist_ok=True)
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in golden)
target.write_text("[\n" + lines + "\n]\n")
print(len(golden), "cases,", target.stat().st_size, "bytes")
