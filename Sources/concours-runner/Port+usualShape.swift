import NeuralNetwork

extension NeuralNetwork.Port {
    /// The extent of open axes where nothing is said.
    static var usualExtent: Int { 512 }

    /// The declared extents; batch and channels that are open become 1, other axes `open`, and those of a known name what it stands for.
    func usualShape(_ open: Int = usualExtent, names: [String: Int] = [:]) -> [Int] {
        shape.enumerated().map { index, extent in
            switch extent {
            case .fixed(let extent): extent
            case .symbolic(let name): names[name] ?? (index < 2 ? 1 : open)
            case .unknown: index < 2 ? 1 : open
            }
        }
    }

    /// The names of free extents and what they stand for in a tensor of a shape.
    func names(in extents: [Int]) -> [String: Int] {
        var names: [String: Int] = [:]
        for case (.symbolic(let name), let extent) in zip(shape, extents) { names[name] = extent }
        return names
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
