/// Labels from flows: pixels that flow to the same place are an object.
///
/// The network gives a flow along each axis, five times as long as unit vectors that lead to the middle of the object, and a value that is
/// high inside objects. The steps: pixels above `cellThreshold` move along the flow (`FlowField`); places where many end are objects
/// (`FlowSinks`); in images, objects whose own flow differs too much from the network's go (`FlowCheck`); holes are filled and
/// small objects go (`FlowObjects`).
/// Source: Stringer et al. 2021; agrees with cellpose 4.0.8 `compute_masks` and `fill_holes_and_remove_small_masks`. Seeds with equally
/// many ends, whose order is open there, are taken in raster order here.
package struct FlowLabels: Sendable, Equatable {
    /// Pixels above it belong to objects.
    package var cellThreshold = 0.0
    /// The greatest mean squared difference between an object's flow and the network's; 0 to keep all objects. Not asked in stacks.
    package var flowThreshold = 0.4
    /// Steps along the flow.
    package var iterations = 200
    /// The fewest pixels of an object; 0 to keep all objects.
    package var minSize = 15

    /// How much longer than unit vectors the network's flows are.
    static let flowScale: Float = 5
    /// The greatest flow that is taken for one.
    private static let mostFlow: Float = 1e6

    /// The defaults, which are those of cellpose.
    package init() {}

    /// Makes labels.
    ///
    /// - Parameters:
    ///   - flows: one along each axis, slowest first, in C order.
    ///   - cells: the values that are high inside objects.
    ///   - shape: `(y, x)` or `(z, y, x)`.
    /// - Returns: labels in C order, from 1 without gaps; in raster order of their first pixels where `minSize` is above 0.
    package func labels(flows: [[Float]], cells: [Float], shape: [Int]) throws(PackageError) -> [UInt32] {
        guard flows.count == shape.count, (2...3).contains(shape.count) else {
            throw PackageError(
                .tensor, found: "\(flows.count) flows for \(shape.count) space axes", remedy: "give a flow for each of (z,) y and x")
        }
        for values in flows {
            guard values.allSatisfy({ abs($0) <= Self.mostFlow }) else {
                throw PackageError(.tensor, found: "a flow that is not a number or beyond a million", remedy: "correct the model")
            }
        }
        guard !cells.contains(where: \.isNaN) else {
            throw PackageError(.tensor, found: "a value inside objects that is not a number", remedy: "correct the model")
        }
        let threshold = Float(cellThreshold)
        let places = cells.indices.filter { cells[$0] > threshold }
        guard !places.isEmpty else { return [UInt32](repeating: 0, count: cells.count) }
        let volume = FlowVolume(shape)
        let field = FlowField(volume, flows: flows, places: places)
        let ends = field.ends(of: places, iterations: iterations)
        var objects = FlowObjects(labels: try FlowSinks(volume).labels(of: ends, places: places), volume)
        if shape.count == 2, flowThreshold > 0 {
            let errors = try FlowCheck(volume, flows: flows).errors(of: objects)
            objects.keep { errors[$0] <= flowThreshold }
        }
        try objects.clean(minSize: minSize)
        return objects.labels
    }
}
