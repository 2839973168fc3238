"""Small model packages whose postprocessing makes labels, and one whose weights lie in a second file.

Needs: numpy 2.x, onnx 1.22.0, onnxruntime 1.32.0, bioimageio.core 0.11.0 (with pydantic 2.11), stardist 0.9.2.  Run after labels_flows.py:
python packages_labels.py  (writes ../TiledInference/Golden/<package>/)
The networks are the identity: what is tested are the steps. `stars` (2-D, channels last, grid 2) and `polyhedra` (3-D, channels last) carry
labels that bioimageio.core made; `flows` (channels first) those that cellpose made in labels_flows.py, by the same calls that
bioimageio.core makes. `external` is a convolution with external data.
"""
import hashlib
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from stardist import Rays_GoldenSpiral
from stardist.geometry import star_dist, star_dist3D
from stardist.utils import edt_prob

from packages_core import predicted

out = pathlib.Path(__file__).parent.parent / "TiledInference" / "Golden"


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def identity(rank):
    shape = [1] + [f"d{i}" for i in range(1, rank)]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])], "net", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def package(name, order, tensor, gain, offset, step, scales, result=None, dtype="int32"):
    """`order`: the axes as letters, c for the channels. The labels are those of `result`, or those that bioimageio.core makes."""
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(identity(len(order)), folder / "weights.onnx")
    np.save(folder / "maps.npy", tensor)

    def axis(letter, is_output):
        if letter == "b":
            return "{type: batch, size: 1}"
        if letter == "c":
            count = 1 if is_output else tensor.shape[order.index("c")]
            return f"{{type: channel, channel_names: [{', '.join(f'c{i}' for i in range(count))}]}}"
        size = f"{{tensor_id: maps, axis_id: {letter}}}, scale: {scales.get(letter, 1)}" if is_output else "{min: 4, step: 1}"
        return f"{{type: space, id: {letter}, size: {size}}}"

    def description(digest):
        text = f"format_version: 0.5.12\ntype: model\nname: Small {name}\nlicense: CC0-1.0\ninputs:\n  - id: maps\n    axes:\n"
        text += "".join(f"      - {axis(a, False)}\n" for a in order)
        text += f"    data: {{type: {tensor.dtype}}}\n    test_tensor: {{source: maps.npy, sha256: {sha(folder / 'maps.npy')}}}\n    preprocessing:\n"
        text += f"      - {{id: scale_linear, kwargs: {{gain: {gain}, offset: {offset}}}}}\n      - {{id: ensure_dtype, kwargs: {{dtype: float32}}}}\n"
        text += "outputs:\n  - id: labels\n    axes:\n" + "".join(f"      - {axis(a, True)}\n" for a in order)
        text += f"    data: {{type: {dtype}}}\n    test_tensor: {{source: labels.npy, sha256: {digest}}}\n    postprocessing:\n      - {step}\n"
        text += "config: {bioimageio: {reproducibility_tolerance: [{output_ids: [labels], absolute_tolerance: 0, relative_tolerance: 0, mismatched_elements_per_million: 0}]}}\n"
        text += f"weights:\n  onnx: {{source: weights.onnx, sha256: {sha(folder / 'weights.onnx')}, opset_version: 17}}\n"
        (folder / "bioimageio.yaml").write_text(text)

    if result is None:
        np.save(folder / "labels.npy", np.zeros((1,) * len(order), np.int32))
        description(sha(folder / "labels.npy"))
        result = predicted(folder)["labels"]
    np.save(folder / "labels.npy", result.astype(dtype))
    description(sha(folder / "labels.npy"))
    print(name, tensor.shape, result.shape, result.dtype, result.max(), "objects")


def objects(rng, shape, count, low, high):
    grid = np.mgrid[tuple(slice(0, s) for s in shape)]
    labels = np.zeros(shape, np.int32)
    for label in range(1, count + 1):
        center, radii = rng.uniform(0, shape), rng.uniform(low, high, len(shape))
        labels[sum(((g - c) / r) ** 2 for g, c, r in zip(grid, center, radii)) < 1] = label
    return labels


