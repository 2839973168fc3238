#!/usr/bin/env python3
"""Golden labels of the example's U-Net: what onnxruntime gives on every case with the same pre- and postprocessing.

    pip install numpy==2.4.6 onnxruntime==1.23.2 scipy==1.17.1 scikit-image==0.26.0
    python3 Challenges/nuclei/prepare.py && python3 Tests/Oracles/example_unet.py

Writes Tests/Acceptance/Golden/unet-labels.json: for each case the labels as run lengths in raster order, and how close any
pixel comes to a threshold. `scale_range` as bioimageio.core 0.11 computes it; seeds and mask by comparison; the watershed is
scikit-image's.
"""
import csv
import json
import pathlib

import numpy as np
import onnxruntime
from scipy import ndimage
from skimage.io import imread
from skimage.segmentation import watershed

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "Challenges" / "nuclei"
# As in submissions/unet/submission.yaml.
SEED, MASK, SMALLEST = 0.7, 0.5, 12


def run_lengths(values):
    """Pairs of label and number of pixels, one after another."""
    starts = np.flatnonzero(np.diff(values.astype(int), prepend=-1))
    return np.stack([values[starts], np.diff(starts, append=len(values))], 1).ravel().tolist()


session = onnxruntime.InferenceSession(EXAMPLE / "submissions/unet/weights.onnx", providers=["CPUExecutionProvider"])
golden = {}
for split in ("train", "test"):
    with open(EXAMPLE / "data" / split / "cases.csv", newline="") as file:
        cases = list(csv.DictReader(file))
    for case in cases:
        image = imread(EXAMPLE / "data" / split / case["image"]).astype(np.float32)
        low, high = np.percentile(image, [1, 99.8])
        raw = ((image - low) / (high - low + 1e-6)).astype(np.float32)
        interior, boundary = session.run(None, {"raw": raw[None, None]})[0][0]
        seeds, _ = ndimage.label(interior - boundary > SEED)
        labels = watershed(boundary - interior, seeds, mask=interior + boundary > MASK)
        sizes = np.bincount(labels.ravel())
        labels[sizes[labels] < SMALLEST] = 0
        _, first = np.unique(labels, return_index=True)
        order = np.zeros(labels.max() + 1, np.uint16)
        for number, label in enumerate([l for l in labels.ravel()[np.sort(first)] if l], 1):
            order[label] = number
        labels = order[labels]
        margin = min(np.abs(interior - boundary - SEED).min(), np.abs(interior + boundary - MASK).min())
        golden[case["id"]] = {
            "runs": run_lengths(labels.ravel()), "objects": int(labels.max()), "shape": list(labels.shape),
            "smallestMargin": float(margin)}
        print(case["id"], labels.max(), "objects, nearest to a threshold:", margin)
path = ROOT / "Tests" / "Acceptance" / "Golden" / "unet-labels.json"
path.write_text(json.dumps(golden, separators=(",", ":"), sort_keys=True) + "\n")
