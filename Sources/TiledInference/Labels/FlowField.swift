/// The network's flow, along which pixels move.
struct FlowField {
    private let height: Int
    private let width: Int
    /// Steps in pixels along y and x; 0 outside of cells.
    private let steps: [SIMD2<Double>]
    /// Pixels that move: those whose step along y is not next to nothing.
    private let moves: [Bool]

    init(height: Int, width: Int, dy: [Double], dx: [Double], isCell: [Bool]) {
        self.height = height
        self.width = width
        steps = isCell.indices.map { isCell[$0] ? SIMD2(dy[$0], dx[$0]) / FlowLabelling.flowScale : .zero }
        moves = steps.map { abs($0.x) > 1e-3 }
    }

    /// Where every pixel is after a number of steps, (y, x) in C order.
    ///
    /// A step is the flow at the pixel's place, interpolated bilinearly; nobody leaves the image.
    func ends(iterations: Int) -> [SIMD2<Double>] {
        let far = SIMD2(Double(height - 1), Double(width - 1))
        return moves.enumerated().map { index, moves in
            var place = SIMD2(Double(index / width), Double(index % width))
            guard moves else { return place }
            for _ in 0..<iterations {
                let next = (place + step(at: place)).clamped(lowerBound: .zero, upperBound: far)
                // Who stands still, stands still for ever.
                if next == place { break }
                place = next
            }
            return place
        }
    }

    private func step(at place: SIMD2<Double>) -> SIMD2<Double> {
        let (y, x) = (Int(place.x), Int(place.y))
        let (below, right) = (min(y + 1, height - 1), min(x + 1, width - 1))
        let (fy, fx) = (place.x - Double(y), place.y - Double(x))
        let upper = steps[y * width + x] * (1 - fx) + steps[y * width + right] * fx
        let lower = steps[below * width + x] * (1 - fx) + steps[below * width + right] * fx
        return upper * (1 - fy) + lower * fy
    }
}
