"""Makes Tests/NeuralNetwork/Golden: one tiny network for each variant of an operator, with inputs and onnxruntime's outputs (those of
ONNX's own reference evaluator where onnxruntime does not have the operator, or departs from its definition).

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
from onnx.reference import ReferenceEvaluator

golden = pathlib.Path(__file__).resolve().parents[1] / "NeuralNetwork" / "Golden"
random = np.random.default_rng(7)
TYPES = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int64): TensorProto.INT64, np.dtype(np.int32): TensorProto.INT32,
         np.dtype(np.int8): TensorProto.INT8, np.dtype(np.uint8): TensorProto.UINT8, np.dtype(np.bool_): TensorProto.BOOL, np.dtype(np.float64): TensorProto.DOUBLE}


def numbers(*shape):
    return random.standard_normal(shape).astype(np.float32)


def integers(*values):
    return np.array(values, np.int64)


def save(name, nodes, inputs, outputs=("y",), constants={}, opset=17, reference=False, functions=()):
    """`inputs` and `constants` map names to arrays; `reference` asks ONNX's own evaluator, for what onnxruntime does not have."""
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info(n, TYPES[a.dtype], a.shape) for n, a in inputs.items()],
        [onnx.ValueInfoProto(name=n) for n in outputs], [numpy_helper.from_array(a, n) for n, a in constants.items()])
    own = [helper.make_opsetid("own", 1)] if functions else []
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), *own], functions=functions, ir_version=8)
    session_model = onnx.shape_inference.infer_shapes(model)
    known = {v.name: v for v in session_model.graph.value_info} | {v.name: v for v in session_model.graph.output}
    for index, output in enumerate(outputs):
        element = known[output].type.tensor_type.elem_type or TensorProto.FLOAT
        model.graph.output[index].CopyFrom(helper.make_tensor_value_info(output, element, None))
    if reference:
        results = ReferenceEvaluator(model).run(list(outputs), inputs)
    else:
        results = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(
            list(outputs), inputs)
    folder = golden / name
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    for index, array in enumerate(inputs.values()):
        (folder / f"input_{index}.pb").write_bytes(numpy_helper.from_array(np.asarray(array)).SerializeToString())
    for index, array in enumerate(results):
        (folder / f"output_{index}.pb").write_bytes(numpy_helper.from_array(np.asarray(array)).SerializeToString())


def single(name, operator, inputs, constants={}, opset=17, order=None, outputs=("y",), reference=False, **attributes):
    names = order if order is not None else [*inputs, *constants]
    save(name, [helper.make_node(operator, names, list(outputs), **attributes)], inputs, [o for o in outputs if o], constants, opset, reference)


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

# Attention and what goes with it
query, key, value = numbers(2, 4, 5, 8), numbers(2, 2, 7, 8), numbers(2, 2, 7, 6)
mask = np.where(random.random((5, 7)) < 0.3, -np.inf, 0.5).astype(np.float32)
mask[:, 0] = 0
single("attention-grouped-mask", "Attention", {"q": query, "k": key, "v": value}, {"m": mask}, opset=23)
single("attention-bool-mask", "Attention", {"q": query, "k": key, "v": value}, {"m": mask == 0}, opset=23)
single("attention-causal-scaled-capped", "Attention", {"q": query, "k": key, "v": value}, opset=23, is_causal=1, scale=0.3, softcap=1.5,
       reference=True)
single("attention-flat-past", "Attention", {"q": numbers(1, 3, 8), "k": numbers(1, 3, 4), "v": numbers(1, 3, 4)},
       {"pk": numbers(1, 1, 4, 4), "pv": numbers(1, 1, 4, 4)}, opset=23, order=["q", "k", "v", "", "pk", "pv"],
       outputs=("y", "present_k", "present_v"), q_num_heads=2, kv_num_heads=1, is_causal=1, reference=True)
single("attention-weights", "Attention", {"q": query, "k": key, "v": value}, {"m": mask}, opset=23,
       outputs=("y", "", "", "scores"), qk_matmul_output_mode=3, reference=True)
single("attention-many-keys", "Attention", {"q": numbers(1, 1, 70, 4), "k": numbers(1, 1, 300, 4), "v": numbers(1, 1, 300, 4)}, opset=23)
angles = numbers(9, 3)
single("rotary-positions", "RotaryEmbedding", {"x": numbers(2, 2, 4, 8)}, {"c": np.cos(angles), "s": np.sin(angles),
       "p": random.integers(0, 9, (2, 4))}, opset=23, rotary_embedding_dim=6, reference=True)
