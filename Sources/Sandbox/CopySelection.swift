/// The parts of a folder that are copied; all others are passed over, whatever they are.
struct CopySelection {
    /// Paths of which everything below is wanted too.
    private let wanted: Set<[String]>
    /// The folders on the way to them.
    private let above: Set<[String]>

    /// - Parameter paths: relative paths without empty, `.` and `..` components.
    init(_ paths: [String]) {
        let parts = paths.map { $0.split(separator: "/").map(String.init) }
        wanted = Set(parts)
        above = Set(parts.flatMap { path in path.indices.map { Array(path[..<$0]) } })
    }

    func contains(_ path: [String]) -> Bool { above.contains(path) || path.indices.contains { wanted.contains(Array(path[...$0])) } }
}
