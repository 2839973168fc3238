/// The versions of the default operator set in which the core has an operator.
///
/// Most begin where ONNX has them first (Operator Schemas, ONNX 1.22). A few begin later, where the meaning of the oldest forms is another
/// one; `LayerNormalization` and `ThresholdedRelu` begin with 1, as exporters wrote them before the standard had them and onnxruntime
/// takes them so.
enum OperatorVersions {
    /// The newest version that the operators were checked against (ONNX 1.22).
    static let newest = 27

    /// The first version of the operators that are not there from 1 on.
    static let first: [String: Int] = {
        let names: [Int: String] = [
            2: "Pad Split",
            4: "Concat",
            5: "Reshape",
            6: "Cast Tile",
            7: "Acos Asin Atan Cos GRU LSTM RNN Sin Tan Upsample",
            8: "Expand Scan",
            9: """
            Acosh Asinh Atanh Compress ConstantOfShape Cosh Erf EyeLike IsNaN MaxUnpool MeanVarianceNormalization NonZero OneHot Scatter \
            Shrink Sign Sinh TfIdfVectorizer Where
            """,
            10: """
            ConvInteger DequantizeLinear IsInf MatMulInteger Mod NonMaxSuppression QLinearConv QLinearMatMul QuantizeLinear Resize \
            ReverseSequence RoiAlign
            """,
            11: "BitShift CumSum Det DynamicQuantizeLinear GatherElements GatherND Range Round ScatterElements ScatterND Unique",
            12: "Celu Einsum GreaterOrEqual LessOrEqual NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss",
            14: "HardSwish Trilu",
            15: "CastLike",
            16: "GridSample",
            17: "BlackmanWindow DFT HammingWindow HannWindow MelWeightMatrix STFT",
            18: "BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im GroupNormalization Mish",
            19: "DeformConv",
            20: "AffineGrid Gelu",
            23: "Attention RMSNormalization RotaryEmbedding",
            24: "Swish TensorScatter",
            26: "BitCast CumProd",
            27: "CausalConvWithState LinearAttention",
        ]
        var first: [String: Int] = [:]
        for (version, list) in names { for name in list.split(separator: " ") { first[String(name)] = version } }
        return first
    }()

    /// The last version of the operators that later ones no longer have.
    static let last = ["Upsample": 9]
}

extension Node {
    /// Refuses an operator in a version of the operator set that does not have it, or not as the core knows it.
    func checkVersion() throws(NetworkError) {
        let first = OperatorVersions.first[operatorType] ?? 1, last = OperatorVersions.last[operatorType] ?? OperatorVersions.newest
        guard !(first...last).contains(opset) else { return }
        let found = opset > OperatorVersions.newest ? "is newer than the core knows" : "does not have this operator as the core knows it"
        throw error(
            .unsupported, "operator set \(opset) \(found); expected \(first) to \(last): export or convert the model for one of these")
    }
}
