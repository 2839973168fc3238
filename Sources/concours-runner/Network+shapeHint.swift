import NeuralNetwork

extension Network {
    /// Extents of the inputs with which the network runs, like a guess with which it does not; `nil` if none is found.
    ///
    /// Open axes behind batch and channels of one input that is not given, then of all of them, become as long as those of the first
    /// input that is given (of the first of all where none is), or 2, 4 or 8 times shorter, or 2 or 4 times longer.
    ///
    /// - Parameter given: the inputs whose extents are not to be changed.
    func workingShapes(like guess: [String: [Int]], given: Set<String> = []) -> [String: [Int]]? {
        let images = inputs.filter { $0.shape.count > 2 }
        guard let model = images.first(where: { given.contains($0.name) }) ?? images.first, let extents = guess[model.name] else {
            return nil
        }
        let free = images.filter { $0.name != model.name && !given.contains($0.name) && $0.shape.count == extents.count }
        let groups = free.map { [$0] } + (free.count > 1 ? [free] : [])
        guard groups.count <= 8 else { return nil }
        for (numerator, denominator) in [(1, 2), (1, 1), (1, 4), (1, 8), (2, 1), (4, 1)] {
            for group in groups {
                var shapes = guess
                for port in group {
                    shapes[port.name] = port.shape.indices.map { axis in
                        if axis < 2 { return guess[port.name]?[axis] ?? 1 }
                        if case .fixed(let extent) = port.shape[axis] { return extent }
                        return max(1, extents[axis] * numerator / denominator)
                    }
                }
                if (try? outputShapes(inputShapes: shapes)) != nil { return shapes }
            }
        }
        return nil
    }

    /// Extents of all inputs as options of a command, such as `--shape image=1,1,512,512 --shape mask=1,1,256,256`.
    func shapeOptions(_ shapes: [String: [Int]]) -> String {
        inputs.map { port in
            let text = "\(port.name)=\((shapes[port.name] ?? []).map(String.init).joined(separator: ","))"
            let isPlain = text.utf8.allSatisfy { Self.plainBytes.contains($0) }
            return "--shape \(isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'")"
        }.joined(separator: " ")
    }

    /// What a shell takes as it stands.
    private static let plainBytes = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/=,-".utf8)
}
