internal import NeuralNetwork

extension SampleAxes {
    /// Why windows would not be parts of the image: a step that lies otherwise in one of them, or computes with something else, with the
    /// reason; `nil` if they are.
    ///
    /// Values that follow from the image's extents are compared with those of the image itself: it need not run as a whole, so that it may
    /// be as large as it is.
    ///
    /// - Parameters:
    ///   - windows: their extents; those along other axes than `axes` are the image's.
    ///   - image: the image's extents, padded to what the network takes.
    ///   - axes: the axes along which windows are parts.
    ///   - probe: a window of which is known what its steps see.
    ///   - atOnce: whether each window runs as a whole; in bands it may be larger than the network's limits of memory.
    func difference(
        _ windows: Set<[Int]>, in image: [Int], _ network: Network, along axes: [Int], like probe: ReachGeometry? = nil,
        _ options: RunOptions, atOnce: Bool = true
    ) -> String? {
        guard windows != [image] else { return nil }
        // A network that takes no such image has no other values than those of windows.
        var reference = try? network.geometry(inputShapes: shapes(window: image), imageAxes: imageAxes, options: options, runs: false)
        if let probe, let step = reference?.difference(from: probe, along: axes, comparesValues: false) { return step.description }
        for window in windows.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let shapes = shapes(window: window)
            guard let own = try? network.geometry(inputShapes: shapes, imageAxes: imageAxes, options: options, runs: atOnce) else {
                return "the network does not take a window of \(window)"
            }
            if let probe, let step = own.difference(from: probe, along: axes, comparesValues: false) { return step.description }
            // Axes that are not cut are the image's own; what is done along them must not depend on how the others are cut.
            if let step = reference.flatMap({ own.difference(from: $0) }) { return step.description }
            reference = reference ?? own
        }
        return nil
    }
}
