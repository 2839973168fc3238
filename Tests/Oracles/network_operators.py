"""Makes Tests/NeuralNetwork/Golden: one tiny network for each variant of an operator, with inputs and onnxruntime's outputs.

    pip install numpy==2.4.6 onnx==1.22.0 onnxruntime==1.23.2
    python Tests/Oracles/network_operators.py

Each case is a folder with model.onnx, input_N.pb and output_N.pb (serialized TensorProto).
"""
import pathlib
import shutil

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

golden = pathlib.Path(__file__).resolve().parents[1] / "NeuralNetwork" / "Golden"
random = np.random.default_rng(7)
TYPES = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int64): TensorProto.INT64, np.dtype(np.int32): TensorProto.INT32,
         np.dtype(np.uint8): TensorProto.UINT8, np.dtype(np.bool_): TensorProto.BOOL, np.dtype(np.float64): TensorProto.DOUBLE}


def numbers(*shape):
    return random.standard_normal(shape).astype(np.float32)


def integers(*values):
    return np.array(values, np.int64)


def save(name, nodes, inputs, outputs=("y",), constants={}, opset=17):
    """`inputs` and `constants` map names to arrays; nodes come from `node`."""
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info(n, TYPES[a.dtype], a.shape) for n, a in inputs.items()],
        [onnx.ValueInfoProto(name=n) for n in outputs], [numpy_helper.from_array(a, n) for n, a in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    session_model = onnx.shape_inference.infer_shapes(model)
    known = {v.name: v for v in session_model.graph.value_info} | {v.name: v for v in session_model.graph.output}
    for index, output in enumerate(outputs):
        element = known[output].type.tensor_type.elem_type or TensorProto.FLOAT
        model.graph.output[index].CopyFrom(helper.make_tensor_value_info(output, element, None))
    results = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(list(outputs), inputs)
    folder = golden / name
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    for index, array in enumerate(inputs.values()):
        (folder / f"input_{index}.pb").write_bytes(numpy_helper.from_array(np.asarray(array)).SerializeToString())
    for index, array in enumerate(results):
        (folder / f"output_{index}.pb").write_bytes(numpy_helper.from_array(np.asarray(array)).SerializeToString())


def single(name, operator, inputs, constants={}, opset=17, order=None, outputs=("y",), **attributes):
    names = order if order is not None else [*inputs, *constants]
    save(name, [helper.make_node(operator, names, list(outputs), **attributes)], inputs, outputs, constants, opset)


shutil.rmtree(golden, ignore_errors=True)

# Convolutions
image = numbers(1, 3, 9, 11)
single("conv-2d", "Conv", {"x": numbers(2, 3, 9, 11)}, {"w": numbers(5, 3, 3, 3), "b": numbers(5)}, pads=[1, 1, 1, 1])
single("conv-no-bias-valid", "Conv", {"x": image}, {"w": numbers(4, 3, 3, 2)})
single("conv-strides-asymmetric-pads", "Conv", {"x": image}, {"w": numbers(9, 3, 3, 3), "b": numbers(9)}, strides=[2, 3], pads=[0, 1, 2, 1])
single("conv-dilated", "Conv", {"x": image}, {"w": numbers(2, 3, 3, 3)}, dilations=[2, 3], pads=[2, 3, 2, 3])
single("conv-grouped", "Conv", {"x": numbers(1, 6, 7, 8)}, {"w": numbers(9, 2, 3, 3), "b": numbers(9)}, group=3, pads=[1] * 4)
single("conv-depthwise", "Conv", {"x": numbers(1, 5, 7, 8)}, {"w": numbers(5, 1, 3, 3), "b": numbers(5)}, group=5, pads=[1] * 4)
single("conv-same-upper", "Conv", {"x": image}, {"w": numbers(2, 3, 4, 4)}, strides=[2, 2], auto_pad="SAME_UPPER")
single("conv-same-lower", "Conv", {"x": image}, {"w": numbers(2, 3, 4, 4)}, strides=[2, 2], auto_pad="SAME_LOWER")
single("conv-pointwise", "Conv", {"x": image}, {"w": numbers(17, 3, 1, 1), "b": numbers(17)})
single("conv-1d", "Conv", {"x": numbers(2, 3, 60)}, {"w": numbers(8, 3, 5), "b": numbers(8)}, pads=[2, 2])
single("conv-3d", "Conv", {"x": numbers(1, 2, 5, 6, 7)}, {"w": numbers(3, 2, 3, 3, 3), "b": numbers(3)}, pads=[1] * 6)
single("conv-3d-anisotropic", "Conv", {"x": numbers(1, 2, 5, 6, 7)}, {"w": numbers(3, 2, 1, 3, 3)}, strides=[1, 2, 2], pads=[0, 1, 1, 0, 1, 1])
single("conv-many-channels", "Conv", {"x": numbers(1, 130, 4, 4)}, {"w": numbers(3, 130, 3, 3) * 0.1}, pads=[1] * 4)
single("conv-weights-as-input", "Conv", {"x": image, "w": numbers(5, 3, 3, 3), "b": numbers(5)}, pads=[1] * 4)
single("conv-wide-row", "Conv", {"x": numbers(1, 1, 3, 203)}, {"w": numbers(2, 1, 3, 3)}, pads=[1] * 4)
parameters = {"s": numbers(5) + 2, "o": numbers(5), "m": numbers(5), "v": random.random(5).astype(np.float32) + 0.5}
save("conv-batchnorm-relu", [
    helper.make_node("Conv", ["x", "w", "b"], ["c"], pads=[1] * 4), helper.make_node("BatchNormalization", ["c", "s", "o", "m", "v"], ["n"]),
    helper.make_node("Relu", ["n"], ["y"])], {"x": image}, constants={"w": numbers(5, 3, 3, 3), "b": numbers(5), **parameters})
save("conv-batchnorm-shared", [
    helper.make_node("Conv", ["x", "w"], ["c"], pads=[1] * 4), helper.make_node("BatchNormalization", ["c", "s", "o", "m", "v"], ["n"]),
    helper.make_node("Add", ["n", "c"], ["y"])], {"x": image}, constants={"w": numbers(5, 3, 3, 3), **parameters})
save("conv-leaky-relu", [
    helper.make_node("Conv", ["x", "w"], ["c"], pads=[1] * 4), helper.make_node("LeakyRelu", ["c"], ["y"], alpha=0.2)],
    {"x": image}, constants={"w": numbers(5, 3, 3, 3)})
save("conv-result-is-output-too", [
    helper.make_node("Conv", ["x", "w"], ["c"]), helper.make_node("Relu", ["c"], ["y"])], {"x": image}, ("c", "y"), {"w": numbers(4, 3, 3, 3)})
small = numbers(2, 4, 5, 6)
single("deconv-2x2", "ConvTranspose", {"x": small}, {"w": numbers(4, 3, 2, 2), "b": numbers(3)}, strides=[2, 2])
single("deconv-3x3-overlap", "ConvTranspose", {"x": small}, {"w": numbers(4, 3, 3, 3), "b": numbers(3)}, strides=[2, 2], pads=[1] * 4,
       output_padding=[1, 1])
single("deconv-grouped-dilated", "ConvTranspose", {"x": small}, {"w": numbers(4, 3, 3, 2)}, group=2, dilations=[2, 1], strides=[1, 3], pads=[1, 0, 0, 1])
single("deconv-output-shape", "ConvTranspose", {"x": small}, {"w": numbers(4, 9, 3, 3)}, strides=[3, 2], output_shape=[14, 12])
single("deconv-1d", "ConvTranspose", {"x": numbers(1, 2, 30)}, {"w": numbers(2, 11, 4), "b": numbers(11)}, strides=[2], pads=[1, 1])
single("deconv-3d", "ConvTranspose", {"x": numbers(1, 3, 3, 4, 5)}, {"w": numbers(3, 2, 2, 2, 2), "b": numbers(2)}, strides=[2, 2, 2])
single("deconv-3d-overlap", "ConvTranspose", {"x": numbers(1, 3, 3, 4, 5)}, {"w": numbers(3, 2, 3, 3, 3)}, strides=[2, 1, 2], pads=[1] * 6)

# Normalisation and activations
single("batchnorm", "BatchNormalization", {"x": image}, {k: v[:3] for k, v in parameters.items()}, epsilon=0.01)
single("batchnorm-opset-9", "BatchNormalization", {"x": image}, {k: v[:3] for k, v in parameters.items()}, opset=9)
single("instancenorm", "InstanceNormalization", {"x": image}, {"s": numbers(3), "b": numbers(3)})
for operator, attributes in {"Relu": {}, "LeakyRelu": {"alpha": 0.3}, "Elu": {"alpha": 1.5}, "Sigmoid": {}, "Tanh": {}, "Exp": {}}.items():
    single(f"activation-{operator.lower()}", operator, {"x": numbers(2, 3, 4) * 3}, **attributes)
single("activation-sqrt", "Sqrt", {"x": np.abs(numbers(3, 4))})
single("prelu", "PRelu", {"x": image}, {"s": numbers(3, 1, 1)})
single("clip-attributes", "Clip", {"x": image}, opset=10, min=-0.5, max=0.75)
single("clip-inputs", "Clip", {"x": image}, {"lo": np.float32(-0.5).reshape(()), "hi": np.float32(1).reshape(())})
single("clip-upper-only", "Clip", {"x": image}, {"hi": np.float32(0.1).reshape(())}, order=["x", "", "hi"])
single("softmax-channels", "Softmax", {"x": image}, axis=1)
single("softmax-last", "Softmax", {"x": image})
single("softmax-opset-11", "Softmax", {"x": numbers(2, 3, 4)}, opset=11, axis=1)

# Pooling and reductions
single("maxpool-2x2", "MaxPool", {"x": image}, kernel_shape=[2, 2], strides=[2, 2])
single("maxpool-pads-dilated", "MaxPool", {"x": image}, kernel_shape=[3, 2], strides=[1, 2], pads=[1, 0, 1, 1], dilations=[2, 1])
single("maxpool-ceil", "MaxPool", {"x": image}, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
single("maxpool-3d", "MaxPool", {"x": numbers(1, 2, 4, 5, 6)}, kernel_shape=[2, 2, 2], strides=[2, 2, 2])
single("maxpool-1d", "MaxPool", {"x": numbers(1, 2, 9)}, kernel_shape=[3], strides=[2])
single("averagepool", "AveragePool", {"x": image}, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
single("averagepool-count-pad", "AveragePool", {"x": image}, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4, count_include_pad=1)
single("averagepool-ceil", "AveragePool", {"x": image}, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
single("averagepool-same", "AveragePool", {"x": image}, kernel_shape=[2, 2], auto_pad="SAME_LOWER")
single("globalaveragepool", "GlobalAveragePool", {"x": image})
single("reducemean-spatial", "ReduceMean", {"x": image}, axes=[2, 3])
single("reducemean-input-axes", "ReduceMean", {"x": image}, {"axes": integers(1)}, opset=18, keepdims=0)
single("reducesum", "ReduceSum", {"x": image}, {"axes": integers(-1, 1)})
single("reducemax", "ReduceMax", {"x": image}, axes=[1], keepdims=0)
single("reducemin-all", "ReduceMin", {"x": image}, keepdims=0)

# Resize
plane = numbers(1, 2, 5, 6)
for mode in ("nearest", "linear"):
    for coordinates in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
        for label, scales in {"up": [1, 1, 2, 3], "down": [1, 1, 0.6, 0.5], "odd": [1, 1, 1.5, 1.25]}.items():
            # Where the scaled extent is no whole number, onnxruntime departs from ONNX's definition; onnx_v1.txt covers it.
            if coordinates == "align_corners" and label == "odd":
                continue
            single(f"resize-{mode}-{coordinates.replace('_', '-')}-{label}", "Resize", {"x": plane}, {"s": np.array(scales, np.float32)},
                   order=["x", "", "s"], mode=mode, coordinate_transformation_mode=coordinates)
for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
    for coordinates in ("half_pixel", "asymmetric"):
        single(f"resize-nearest-{rounding.replace('_', '-')}-{coordinates.replace('_', '-')}", "Resize", {"x": plane},
               {"s": np.array([1, 1, 2.5, 1.5], np.float32)}, order=["x", "", "s"], mode="nearest", nearest_mode=rounding,
               coordinate_transformation_mode=coordinates)
single("resize-sizes", "Resize", {"x": plane}, {"n": integers(1, 2, 10, 9)}, order=["x", "", "", "n"], mode="linear")
single("resize-axes", "Resize", {"x": plane}, {"s": np.array([2, 2], np.float32)}, order=["x", "", "s"], opset=18, mode="linear", axes=[2, 3])
single("resize-3d-linear", "Resize", {"x": numbers(1, 1, 3, 4, 5)}, {"s": np.array([1, 1, 2, 2, 2], np.float32)}, order=["x", "", "s"], mode="linear")
single("resize-opset-10", "Resize", {"x": plane}, {"s": np.array([1, 1, 2, 2], np.float32)}, opset=10, mode="nearest")
single("upsample-9", "Upsample", {"x": plane}, {"s": np.array([1, 1, 2, 3], np.float32)}, opset=9, mode="nearest")
single("upsample-7-linear", "Upsample", {"x": plane}, opset=7, mode="linear", scales=[1.0, 1.0, 2.0, 2.0])

# Arithmetic
for operator in ("Add", "Sub", "Mul", "Div", "Pow"):
    single(f"arithmetic-{operator.lower()}", operator, {"a": np.abs(numbers(2, 3, 4)) + 0.5, "b": np.abs(numbers(2, 3, 4)) + 0.5})
    single(f"broadcast-{operator.lower()}", operator, {"a": np.abs(numbers(2, 1, 4)) + 0.5, "b": np.abs(numbers(3, 1)) + 0.5})
    single(f"broadcast-scalar-{operator.lower()}", operator, {"a": np.abs(numbers(2, 3)) + 0.5}, {"b": np.float32(1.5).reshape(())})
single("broadcast-channels", "Mul", {"a": image}, {"b": numbers(1, 3, 1, 1)})
single("broadcast-outer", "Add", {"a": numbers(4, 1, 3), "b": numbers(1, 5, 1)})
single("integer-division", "Div", {"a": integers(7, -7, 9)}, {"b": integers(2, 2, -4)})
single("integer-arithmetic", "Mul", {"a": integers(7, -7, 9)}, {"b": integers(2, 3, -4)})
single("power-of-other-type", "Pow", {"a": numbers(2, 3)}, {"b": integers(2)})
single("gemm", "Gemm", {"a": numbers(3, 4)}, {"b": numbers(4, 5), "c": numbers(5)}, alpha=0.5, beta=2.0)
single("gemm-transposed", "Gemm", {"a": numbers(4, 3)}, {"b": numbers(50, 4), "c": numbers(3, 1)}, transA=1, transB=1)
single("gemm-no-c", "Gemm", {"a": numbers(3, 4)}, {"b": numbers(4, 5)})
single("matmul-2d", "MatMul", {"a": numbers(3, 4), "b": numbers(4, 60)})
single("matmul-batched", "MatMul", {"a": numbers(2, 1, 3, 4), "b": numbers(5, 4, 6)})
single("matmul-vector", "MatMul", {"a": numbers(4), "b": numbers(2, 4, 3)})

# Rearranging
single("concat-channels", "Concat", {"a": numbers(1, 2, 3, 4), "b": numbers(1, 3, 3, 4)}, axis=1)
single("concat-last", "Concat", {"a": numbers(2, 2), "b": numbers(2, 3), "c": numbers(2, 1)}, axis=-1)
single("transpose", "Transpose", {"x": numbers(2, 3, 4, 5)}, perm=[0, 2, 3, 1])
single("transpose-default", "Transpose", {"x": numbers(2, 3, 4)})
single("slice", "Slice", {"x": numbers(5, 6, 7)}, {"st": integers(1, -3), "en": integers(4, 2**62), "ax": integers(0, 2)})
single("slice-steps", "Slice", {"x": numbers(9, 6)}, {"st": integers(7, -1), "en": integers(0, -(2**62)), "ax": integers(0, 1), "sp": integers(-3, -2)})
single("slice-opset-9", "Slice", {"x": numbers(5, 6)}, opset=9, starts=[1, 0], ends=[3, -1])
single("split-equal", "Split", {"x": numbers(2, 6)}, outputs=("y", "z"), axis=1)
single("split-parts", "Split", {"x": numbers(2, 6)}, {"parts": integers(1, 5)}, outputs=("y", "z"), axis=1)
single("split-opset-11", "Split", {"x": numbers(6, 2)}, opset=11, outputs=("y", "z"), axis=0, split=[4, 2])
single("gather", "Gather", {"x": numbers(3, 4, 5), "i": np.array([[0, 2], [-1, 1]], np.int64)}, axis=1)
single("gather-scalar", "Gather", {"x": numbers(3, 4)}, {"i": np.int64(1).reshape(())})
single("pad-constant", "Pad", {"x": numbers(1, 1, 3, 4)}, {"p": integers(0, 0, 1, 2, 0, 1, 0, 3), "v": np.float32(1.5).reshape(())})
single("pad-reflect", "Pad", {"x": numbers(1, 1, 4, 5)}, {"p": integers(0, 0, 2, 3, 0, 0, 3, 1)}, mode="reflect")
single("pad-edge", "Pad", {"x": numbers(1, 1, 3, 4)}, {"p": integers(0, 0, 2, 5, 0, 0, 0, 1)}, mode="edge")
single("pad-wrap", "Pad", {"x": numbers(1, 1, 3, 4)}, {"p": integers(0, 0, 2, 1, 0, 0, 1, 2)}, opset=19, mode="wrap")
single("pad-negative", "Pad", {"x": numbers(1, 1, 5, 6)}, {"p": integers(0, 0, -1, 2, 0, 0, -2, -3)})
single("pad-opset-2", "Pad", {"x": numbers(1, 1, 3, 4)}, opset=10, pads=[0, 0, 1, 1, 0, 0, 1, 1], value=-1.0)
single("pad-axes", "Pad", {"x": numbers(1, 2, 3, 4)}, {"p": integers(1, 2), "v": np.float32(0).reshape(()), "ax": integers(3)}, opset=18)
single("reshape", "Reshape", {"x": numbers(2, 3, 4)}, {"s": integers(0, -1, 2)})
single("flatten", "Flatten", {"x": numbers(2, 3, 4)}, axis=2)
single("squeeze", "Squeeze", {"x": numbers(1, 3, 1)}, {"a": integers(0)})
single("squeeze-all", "Squeeze", {"x": numbers(1, 3, 1)})
single("unsqueeze", "Unsqueeze", {"x": numbers(3, 4)}, {"a": integers(0, -1)})
single("unsqueeze-opset-11", "Unsqueeze", {"x": numbers(3, 4)}, opset=11, axes=[1])
single("identity", "Identity", {"x": numbers(3)})
single("dropout", "Dropout", {"x": numbers(3)}, opset=13)
single("cast-to-integer", "Cast", {"x": np.array([-1.7, 0.2, 2.9], np.float32)}, to=TensorProto.INT64)
single("cast-from-bool", "Cast", {"x": np.array([True, False])}, to=TensorProto.FLOAT)
single("shape", "Shape", {"x": numbers(3, 4, 5)}, start=-2)
save("constant-of-shape", [
    helper.make_node("Shape", ["x"], ["s"]), helper.make_node("ConstantOfShape", ["s"], ["c"], value=helper.make_tensor("v", TensorProto.FLOAT, [1], [2.5])),
    helper.make_node("Add", ["x", "c"], ["y"])], {"x": numbers(2, 3)})
save("constants", [
    helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(numbers(3))), helper.make_node("Constant", [], ["d"], value_float=2.0),
    helper.make_node("Mul", ["c", "d"], ["e"]), helper.make_node("Add", ["x", "e"], ["y"])], {"x": numbers(2, 3)})
save("shape-arithmetic", [
    helper.make_node("Shape", ["x"], ["s"]), helper.make_node("Gather", ["s", "two"], ["h"]), helper.make_node("Div", ["h", "two"], ["k"]),
    helper.make_node("Unsqueeze", ["k", "zero"], ["e"]), helper.make_node("Slice", ["x", "zero", "e", "axis"], ["y"])],
    {"x": numbers(1, 2, 7, 3)}, constants={"two": np.int64(2).reshape(()), "zero": integers(0), "axis": integers(2)})

print(len(list(golden.iterdir())), "cases,", sum(f.stat().st_size for f in golden.rglob("*") if f.is_file()), "bytes")
