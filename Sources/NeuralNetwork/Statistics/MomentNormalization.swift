/// A normalisation that knows of the values it takes together no more than their moments.
protocol MomentNormalization: Operator {
    /// What is subtracted from the values, and by what the rest is multiplied; `nil` if moments do not tell.
    func scale(of values: GroupStatistics) -> (mean: Double, factor: Double)?
}

extension InstanceNormalization: MomentNormalization {
    func scale(of values: GroupStatistics) -> (mean: Double, factor: Double)? {
        (values.mean, 1 / (values.variance + epsilon).squareRoot())
    }
}

extension GroupNormalization: MomentNormalization {
    func scale(of values: GroupStatistics) -> (mean: Double, factor: Double)? {
        (values.mean, 1 / (values.variance + epsilon).squareRoot())
    }
}
