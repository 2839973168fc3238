extension EvaluationRecord {
    /// The canonical JSON of the record without `host`: equal for equal submissions under equal recipes on any machine.
    public func reproducibleBytes() throws(RecordsError) -> [UInt8] {
        guard case .object(var members) = try CanonicalJSON.json(of: self) else { return [] }
        members["host"] = nil
        return try JSONValue.object(members).canonicalBytes()
    }

    /// SHA-256 of `reproducibleBytes()`: the digest that a run's hash chain holds.
    public func digest() throws(RecordsError) -> Digest {
        Digest(of: try reproducibleBytes())
    }
}
