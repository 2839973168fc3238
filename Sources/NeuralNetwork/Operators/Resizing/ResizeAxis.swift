/// One axis of a resize: where each result lies on the input, in exact fractions, so that a tile gives the same weights as the
/// whole image.
struct ResizeAxis: Sendable {
    enum Coordinates: String {
        case halfPixel = "half_pixel", pytorchHalfPixel = "pytorch_half_pixel", asymmetric, alignCorners = "align_corners"
    }
    enum Rounding: String { case preferFloor = "round_prefer_floor", preferCeil = "round_prefer_ceil", floor, ceil }
    enum Mode { case nearest(Rounding), linear }

    let input: Int
    let output: Int
    /// Output positions for one input position.
    let scale: Ratio
    let coordinates: Coordinates
    let mode: Mode

    /// Whether every result is the input at the same place.
    var isIdentity: Bool { input == output && (scale == .one || coordinates == .alignCorners) }

    /// The place of result `position` on the input as a fraction with a positive denominator.
    private func place(_ position: Int) -> (numerator: Int, denominator: Int) {
        let (p, q) = (scale.numerator, scale.denominator)
        switch coordinates {
        case .pytorchHalfPixel where output == 1: return (0, 1)
        case .halfPixel, .pytorchHalfPixel: return ((2 * position + 1) * q - p, 2 * p)
        case .asymmetric: return (position * q, p)
        case .alignCorners: return output == 1 ? (0, 1) : (position * (input - 1), output - 1)
        }
    }

    /// The input position nearest to a result's place, on an axis without ends.
    private func nearest(_ position: Int, _ rounding: Rounding) -> Int {
        let (numerator, denominator) = place(position)
        switch rounding {
        case .floor: return floorDivide(numerator, denominator)
        case .ceil: return ceilDivide(numerator, denominator)
        case .preferFloor: return ceilDivide(2 * numerator - denominator, 2 * denominator)
        case .preferCeil: return floorDivide(2 * numerator + denominator, 2 * denominator)
        }
    }

    /// For each result the two inputs between which it lies, and the weight of the second.
    func table() -> (low: [Int32], high: [Int32], weight: [Float]) {
        var low: [Int32] = [], high: [Int32] = [], weight: [Float] = []
        func clamp(_ index: Int) -> Int32 { Int32(clamping: max(0, min(input - 1, index))) }
        for position in 0..<output {
            switch mode {
            case .nearest(let rounding):
                low.append(clamp(nearest(position, rounding)))
            case .linear:
                let (numerator, denominator) = place(position)
                let floor = floorDivide(numerator, denominator)
                low.append(clamp(floor))
                high.append(clamp(floor + 1))
                // Of two halves of one element the sum is that element, at each place.
                weight.append(input == 1 ? 0.5 : Float(Double(numerator - floor * denominator) / Double(denominator)))
            }
        }
        return (low, high, weight)
    }

    /// How the axis is seen.
    func view(_ axis: Int) -> AxisView {
        if isIdentity { return .same(axis) }
        // The corners' places depend on the extents, and a single result is no sample of a sequence.
        if coordinates == .alignCorners || coordinates == .pytorchHalfPixel && output == 1 { return .whole }
        let resize = self
        return .window(
            axis,
            AxisWindow(scale: scale) { output in
                switch resize.mode {
                case .nearest(let rounding):
                    return resize.nearest(output.lowerBound, rounding)...resize.nearest(output.upperBound, rounding)
                case .linear:
                    let (first, last) = (resize.place(output.lowerBound), resize.place(output.upperBound))
                    return floorDivide(first.numerator, first.denominator)...ceilDivide(last.numerator, last.denominator)
                }
            })
    }
}

extension Ratio {
    /// The simplest fraction that a float32 scale stands for: the denominator is at most 1024 where that is exact to the float's
    /// last digits. `nil` unless the scale is positive and at most 2^20.
    init?(scale: Float) {
        guard scale > 0, scale <= 1_048_576 else { return nil }
        for denominator in 1...1024 {
            let numerator = (Double(scale) * Double(denominator)).rounded()
            if numerator >= 1, abs(numerator / Double(denominator) - Double(scale)) <= Double(scale) * 0x1p-22 {
                self.init(Int(numerator), denominator)
                return
            }
        }
        self.init(Int((Double(scale) * 1_048_576).rounded()), 1_048_576)
    }
}
