"""What the plan of a run says that an operator holds, beside what it was measured to hold.

    python3 Tests/Benchmarks/memory.py [--runner .build/release/concours-runner] [NAME...]

Makes networks of one operator on a tensor of 32 MiB and runs each in a process of its own. A process holds 30 to 45 MiB by itself, so
that what is over the plan by more than that is held without being counted: those lines are marked. Prints, asserts nothing.
Versions: onnx 1.22.0, numpy 2.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

TYPES = {"f4": TensorProto.FLOAT, "f2": TensorProto.FLOAT16, "f8": TensorProto.DOUBLE, "i8": TensorProto.INT64}
PLANES = [1, 8, 1024, 1024]
PLANE = [1, 1, 2048, 4096]
VOLUME = [1, 2, 64, 256, 256]
# MiB over the plan that are more than a process by itself.
NOTABLE = 48
random = numpy.random.default_rng(0)


def node(operator, inputs="x", outputs="y", **attributes):
    split = lambda names: ["" if name == "-" else name for name in names.split()]
    return helper.make_node(operator, split(inputs), split(outputs), **attributes)


def ints(*values):
    return numpy.array(values, "i8")


def floats(*values):
    return numpy.array(values, "f4")


def weights(*shape):
    return random.standard_normal(shape).astype("f4") * 0.1


def cases():
    """Name, nodes, extents of `x`, constants, type of `x` and `y`."""
    for operator in ("Relu", "Sigmoid", "Erf", "Gelu", "Softplus", "HardSwish", "Floor", "Elu", "Sign", "Sqrt", "Exp", "Tanh"):
        yield operator, [node(operator)], PLANES, {}, "f4"
    for operator in ("Add", "Mul", "Div", "Max", "Mean", "Pow", "PRelu"):
        yield operator, [node(operator, "x c")], PLANES, {"c": numpy.ones((1, 8, 1, 1), "f4")}, "f4"
    yield "Mod", [node("Mod", "x c", fmod=1)], PLANES, {"c": numpy.float32(0.7)}, "f4"
    yield "Sum-of-3", [node("Sum", "x x x")], PLANES, {}, "f4"
    yield "Where", [node("Greater", "x c", "b"), node("Where", "b x c")], PLANES, {"c": numpy.float32(0)}, "f4"
    yield "IsNaN", [node("IsNaN", "x", "b"), node("Cast", "b", to=1)], PLANES, {}, "f4"
    yield "Cast", [node("Cast", "x", "a", to=TensorProto.INT64), node("Cast", "a", to=1)], PLANES, {}, "f4"
    yield "Clip", [node("Clip", "x a b")], PLANES, {"a": numpy.float32(0), "b": numpy.float32(1)}, "f4"
    for operator in ("Softmax", "LogSoftmax", "Hardmax", "LpNormalization"):
        for axis in (1, 3):
            yield f"{operator}-{axis}", [node(operator, axis=axis)], PLANES, {}, "f4"
    for operator in ("ReduceMean", "ReduceMax", "ReduceL2", "ReduceLogSumExp"):
        for axes in ((1,), (2,), (2, 3)):
            yield f"{operator}-{''.join(map(str, axes))}", [node(operator, "x a")], PLANES, {"a": ints(*axes)}, "f4"
    yield "ArgMax", [node("ArgMax", "x", "a", axis=1), node("Cast", "a", to=1)], PLANES, {}, "f4"
    for axis in (1, 3):
        yield f"CumSum-{axis}", [node("CumSum", "x a")], PLANES, {"a": numpy.array(axis, "i8")}, "f4"
        yield f"TopK-{axis}", [node("TopK", "x k", "y i", axis=axis)], PLANES, {"k": ints(3)}, "f4"
    each = {name: numpy.ones(8, "f4") for name in "sbmv"}
    yield "InstanceNormalization", [node("InstanceNormalization", "x s b")], PLANES, each, "f4"
    yield "GroupNormalization", [node("GroupNormalization", "x s b", num_groups=2)], PLANES, each, "f4"
    yield "BatchNormalization", [node("BatchNormalization", "x s b m v")], PLANES, each, "f4"
    yield "LayerNormalization", [node("LayerNormalization", "x s", axis=-1)], PLANES, {"s": numpy.ones(1024, "f4")}, "f4"
    yield "RMSNormalization", [node("RMSNormalization", "x s", axis=-1)], PLANES, {"s": numpy.ones(1024, "f4")}, "f4"
    yield "LRN", [node("LRN", size=3)], PLANES, {}, "f4"
    yield "MeanVarianceNormalization", [node("MeanVarianceNormalization")], PLANES, {}, "f4"
    for operator in ("MaxPool", "AveragePool", "LpPool"):
        yield operator, [node(operator, kernel_shape=[2, 2], strides=[2, 2])], PLANES, {}, "f4"
        yield f"{operator}-3", [node(operator, kernel_shape=[3, 3], pads=[1] * 4)], PLANES, {}, "f4"
    indices = node("MaxPool", "x", "y i", kernel_shape=[2, 2], strides=[2, 2])
    yield "MaxPool-indices", [indices], PLANES, {}, "f4"
    unpool = [node("MaxPool", "x", "a i", kernel_shape=[2, 2], strides=[2, 2]), node("MaxUnpool", "a i", kernel_shape=[2, 2], strides=[2, 2])]
    yield "MaxUnpool", unpool, PLANES, {}, "f4"
    yield "GlobalAveragePool", [node("GlobalAveragePool")], PLANES, {}, "f4"
    for name, shape in (("planes", PLANES), ("plane", PLANE)):
        for mode in ("nearest", "linear", "cubic"):
            for factor in (2, 0.5):
                constants = {"s": floats(1, 1, factor, factor)}
                yield f"Resize-{mode}-{name}-{factor}", [node("Resize", "x - s", mode=mode)], shape, constants, "f4"
    yield "Resize-antialias", [node("Resize", "x - s", mode="linear", antialias=1)], PLANES, {"s": floats(1, 1, 0.5, 0.5)}, "f4"
    yield "Resize-volume", [node("Resize", "x - s", mode="linear")], VOLUME, {"s": floats(1, 1, 2, 2, 2)}, "f4"
    for name, shape, channels in (("planes", PLANES, 8), ("plane", PLANE, 1)):
        for kernel in (1, 3, 5):
            yield f"Conv-{name}-{kernel}", [node("Conv", "x w", pads=[kernel // 2] * 4)], shape, {"w": weights(8, channels, kernel, kernel)}, "f4"
        yield f"Conv-{name}-stride", [node("Conv", "x w", pads=[1] * 4, strides=[2, 2])], shape, {"w": weights(16, channels, 3, 3)}, "f4"
        yield f"ConvTranspose-{name}", [node("ConvTranspose", "x w", strides=[2, 2])], shape, {"w": weights(channels, 8, 2, 2)}, "f4"
    yield "Conv-depthwise", [node("Conv", "x w", pads=[3] * 4, group=8)], PLANES, {"w": weights(8, 1, 7, 7)}, "f4"
    yield "Conv-groups", [node("Conv", "x w", pads=[1] * 4, group=2)], PLANES, {"w": weights(8, 4, 3, 3)}, "f4"
    yield "Conv-volume", [node("Conv", "x w", pads=[1] * 6)], VOLUME, {"w": weights(8, 2, 3, 3, 3)}, "f4"
    yield "Conv-line", [node("Conv", "x w", pads=[1] * 2)], [1, 8, 1 << 20], {"w": weights(8, 8, 3)}, "f4"
    for kind in ("f2", "f8"):
        yield f"Conv-{kind}", [node("Conv", "x w", pads=[1] * 4)], PLANES, {"w": weights(8, 8, 3, 3).astype(kind)}, kind
        yield f"Relu-{kind}", [node("Relu")], PLANES, {}, kind
        yield f"InstanceNormalization-{kind}", [node("InstanceNormalization", "x s b")], PLANES, {n: v.astype(kind) for n, v in each.items()}, kind
    yield "Resize-f2", [node("Resize", "x - s", mode="linear")], PLANES, {"s": floats(1, 1, 2, 2)}, "f2"
    deform = [node("Conv", "x v", "o"), node("DeformConv", "x w o", pads=[1] * 4)]
    yield "DeformConv", deform, [1, 4, 512, 512], {"v": weights(18, 4, 1, 1), "w": weights(8, 4, 3, 3)}, "f4"
    yield "Concat", [node("Concat", "x x", axis=3)], PLANES, {}, "f4"
    yield "Slice", [node("Slice", "x a b c")], PLANES, {"a": ints(3), "b": ints(900), "c": ints(2)}, "f4"
    yield "Pad", [node("Pad", "x p", mode="reflect")], PLANES, {"p": ints(0, 0, 9, 9, 0, 0, 9, 9)}, "f4"
    yield "CenterCropPad", [node("CenterCropPad", "x s", axes=[2, 3])], PLANES, {"s": ints(900, 1100)}, "f4"
    yield "Transpose", [node("Transpose", perm=[0, 2, 3, 1])], PLANES, {}, "f4"
    yield "DepthToSpace", [node("DepthToSpace", blocksize=2)], PLANES, {}, "f4"
    yield "SpaceToDepth", [node("SpaceToDepth", blocksize=2)], PLANES, {}, "f4"
    yield "Expand", [node("Expand", "x s")], [1, 1, 1024, 1024], {"s": ints(1, 16, 1024, 1024)}, "f4"
    yield "Tile", [node("Tile", "x s")], [1, 1, 1024, 1024], {"s": ints(1, 4, 2, 2)}, "f4"
    yield "Gather", [node("Gather", "x i", axis=1)], PLANES, {"i": ints(7, 3, 1, 0)}, "f4"
    yield "GatherND", [node("GatherND", "x i")], PLANES, {"i": numpy.array([[0, 3], [0, 5]], "i8")}, "f4"
    yield "ScatterND", [node("ScatterND", "x i u")], PLANES, {"i": numpy.array([[0, 3, 5]], "i8"), "u": numpy.ones((1, 1024), "f4")}, "f4"
    yield "ReverseSequence", [node("ReverseSequence", "x l", time_axis=1, batch_axis=0)], PLANES, {"l": ints(5)}, "f4"
    yield "Trilu", [node("Trilu")], PLANES, {}, "f4"
    yield "OneHot", [node("OneHot", "x d v", axis=1)], [1, 1024, 1024], {"d": numpy.array(8, "i8"), "v": floats(0, 1)}, "i8"
    yield "MatMul", [node("MatMul", "x w")], PLANES, {"w": weights(1024, 256)}, "f4"
    yield "MatMul-values", [node("Transpose", "x", "t", perm=[0, 1, 3, 2]), node("MatMul", "x t")], PLANES, {}, "f4"
    yield "Gemm", [node("Gemm", "x w")], [8192, 1024], {"w": weights(1024, 512)}, "f4"
    yield "Einsum", [node("Einsum", "x w", equation="bchw,cd->bdhw")], PLANES, {"w": weights(8, 4)}, "f4"
    yield "Einsum-values", [node("Einsum", "x x", equation="bchw,bdhw->bcd")], PLANES, {}, "f4"
    yield "GridSample", [node("GridSample", "x g")], [1, 8, 512, 512], {"g": random.uniform(-1, 1, (1, 1024, 1024, 2)).astype("f4")}, "f4"
    yield "RoiAlign", [node("RoiAlign", "x r b", output_height=64, output_width=64)], PLANES, {"r": floats(*[[0, 0, 500, 500]] * 16), "b": numpy.zeros(16, "i8")}, "f4"
    scale = {"s": numpy.float32(0.1), "z": numpy.uint8(3)}
    quantized = node("QuantizeLinear", "x s z", "q")
    yield "QuantizeLinear", [quantized, node("DequantizeLinear", "q s z")], PLANES, scale, "f4"
    kernel = {**scale, "w": random.integers(0, 255, (8, 8, 3, 3)).astype("u1")}
    convolved = [quantized, node("QLinearConv", "q s z w s z s z", "r", pads=[1] * 4), node("DequantizeLinear", "r s z")]
    yield "QLinearConv", convolved, PLANES, kernel, "f4"
    yield "ConvInteger", [quantized, node("ConvInteger", "q w", "r", pads=[1] * 4), node("Cast", "r", to=1)], PLANES, kernel, "f4"
    matrix = {**scale, "w": random.integers(0, 255, (1024, 512)).astype("u1")}
    yield "MatMulInteger", [quantized, node("MatMulInteger", "q w", "r"), node("Cast", "r", to=1)], [8192, 1024], matrix, "f4"
    yield "DynamicQuantizeLinear", [node("DynamicQuantizeLinear", "x", "q s z"), node("DequantizeLinear", "q s z")], PLANES, {}, "f4"
    yield "LSTM", [node("LSTM", "x w r", hidden_size=64)], [4096, 4, 64], {"w": weights(1, 256, 64), "r": weights(1, 256, 64)}, "f4"
    lines = [node("Unsqueeze", "x a", "u"), node("DFT", "u - d", "y")]
    yield "DFT", lines, [1, 8, 512, 512], {"a": ints(4), "d": numpy.array(3, "i8")}, "f4"
    yield "Attention", [node("Attention", "x x x")], [1, 4, 2048, 64], {}, "f4"


def model(nodes, shape, constants, kind):
    tensors = [numpy_helper.from_array(numpy.asarray(value), name) for name, value in constants.items()]
    given = "f4" if kind == "i8" else kind
    graph = helper.make_graph(
        nodes, "network", [helper.make_tensor_value_info("x", TYPES[kind], shape)], [helper.make_tensor_value_info("y", TYPES[given], None)],
        tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 23)], ir_version=10)


def measure(runner, folder, shape):
    """The report of a run, or the last line of its errors. A shell lies between, as a child begins with its parent's peak."""
    command = [runner, "bench-model", "--network", str(folder / "network.onnx"), "--report", str(folder / "report.json"), "--runs", "1",
               "--threads", "2", "--shape", ",".join(map(str, shape))]
    run = subprocess.run(["sh", "-c", '"$@"; exit $?', "sh"] + command, capture_output=True, text=True)
    if run.returncode:
        return None, (run.stderr.strip().splitlines() or [""])[-1]
    return json.loads((folder / "report.json").read_text()), None


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", default=str(root / ".build/release/concours-runner"))
    parser.add_argument("names", nargs="*", help="only cases whose names begin so")
    options = parser.parse_args()
    print(f"{'':32}{'plan':>8}{'peak':>8}{'over':>8}  MiB")
    with tempfile.TemporaryDirectory(prefix="concours-memory-") as name:
        folder = pathlib.Path(name)
        for title, nodes, shape, constants, kind in cases():
            if options.names and not title.startswith(tuple(options.names)):
                continue
            onnx.save(model(nodes, shape, constants, kind), folder / "network.onnx")
            report, error = measure(options.runner, folder, shape)
            if report is None:
                sys.exit(f"{title}: {error}")
            plan, peak = (report.get("activationBytes") or 0) / 2**20, report["peakMemoryBytes"] / 2**20
            print(f"{title:32}{plan:8.0f}{peak:8.0f}{peak - plan:8.0f}{'  not counted' if peak - plan > NOTABLE else ''}", flush=True)


main()
