"""Networks beside plain U-Nets, with random weights, for `inference.py --networks others`.

Small ones of the families that segmentation is done with, made of the nodes that PyTorch's exporter writes. Input `x`, output `y`,
both (1, channels, extents).
Versions: onnx 1.22.0, numpy 2.
"""
import numpy
from onnx import helper, numpy_helper

import unets


class Builder(unets.Builder):
    """Layers of two-dimensional networks; the number of channels goes along with each value."""

    def __init__(self):
        super().__init__(2)
        self.channels = {}

    def conv(self, value, results, kernel=1, stride=1, group=1):
        channels = self.channels[value]
        scale = numpy.sqrt(2 / (channels // group * kernel**2))
        weights = self.weight(self.random.standard_normal([results, channels // group, kernel, kernel]) * scale)
        # An even kernel makes patches: as wide as its stride, without padding.
        pads = [kernel // 2 if kernel % 2 else 0] * 4
        attributes = {"kernel_shape": [kernel] * 2, "pads": pads, "strides": [stride] * 2, "group": group}
        return self.named(results, "Conv", [value, weights, self.weight(self.random.standard_normal(results) * 0.05)], **attributes)

    def named(self, channels, operator, inputs, **attributes):
        result = self.node(operator, inputs, **attributes)
        self.channels[result] = channels
        return result

    def same(self, operator, value, *others, **attributes):
        return self.named(self.channels[value], operator, [value, *others], **attributes)

    def number(self, value, kind=numpy.float32):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(numpy.asarray(value, kind), name))
        return name

    def near(self, centre, shape):
        return self.weight(centre + 0.1 * self.random.random(shape))

    def shaped(self, value, shape):
        return self.same("Reshape", value, self.number(shape, numpy.int64))

    def transposed(self, value, order):
        return self.same("Transpose", value, perm=order)

    def up(self, value):
        return self.same("Resize", value, "", self.number([1, 1, 2, 2]), mode="nearest", coordinate_transformation_mode="asymmetric")

    def joined(self, *values):
        return self.named(sum(self.channels[value] for value in values), "Concat", list(values), axis=1)

    # Functions of one value, as the exporter takes them apart.

    def swish(self, value):
        return self.same("Mul", value, self.same("Sigmoid", value))

    def gelu(self, value):
        inner = self.same("Add", self.same("Erf", self.same("Div", value, self.number(2**0.5))), self.number(1))
        return self.same("Mul", self.same("Mul", value, inner), self.number(0.5))

    def gelu_by_tanh(self, value):
        cube = self.same("Mul", self.same("Pow", value, self.number(3)), self.number(0.044715))
        inner = self.same("Tanh", self.same("Mul", self.same("Add", value, cube), self.number((2 / numpy.pi) ** 0.5)))
        return self.same("Mul", self.same("Mul", value, self.same("Add", inner, self.number(1))), self.number(0.5))

    def layer_norm(self, value):
        return self.same("LayerNormalization", value, self.near(1, self.channels[value]), self.near(0, self.channels[value]), axis=-1)

    def layer_norm_in_parts(self, value):
        centred = self.same("Sub", value, self.same("ReduceMean", value, axes=[-1]))
        variance = self.same("ReduceMean", self.same("Pow", centred, self.number(2)), axes=[-1])
        scaled = self.same("Div", centred, self.same("Sqrt", self.same("Add", variance, self.number(1e-5))))
        channels = self.channels[value]
        return self.same("Add", self.same("Mul", scaled, self.near(1, channels)), self.near(0, channels))

    def linear(self, value, results):
        channels = self.channels[value]
        weights = self.weight(self.random.standard_normal([channels, results]) / numpy.sqrt(channels))
        return self.same("Add", self.named(results, "MatMul", [value, weights]), self.near(0, results))

    # Blocks.

    def attention(self, value, shape, heads, bias=None):
        """Self-attention on (batch, tokens, channels)."""
        batch, tokens, channels = shape
        parts = []
        for order in ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]):
            split = self.shaped(self.linear(value, channels), [batch, tokens, heads, channels // heads])
            parts.append(self.transposed(split, order))
        scores = self.same("Mul", self.same("MatMul", parts[0], parts[1]), self.number((channels // heads) ** -0.5))
        if bias:
            scores = self.same("Add", scores, bias)
        mixed = self.same("MatMul", self.same("Softmax", scores, axis=-1), parts[2])
        return self.linear(self.shaped(self.transposed(mixed, [0, 2, 1, 3]), shape), channels)

    def transformer(self, value, shape, heads, normal, gelu):
        value = self.same("Add", value, self.attention(normal(value), shape, heads))
        return self.same("Add", value, self.linear(gelu(self.linear(normal(value), 4 * shape[2])), shape[2]))

    def windows(self, value, extent, channels, window, heads):
        """Attention within windows of (1, extent, extent, channels)."""
        count, tokens = extent // window, window * window
        split = self.shaped(self.layer_norm(value), [1, count, window, count, window, channels])
        split = self.shaped(self.transposed(split, [0, 1, 3, 2, 4, 5]), [count * count, tokens, channels])
        mixed = self.attention(split, [count * count, tokens, channels], heads, bias=self.near(0, [1, heads, tokens, tokens]))
        back = self.transposed(self.shaped(mixed, [1, count, count, window, window, channels]), [0, 1, 3, 2, 4, 5])
        value = self.same("Add", value, self.shaped(back, [1, extent, extent, channels]))
        return self.same("Add", value, self.linear(self.gelu(self.linear(self.layer_norm(value), 4 * channels)), channels))

    def convnext(self, value):
        channels = self.channels[value]
        inner = self.layer_norm(self.transposed(self.conv(value, channels, 7, group=channels), [0, 2, 3, 1]))
        inner = self.linear(self.gelu(self.linear(inner, 4 * channels)), channels)
        inner = self.same("Mul", inner, self.near(0, channels))
        return self.same("Add", value, self.transposed(inner, [0, 3, 1, 2]))

    def squeezed(self, value, width):
        mean = self.same("GlobalAveragePool", value)
        gate = self.same("Sigmoid", self.conv(self.swish(self.conv(mean, width)), self.channels[value]))
        return self.same("Mul", value, gate)

    def inverted(self, value, results, kernel, stride, squeezes):
        channels = self.channels[value]
        act = self.swish if squeezes else lambda value: self.same("Clip", value, self.number(0), self.number(6))
        inner = act(self.conv(act(self.conv(value, 6 * channels)), 6 * channels, kernel, stride, 6 * channels))
        if squeezes:
            inner = self.squeezed(inner, max(1, channels // 4))
        inner = self.conv(inner, results)
        return self.same("Add", value, inner) if stride == 1 and channels == results else inner

    def bottleneck(self, value, results, stride, groups):
        width = results // 2 if groups > 1 else results // 4
        relu = lambda value: self.same("Relu", value)
        inner = self.conv(relu(self.conv(relu(self.conv(value, width)), width, 3, stride, groups)), results)
        if self.channels[value] != results:
            value = self.conv(value, results, 1, stride)
        return relu(self.same("Add", value, inner))

    def twice(self, value, results, behind):
        return behind(self.conv(behind(self.conv(value, results, 3)), results, 3))

    def group_norm(self, value):
        """Eight groups, as it is written before opset 18."""
        channels = self.channels[value]
        split = self.shaped(value, [0, 8, -1])
        normal = self.named(channels, "InstanceNormalization", [split, self.number([1] * 8), self.number([0] * 8)])
        normal = self.same("Reshape", normal, self.same("Shape", value))
        return self.same("Add", self.same("Mul", normal, self.near(1, [channels, 1, 1])), self.near(0, [channels, 1, 1]))

    def instance_norm(self, value):
        return self.same("InstanceNormalization", value, self.near(1, self.channels[value]), self.near(0, self.channels[value]))

    def gate(self, skip, below):
        width = self.channels[skip] // 2
        sum = self.same("Relu", self.same("Add", self.conv(skip, width), self.conv(below, width)))
        return self.same("Mul", skip, self.same("Sigmoid", self.conv(sum, 1)))

    def unet(self, value, base, depth, behind, gated=False):
        skips = []
        for level in range(depth):
            value = self.twice(value, base << level, behind)
            skips.append(value)
            value = self.same("MaxPool", value, kernel_shape=[2, 2], strides=[2, 2])
        value = self.twice(value, base << depth, behind)
        for level in reversed(range(depth)):
            value = behind(self.conv(self.up(value), base << level, 3))
            skip = self.gate(skips[level], value) if gated else skips[level]
            value = self.twice(self.joined(skip, value), base << level, behind)
        return value


def convnext(b, x):
    value = b.conv(x, 96, 4, 4)
    for stage in range(3):
        value = value if stage == 0 else b.conv(value, 96 << stage, 2, 2)
        value = b.convnext(b.convnext(value))
    return value


def mobilenet(b, x, kernel=3, squeezes=False):
    value = b.conv(x, 32, 3, 2)
    for results, stride, k in [(24, 2, 3), (24, 1, 3), (40, 2, kernel), (40, 1, kernel), (80, 2, 3), (80, 1, 3), (112, 1, kernel), (112, 1, kernel)]:
        value = b.inverted(value, results, k, stride, squeezes)
    return value


def resnet(b, x, groups=1):
    value = b.same("Relu", b.conv(x, 64, 7, 2))
    value = b.same("MaxPool", value, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for results, stride in [(256, 1), (256, 1), (512, 2), (512, 1), (1024, 2), (1024, 1)]:
        value = b.bottleneck(value, results, stride, groups)
    return value


def vit(b, x):
    value = b.conv(x, 768, 16, 16)
    value = b.transposed(b.shaped(value, [1, 768, 1024]), [0, 2, 1])
    value = b.same("Add", value, b.near(0, [1, 1024, 768]))
    value = b.transformer(value, [1, 1024, 768], 12, b.layer_norm, b.gelu)
    value = b.transformer(value, [1, 1024, 768], 12, b.layer_norm_in_parts, b.gelu_by_tanh)
    return b.shaped(b.transposed(value, [0, 2, 1]), [1, 768, 32, 32])


def swin(b, x):
    value = b.transposed(b.conv(x, 96, 4, 4), [0, 2, 3, 1])
    for _ in range(2):
        value = b.windows(value, 64, 96, 8, 3)
    return b.transposed(value, [0, 3, 1, 2])


def densenet(b, x):
    value = b.conv(x, 64, 3)
    for stage in range(2):
        for _ in range(6):
            inner = value
            for results, kernel in [(128, 1), (32, 3)]:
                channels = b.channels[inner]
                parameters = [b.near(1, channels), b.near(0, channels), b.near(0, channels), b.near(1, channels)]
                inner = b.conv(b.same("Relu", b.same("BatchNormalization", inner, *parameters)), results, kernel)
            value = b.joined(value, inner)
        if stage == 0:
            value = b.same("AveragePool", b.conv(value, 128), kernel_shape=[2, 2], strides=[2, 2])
    return value


def stardist(b, x):
    value = b.unet(x, 32, 3, lambda value: b.same("Relu", value))
    value = b.same("Relu", b.conv(value, 128, 3))
    return b.joined(b.same("Sigmoid", b.conv(value, 1)), b.conv(value, 32))


def normed(b, x, normal, slope):
    return b.unet(x, 32, 3, lambda value: b.same("LeakyRelu", normal(value), alpha=float(slope)))


# Name: channels and extents of the input, what makes the layers.
NETS = {
    "convnext-256": (3, [256, 256], convnext),
    "mobilenet-512": (3, [512, 512], mobilenet),
    "efficientnet-512": (3, [512, 512], lambda b, x: mobilenet(b, x, kernel=5, squeezes=True)),
    "resnet-256": (3, [256, 256], resnet),
    "resnext-256": (3, [256, 256], lambda b, x: resnet(b, x, groups=32)),
    "vit-512": (3, [512, 512], vit),
    "swin-256": (3, [256, 256], swin),
    "densenet-128": (3, [128, 128], densenet),
    "stardist-256": (1, [256, 256], stardist),
    "attention-unet-256": (1, [256, 256], lambda b, x: b.unet(x, 32, 3, lambda value: b.same("Relu", value), gated=True)),
    "group-norm-unet-256": (1, [256, 256], lambda b, x: normed(b, x, b.group_norm, 0)),
    "instance-norm-unet-256": (1, [256, 256], lambda b, x: normed(b, x, b.instance_norm, 0.01)),
}


def network(channels, extents, layers):
    builder = Builder()
    builder.channels["x"] = channels
    result = layers(builder, "x")
    builder.nodes.append(helper.make_node("Identity", [result], ["y"]))
    return builder.model([1, channels] + extents, ["n", "c", "h", "w"])
