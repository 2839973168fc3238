/// Which type does which operator. Everything else is refused at load.
enum OperatorRegistry {
    /// The operators of the default domain (`ai.onnx`).
    private static let standard: [String: any Operator.Type] = {
        var table: [String: any Operator.Type] = [
            "BatchNormalization": BatchNormalization.self, "Cast": Cast.self, "Concat": Concatenation.self, "Constant": ConstantValue.self,
            "ConstantOfShape": ConstantValue.self, "Conv": Convolution.self, "ConvTranspose": TransposedConvolution.self,
            "Gather": Gathering.self, "GroupNormalization": GroupNormalization.self, "InstanceNormalization": InstanceNormalization.self,
            "Pad": Padding.self, "Range": NumberRange.self, "Shape": ShapeOf.self, "Size": SizeOf.self, "Slice": Slicing.self,
            "Split": Splitting.self, "Transpose": Transposition.self, "Where": Selection.self,
        ]
        table["CastLike"] = CastLike.self
        table["CenterCropPad"] = CenterCropPad.self
        table["AffineGrid"] = AffineGrid.self
        table["Col2Im"] = ColumnsToImage.self
        table["DeformConv"] = DeformableConvolution.self
        table["Det"] = Determinant.self
        table["MaxUnpool"] = MaxUnpooling.self
        table["RoiAlign"] = RegionPooling.self
        table["CausalConvWithState"] = CausalConvolution.self
        table["LinearAttention"] = LinearAttention.self
        table["ReverseSequence"] = SequenceReversal.self
        table["TensorScatter"] = CacheUpdate.self
        for name in ["BitCast", "BitwiseNot"] { table[name] = BitPattern.self }
        for name in ["NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"] { table[name] = ClassificationLoss.self }
        table["TfIdfVectorizer"] = GramCounts.self
        for name in ["BlackmanWindow", "HammingWindow", "HannWindow", "MelWeightMatrix"] { table[name] = SignalWindow.self }
        for name in ["DFT", "STFT"] { table[name] = Spectrum.self }
        for name in ["GRU", "LSTM", "RNN"] { table[name] = Recurrence.self }
        table["Attention"] = Attention.self
        table["DynamicQuantizeLinear"] = DynamicQuantization.self
        table["Einsum"] = Einsum.self
        table["GridSample"] = GridSampling.self
        table["NonMaxSuppression"] = NonMaxSuppression.self
        table["RotaryEmbedding"] = RotaryEmbedding.self
        for name in ["ConvInteger", "QLinearConv"] { table[name] = QuantizedConvolution.self }
        for name in ["DequantizeLinear", "QuantizeLinear"] { table[name] = Quantization.self }
        for name in ["MatMulInteger", "QLinearMatMul"] { table[name] = QuantizedProduct.self }
        table["LRN"] = LocalResponseNormalization.self
        table["OneHot"] = OneHot.self
        table["TopK"] = TopElements.self
        for name in ["Compress", "NonZero", "Unique"] { table[name] = FoundElements.self }
        for name in ["CumProd", "CumSum"] { table[name] = Cumulation.self }
        for name in ["EyeLike", "Trilu"] { table[name] = Triangle.self }
        for name in ["GatherElements", "GatherND"] { table[name] = ElementGathering.self }
        for name in ["If", "Loop", "Scan"] { table[name] = ControlFlow.self }
        for name in ["Scatter", "ScatterElements", "ScatterND"] { table[name] = Scattering.self }
        for name in IntegerArithmetic.names { table[name] = IntegerArithmetic.self }
        for name in LayerNormalization.names { table[name] = LayerNormalization.self }
        for name in ["ArgMax", "ArgMin"] { table[name] = ArgumentOfExtreme.self }
        for name in ["DepthToSpace", "SpaceToDepth"] { table[name] = BlockRearrangement.self }
        for name in ["Expand", "Tile"] { table[name] = Repetition.self }
        for name in ["Hardmax", "LogSoftmax", "Softmax"] { table[name] = Softmax.self }
        for name in ["IsInf", "IsNaN", "Not"] { table[name] = ValueTest.self }
        for name in ["Max", "Mean", "Min", "Sum"] { table[name] = ManyOperands.self }
        for name in Comparison.names { table[name] = Comparison.self }
        for name in UnaryFunction.names { table[name] = UnaryFunction.self }
        for name in ["Clip", "Elu", "Exp", "LeakyRelu", "Relu", "Sigmoid", "Sqrt", "Tanh"] { table[name] = Activation.self }
        for name in ["Add", "Div", "Mul", "PRelu", "Pow", "Sub"] { table[name] = Arithmetic.self }
        for name in ["Dropout", "Identity"] { table[name] = Passing.self }
        for name in ["Gemm", "MatMul"] { table[name] = MatrixMultiplication.self }
        for name in ["AveragePool", "LpPool", "MaxPool"] { table[name] = Pooling.self }
        for name in Reduction.names { table[name] = Reduction.self }
        for name in ["Flatten", "Reshape", "Squeeze", "Unsqueeze"] { table[name] = Reshaping.self }
        for name in ["Resize", "Upsample"] { table[name] = Resizing.self }
        return table
    }()

    /// The names of all operators that the core has, sorted.
    static var names: [String] { standard.keys.sorted() }

    /// The type for a node; `nil` if the core does not have the operator.
    static func type(for node: Node) -> (any Operator.Type)? { node.domain.isEmpty ? standard[node.operatorType] : nil }

    /// The operators of all nodes, in their order.
    static func operators(of graph: Graph) throws(NetworkError) -> [any Operator] {
        let nodes = graph.nodes
        try refuseUnknown(nodes)
        let mayBeHalf = graph.usesHalfPrecision, doubles = graph.doubleValues
        var operators: [any Operator] = []
        operators.reserveCapacity(nodes.count)
        for node in nodes {
            guard let type = type(for: node) else { throw node.error(.unsupported, "the core does not have this operator") }
            try node.checkVersion()
            let operation = try type.init(node)
            operators.append(
                SinglePrecision.wrapping(
                    operation, of: node, mayBeHalf: mayBeHalf, mayBeDouble: node.inputs.contains { doubles.contains($0) }))
        }
        return operators
    }

    /// Names every operator that is missing, so that a converter has to be asked once only.
    private static func refuseUnknown(_ nodes: [Node]) throws(NetworkError) {
        let unknown = nodes.filter { type(for: $0) == nil }
        guard let first = unknown.first else { return }
        let names = Set(unknown.map { ($0.domain.isEmpty ? "" : $0.domain + ".") + $0.operatorType }).sorted().prefix(20)
        let isOptimised = unknown.contains { $0.domain.hasPrefix("com.microsoft") }
        throw first.error(
            .unsupported,
            "the core does not have this operator; missing in this network: \(names.joined(separator: ", ")) "
                + "(\(unknown.count) nodes)"
                + (isOptimised ? ". Those of com.microsoft are made by onnxruntime when it optimises: take the model before that" : ""))
    }
}
