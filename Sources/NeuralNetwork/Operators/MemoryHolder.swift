/// An operator that holds memory during a run beside its inputs and results.
protocol MemoryHolder: Operator {
    /// The bytes for inputs of these types.
    func innerBytes(_ inputs: [Signature?]) -> Int
}
