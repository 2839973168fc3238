/// An operator that holds memory during a run beside its inputs and results.
protocol MemoryHolder: Operator {
    /// The bytes for inputs and results of these types, as a plain step; saturating.
    func innerBytes(_ inputs: [Signature?], outputs: [TensorType]) -> Int
}
