#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `HannWindow`, `HammingWindow` and `BlackmanWindow` (opset 17), and `MelWeightMatrix` (opset 17): numbers that follow from a size alone.
struct SignalWindow: ValueDependent {
    let node: Node
    private let type: ElementType
    private let isPeriodic: Bool

    /// The longest window, and the most weights.
    private static let largest = 1 << 26

    init(_ node: Node) throws(NetworkError) {
        let isMel = node.operatorType == "MelWeightMatrix"
        try node.expect(inputs: isMel ? 5...5 : 1...1)
        if isMel { try node.allow("output_datatype") } else { try node.allow("output_datatype", "periodic") }
        self.node = node
        type = try node.elementType("output_datatype") ?? .float32
        isPeriodic = try node.int("periodic") ?? 1 != 0
    }

    func compute(_ inputs: [Tensor?]) throws(NetworkError) -> [Tensor] {
        let size = try integer(inputs, 0, 0...SignalWindow.largest)
        if node.operatorType == "MelWeightMatrix" { return [try melWeights(inputs, bins: size)] }
        try node.leaveToRun(work: size, of: "the window")
        let last = Double(isPeriodic ? size : size - 1)
        let values = (0..<size).map { index -> Double in
            let angle = 2 * Double.pi * Double(index) / last
            switch node.operatorType {
            case "HannWindow": return 0.5 - 0.5 * cos(angle)
            case "HammingWindow": return 25.0 / 46 - 21.0 / 46 * cos(angle)
            default: return 0.42 - 0.5 * cos(angle) + 0.08 * cos(2 * angle)
            }
        }
        return [Tensor([size], doubles: values, as: type)]
    }

    private func integer(_ inputs: [Tensor?], _ index: Int, _ range: ClosedRange<Int>) throws(NetworkError) -> Int {
        let input = try node.given(inputs, index)
        guard input.count == 1, let value = input.integers?.first, range.contains(value) else {
            throw node.error(.shape, "input \(index) is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// Triangles over the frequencies of a transform, equally wide on the mel scale.
    private func melWeights(_ inputs: [Tensor?], bins: Int) throws(NetworkError) -> Tensor {
        let length = try integer(inputs, 1, 1...SignalWindow.largest), rate = try integer(inputs, 2, 1...Int(Int32.max))
        let frequencies = length / 2 + 1
        try node.expect(work: [frequencies, max(1, bins)], of: "the matrix", atMost: SignalWindow.largest)
        try node.leaveToRun(work: frequencies * bins, of: "the matrix")
        guard let low = try node.given(inputs, 3).doubles.first, let high = try node.given(inputs, 4).doubles.first, low >= 0, high >= low,
            high <= Double(rate)
        else { throw node.error(.shape, "the edges are no frequencies in ascending order") }
        func mel(_ hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
        let step = (mel(high) - mel(low)) / Double(bins + 2)
        let edges = (0..<bins + 2).map { index -> Int in
            let hertz = 700 * (pow(10, (mel(low) + Double(index) * step) / 2595) - 1)
            return Int((Double(length + 1) * hertz / Double(rate)).rounded(.down))
        }
        var values = [Double](repeating: 0, count: frequencies * bins)
        func set(_ frequency: Int, _ bin: Int, _ value: Double) { if frequency < frequencies { values[frequency * bins + bin] = value } }
        for bin in 0..<bins {
            let (left, centre, right) = (edges[bin], edges[bin + 1], edges[bin + 2])
            if left == centre { set(centre, bin, 1) }
            if left < centre { for place in left...centre { set(place, bin, Double(place - left) / Double(centre - left)) } }
            for place in centre..<right { set(place, bin, Double(right - place) / Double(right - centre)) }
        }
        return Tensor([frequencies, bins], doubles: values, as: type)
    }
}
