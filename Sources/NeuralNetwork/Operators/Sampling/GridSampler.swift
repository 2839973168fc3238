/// Where a grid's place lies in an image, and which pixels count how much there.
struct GridSampler: Sendable {
    enum Mode: Sendable { case nearest, linear, cubic }
    enum Padding: String, Sendable { case zeros, border, reflection }

    let mode: Mode
    let padding: Padding
    let alignsCorners: Bool

    /// A pixel's flat place and weight.
    struct Tap { let place: Int, weight: Double }

    /// The pixels that count at a place of the grid, one coordinate for each spatial axis.
    func taps(_ place: [Double], _ extents: [Int], isSingle: Bool) -> [Tap] {
        var taps = [Tap(place: 0, weight: 1)]
        for (coordinate, extent) in zip(place, extents) {
            let own = axisTaps(coordinate, extent, isSingle: isSingle)
            taps = taps.flatMap { outer in own.map { Tap(place: outer.place * extent + $0.place, weight: outer.weight * $0.weight) } }
        }
        return taps
    }

    private func axisTaps(_ coordinate: Double, _ extent: Int, isSingle: Bool) -> [Tap] {
        pixelTaps(pixel(coordinate, extent, isSingle: isSingle), extent)
    }

    /// The pixels of one axis that count at a place in pixels.
    func pixelTaps(_ place: Double, _ extent: Int) -> [Tap] {
        var x = place
        if mode == .nearest { x = x.rounded(.toNearestOrEven) }
        let low = alignsCorners ? 0 : -0.5, high = Double(extent) - (alignsCorners ? 1 : 0.5)
        switch padding {
        case .zeros: x = x.isNaN ? -4 : max(-4, min(x, Double(extent) + 4))
        // As in PyTorch and onnxruntime, cubic weights stay those of the place itself; only its pixels are those of the border.
        case .border where mode == .cubic: x = x.isNaN ? 0 : max(-4, min(x, Double(extent) + 4))
        case .border: if !(x >= low && x <= high) { x = x.isNaN ? 0 : max(0, min(x, Double(extent) - 1)) }
        case .reflection: if !(x >= low && x <= high) { x = reflected(x, low, high) }
        }
        let first = x.rounded(.down), fraction = x - first
        let weights: [Double], start: Int
        switch mode {
        case .nearest: (weights, start) = ([1], Int(x))
        case .linear: (weights, start) = ([1 - fraction, fraction], Int(first))
        case .cubic: (weights, start) = (GridSampler.cubic(fraction), Int(first) - 1)
        }
        return weights.enumerated().compactMap { offset, weight in
            let index = start + offset
            switch padding {
            case .zeros: return index >= 0 && index < extent ? Tap(place: index, weight: weight) : nil
            case .border: return Tap(place: max(0, min(index, extent - 1)), weight: weight)
            case .reflection:
                let isInside = index >= 0 && index < extent
                return Tap(place: isInside ? index : max(0, min(Int(reflected(Double(index), low, high)), extent - 1)), weight: weight)
            }
        }
    }

    /// The place in pixels, with the precision of the grid.
    private func pixel(_ coordinate: Double, _ extent: Int, isSingle: Bool) -> Double {
        guard isSingle else {
            return alignsCorners ? (coordinate + 1) / 2 * Double(extent - 1) : ((coordinate + 1) * Double(extent) - 1) / 2
        }
        let own = Float(coordinate)
        return Double(alignsCorners ? (own + 1) / 2 * Float(extent - 1) : ((own + 1) * Float(extent) - 1) / 2)
    }

    /// A place mirrored at both ends until it lies between them.
    private func reflected(_ x: Double, _ low: Double, _ high: Double) -> Double {
        let range = high - low
        guard x.isFinite, range > 0 else { return max(0, low) }
        let distance = x < low ? low - x : x - high
        let turns = (distance / range).rounded(.towardZero), rest = distance - turns * range
        let isEven = turns.truncatingRemainder(dividingBy: 2) == 0
        return (x < low) == isEven ? low + rest : high - rest
    }

    /// Keys' cubic convolution with a = -0.75.
    private static func cubic(_ x: Double) -> [Double] {
        let a = -0.75
        func near(_ d: Double) -> Double { ((a + 2) * d - (a + 3)) * d * d + 1 }
        func far(_ d: Double) -> Double { ((a * d - 5 * a) * d + 8 * a) * d - 4 * a }
        return [far(x + 1), near(x), near(1 - x), far(2 - x)]
    }
}
