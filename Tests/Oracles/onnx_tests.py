"""Makes Tests/Oracles/onnx_v1.txt and onnx_v2.txt: the ONNX backend tests whose operators and element types fit a tier of the core.

    pip install onnx==1.22.0
    python Tests/Oracles/onnx_tests.py

A test is left out if it needs anything but tensors, a function of another domain, or NumPy's random generator.
"""
import pathlib

import onnx
from onnx import TensorProto

FIRST_TIER = """
Abs Add And ArgMax AveragePool BatchNormalization Cast Ceil Clip Concat Constant ConstantOfShape Conv ConvTranspose DepthToSpace Div
Dropout Elu Equal Exp Expand Flatten Floor Gather Gemm GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GroupNormalization
HardSigmoid Identity InstanceNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul Max MaxPool Mean Min Mul Neg Not Or PRelu Pad
Pow Range Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Relu Reshape Resize Shape Sigmoid Size Slice Softmax
Softplus SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Unsqueeze Upsample Where
""".split()
SECOND_TIER = FIRST_TIER + """
Acos Acosh AffineGrid ArgMin Asin Asinh Atan Atanh Attention BitShift CastLike Celu CenterCropPad Col2Im Compress ConvInteger Cos Cosh
CumProd CumSum DeformConv DequantizeLinear Det DynamicQuantizeLinear Einsum Erf EyeLike GatherElements GatherND Gelu GlobalLpPool
GridSample HardSwish Hardmax If IsInf IsNaN LRN LayerNormalization Loop LpNormalization LpPool MatMulInteger MaxUnpool
MeanVarianceNormalization Mish Mod NonMaxSuppression NonZero OneHot QLinearConv QLinearMatMul QuantizeLinear RMSNormalization ReduceL1
ReduceLogSum ReduceLogSumExp ReduceSumSquare RoiAlign RotaryEmbedding Round Scan Scatter ScatterElements ScatterND Selu Shrink Sign Sin
Sinh Softsign Swish Tan ThresholdedRelu TopK Trilu Unique Xor
""".split()
FIRST_TYPES = {TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32, TensorProto.UINT8, TensorProto.BOOL}
SECOND_TYPES = FIRST_TYPES | {
    TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.INT8, TensorProto.INT16, TensorProto.UINT16,
    TensorProto.UINT32, TensorProto.UINT64}
RANDOM = {"test_training_dropout", "test_training_dropout_default", "test_training_dropout_default_mask", "test_training_dropout_mask"}


def nodes(graph):
    """All nodes of a graph and of the graphs inside it."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from nodes(attribute.g)


def needs(model):
    """The operators and element types of a model; None if it needs more than tensors of the default domain."""
    operators, types = set(), {tensor.data_type for tensor in model.graph.initializer}
    if any(function.domain for function in model.functions):
        return None
    for node in nodes(model.graph):
        if node.domain not in ("", "ai.onnx"):
            return None
        operators.add(node.op_type)
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info]:
        if value.type.WhichOneof("value") != "tensor_type":
            return None
        types.add(value.type.tensor_type.elem_type)
    return operators, types


here = pathlib.Path(__file__).resolve().parent
data = pathlib.Path(onnx.__file__).parent / "backend/test/data"
found = {}
for group in ("node", "simple", "pytorch-converted", "pytorch-operator"):
    for folder in sorted((data / group).glob("test_*")):
        if folder.name not in RANDOM:
            found[f"{group}/{folder.name}"] = needs(onnx.load(folder / "model.onnx"))
for tier, operators, types in (("v1", FIRST_TIER, FIRST_TYPES), ("v2", SECOND_TIER, SECOND_TYPES)):
    chosen = [name for name, need in found.items() if need and need[0] <= set(operators) and need[1] <= types]
    (here / f"onnx_{tier}.txt").write_text("".join(name + "\n" for name in chosen))
    print(f"onnx_{tier}.txt: {len(chosen)} tests")
