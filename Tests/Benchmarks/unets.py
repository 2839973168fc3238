"""U-Nets with random weights as ONNX files, for benchmarks: python3 unets.py FOLDER [NAME...]

Each level has two times convolution (3 x 3 or 3 x 3 x 3), batch normalisation, ReLU; pooling by 2; transposed convolutions up;
skip connections are concatenated; a sigmoid at the end. Input `x`, output `y`, both (1, 1, extents).
Versions: onnx 1.22.0, numpy 2.
"""
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

# Name: spatial extents, levels below the first, channels of the first level.
NETS = {
    "unet-2d-32-512": ([512, 512], 4, 32),
    "unet-2d-64-512": ([512, 512], 4, 64),
    "unet-2d-32-1024": ([1024, 1024], 4, 32),
    "unet-3d-16-32x256x256": ([32, 256, 256], 3, 16),
}


class Builder:
    def __init__(self, axes):
        self.axes, self.nodes, self.weights = axes, [], []
        self.random = numpy.random.default_rng(1)

    def weight(self, values):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(numpy.asarray(values, numpy.float32), name))
        return name

    def node(self, operator, inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def model(self, taken, given):
        """The model of all nodes from `x` to `y`, with these shapes."""
        port = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        graph = helper.make_graph(self.nodes, "network", [port("x", taken)], [port("y", given)], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model

    def all(self, value):
        return [value] * self.axes

    def convolution(self, value, channels, results, kernel):
        scale = numpy.sqrt(2 / (channels * kernel**self.axes))
        weights = self.random.standard_normal([results, channels] + self.all(kernel)) * scale
        bias = self.random.standard_normal(results) * 0.05
        return self.node(
            "Conv", [value, self.weight(weights), self.weight(bias)], kernel_shape=self.all(kernel), pads=self.all(kernel // 2) * 2
        )

    def block(self, value, channels, results):
        for width in (channels, results):
            value = self.convolution(value, width, results, 3)
            near = lambda centre: self.weight(centre + 0.1 * self.random.random(results))
            value = self.node("BatchNormalization", [value, near(1), near(0), near(0), near(1)])
            value = self.node("Relu", [value])
        return value

    def up(self, value, channels, results):
        weights = self.random.standard_normal([channels, results] + self.all(2)) / numpy.sqrt(channels)
        inputs = [value, self.weight(weights), self.weight(numpy.zeros(results))]
        return self.node("ConvTranspose", inputs, kernel_shape=self.all(2), strides=self.all(2))


def unet(extents, depth, base):
    builder, value, channels, skips = Builder(len(extents)), "x", 1, []
    for level in range(depth):
        value = builder.block(value, channels, base << level)
        channels = base << level
        skips.append(value)
        value = builder.node("MaxPool", [value], kernel_shape=builder.all(2), strides=builder.all(2))
    value = builder.block(value, channels, base << depth)
    for level in reversed(range(depth)):
        value = builder.up(value, base << (level + 1), base << level)
        value = builder.node("Concat", [skips[level], value], axis=1)
        value = builder.block(value, base << (level + 1), base << level)
    value = builder.convolution(value, base, 1, 1)
    builder.nodes.append(helper.make_node("Sigmoid", [value], ["y"]))
    return builder.model([1, 1] + extents, [1, 1] + extents)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or NETS:
        onnx.save(unet(*NETS[name]), folder / f"{name}.onnx")
