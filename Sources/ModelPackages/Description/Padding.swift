/// How values beyond the end of a tensor are made; the names are NumPy's.
public enum Padding: Sendable, Equatable {
    /// The same value everywhere.
    case constant(Double)
    /// The last value, again and again.
    case edge
    /// Mirrored at the last element, which is not repeated.
    case reflect
    /// Mirrored behind the last element, which is repeated.
    case symmetric

    init(_ node: DescriptionNode) throws(PackageError) {
        let mode = try node.required("mode")
        switch try mode.string() {
        case "constant": self = .constant(try node["value"].map { (node) throws(PackageError) in try node.double() } ?? 0)
        case "edge": self = .edge
        case "reflect": self = .reflect
        case "symmetric": self = .symmetric
        default:
            throw mode.fault(found: "found \(mode.summary)", remedy: "write `constant`, `edge`, `reflect` or `symmetric`")
        }
    }
}
