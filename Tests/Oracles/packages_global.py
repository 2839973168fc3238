"""A small package whose network sees the whole image through statistics, with a whole-image prediction by onnxruntime.

Needs: numpy 2.4.6, onnx 1.22.0, onnxruntime 1.32.0.  Run: python packages_global.py  (writes ../TiledInference/Golden/normalised/)
The network: instance normalisation; group normalisation as exporters write it before opset 18 (reshape, instance normalisation,
reshape, scale and shift); a squeeze-and-excitation gate of global average pooling; `ReduceMean` over the places; global max pooling.
"""
import hashlib
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

folder = pathlib.Path(__file__).parent.parent / "TiledInference" / "Golden" / "normalised"
rng = np.random.default_rng(20261126)
nodes, weights = [], []


def tensor(values):
    name = f"w{len(weights)}"
    weights.append(numpy_helper.from_array(np.asarray(values), name))
    return name


def node(kind, inputs, **attributes):
    name = f"{kind.lower()}{len(nodes)}"
    nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
    return name


def conv(x, cin, cout, size=3):
    scale = np.sqrt(2 / (cin * size**2))
    inputs = [x, tensor(rng.normal(0, scale, (cout, cin, size, size)).astype(np.float32)), tensor(rng.normal(0, 0.1, cout).astype(np.float32))]
    return node("Conv", inputs, kernel_shape=[size] * 2, pads=[size // 2] * 4)


def parameters(shape):
    return tensor(rng.uniform(0.5, 1.5, shape).astype(np.float32)), tensor(rng.normal(0, 0.2, shape).astype(np.float32))


def instance_norm(x, channels):
    return node("Relu", [node("InstanceNormalization", [x, *parameters(channels)], epsilon=1e-4)])


def group_norm(x, channels, groups):
    flat = node("Reshape", [x, tensor(np.array([0, groups, -1], np.int64))])
    ones, zeros = tensor(np.ones(groups, np.float32)), tensor(np.zeros(groups, np.float32))
    back = node("Reshape", [node("InstanceNormalization", [flat, ones, zeros]), node("Shape", [x])])
    scale, shift = parameters((channels, 1, 1))
    return node("Relu", [node("Add", [node("Mul", [back, scale]), shift])])


a = instance_norm(conv("image", 1, 8), 8)
b = group_norm(conv(node("MaxPool", [a], kernel_shape=[2, 2], strides=[2, 2]), 8, 12), 12, 3)
gate = node("Sigmoid", [conv(node("GlobalAveragePool", [b]), 12, 12, size=1)])
b = node("Mul", [b, gate])
b = node("Resize", [b, "", tensor(np.array([1, 1, 2, 2], np.float32))], mode="linear", coordinate_transformation_mode="half_pixel")
a = node("Sub", [a, node("ReduceMean", [a], axes=[2, 3], keepdims=1)])
c = instance_norm(conv(node("Concat", [a, b], axis=1), 20, 8), 8)
c = node("Div", [c, node("Add", [node("GlobalMaxPool", [c]), tensor(np.array(1, np.float32))])])
nodes.append(helper.make_node("Identity", [conv(c, 8, 2, size=1)], ["logits"], name="out"))


def value(name, channels):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels, "h", "w"])


graph = helper.make_graph(nodes, "net", [value("image", 1)], [value("logits", 2)], weights)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model)
folder.mkdir(parents=True, exist_ok=True)
onnx.save(model, folder / "weights.onnx")
image = rng.integers(0, 4000, (1, 1, 40, 56)).astype(np.uint16)
scaled = ((image.astype(np.float32)) - np.float32(2000)) / np.float32(1000 + 1e-6)
np.save(folder / "raw.npy", image)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
np.save(folder / "logits.npy", session.run(None, {"image": scaled.astype(np.float32)})[0])


def sha(name):
    return hashlib.sha256((folder / name).read_bytes()).hexdigest()


(folder / "bioimageio.yaml").write_text(f"""format_version: 0.5.4
type: model
name: Small normalised
license: CC0-1.0
inputs:
  - id: raw
    axes:
      - {{type: batch, size: 1}}
      - {{type: channel, channel_names: [c0]}}
      - {{type: space, id: y, size: {{min: 16, step: 2}}}}
      - {{type: space, id: x, size: {{min: 16, step: 2}}}}
    test_tensor: {{source: raw.npy, sha256: {sha("raw.npy")}}}
    preprocessing:
      - {{id: fixed_zero_mean_unit_variance, kwargs: {{mean: 2000, std: 1000}}}}
      - {{id: ensure_dtype, kwargs: {{dtype: float32}}}}
outputs:
  - id: logits
    axes:
      - {{type: batch, size: 1}}
      - {{type: channel, channel_names: [c0, c1]}}
      - {{type: space, id: y, size: {{tensor_id: raw, axis_id: y}}, halo: 4}}
      - {{type: space, id: x, size: {{tensor_id: raw, axis_id: x}}, halo: 4}}
    test_tensor: {{source: logits.npy, sha256: {sha("logits.npy")}}}
config: {{bioimageio: {{reproducibility_tolerance: [{{absolute_tolerance: 1.0e-5, relative_tolerance: 1.0e-4, mismatched_elements_per_million: 0}}]}}}}
weights:
  onnx: {{source: weights.onnx, sha256: {sha("weights.onnx")}, opset_version: 17}}
""")
