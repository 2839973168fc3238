internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// An input that comes from a file, with the statistics that its preprocessing needs: any box of it as the network takes it.
final class PreparedInput {
    let description: TensorDescription
    /// Values of the image that are not finite; `nil` if there are none.
    let nonFinite: NonFiniteValues?
    /// What was rounded on the way into the network; `nil` while nothing was.
    private(set) var rounding: String?
    /// What was cut off in the declared type; `nil` if nothing was.
    let fractions: String?

    private let source: StreamedPlan.Source
    private let steps: [SettledStep]
    /// Where the sample is in that of which the steps' statistics are, if this is a whole batch.
    private let batch: (axis: Int, place: Int)?
    private let package: ModelPackage
    private let roundingBegan: () -> Void

    /// Reads the image in passes for its statistics, unless these are known of its whole batch.
    ///
    /// - Parameters:
    ///   - plan: the plan with the sample's inputs.
    ///   - wasRounded: whether an earlier run rounded values of the input.
    ///   - wereCut: whether an earlier run cut off fractions of the input's values.
    ///   - roundingBegan: called with the first window of which values are rounded, unless some were before.
    init(
        _ source: StreamedPlan.Source, of package: ModelPackage, _ plan: StreamedPlan, _ batches: BatchStatistics, wasRounded: Bool,
        wereCut: Bool, roundingBegan: @escaping () -> Void
    ) throws(InferenceError) {
        self.roundingBegan = roundingBegan
        rounding = wasRounded ? source.input.roundingNote(to: source.port) : nil
        self.source = source
        self.package = package
        description = source.input
        var found: NonFiniteValues?
        if !source.raw.type.isInteger {
            found = try InferenceError.passingOn { () throws(PackageError) in try NonFiniteValues(source.raw) }
        }
        nonFinite = found.flatMap { $0.count > 0 ? $0 : nil }
        // Values beyond the declared type end the run before its first tile.
        let isChecked = source.input.isChecked(ElementType(source.raw.type))
        let isCut = try InferenceError.refusing(of: source.input.id) { () throws(PackageError) -> Bool in
            guard isChecked else { return false }
            return try source.input.cutsFractions(of: source.raw)
        }
        fractions = isCut || wereCut ? source.input.fractionNote : nil
        let known = batches.steps[source.input.id]
        batch = known.map { ($0.axis, plan.place[.batch] ?? 0) }
        steps = try InferenceError.refusing(of: source.input.id) { () throws(PackageError) -> [SettledStep] in
            if let known { return known.steps }
            return try package.settlePreprocessing(of: source.input, source.raw, references: plan.references)
        }
    }

    /// Windows of the input, with its padding behind its end.
    func reader(_ sample: SampleAxes) -> WindowReader {
        WindowReader(
            shape: source.raw.shape, places: sample.places[description.id] ?? [], padding: ModelTiling.padding(of: description)
        ) { (box) throws(InferenceError) in
            let whole = zip(self.description.axes, zip(box, self.source.raw.shape)).map { axis, part in
                self.description.wholeAxes.contains(axis.id) ? 0..<part.1 : part.0
            }
            return (try self.prepared(whole), whole.map(\.lowerBound))
        }
    }

    private func prepared(_ box: [Range<Int>]) throws(InferenceError) -> AxisTensor {
        var origin = box.map(\.lowerBound)
        if let batch { origin[batch.axis] = batch.place }
        var window = try source.raw.window(box)
        for step in steps {
            let before = window
            window = try InferenceError.refusing(of: description.id) { () throws(PackageError) in try step.apply(to: before, at: origin) }
        }
        let prepared = window
        let fitted = try InferenceError.refusing(of: description.id) { () throws(PackageError) in
            try package.fitted(prepared, of: description, to: source.port)
        }
        if let note = fitted.note, rounding == nil {
            rounding = note
            roundingBegan()
        }
        return fitted.tensor
    }
}

extension ElementType {
    /// The type of an image's elements.
    fileprivate init(_ type: PixelType) {
        switch type {
        case .uint8: self = .uint8
        case .uint16: self = .uint16
        case .uint32: self = .uint32
        case .int32: self = .int32
        case .float32: self = .float32
        case .float64: self = .float64
        }
    }
}
