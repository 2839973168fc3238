import ArgumentParser

/// A size on the command line: a whole number with a unit, such as 512MiB.
struct ByteSize: CustomStringConvertible {
    let bytes: Int

    /// The units, the largest first.
    private static let units: [(name: String, bytes: Int)] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    init(bytes: Int) { self.bytes = bytes }

    /// Reads an option; the error says how a size is written.
    init(option text: String) throws {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count)
        guard let number = Int(digits), let unit = Self.units.first(where: { $0.name == name }) else {
            throw ValidationError("write a whole number with the unit KiB, MiB, GiB or TiB behind it, such as 512MiB or 2GiB")
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        guard !overflow, bytes >= 1 << 20, bytes <= 1 << 50 else { throw ValidationError("write a size from 1MiB to 1024TiB") }
        self.bytes = bytes
    }

    /// In the largest unit of which it is a whole number.
    var description: String {
        guard let unit = Self.units.first(where: { bytes % $0.bytes == 0 }) else { return "\(bytes) bytes" }
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}