def quantised(labels, distance, grid):
    """Probabilities and rays in thousandths; no two probabilities are the same."""
    prob = edt_prob(labels)[tuple(slice(None, None, g) for g in grid)]
    order = np.argsort(np.argsort(prob.ravel() + np.random.default_rng(1).uniform(0, 1e-3, prob.size))).reshape(prob.shape)
    prob = np.round(prob * 900).astype(int) * 40 + order % 40
    place = {}
    for index in np.argsort(prob.ravel(), kind="stable"):
        value = prob.ravel()[index]
        while value in place:
            value += 1
        place[value] = index
        prob.ravel()[index] = value
    # Rays of odd lengths: which side of a surface a voxel on it is, is a matter of the last bit in stardist.
    distance = distance * np.random.default_rng(2).uniform(0.93, 1.05, distance.shape)
    return np.concatenate([prob[..., None], np.round(distance * 1000)], -1)[None].astype(np.uint16)


rng = np.random.default_rng(20261126)
labels = objects(rng, (40, 52), 9, 5, 10)
maps = quantised(labels, star_dist(labels, 8, grid=(2, 2)), (2, 2))
package(
    "stars", "byxc", maps, 0.001, 0, "{id: stardist_postprocessing, kwargs: {prob_threshold: 14, nms_threshold: 0.4, n_rays: 8, grid: [2, 2], b: [[1, 0], [2, 1]]}}",
    {"y": 0.5, "x": 0.5})

labels = objects(rng, (10, 22, 24), 6, (3, 5, 5), (5, 8, 8))
maps = quantised(labels, star_dist3D(labels, Rays_GoldenSpiral(12, anisotropy=(2, 1, 1)), grid=(1, 2, 2)), (1, 2, 2))
package(
    "polyhedra", "bzyxc", maps, 0.001, 0,
    "{id: stardist_postprocessing, kwargs: {prob_threshold: 14, nms_threshold: 0.3, n_rays: 12, grid: [1, 2, 2], b: 1, anisotropy: [2.0, 1.0, 1.0], overlap_label: 77}}",
    {"y": 0.5, "x": 0.5})

maps = np.load(out / "labels" / "flows.npy")[None]
package(
    "flows", "bcyx", maps, 1 / 24, -128 / 24, "{id: cellpose_flow_dynamics, kwargs: {cellprob_threshold: 0.0, flow_threshold: 0.4, do_3D: false, min_size: 15}}",
    {}, np.load(out / "labels" / "flows_default.npy")[None, None], "uint16")

folder = out / "external"
folder.mkdir(parents=True, exist_ok=True)
weight = rng.normal(0, 0.3, (2, 1, 3, 3)).astype(np.float32)
bias = rng.normal(0, 0.1, 2).astype(np.float32)
graph = helper.make_graph(
    [helper.make_node("Conv", ["x", "w", "b"], ["y"], pads=[1, 1, 1, 1])], "net",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, "h", "w"])], [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2, "h", "w"])],
    [numpy_helper.from_array(weight, "w"), numpy_helper.from_array(bias, "b")])
for old in folder.glob("weights.*"):
    old.unlink()
onnx.save_model(
    helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "weights.onnx", save_as_external_data=True,
    all_tensors_to_one_file=True, location="weights.onnx.data", size_threshold=0)
np.save(folder / "raw.npy", rng.normal(0, 1, (1, 1, 12, 14)).astype(np.float32))
space = "      - {{type: space, id: {0}, size: {1}}}\n"
text = "format_version: 0.5.12\ntype: model\nname: Small external\nlicense: CC0-1.0\ninputs:\n  - id: raw\n    axes:\n"
text += "      - {type: batch, size: 1}\n      - {type: channel, channel_names: [gray]}\n" + "".join(space.format(a, "{min: 4, step: 1}") for a in "yx")
text += "    test_tensor: {source: raw.npy}\noutputs:\n  - id: features\n    axes:\n      - {type: batch, size: 1}\n      - {type: channel, channel_names: [a, b]}\n"
text += "".join(space.format(a, f"{{tensor_id: raw, axis_id: {a}}}") for a in "yx") + "    test_tensor: {source: features.npy}\n"
text += f"weights:\n  onnx:\n    source: weights.onnx\n    sha256: {sha(folder / 'weights.onnx')}\n    opset_version: 17\n"
text += f"    external_data: {{source: weights.onnx.data, sha256: {sha(folder / 'weights.onnx.data')}}}\n"
(folder / "bioimageio.yaml").write_text(text)
np.save(folder / "features.npy", np.zeros((1, 1, 1, 1), np.float32))
np.save(folder / "features.npy", predicted(folder)["features"].astype(np.float32))
print("external", (folder / "weights.onnx.data").stat().st_size, "bytes beside", (folder / "weights.onnx").stat().st_size)
