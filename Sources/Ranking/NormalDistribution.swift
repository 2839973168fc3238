/// The standard normal distribution, computed with the four operations only, so that the last bit is the same on every machine.
enum NormalDistribution {
    /// The probability of a value above `z`; relative error below 1e-13 for z up to 37.
    static func upperTail(_ z: Double) -> Double {
        if z < 0 { return 1 - upperTail(-z) }
        if z > 38 { return 0 }
        let density = exp(-z * z / 2) / 2.506_628_274_631_000_5
        if z < 2.5 {
            // Φ(z) − 1/2 = φ(z) (z + z³/3 + z⁵/(3·5) + …); all terms are positive.
            var term = z
            var sum = z
            var denominator = 1.0
            while term > sum * 1e-18 {
                denominator += 2
                term *= z * z / denominator
                sum += term
            }
            return 0.5 - density * sum
        }
        // φ(z) / (z + 1/(z + 2/(z + 3/(z + …)))), from the far end.
        var fraction = z
        for numerator in stride(from: 160.0, through: 1, by: -1) { fraction = z + numerator / fraction }
        return density / fraction
    }

    /// The exponential function of numbers from -745 to 0.
    private static func exp(_ exponent: Double) -> Double {
        // e^x = 2^k e^r with |r| ≤ ln 2 / 2; ln 2 in two parts, so that r keeps its digits.
        let power = (exponent / 0.693_147_180_559_945_3).rounded()
        let remainder = (exponent - power * 0x1.62e42feep-1) - power * 1.908_214_929_270_587_7e-10
        var term = 1.0
        var sum = 1.0
        for step in 1...20 {
            term *= remainder / Double(step)
            sum += term
        }
        return sum * Double(sign: .plus, exponent: Int(power), significand: 1)
    }
}
