"""Small model packages with random weights, their test tensors and whole-image predictions by onnxruntime.

Needs: numpy 2.x, onnx 1.22.0, onnxruntime 1.23.2.  Run: python packages_networks.py  (writes ../TiledInference/Golden/<package>/)
The packages: `unet` (free extents, depth 2), `window` (the same network with a fixed window of 48), `narrow` (the same with 16, which is
less than it sees), `half` (output of half the resolution), `squeeze` (global average pooling, sees the whole image), `pair` (two inputs),
`stack` (3-D).
"""
import hashlib
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

out = pathlib.Path(__file__).parent.parent / "TiledInference" / "Golden"
rng = np.random.default_rng(20261124)


class Graph:
    def __init__(self, dims=2):
        self.nodes, self.weights, self.dims = [], [], dims

    def tensor(self, name, values):
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def node(self, kind, inputs, **attributes):
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def conv(self, x, cin, cout, size=3, stride=1, relu=True):
        shape = (cout, cin) + (size,) * self.dims
        scale = np.sqrt(2 / (cin * size**self.dims))
        weight = self.tensor(f"w{len(self.weights)}", rng.normal(0, scale, shape).astype(np.float32))
        bias = self.tensor(f"b{len(self.weights)}", rng.normal(0, 0.1, cout).astype(np.float32))
        y = self.node("Conv", [x, weight, bias], kernel_shape=[size] * self.dims, pads=[size // 2] * 2 * self.dims, strides=[stride] * self.dims)
        return self.node("Relu", [y]) if relu else y

    def pool(self, x):
        return self.node("MaxPool", [x], kernel_shape=[2] * self.dims, strides=[2] * self.dims)

    def up(self, x):
        scales = self.tensor(f"s{len(self.weights)}", np.array([1, 1] + [2] * self.dims, np.float32))
        return self.node("Resize", [x, "", scales], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")

    def model(self, inputs, outputs):
        def value(name, channels, extents):
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels] + extents)

        graph = helper.make_graph(
            self.nodes, "net", [value(*i) for i in inputs], [value(*o) for o in outputs], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        return model


def unet(graph, x, cin=1, cout=2, width=3):
    a = graph.conv(x, cin, width)
    b = graph.conv(graph.pool(a), width, 2 * width)
    c = graph.conv(graph.pool(b), 2 * width, 2 * width)
    b = graph.conv(graph.node("Concat", [graph.up(c), b], axis=1), 4 * width, width)
    a = graph.conv(graph.node("Concat", [graph.up(b), a], axis=1), 2 * width, width)
    return graph.conv(a, width, cout, size=1, relu=False)


def named(graph, last, name):
    graph.nodes.append(helper.make_node("Identity", [last], [name], name=f"out_{name}"))


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def axes(channels, sizes, halo=None):
    text = "      - {type: batch, size: 1}\n"
    text += f"      - {{type: channel, channel_names: [{', '.join(f'c{i}' for i in range(channels))}]}}\n"
    for name, size in sizes.items():
        text += f"      - {{type: space, id: {name}, size: {size}{f', halo: {halo}' if halo else ''}}}\n"
    return text


def package(name, model, inputs, outputs, tensors, pre="zero_mean_unit_variance", post="sigmoid"):
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / "weights.onnx")
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    def prepared(a):
        d = a.astype(np.float64)
        return ((d - d.mean()) / (d.std() + 1e-6)).astype(np.float32) if pre else d.astype(np.float32)

    results = session.run(None, {i.name: prepared(t) for i, t in zip(session.get_inputs(), tensors)})
    results = [(1 / (1 + np.exp(-r.astype(np.float64)))).astype(np.float32) for r in results]
    text = f"format_version: 0.5.4\ntype: model\nname: Small {name}\nlicense: CC0-1.0\ninputs:\n"
    for (id, axis), tensor in zip(inputs, tensors):
        np.save(folder / f"{id}.npy", tensor)
        text += f"  - id: {id}\n    axes:\n{axis}    test_tensor: {{source: {id}.npy, sha256: {sha(folder / f'{id}.npy')}}}\n"
        text += "    preprocessing:\n" + (f"      - {{id: {pre}, kwargs: {{axes: [channel, {', '.join('zyx'[3 - (tensor.ndim - 2):])}]}}}}\n" if pre else "")
        text += "      - {id: ensure_dtype, kwargs: {dtype: float32}}\n"
    text += "outputs:\n"
    for (id, axis), result in zip(outputs, results):
        np.save(folder / f"{id}.npy", result)
        text += f"  - id: {id}\n    axes:\n{axis}    test_tensor: {{source: {id}.npy, sha256: {sha(folder / f'{id}.npy')}}}\n"
        text += f"    postprocessing:\n      - {{id: {post}}}\n"
    text += "config: {bioimageio: {reproducibility_tolerance: [{absolute_tolerance: 1.0e-5, relative_tolerance: 1.0e-5, mismatched_elements_per_million: 0}]}}\n"
    text += f"weights:\n  onnx: {{source: weights.onnx, sha256: {sha(folder / 'weights.onnx')}, opset_version: 17}}\n"
    (folder / "bioimageio.yaml").write_text(text)


def image(*shape):
    return rng.integers(0, 4000, (1, 1) + shape).astype(np.uint16)


def same(id="raw", *names):
    return {n: f"{{tensor_id: {id}, axis_id: {n}}}" for n in names}


free = "{min: 12, step: 4}"
g = Graph()
named(g, unet(g, "image"), "logits")
weights = list(g.weights)
model = g.model([("image", 1, ["h", "w"])], [("logits", 2, ["h", "w"])])
package("unet", model, [("raw", axes(1, {"y": free, "x": free}))], [("probability", axes(2, same("raw", "y", "x"), halo=4))], [image(76, 92)])

for name, size in (("window", 48), ("narrow", 16)):
    model = g.model([("image", 1, [size, size])], [("logits", 2, [size, size])])
    package(name, model, [("raw", axes(1, {"y": size, "x": size}))], [("probability", axes(2, same("raw", "y", "x"), halo=4))], [image(size, size)])

g = Graph()
named(g, g.conv(g.conv(g.conv("image", 1, 3), 3, 4, stride=2), 4, 2, relu=False), "logits")
model = g.model([("image", 1, ["h", "w"])], [("logits", 2, ["h2", "w2"])])
half = {n: f"{{tensor_id: raw, axis_id: {n}}}, scale: 2" for n in "yx"}
package("half", model, [("raw", axes(1, {"y": "{min: 8, step: 2}", "x": "{min: 8, step: 2}"}))], [("probability", axes(2, half))], [image(38, 50)])

g = Graph()
a = g.conv("image", 1, 3)
gate = g.node("Sigmoid", [g.conv(g.node("GlobalAveragePool", [a]), 3, 3, size=1, relu=False)])
named(g, g.conv(g.node("Mul", [a, gate]), 3, 2, relu=False), "logits")
model = g.model([("image", 1, ["h", "w"])], [("logits", 2, ["h", "w"])])
package("squeeze", model, [("raw", axes(1, {"y": free, "x": free}))], [("probability", axes(2, same("raw", "y", "x"), halo=4))], [image(40, 56)])

g = Graph()
first, second = g.conv("a", 1, 2), g.conv("b", 1, 2)
named(g, g.conv(g.node("Concat", [first, second], axis=1), 4, 1, relu=False), "logits")
model = g.model([("a", 1, ["h", "w"]), ("b", 1, ["h", "w"])], [("logits", 1, ["h", "w"])])
package("pair", model, [(n, axes(1, {"y": free, "x": free})) for n in ("left", "right")], [("probability", axes(1, same("left", "y", "x")))], [image(24, 20), image(24, 20)])

g = Graph(3)
a = g.conv("image", 1, 2)
b = g.conv(g.pool(a), 2, 4)
named(g, g.conv(g.node("Concat", [g.up(b), a], axis=1), 6, 1, relu=False), "logits")
model = g.model([("image", 1, ["d", "h", "w"])], [("logits", 1, ["d", "h", "w"])])
free = "{min: 4, step: 2}"
package("stack", model, [("raw", axes(1, {"z": free, "y": free, "x": free}))], [("probability", axes(1, same("raw", "z", "y", "x")))], [image(14, 26, 22)])
