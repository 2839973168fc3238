/// What operators hold of their operands while they compute: values in double precision, and rearranged.
enum WorkingCopies {
    /// The most bytes for an element of each input and of each result, by operator, where it is not nothing.
    private static let bytes: [String: (input: Int, result: Int)] = [
        "Attention": (8, 4), "CenterCropPad": (4, 8), "Col2Im": (8, 8), "ConvInteger": (12, 8), "CumProd": (8, 8), "CumSum": (8, 8),
        "DFT": (8, 8), "DequantizeLinear": (8, 8), "DynamicQuantizeLinear": (12, 0), "Einsum": (12, 12), "GRU": (4, 4),
        "GatherElements": (0, 8), "GatherND": (0, 8), "GridSample": (8, 8), "Hardmax": (8, 8), "IsInf": (8, 0), "IsNaN": (8, 0),
        "LRN": (8, 8), "LSTM": (4, 4), "LogSoftmax": (8, 8), "LpNormalization": (12, 12), "MatMulInteger": (12, 8), "MaxUnpool": (8, 12),
        "MeanVarianceNormalization": (8, 8), "Mod": (8, 8), "OneHot": (8, 12), "QLinearConv": (12, 12), "QLinearMatMul": (12, 12),
        "QuantizeLinear": (8, 8), "RMSNormalization": (8, 8), "RNN": (4, 4), "ReverseSequence": (4, 8), "RoiAlign": (8, 8), "STFT": (8, 8),
        "Scatter": (8, 8), "ScatterElements": (8, 8), "ScatterND": (8, 8), "TopK": (16, 8), "Trilu": (4, 8),
    ]

    /// The bytes for inputs and results of these types.
    static func bytes(_ operatorType: String, inputs: [Signature?], outputs: [TensorType]) -> Int {
        guard let own = bytes[operatorType] else { return 0 }
        var sum = ByteSum()
        for input in inputs { sum.add(input?.type.boundedCount ?? 0, of: own.input) }
        for output in outputs { sum.add(output.boundedCount, of: own.result) }
        return sum.bytes
    }
}

extension Operator {
    /// The bytes that it holds during a run beside its inputs and results, as a plain step of a node.
    func heldBytes(_ node: Node, inputs: [Signature?], outputs: [TensorType]) -> Int {
        (self as? any MemoryHolder)?.innerBytes(inputs, outputs: outputs)
            ?? WorkingCopies.bytes(node.operatorType, inputs: inputs, outputs: outputs)
    }
}
