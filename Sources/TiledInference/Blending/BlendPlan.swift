#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

/// Windows that overlap, and the weights of a window's results.
struct BlendPlan {
    /// The windows in raster order, boxes of the (padded) image.
    let windows: [[Range<Int>]]
    /// The extents of a window.
    let window: [Int]
    /// The image's extents, filled up to whole units, and to one window where they are less.
    let padded: [Int]
    /// A weight for each place of a window, in C order; all one where no place lies in two windows.
    let weights: [Float]
    /// Whether some place lies in two windows.
    let overlaps: Bool

    /// - Parameters:
    ///   - window: the extents of a window, in whole units.
    ///   - extents: the image's extents.
    ///   - units: at multiples of these windows begin.
    init(_ blending: Blending, window: [Int], extents: [Int], units: [Int]) {
        self.window = window
        padded = zip(zip(extents, units).map { roundUp($0, $1) }, window).map { max($0, $1) }
        var windows: [[Range<Int>]] = [[]]
        var overlaps = false
        for (unit, (extent, size)) in zip(units, zip(padded, window)) {
            let step = extent == size ? size : max(unit, roundDown(Int(Double(size) * (1 - blending.overlap)), unit))
            var starts: [Int] = []
            var start = 0
            repeat {
                starts.append(min(start, extent - size))
                start += step
            } while starts[starts.count - 1] + size < extent
            overlaps = overlaps || zip(starts, starts.dropFirst()).contains { $1 - $0 < size }
            windows = windows.flatMap { box in starts.map { box + [$0..<$0 + size] } }
        }
        self.windows = windows
        self.overlaps = overlaps
        weights =
            blending.weights == .constant || !overlaps
            ? window.reduce([1]) { row, size in row.flatMap { [Float](repeating: $0, count: size) } }
            : BlendPlan.gaussian(window)
    }

    /// exp(-x² / 2σ²) along each axis, x from the middle of the window, σ an eighth of its extent; the product is at least 1/1000.
    private static func gaussian(_ window: [Int]) -> [Float] {
        var weights: [Double] = [1]
        for size in window {
            let sigma = 0.125 * Double(size), middle = Double(size - 1) / 2
            let row = (0..<size).map { place in exp(-(Double(place) - middle) * (Double(place) - middle) / (2 * sigma * sigma)) }
            weights = weights.flatMap { weight in row.map { weight * $0 } }
        }
        return weights.map { Float(max($0, 1e-3)) }
    }
}
