"""Makes Tests/Oracles/onnx_v1.txt and onnx_v2.txt: two tiers of the ONNX backend tests.

    pip install onnx==1.22.0
    python Tests/Oracles/onnx_tests.py

The first tier is what the networks of segmentation need: tests whose operators and element types are listed here. The second one is
every test of the folders node, simple, pytorch-converted and pytorch-operator (the first tier included) but those about training
(dropout with NumPy's random numbers too), sequences, optional values, strings and ai.onnx.ml.
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
FIRST_TYPES = {TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32, TensorProto.UINT8, TensorProto.BOOL}
RANDOM = {"test_training_dropout", "test_training_dropout_default", "test_training_dropout_default_mask", "test_training_dropout_mask"}


def nodes(graph):
    """All nodes of a graph and of the graphs inside it."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from nodes(attribute.g)


def needs(name, model):
    """The operators and element types of a model; None if it is about one of the kinds that are left out."""
    operators, types = set(), {tensor.data_type for tensor in model.graph.initializer}
    if name in RANDOM or any(function.domain for function in model.functions):
        return None
    for node in nodes(model.graph):
        kind = node.op_type.replace("ReverseSequence", "")
        if node.domain not in ("", "ai.onnx") or "Sequence" in kind or kind.startswith("Optional"):
            return None
        operators.add(node.op_type)
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info]:
        if value.type.WhichOneof("value") != "tensor_type":
            return None
        types.add(value.type.tensor_type.elem_type)
    return None if TensorProto.STRING in types else (operators, types)


here = pathlib.Path(__file__).resolve().parent
data = pathlib.Path(onnx.__file__).parent / "backend/test/data"
found = {}
for group in ("node", "simple", "pytorch-converted", "pytorch-operator"):
    for folder in sorted((data / group).glob("test_*")):
        if need := needs(folder.name, onnx.load(folder / "model.onnx")):
            found[f"{group}/{folder.name}"] = need
first = [name for name, (operators, types) in found.items() if operators <= set(FIRST_TIER) and types <= FIRST_TYPES]
for tier, chosen in (("v1", first), ("v2", list(found))):
    (here / f"onnx_{tier}.txt").write_text("".join(name + "\n" for name in chosen))
    print(f"onnx_{tier}.txt: {len(chosen)} tests")
