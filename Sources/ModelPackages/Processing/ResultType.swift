package import NeuralNetwork

extension TensorDescription {
    /// The element type of an output behind its steps.
    ///
    /// - Parameter type: that of the network's output.
    package func resultType(from type: ElementType) -> ElementType {
        guard !endsInSinglePrecision else { return .float32 }
        let result = types(from: type).last ?? type
        // Whole numbers that are declared float64 need no cast to be that.
        return result.isWide && dataType == ElementType.float64.rawValue ? .float64 : result
    }

    /// The type in which the steps take an output of the network: float64 where the first makes that of whole numbers, else its own.
    package func stepType(from type: ElementType) -> ElementType {
        (steps.first as? ScaleLinear)?.widens(type) == true && !type.isReal ? .float64 : type
    }

    /// An output of the network as steps take it.
    package func stepValues(_ storage: TensorStorage) -> RealValues {
        RealValues(stepType(from: storage.elementType).isWide ? storage.cast(to: .float64) : storage)
    }

    /// Whether values are kept in 8 bytes before, between or behind the steps.
    ///
    /// - Parameter type: that of the network's output.
    package func isWide(from type: ElementType) -> Bool { type.isWide || types(from: type).contains(where: \.isWide) }

    /// The element types behind each step.
    private func types(from type: ElementType) -> [ElementType] {
        var type = type
        return steps.map { step in
            switch step {
            case let cast as EnsureElementType: type = cast.elementType
            case is Binarize: type = .bool
            case let labels as any LabelStep: type = labels.elementType
            case let scale as ScaleLinear: type = type.isWide || scale.widens(type) ? .float64 : .float32
            case let scale as FixedZeroMeanUnitVariance: type = type.isWide || scale.widens ? .float64 : .float32
            default: type = type.isWide ? .float64 : .float32
            }
            return type
        }
    }

    /// A result in float32 where the format casts it to that; others as they are.
    package func ended(_ result: AxisTensor) -> AxisTensor {
        guard endsInSinglePrecision, result.tensor.elementType.isWide else { return result }
        return result.with(result.tensor.storage.cast(to: .float32))
    }
}

extension TensorDescription {
    /// Refuses whole numbers of an output of 64 bits that float64, in which steps compute and results are written, does not hold: some of
    /// those beyond 2^53.
    ///
    /// - Parameter result: part of what the network or the last step made.
    package func checkExactness(of result: AxisTensor) throws(PackageError) {
        let place: Int?
        let words: String
        switch result.tensor.storage {
        case .int64(let values):
            place = values.firstIndex { Int64(exactly: Double($0)) != $0 }
            words = place.map { "\(values[$0])" } ?? ""
        case .uint64(let values):
            place = values.firstIndex { UInt64(exactly: Double($0)) != $0 }
            words = place.map { "\(values[$0])" } ?? ""
        default: return
        }
        guard place != nil else { return }
        throw PackageError(
            .tensor,
            found: "the output `\(id)` holds \(words): results are computed and written in float64, which holds whole numbers up to 2^53 "
                + "and some beyond",
            remedy: "let the network or its postprocessing make smaller numbers")
    }

    /// What a record says where the network's whole numbers are rounded, as the output's declared type is float32; `nil` where nothing is.
    package func narrowingNote(of type: ElementType) -> String? {
        guard isNarrowed(type) else { return nil }
        return "\(id): whole numbers of the network (\(type.rawValue)) beyond 16777216 were rounded to float32, the declared type; declare "
            + "`data: {type: \(type.rawValue)}` to keep them"
    }

    /// Whether the declared type rounds some of the network's whole numbers, of which no step computes anything else.
    ///
    /// - Parameters:
    ///   - values: part of what the network made.
    ///   - type: the type in which it made them.
    package func isRounded(_ values: RealValues, from type: ElementType) -> Bool {
        guard isNarrowed(type), case .double(let values) = values else { return false }
        return values.contains { Double(Float($0)) != $0 }
    }

    private func isNarrowed(_ type: ElementType) -> Bool { endsInSinglePrecision && !isComputed && type.isWide && type.isInteger }
}

extension ModelPackage {
    /// What is told of the network's whole numbers that declared types round.
    ///
    /// - Parameter raw: what the network made, by the package's names.
    package func narrowingNotes(of raw: [String: AxisTensor], from network: Network) -> [String] {
        zip(outputs, network.outputs).compactMap { output, port in
            guard let values = raw[output.id].map({ RealValues($0.tensor.storage) }), output.isRounded(values, from: port.elementType)
            else {
                return nil
            }
            return output.narrowingNote(of: port.elementType)
        }
    }
}
