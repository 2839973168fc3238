#!/usr/bin/env python3
"""Train the example's U-Net on the practice split and write it here as a bioimage.io 0.5 package.

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python train.py [STEPS]

A 2-D U-Net (three poolings, 16 to 128 channels, batch normalisation, nearest-neighbour upsampling) learns two maps from the
eight practice images: the interior of nuclei and their boundary. It never sees the hidden split. 2000 steps take about six
minutes on two cores. The weights that are committed were made by this script.
"""
import csv
import hashlib
import pathlib
import struct
import sys
import time
import zlib

import jax
import jax.numpy as jnp
import numpy as np
import onnx
import onnxruntime
import optax
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent.parent / "data" / "train"
DEPTH, BASE, PATCH, BATCH = 3, 16, 96, 4
rng = np.random.default_rng(1)


def read_png16(path):
    data, at, body, size = path.read_bytes(), 8, b"", None
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at + 8:at + 8 + length]
        size = struct.unpack_from(">II", chunk) if kind == b"IHDR" else size
        body += chunk if kind == b"IDAT" else b""
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(body), np.uint8).reshape(size[1], 1 + 2 * size[0])
    return rows[:, 1:].copy().view(">u2").astype(np.float32)


def read_tiff16(path, shape):
    return np.frombuffer(path.read_bytes()[8:], "<u2", shape[0] * shape[1]).reshape(shape).astype(np.int32)


def normalised(image):
    """`scale_range` of the package: percentiles 1 and 99.8 of the image become 0 and 1."""
    low, high = np.percentile(image, [1, 99.8])
    return (image - low) / (high - low + 1e-6)


def targets(labels):
    """Interior and boundary: a pixel of a nucleus is boundary if one of its four neighbours is not of that nucleus."""
    padded = np.pad(labels, 1, mode="edge")
    centre, boundary = padded[1:-1, 1:-1], np.zeros(labels.shape, bool)
    for dy, dx in ((0, 1), (2, 1), (1, 0), (1, 2)):
        boundary |= padded[dy:dy + labels.shape[0], dx:dx + labels.shape[1]] != centre
    boundary &= labels > 0
    return np.stack([(labels > 0) & ~boundary, boundary], -1).astype(np.float32)


# The network: parameters by layer name, batch statistics beside them.
parameters, statistics = {}, {}


def add(name, inputs, outputs, size, normalise=True):
    deviation = np.sqrt(2 / (size * size * inputs))
    parameters[name] = {
        "weight": jnp.asarray(rng.standard_normal((size, size, inputs, outputs)) * deviation, jnp.float32),
        "bias": jnp.zeros(outputs)}
    if normalise:
        parameters[name] |= {"scale": jnp.ones(outputs), "shift": jnp.zeros(outputs)}
        statistics[name] = {"mean": jnp.zeros(outputs), "variance": jnp.ones(outputs)}


channels = 1
for level in range(DEPTH + 1):
    add(f"down{level}a", channels, BASE << level, 3)
    add(f"down{level}b", BASE << level, BASE << level, 3)
    channels = BASE << level
for level in reversed(range(DEPTH)):
    add(f"up{level}a", channels + (BASE << level), BASE << level, 3)
    add(f"up{level}b", BASE << level, BASE << level, 3)
    channels = BASE << level
add("maps", channels, 2, 1, normalise=False)


