internal import ModelPackages

/// Preprocessing of which statistics are taken over the whole batch, as the format has it where the batch is among a step's axes.
struct BatchStatistics {
    /// By input, the steps for the whole batch, and which axis of the input it is.
    let steps: [String: (steps: [SettledStep], axis: Int)]

    /// Reads the batches in passes for their statistics; inputs that are one for all samples, or whose steps look at each image alone,
    /// have none here.
    init(_ plan: StreamedPlan, of package: ModelPackage) throws(InferenceError) {
        var steps: [String: (steps: [SettledStep], axis: Int)] = [:]
        var batches: [String: any StreamedSample] = [:]
        for own in plan.sources where !own.input.batchStatisticalSteps.isEmpty {
            guard let batch = try BatchSample(own, plan.series) else { continue }
            if batches.isEmpty {
                for other in plan.sources { batches[other.input.id] = try BatchSample(other, plan.series) ?? other.raw }
            }
            let settled = try InferenceError.refusing(of: own.input.id) { [batches] () throws(PackageError) in
                try package.settlePreprocessing(of: own.input, batch, references: batches)
            }
            steps[own.input.id] = (settled, batch.axis)
        }
        self.steps = steps
    }
}

extension BatchSample {
    /// All that is given for an input along the batch; `nil` if every sample gets the same.
    fileprivate init?(_ source: StreamedPlan.Source, _ series: Series) throws(InferenceError) {
        guard let axis = source.input.axes.firstIndex(where: { $0.kind == .batch }),
            let count = try source.all.freeAxes(of: source.input)[.batch]
        else { return nil }
        var elements: [StreamedInput] = []
        for element in 0..<count {
            elements.append(try StreamedInput(try source.all.sample(at: [.batch: element], for: source.input), for: source.input))
        }
        self.init(elements, axis: axis)
    }
}
