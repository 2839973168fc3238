/// The parts that evidence can have.
public enum EvidenceKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The sparse contingency table of two label images.
    case overlap
}