def convolution(layer, x):
    return jax.lax.conv_general_dilated(x, layer["weight"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + layer["bias"]


def block(parameters, statistics, name, x, training, updated):
    x = convolution(parameters[name], x)
    mean, variance = statistics[name]["mean"], statistics[name]["variance"]
    if training:
        updated[name] = {"mean": 0.9 * mean + 0.1 * x.mean((0, 1, 2)), "variance": 0.9 * variance + 0.1 * x.var((0, 1, 2))}
        mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    return jax.nn.relu((x - mean) / jnp.sqrt(variance + 1e-5) * parameters[name]["scale"] + parameters[name]["shift"])


def network(parameters, statistics, x, training):
    updated, skips = {}, []
    two = lambda side, x: block(parameters, statistics, side + "b",
                                block(parameters, statistics, side + "a", x, training, updated), training, updated)
    for level in range(DEPTH):
        x = two(f"down{level}", x)
        skips.append(x)
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    x = two(f"down{DEPTH}", x)
    for level in reversed(range(DEPTH)):
        x = jnp.repeat(jnp.repeat(x, 2, 1), 2, 2)
        x = two(f"up{level}", jnp.concatenate([skips[level], x], -1))
    return convolution(parameters["maps"], x), updated


def patch(image, target):
    y, x = (rng.integers(0, extent - PATCH + 1) for extent in image.shape)
    image, target = image[y:y + PATCH, x:x + PATCH], target[y:y + PATCH, x:x + PATCH]
    turns, flip = rng.integers(4), rng.random() < 0.5
    image, target = np.rot90(image, turns), np.rot90(target, turns)
    if flip:
        image, target = image[::-1], target[::-1]
    return image * rng.uniform(0.7, 1.4) + rng.normal(0, 0.03, image.shape), target


def train(steps):
    global parameters, statistics
    with open(DATA / "cases.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    images = [read_png16(DATA / row["image"]) for row in rows]
    maps = [targets(read_tiff16(DATA / row["truth"], image.shape)) for row, image in zip(rows, images)]
    images = [normalised(image) for image in images]
    optimiser = optax.adam(optax.cosine_decay_schedule(3e-3, steps))
    state = optimiser.init(parameters)

    @jax.jit
    def step(parameters, statistics, state, x, y):
        def loss(parameters):
            logits, updated = network(parameters, statistics, x, True)
            return optax.sigmoid_binary_cross_entropy(logits, y).mean(), updated
        (value, updated), gradient = jax.value_and_grad(loss, has_aux=True)(parameters)
        change, state = optimiser.update(gradient, state, parameters)
        return optax.apply_updates(parameters, change), updated, state, value

    began = time.time()
    for index in range(steps):
        chosen = rng.integers(len(images), size=BATCH)
        x, y = zip(*(patch(images[i], maps[i]) for i in chosen))
        x = jnp.asarray(np.stack(x)[..., None], jnp.float32)
        parameters, statistics, state, value = step(parameters, statistics, state, x, jnp.asarray(np.stack(y)))
        if index % 50 == 0 or index == steps - 1:
            print(f"step {index}  loss {float(value):.4f}  {time.time() - began:.0f} s", flush=True)
    return DATA / rows[0]["image"]


def onnx_model():
    nodes, weights = [], []

    def constant(name, value):
        weights.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def layer(name, x):
        p, s = parameters[name], statistics[name]
        w = constant(name + ".weight", np.transpose(p["weight"], (3, 2, 0, 1)))
        nodes.append(helper.make_node("Conv", [x, w, constant(name + ".bias", p["bias"])], [name + ".conv"],
                                      kernel_shape=[3, 3], pads=[1] * 4))
        normal = [constant(f"{name}.{k}", v) for k, v in
                  (("scale", p["scale"]), ("shift", p["shift"]), ("mean", s["mean"]), ("variance", s["variance"]))]
        nodes.append(helper.make_node("BatchNormalization", [name + ".conv", *normal], [name + ".norm"], epsilon=1e-5))
        nodes.append(helper.make_node("Relu", [name + ".norm"], [name]))
        return name

    x, skips = "raw", []
    constant("upsampling", [1, 1, 2, 2])
    for level in range(DEPTH):
        x = layer(f"down{level}b", layer(f"down{level}a", x))
        skips.append(x)
        nodes.append(helper.make_node("MaxPool", [x], [f"pool{level}"], kernel_shape=[2, 2], strides=[2, 2]))
        x = f"pool{level}"
    x = layer(f"down{DEPTH}b", layer(f"down{DEPTH}a", x))
    for level in reversed(range(DEPTH)):
        nodes.append(helper.make_node("Resize", [x, "", "upsampling"], [f"wide{level}"], mode="nearest", nearest_mode="floor",
                                      coordinate_transformation_mode="asymmetric"))
        nodes.append(helper.make_node("Concat", [skips[level], f"wide{level}"], [f"both{level}"], axis=1))
        x = layer(f"up{level}b", layer(f"up{level}a", f"both{level}"))
    w = constant("maps.weight", np.transpose(parameters["maps"]["weight"], (3, 2, 0, 1)))
    nodes.append(helper.make_node("Conv", [x, w, constant("maps.bias", parameters["maps"]["bias"])], ["logits"], kernel_shape=[1, 1]))
    nodes.append(helper.make_node("Sigmoid", ["logits"], ["maps"]))
    port = lambda name, channels: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", channels, "y", "x"])
    graph = helper.make_graph(nodes, "nuclei_unet", [port("raw", 1)], [port("maps", 2)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def write_package(example):
    onnx.save(onnx_model(), HERE / "weights.onnx")
    image = read_png16(example)[None, None]
    np.save(HERE / "test_input.npy", image.astype(np.float32))
    session = onnxruntime.InferenceSession(HERE / "weights.onnx", providers=["CPUExecutionProvider"])
    maps = session.run(None, {"raw": normalised(image).astype(np.float32)})[0]
    np.save(HERE / "test_output.npy", maps)
    digest = lambda name: hashlib.sha256((HERE / name).read_bytes()).hexdigest()
    text = (HERE / "bioimageio.yaml.in").read_text()
    for name in ("weights.onnx", "test_input.npy", "test_output.npy"):
        text = text.replace(f"@{name}@", digest(name))
    (HERE / "bioimageio.yaml").write_text(text)
    print(f"{sum(v.size for layer in parameters.values() for v in layer.values())} parameters; package written to {HERE}")


if __name__ == "__main__":
    write_package(train(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