single("rotary-flat-interleaved", "RotaryEmbedding", {"x": numbers(1, 4, 12)}, {"c": np.cos(angles[None, :4]), "s": np.sin(angles[None, :4])},
       opset=23, num_heads=2, interleaved=1, reference=True)
single("linear-attention", "LinearAttention", {"q": numbers(1, 5, 8), "k": numbers(1, 5, 4) * 0.5, "v": numbers(1, 5, 6)},
       {"d": -np.abs(numbers(1, 5, 2)), "b": np.abs(numbers(1, 5, 2)) * 0.5}, opset=27, order=["q", "k", "v", "", "d", "b"],
       outputs=("y", "state"), q_num_heads=4, kv_num_heads=2, reference=True)
single("causal-convolution", "CausalConvWithState", {"x": numbers(2, 3, 6), "p": numbers(2, 3, 3)}, {"w": numbers(3, 1, 4), "b": numbers(3)},
       opset=27, order=["x", "w", "b", "p"], outputs=("y", "state"), activation="silu", reference=True)

# Equations
for label, equation, shapes in (
        ("matrices", "ij,jk->ik", [(3, 4), (4, 5)]), ("attention", "bhid,bhjd->bhij", [(2, 3, 4, 5), (2, 3, 6, 5)]),
        ("relative-position", "bhwc,hkc->bhwk", [(2, 3, 4, 5), (3, 6, 5)]), ("implicit", "ba,ca", [(3, 4), (2, 4)]),
        ("ellipsis", "...ij,...jk->...ik", [(2, 1, 3, 4), (1, 5, 4, 2)]), ("diagonal", "...ii->...i", [(2, 3, 4, 4)]),
        ("trace", "ii", [(4, 4)]), ("outer", "i,j->ji", [(3,), (4,)]), ("three", "ij,jk,kl->il", [(2, 3), (3, 4), (4, 5)]),
        ("sums", "abc,c->a", [(3, 4, 5), (5,)]), ("shared", "ij,ij->i", [(3, 4), (3, 4)]), ("order", "a b c -> c a b", [(2, 3, 4)])):
    single(f"einsum-{label}", "Einsum", {f"x{i}": numbers(*shape) for i, shape in enumerate(shapes)}, equation=equation)
single("einsum-whole-numbers", "Einsum", {"a": random.integers(-9, 9, (3, 4)), "b": random.integers(-9, 9, (4, 2))}, equation="ij,jk->ki")

# Sampling
grid = (random.random((2, 4, 3, 2)) * 3 - 1.5).astype(np.float32)
for mode in ("bilinear", "nearest", "bicubic"):
    for padding in ("zeros", "border", "reflection"):
        for corners in (0, 1):
            single(f"gridsample-{mode}-{padding}-{corners}", "GridSample", {"x": numbers(2, 2, 5, 4), "g": grid}, opset=16, mode=mode,
                   padding_mode=padding, align_corners=corners)
grid = (random.random((1, 2, 3, 2, 3)) * 3 - 1.5).astype(np.float32)
for mode in ("linear", "nearest"):
    for padding in ("zeros", "border", "reflection"):
        single(f"gridsample-3d-{mode}-{padding}", "GridSample", {"x": numbers(1, 2, 3, 4, 5), "g": grid}, opset=20, mode=mode,
               padding_mode=padding)
