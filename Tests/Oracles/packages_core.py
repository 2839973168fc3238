"""Outputs of bioimageio.core beside ours, package by package.

Needs: bioimageio.core 0.11.0 (with pydantic 2.11), onnxruntime 1.32.0, numpy 2.x, tifffile; stardist 0.9.2 for packages with its step. A built `concours-runner`.
Run: python packages_core.py RUNNER PACKAGE…  (RUNNER is .build/…/concours-runner; a PACKAGE is a folder)
Prints for each output the largest difference between `concours-runner run-model` (what `concours model run` starts in the sandbox) on
the package's first test input and bioimageio.core's prediction without blocks, and ends with 1 if one is above 1e-5.
Packages of more than one input are compared with what `check-model` reports against their test tensors, which core must reproduce.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import yaml
from bioimageio.core import create_prediction_pipeline
from bioimageio.core.digest_spec import get_test_input_sample
from bioimageio.spec import InvalidDescr, ValidationContext, load_description

filler = {
    "description": "a package of a test",
    "authors": [{"name": "Concours contributors"}],
    "cite": [{"text": "none", "doi": "10.1038/s41592-020-01018-x"}],
    "documentation": "README.md",
    "timestamp": "2026-11-26T00:00:00+00:00",
    "version": "1.0.0",
}


def described(folder, copy):
    """The description; what the format wants and a run does not need is filled in, in a copy of the folder."""
    copy = pathlib.Path(copy)
    for file in pathlib.Path(folder).iterdir():
        if file.is_file():
            (copy / file.name).write_bytes(file.read_bytes())
    name = next(n for n in ("bioimageio.yaml", "rdf.yaml") if (copy / n).exists())
    content = yaml.safe_load((copy / name).read_text())
    for key, value in filler.items():
        content.setdefault(key, value)
    if content["format_version"].startswith("0.5") and isinstance(content["documentation"], str):
        content["documentation"] = {"source": content["documentation"]}
    if not (copy / "README.md").exists():
        (copy / "README.md").write_text("# a test\n")
    (copy / name).write_text(yaml.safe_dump(content, sort_keys=False))
    with ValidationContext(perform_io_checks=False):
        description = load_description(copy / name, format_version="latest")
    if isinstance(description, InvalidDescr):
        raise SystemExit(f"{folder}: {description.validation_summary.format()}")
    return description


def predicted(folder):
    """The outputs that bioimageio.core makes of the test inputs, by name, in the order of the description's axes."""
    with tempfile.TemporaryDirectory() as copy:
        description = described(folder, copy)
        pipeline = create_prediction_pipeline(description, weights_format="onnx")
        # As in bioimageio.core's own tests: nothing is padded by the halo, and nothing cropped.
        sample = pipeline.predict_sample_without_blocking(
            get_test_input_sample(description), skip_input_padding=True, skip_output_cropping=True)
        return {str(k): np.asarray(v.data.to_numpy()) for k, v in sample.members.items() if any(o.id == k for o in description.outputs)}


def image_of(folder, description):
    """The first test input as an NPY of its axes but the batch."""
    source = description["inputs"][0]
    entry = source.get("test_tensor", None)
    path = entry["source"] if isinstance(entry, dict) else entry or description["test_inputs"][0]
    return np.load(pathlib.Path(folder) / path)


def axes_of(tensor):
    if isinstance(tensor["axes"], str):
        return tensor["axes"]
    return "".join({"batch": "b", "channel": "c", "time": "t"}.get(a["type"], a.get("id", "x")) for a in tensor["axes"])


def ours(runner, folder, description, output, work):
    """The output of `run-model`, in the order of the description's axes."""
    import tifffile

    letters = axes_of(description["inputs"][0])
    array = image_of(folder, description)
    order = [letters.index(a) for a in "tczyx" if a in letters]
    array = np.squeeze(np.transpose(array, [i for i in range(array.ndim) if i not in order] + order), 0) if "b" in letters else array
    letters = "".join(a for a in "tczyx" if a in letters)
    image, result, report = (work / n for n in ("image.tif", "result.tif", "report.json"))
    dtype = {"int64": "uint16", "bool": "uint8"}.get(str(array.dtype), str(array.dtype))
    tifffile.imwrite(image, array.astype(dtype), ome=True, metadata={"axes": letters.upper()}, photometric="minisblack")
    subprocess.run(
        [runner, "run-model", "--package", folder, "--input", image, "--output", result, "--report", report, "--memory", str(1 << 31)],
        check=True)
    answer = json.loads(report.read_text())
    found = tifffile.imread(result)
    letters = axes_of(output)
    axes = [a for a in "tczyx" if a in letters]
    shape = dict(zip(axes, found.shape)) if found.ndim == len(axes) else None
    if shape is None:  # axes of one element are left out by the reader
        axes = [a for a in axes if a != "c"]
        found = found[None] if "c" in letters else found
        axes = (["c"] if "c" in letters else []) + axes
    moved = np.transpose(found, [axes.index(a) for a in letters if a != "b"])
    return (moved[None] if "b" in letters else moved), answer


def raster(labels):
    """Numbered from 1 in raster order of the first pixels."""
    values, first = np.unique(labels, return_index=True)
    result = np.zeros(labels.shape, np.int64)
    for number, value in enumerate([v for v in values[np.argsort(first)] if v != 0], 1):
        result[labels == value] = number
    return result


def main():
    runner, packages = sys.argv[1], sys.argv[2:]
    worst = 0.0
    print(f"{'package':32} {'output':14} {'extents':>18} {'largest difference':>20}")
    for folder in packages:
        name = next(n for n in ("bioimageio.yaml", "rdf.yaml") if (pathlib.Path(folder) / n).exists())
        description = yaml.safe_load((pathlib.Path(folder) / name).read_text())
        core = predicted(folder)
        outputs = {o.get("id", o.get("name")): o for o in description["outputs"]}
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            for id, theirs in core.items():
                if len(description["inputs"]) == 1 and id == next(iter(outputs)):
                    found, _ = ours(runner, folder, description, outputs[id], work)
                    if outputs[id].get("data", {}).get("type", "float32") == "int32":
                        theirs = raster(theirs)  # `run-model` numbers objects in raster order
                    difference = np.abs(found.astype(np.float64) - theirs.astype(np.float64)).max() if found.shape == theirs.shape else np.inf
                    how = ""
                else:
                    report = work / "check.json"
                    subprocess.run([runner, "check-model", "--package", folder, "--report", report], check=True)
                    entry = next(o for o in json.loads(report.read_text())["outputs"] if o["id"] == id)
                    o = outputs[id]
                    test = o.get("test_tensor", None)
                    path = test["source"] if isinstance(test, dict) else test or description["test_outputs"][list(outputs).index(id)]
                    expected = np.load(pathlib.Path(folder) / path)
                    difference = entry["maxAbsoluteDifference"] + np.abs(expected.astype(np.float64) - theirs).max()
                    how = "  (ours - test tensor, plus test tensor - core)"
                worst = max(worst, difference)
                shown = "/".join(pathlib.Path(folder).parts[-2:])[-32:]
                print(f"{shown:32} {id:14} {'x'.join(map(str, theirs.shape)):>18} {difference:20.3g}{how}")
    print("largest", worst)
    sys.exit(worst > 1e-5)


if __name__ == "__main__":
    main()
