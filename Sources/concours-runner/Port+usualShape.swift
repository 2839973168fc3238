import NeuralNetwork

extension NeuralNetwork.Port {
    /// The extent of open axes where nothing is said.
    static var usualExtent: Int { 512 }

    /// The declared extents; batch and channels that are open become 1, other axes `open`.
    func usualShape(_ open: Int = usualExtent) -> [Int] {
        shape.enumerated().map { index, extent in
            if case .fixed(let extent) = extent { extent } else { index < 2 ? 1 : open }
        }
    }

    /// Name, type and extents in words, such as `x: float32, 1 x 1 x height x ?`.
    var words: String {
        guard let declaredShape else { return "\(name): \(elementType.rawValue), no shape declared" }
        let extents = declaredShape.map { extent in
            switch extent {
            case .fixed(let extent): "\(extent)"
            case .symbolic(let name): name
            case .unknown: "?"
            }
        }
        return "\(name): \(elementType.rawValue)\(extents.isEmpty ? "" : ", ")\(extents.joined(separator: " x "))"
    }
}