single("affine-grid", "AffineGrid", {"t": numbers(2, 2, 3)}, {"s": integers(2, 1, 3, 4)}, opset=20)
for label, groups, channels in (("plain", 1, 4), ("groups", 2, 4)):
    single(f"deformable-convolution-{label}", "DeformConv", {"x": numbers(1, channels, 5, 6), "o": numbers(1, 2 * 18, 3, 3)},
           {"w": numbers(6, channels // groups, 3, 3), "b": numbers(6), "m": np.abs(numbers(1, 18, 3, 3))}, opset=19,
           order=["x", "w", "o", "b", "m"], group=groups, offset_group=2, strides=[2, 2], pads=[1, 1, 1, 1], reference=True)
regions = np.array([[0, 0, 7, 7], [1.3, 2.2, 5.5, 3.1], [-3, -2, 20, 4], [4, 4, 4, 4]], np.float32)
for label, opset, attributes in (("mean", 16, {"sampling_ratio": 2}), ("adaptive", 16, {}), ("opset-10", 10, {"sampling_ratio": 3})):
    single(f"roialign-{label}", "RoiAlign", {"x": numbers(2, 3, 8, 9)}, {"r": regions, "i": integers(0, 1, 1, 0)}, opset=opset,
           output_height=3, output_width=2, spatial_scale=0.8, **attributes)
single("columns-to-image", "Col2Im", {"x": numbers(2, 12, 12)}, {"s": integers(6, 7), "k": integers(2, 3)}, opset=18, strides=[2, 2],
       pads=[1, 0, 1, 2], dilations=[1, 2], order=["x", "s", "k"])
save("maxunpool", [
    helper.make_node("MaxPool", ["x"], ["p", "i"], kernel_shape=[2, 2], strides=[2, 2]),
    helper.make_node("MaxUnpool", ["p", "i"], ["y"], kernel_shape=[2, 2], strides=[2, 2])], {"x": numbers(1, 1, 6, 4)})
boxes = (random.random((2, 30, 2)) * 8).astype(np.float32)
boxes = np.concatenate([boxes, boxes + 1 + random.random((2, 30, 2)).astype(np.float32) * 3], axis=2)
for label, centred in (("corners", 0), ("centres", 1)):
    save(f"nonmaxsuppression-{label}", [
        helper.make_node("NonMaxSuppression", ["b", "s", "n", "t", "l"], ["k"], center_point_box=centred),
        helper.make_node("Add", ["k", "x"], ["y"])], {"x": integers(0)}, constants={
            "b": boxes, "s": np.round(random.random((2, 3, 30)), 1).astype(np.float32), "n": integers(8), "t": np.float32([0.3]),
            "l": np.float32([0.2])})

# Whole numbers for fractions
def bytes_(*shape, low=0, high=256, kind=np.uint8):
    return random.integers(low, high, shape).astype(kind)


single("quantize-axis", "QuantizeLinear", {"x": numbers(2, 3, 4) * 40}, {"s": np.float32([0.5, 1.5, 0.1]), "z": bytes_(3)}, axis=1)
single("dequantize-axis", "DequantizeLinear", {"x": bytes_(2, 3, 4, low=-128, high=128, kind=np.int8)},
       {"s": np.float32([0.5, 1.5, 0.1]), "z": bytes_(3, low=-9, high=9, kind=np.int8)}, axis=1)
single("quantize-blocks", "QuantizeLinear", {"x": numbers(2, 6) * 40}, {"s": np.abs(numbers(2, 2)) + 0.1}, opset=21, axis=1, block_size=3)
# Narrow types, there and back: ties, the largest numbers, and beyond them.
near = np.float32([0, 1, -1, 0.3, 1.0625, 1.1875, 2.125, -2.375, 5, 7, 9, 17, 19, 0.001, 0.0009765625, 239, 240, 300, 448, 460, 470, 1e5, -1e5, 6e4, 57344, 1e-6])
for label, code in (("e4m3fn", 17), ("e4m3fnuz", 18), ("e5m2", 19), ("e5m2fnuz", 20), ("e2m1", 23), ("e8m0", 24)):
    save(f"narrow-{label}", [helper.make_node("Cast", ["x"], ["n"], to=code), helper.make_node("Cast", ["n"], ["y"], to=1)],
         {"x": np.abs(near[1:]) if label == "e8m0" else near}, opset=25, reference=True)
for label, code, low, high in (("uint4", 21, 0, 16), ("int4", 22, -8, 8), ("uint2", 25, 0, 4), ("int2", 26, -2, 2)):
    save(f"narrow-{label}", [helper.make_node("Cast", ["x"], ["n"], to=code), helper.make_node("Cast", ["n"], ["y"], to=1)],
         {"x": np.arange(low, high, dtype=np.float32)}, opset=25, reference=True)
    save(f"narrow-quantised-{label}", [
        helper.make_node("QuantizeLinear", ["x", "s"], ["n"], output_dtype=code, axis=1, block_size=2),
        helper.make_node("DequantizeLinear", ["n", "s"], ["y"], axis=1, block_size=2)], {"x": numbers(3, 5) * 6},
        constants={"s": np.float32([[1, 0.5, 2]] * 3)}, opset=25, reference=True)
single("dynamic-quantize", "DynamicQuantizeLinear", {"x": numbers(3, 4) * 3 + 1}, outputs=("y", "scale", "zero"))
single("matmul-integer", "MatMulInteger", {"a": bytes_(2, 3, 5), "b": bytes_(5, 4)}, {"za": bytes_(), "zb": bytes_(4)})
single("conv-integer", "ConvInteger", {"x": bytes_(2, 2, 6, 7)}, {"w": bytes_(3, 2, 3, 2), "z": bytes_()}, strides=[2, 1], pads=[1, 0, 1, 1],
       dilations=[1, 2])
single("quantized-matmul", "QLinearMatMul", {"a": bytes_(3, 5), "b": bytes_(5, 4)}, {
    "as": np.float32(0.02).reshape(()), "az": bytes_(), "bs": np.float32(0.03).reshape(()), "bz": bytes_(), "ys": np.float32(0.1).reshape(()),
    "yz": bytes_()}, order=["a", "as", "az", "b", "bs", "bz", "ys", "yz"])
single("quantized-conv-channels", "QLinearConv", {"x": bytes_(1, 4, 5, 6)}, {
    "xs": np.float32(0.02).reshape(()), "xz": bytes_(), "w": bytes_(6, 2, 3, 3, low=-128, high=128, kind=np.int8),
    "ws": np.abs(numbers(6)) * 0.01 + 0.01, "wz": np.zeros(6, np.int8), "ys": np.float32(0.5).reshape(()), "yz": bytes_(),
    "b": random.integers(-500, 500, 6).astype(np.int32)}, order=["x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"], group=2, pads=[1] * 4)

# Sequences and spectra
for operator, gates in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
    weights = {"w": numbers(2, gates * 4, 3) * 0.5, "r": numbers(2, gates * 4, 4) * 0.5, "b": numbers(2, gates * 8) * 0.5,
               "l": np.array([5, 3], np.int32), "h": numbers(2, 2, 4)}
    states = {"c": numbers(2, 2, 4), "p": numbers(2, 12)} if operator == "LSTM" else {}
    single(f"{operator.lower()}-bidirectional", operator, {"x": numbers(5, 2, 3)}, {**weights, **states}, hidden_size=4,
           direction="bidirectional", outputs=("y", "last", "cell") if operator == "LSTM" else ("y", "last"))
single("gru-linear-before-reset", "GRU", {"x": numbers(4, 2, 3)}, {"w": numbers(1, 12, 3), "r": numbers(1, 12, 4), "b": numbers(1, 24)},
       hidden_size=4, direction="reverse", linear_before_reset=1, activations=["HardSigmoid", "Softsign"], clip=0.8)
for length in (7, 12, 16):
    single(f"dft-{length}", "DFT", {"x": numbers(2, length, 3, 2)}, {"a": integers(1).reshape(())}, opset=20, order=["x", "", "a"], reference=True)
single("dft-onesided-longer", "DFT", {"x": numbers(1, 5, 1)}, {"n": integers(9).reshape(()), "a": integers(1).reshape(())}, opset=20, onesided=1,
       reference=True)
single("dft-inverse", "DFT", {"x": numbers(1, 6, 2)}, {"a": integers(1).reshape(())}, opset=20, order=["x", "", "a"], inverse=1, reference=True)
single("stft-window", "STFT", {"x": numbers(2, 20, 1)}, {"s": integers(3).reshape(()), "w": np.abs(numbers(6))}, reference=True)
single("reverse-sequence", "ReverseSequence", {"x": numbers(3, 4, 2)}, {"l": integers(3, 1, 4)}, opset=10, batch_axis=0, time_axis=1)
single("determinant", "Det", {"x": numbers(2, 3, 4, 4)})
single("matmul-doubles", "MatMul", {"a": numbers(2, 3, 4).astype(np.float64), "b": numbers(4, 5).astype(np.float64)}, reference=True)
single("loss-weighted", "SoftmaxCrossEntropyLoss", {"x": numbers(2, 5, 3)}, {"t": random.integers(0, 5, (2, 3)), "w": np.abs(numbers(5))},
       opset=13, ignore_index=2, outputs=("y", "logarithms"))
save("loop-of-products", [
    helper.make_node("Constant", [], ["count"], value_int=3),
    helper.make_node("Loop", ["count", "", "x"], ["y", "all"], body=helper.make_graph(
        [helper.make_node("Mul", ["v", "v"], ["w"]), helper.make_node("Identity", ["c"], ["d"]), helper.make_node("Identity", ["w"], ["u"])],
        "body", [helper.make_tensor_value_info("i", TensorProto.INT64, []), helper.make_tensor_value_info("c", TensorProto.BOOL, []),
                 helper.make_tensor_value_info("v", TensorProto.FLOAT, [2])],
        [helper.make_tensor_value_info("d", TensorProto.BOOL, []), helper.make_tensor_value_info("w", TensorProto.FLOAT, [2]),
         helper.make_tensor_value_info("u", TensorProto.FLOAT, [2])]))], {"x": numbers(2)}, ("y", "all"))

# Functions that models define
own = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]


def referring(node, attribute, name, kind):
    node.attribute.append(onnx.AttributeProto(name=attribute, ref_attr_name=name, type=kind))
    return node


block = helper.make_function(
    "own", "Block", ["x", "w", "b"], ["y"],
    [referring(helper.make_node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1]), "group", "groups", onnx.AttributeProto.INT),
     referring(helper.make_node("LeakyRelu", ["c"], ["a"]), "alpha", "slope", onnx.AttributeProto.FLOAT),
     helper.make_node("Add", ["a", "x"], ["y"])], own, ["groups"], [helper.make_attribute("slope", 0.25)])
