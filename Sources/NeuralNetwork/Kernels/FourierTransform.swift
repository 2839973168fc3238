#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The discrete Fourier transform of one line of complex numbers of any length, in double precision.
///
/// Lengths that are powers of two halve themselves; others become a convolution of such a length (Bluestein 1970).
struct FourierTransform: Sendable {
    private let length: Int
    /// exp(-2 pi i k / n) of the power of two that is transformed.
    private let turns: [Complex]
    /// exp(-pi i k k / n), and the transform of its conjugate, for other lengths.
    private let chirp, filter: [Complex]

    /// A complex number.
    struct Complex: Sendable {
        var real, imaginary: Double

        static func + (a: Complex, b: Complex) -> Complex { Complex(real: a.real + b.real, imaginary: a.imaginary + b.imaginary) }
        static func - (a: Complex, b: Complex) -> Complex { Complex(real: a.real - b.real, imaginary: a.imaginary - b.imaginary) }
        static func * (a: Complex, b: Complex) -> Complex {
            Complex(real: a.real * b.real - a.imaginary * b.imaginary, imaginary: a.real * b.imaginary + a.imaginary * b.real)
        }

        var conjugate: Complex { Complex(real: real, imaginary: -imaginary) }
        static let zero = Complex(real: 0, imaginary: 0)

        /// exp(-2 pi i * part / whole).
        static func turn(_ part: Int, of whole: Int) -> Complex {
            let angle = -2 * Double.pi * Double(part) / Double(whole)
            return Complex(real: cos(angle), imaginary: sin(angle))
        }
    }

    /// Prepares transforms of a length of at least 1.
    init(length: Int) {
        self.length = length
        if length & (length - 1) == 0 {
            turns = (0..<max(1, length / 2)).map { Complex.turn($0, of: length) }
            (chirp, filter) = ([], [])
            return
        }
        var size = 1
        while size < 2 * length - 1 { size *= 2 }
        let turns = (0..<size / 2).map { Complex.turn($0, of: size) }
        // k * k modulo 2 n, as large squares would lose the angle's digits.
        let chirp = (0..<length).map { Complex.turn($0 * $0 % (2 * length), of: 2 * length) }
        var filter = [Complex](repeating: .zero, count: size)
        for index in 0..<length {
            filter[index] = chirp[index].conjugate
            if index > 0 { filter[size - index] = chirp[index].conjugate }
        }
        FourierTransform.transform(&filter, turns)
        (self.turns, self.chirp, self.filter) = (turns, chirp, filter)
    }

    /// The transform of `length` numbers, without a factor.
    func transformed(_ values: [Complex]) -> [Complex] {
        var own = values
        guard !chirp.isEmpty else {
            FourierTransform.transform(&own, turns)
            return own
        }
        own = zip(values, chirp).map { $0 * $1 } + [Complex](repeating: .zero, count: filter.count - length)
        FourierTransform.transform(&own, turns)
        // The inverse transform is the transform of the conjugate.
        for index in own.indices { own[index] = (own[index] * filter[index]).conjugate }
        FourierTransform.transform(&own, turns)
        let size = Double(filter.count)
        return chirp.indices.map { index in
            let value = own[index].conjugate
            return Complex(real: value.real / size, imaginary: value.imaginary / size) * chirp[index]
        }
    }

    /// The inverse, divided by the length.
    func inverse(_ values: [Complex]) -> [Complex] {
        transformed(values.map(\.conjugate)).map { Complex(real: $0.real / Double(length), imaginary: -$0.imaginary / Double(length)) }
    }

    private static func transform(_ values: inout [Complex], _ turns: [Complex]) {
        let count = values.count
        var place = 0
        for index in 1..<max(1, count) {
            var bit = count >> 1
            while place & bit != 0 {
                place ^= bit
                bit >>= 1
            }
            place |= bit
            if index < place { values.swapAt(index, place) }
        }
        var half = 1
        while half < count {
            let step = count / (2 * half)
            for start in stride(from: 0, to: count, by: 2 * half) {
                for index in 0..<half {
                    let other = values[start + index + half] * turns[index * step], own = values[start + index]
                    values[start + index] = own + other
                    values[start + index + half] = own - other
                }
            }
            half *= 2
        }
    }
}
