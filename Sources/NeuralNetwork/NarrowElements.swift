/// Elements of a narrow type: a byte each, with the element's bits in its lowest ones.
public struct NarrowElements: Sendable, Equatable {
    /// The type of one element, one of the narrow ones.
    public let elementType: ElementType
    /// The elements' bits.
    public internal(set) var codes: [UInt8]

    /// Elements by their bits.
    public init(_ elementType: ElementType, codes: [UInt8]) {
        self.elementType = elementType
        self.codes = codes
    }

    /// The elements as numbers; all of them are float32 numbers.
    public var values: [Float] {
        guard let table = NarrowFormat.formats[elementType]?.values else { return [] }
        return codes.map { table[Int($0) % table.count] }
    }

    /// Rounds numbers to the type: to nearest, ties to even; beyond the largest one to it. Whole numbers keep their low bits.
    public init(_ elementType: ElementType, rounding values: [Double]) {
        self.init(elementType, rounding: values, saturates: true)
    }

    /// Rounds numbers to the type: to nearest, ties to even, whole numbers by their low bits; beyond the largest one to it, or to what
    /// the type has for "too large" if they are not to saturate.
    init(_ elementType: ElementType, rounding values: [Double], saturates: Bool, scaleRounding: NarrowFormat.ScaleRounding = .up) {
        let format = NarrowFormat.formats[elementType]
        self.init(elementType, codes: values.map { format?.code($0, saturates: saturates, scaleRounding: scaleRounding) ?? 0 })
    }
}
