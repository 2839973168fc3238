/// Writes the JSON of evidence byte by byte as RFC 8785 has it.
struct CanonicalWriter {
    private(set) var bytes: [UInt8] = []

    mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func list(_ numbers: [Int]) { list(numbers) { String($0) } }

    mutating func list(_ numbers: [Double?]) { list(numbers) { $0.map(Self.number) ?? "null" } }

    mutating func objects(_ objects: EvidenceForm.Objects) {
        text("{\"labels\":")
        list(objects.labels) { String($0) }
        text(",\"voxels\":")
        list(objects.voxels)
        text("}")
    }

    private mutating func list<Element>(_ elements: [Element], _ write: (Element) -> String) {
        text("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { text(",") }
            text(write(element))
        }
        text("]")
    }

    /// A positive finite number as ECMAScript writes it: the shortest digits that read back to the same number, as a decimal from
    /// 10^-6 up to 10^21 and with an exponent outside.
    static func number(_ value: Double) -> String {
        // Swift finds the same shortest digits and differs only in where it puts the point and the exponent.
        let swift = "\(value)".split(separator: "e", maxSplits: 1)
        let parts = swift[0].split(separator: ".", maxSplits: 1)
        let fraction = parts.count == 2 && parts[1] != "0" ? String(parts[1]) : ""
        let written = String(parts[0]) + fraction
        let leadingZeros = written.prefix { $0 == "0" }.count
        // The value is 0.DIGITS times ten to the power `point`.
        let point = parts[0].count - leadingZeros + (swift.count == 2 ? Int(swift[1]) ?? 0 : 0)
        var digits = String(written.dropFirst(leadingZeros))
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let count = digits.count
        if count <= point, point <= 21 { return digits + String(repeating: "0", count: point - count) }
        if 0 < point, point <= 21 { return digits.prefix(point) + "." + digits.dropFirst(point) }
        if -6 < point, point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        let exponent = point - 1 < 0 ? "e\(point - 1)" : "e+\(point - 1)"
        return digits.prefix(1) + (count > 1 ? "." + digits.dropFirst() : "") + exponent
    }
}