# Values inside are called as values outside; the bias is left out once, the slope and the groups are given, or not.
save("function-twice", [
    helper.make_node("Block", ["x", "w", "b"], ["c"], domain="own", name="first", slope=0.5),
    helper.make_node("Block", ["c", "v"], ["a"], domain="own", groups=4),
    helper.make_node("Sub", ["a", "x"], ["y"])],
    {"x": numbers(1, 4, 6, 7)}, constants={"w": numbers(4, 4, 3, 3), "b": numbers(4), "v": numbers(4, 1, 3, 3)}, functions=[block])
twice = helper.make_function("own", "Twice", ["x", "w"], ["y", "z"], [
    helper.make_node("Block", ["x", "w"], ["c"], domain="own", slope=2.0), helper.make_node("Block", ["c", "w"], ["y"], domain="own"),
    helper.make_node("Exp", ["y"], ["z"])], own)
save("function-nested", [
    helper.make_node("Twice", ["x", "w"], ["a", "e"], domain="own"), helper.make_node("Twice", ["a", "w"], ["b", "y"], domain="own")],
    {"x": numbers(1, 4, 6, 7)}, constants={"w": numbers(4, 4, 3, 3) / 9}, functions=[block, twice])
branch = helper.make_function("own", "Choose", ["c", "x"], ["y", "same"], [
    helper.make_node("Neg", ["x"], ["n"]),
    helper.make_node("If", ["c"], ["y"],
                     then_branch=helper.make_graph([helper.make_node("Add", ["x", "n"], ["t"]), helper.make_node("Add", ["t", "x"], ["r"])],
                                                   "then", [], [helper.make_tensor_value_info("r", TensorProto.FLOAT, None)]),
                     else_branch=helper.make_graph([helper.make_node("Exp", ["n"], ["t"])], "else", [],
                                                   [helper.make_tensor_value_info("t", TensorProto.FLOAT, None)])),
    helper.make_node("Identity", ["y"], ["same"])], own)
# The caller has values of the branches' names, and a branch of the graph calls too.
save("function-branches", [
    helper.make_node("Abs", ["x"], ["t"]), helper.make_node("ReduceSum", ["x"], ["s"], keepdims=0), helper.make_node("Greater", ["s", "zero"], ["p"]),
    helper.make_node("Choose", ["p", "t"], ["r", "m"], domain="own"), helper.make_node("Not", ["p"], ["q"]),
    helper.make_node("If", ["q"], ["n"],
                     then_branch=helper.make_graph([helper.make_node("Choose", ["q", "r"], ["u", "o"], domain="own")], "then", [],
                                                   [helper.make_tensor_value_info("o", TensorProto.FLOAT, None)]),
                     else_branch=helper.make_graph([helper.make_node("Choose", ["q", "r"], ["o", "u"], domain="own")], "else", [],
                                                   [helper.make_tensor_value_info("o", TensorProto.FLOAT, None)])),
    helper.make_node("Add", ["n", "r"], ["y"])],
    {"x": numbers(3, 4)}, constants={"zero": np.float32(0)}, functions=[branch])

print(len(list(golden.iterdir())), "cases,", sum(f.stat().st_size for f in golden.rglob("*") if f.is_file()), "bytes")
