#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// One axis of a resize in its general form: each result is a weighted sum of neighbours. For cubic interpolation, antialiasing, excluded
/// outsides and the coordinates that `ResizeAxis` does not have. Agrees with ONNX's reference evaluator 1.22.
struct ResizeFilter: Sendable {
    enum Kernel: Sendable, Equatable { case nearest(ResizeAxis.Rounding), linear, cubic(Double) }
    enum Coordinates: String {
        case halfPixel = "half_pixel", pytorchHalfPixel = "pytorch_half_pixel", asymmetric
        case alignCorners = "align_corners", halfPixelSymmetric = "half_pixel_symmetric", cropAndResize = "tf_crop_and_resize"
    }

    let input: Int
    let output: Int
    /// Output positions for one input position.
    let scale: Ratio
    let coordinates: Coordinates
    let kernel: Kernel
    let antialias: Bool
    let excludesOutside: Bool
    /// Start and end of the region of interest, as parts of the axis.
    let region: (start: Double, end: Double)

    /// What one result reads; `isOutside`: it takes the extrapolation value.
    struct Taps {
        let places: [Int]
        let weights: [Double]
        let isOutside: Bool
    }

    private var factor: Double { Double(scale.numerator) / Double(scale.denominator) }

    /// Whether results lie at places that follow from their own position alone.
    var isLocal: Bool {
        switch coordinates {
        case .halfPixel, .asymmetric: true
        // A single result is no sample of a sequence.
        case .pytorchHalfPixel: output > 1
        default: false
        }
    }

    /// The place of a result on the input: the pixel at or in front of it, and the rest, which is the same in a tile as in the image.
    private func place(_ position: Int) -> (floor: Int, rest: Double) {
        let (p, q) = (scale.numerator, scale.denominator)
        let x = Double(position), width = Double(input), scaled = factor * width
        switch coordinates {
        case .asymmetric: return exact(position * q, p)
        case .halfPixel: return exact((2 * position + 1) * q - p, 2 * p)
        case .pytorchHalfPixel:
            return isLocal ? exact((2 * position + 1) * q - p, 2 * p) : rounded(scaled == 1 ? -0.5 : (x + 0.5) / factor - 0.5)
        case .alignCorners: return rounded(scaled == 1 ? 0 : x * (width - 1) / (scaled - 1))
        case .halfPixelSymmetric: return rounded(width / 2 * (1 - Double(output) / scaled) + (x + 0.5) / factor - 0.5)
        case .cropAndResize:
            let span = region.end - region.start
            let along = scaled == 1 ? span * (width - 1) / 2 : x * span * (width - 1) / (scaled - 1)
            return rounded(along + region.start * (width - 1))
        }
    }

    /// The place that a fraction is.
    private func exact(_ numerator: Int, _ denominator: Int) -> (floor: Int, rest: Double) {
        let floor = floorDivide(numerator, denominator)
        return (floor, Double(numerator - floor * denominator) / Double(denominator))
    }

    /// A place that depends on the extents, which is no small fraction.
    private func rounded(_ place: Double) -> (floor: Int, rest: Double) {
        let floor = place.rounded(.down)
        return (Int(floor), place - floor)
    }

    /// What a result reads.
    func taps(_ position: Int) -> Taps {
        let (floor, rest) = place(position)
        if coordinates == .cropAndResize, floor < 0 || floor > input - 1 || floor == input - 1 && rest > 0 {
            return Taps(places: [], weights: [], isOutside: true)
        }
        // A place on a pixel lies at the end of the interval in front of it.
        var weights = self.weights(rest == 0 ? 1 : rest)
        let first = firstPlace(floor, rest, count: weights.count)
        var places = weights.indices.map { first + $0 }
        if excludesOutside {
            for index in weights.indices where places[index] < 0 || places[index] >= input { weights[index] = 0 }
            let sum = weights.reduce(0, +)
            weights = weights.map { $0 / sum }
        }
        places = places.map { max(0, min(input - 1, $0)) }
        return Taps(places: places, weights: weights, isOutside: false)
    }

    private func weights(_ ratio: Double) -> [Double] {
        switch kernel {
        case .nearest(let rounding):
            let takesSecond =
                switch rounding {
                case .floor: ratio == 1
                case .ceil: true
                case .preferFloor: ratio > 0.5
                case .preferCeil: ratio >= 0.5
                }
            return takesSecond ? [0, 1] : [1, 0]
        case .linear: return spread(ratio, support: 1) { max(0, 1 - abs($0)) }
        case .cubic(let a):
            return spread(ratio, support: 2) { distance in
                let x = abs(distance)
                if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
                return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
            }
        }
    }

    /// The weights of a kernel; with antialiasing it is widened where the image shrinks.
    private func spread(_ ratio: Double, support: Double, _ kernel: (Double) -> Double) -> [Double] {
        let factor = antialias ? min(factor, 1) : 1, start = firstOffset(support: support)
        let weights = (start..<2 - start).map { kernel((Double($0) - ratio) * factor) }
        guard antialias else { return weights }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// The first of the places that a kernel weights, counted from the interval in which a result lies.
    private func firstOffset(support: Double) -> Int { Int((-support / (antialias ? min(factor, 1) : 1)).rounded(.down)) + 1 }

    /// The first place that a result reads of `count`.
    private func firstPlace(_ floor: Int, _ rest: Double, count: Int) -> Int { floor - (rest == 0 ? 1 : 0) - count / 2 + 1 }

    /// The places that results read on an axis without ends.
    func reads(_ results: ClosedRange<Int>) -> ClosedRange<Int> {
        let count =
            switch kernel {
            case .nearest: 2
            case .linear: 2 - 2 * firstOffset(support: 1)
            case .cubic: 2 - 2 * firstOffset(support: 2)
            }
        let (low, high) = (place(results.lowerBound), place(results.upperBound))
        return firstPlace(low.floor, low.rest, count: count)...firstPlace(high.floor, high.rest, count: count) + count - 1
    }

    /// Resizes the axis of an array of `outer` repetitions with `inner` values behind each place.
    func apply(_ source: [Float], outer: Int, inner: Int, extrapolation: Float) -> [Float] {
        let taps = (0..<output).map { self.taps($0) }
        return source.withUnsafeBufferPointer { source in
            [Float](unsafeUninitializedCapacity: outer * output * inner) { target, initialized in
                initialized = outer * output * inner
                for block in 0..<outer {
                    for (position, tap) in taps.enumerated() {
                        for index in 0..<inner {
                            var sum = tap.isOutside ? Double(extrapolation) : 0
                            for (place, weight) in zip(tap.places, tap.weights) {
                                sum += weight * Double(source[(block * input + place) * inner + index])
                            }
                            target[(block * output + position) * inner + index] = Float(sum)
                        }
                    }
                }
            }
        }
    }
}
