/// The name of a metric with its convention: `name[.variant][@parameter]`, such as `ap@1/2`, `pq.ge@1/2` or `dice`.
///
/// A metric has one text only, so that the same text stands in the challenge file, on the command line, in the results and on the board.
public struct MetricID: Sendable, Hashable {
    /// The part before `@`, variant included, such as `pq.ge`.
    public let name: String
    /// What stands behind `@`; `nil` without it.
    public let parameter: MetricParameter?

    init(name: String, parameter: MetricParameter? = nil) {
        self.name = name
        self.parameter = parameter
    }

    /// Reads an id. Whether a metric of that name exists is for `MetricCatalog.metric(for:)` to say.
    ///
    /// Throws `MetricError.malformedID` with what to write instead: a decimal threshold with the fraction, an unreduced one with the reduced.
    public init(_ text: String) throws(MetricError) {
        let name = text.prefix { $0 != "@" }
        guard Self.isName(name) else {
            let found = "the name is not letters and digits in parts joined by single dots"
            throw .malformedID(text: text, found: found, write: "an id such as ap@1/2 or pq")
        }
        self.name = String(name)
        guard name.endIndex < text.endIndex else {
            parameter = nil
            return
        }
        do {
            parameter = try MetricParameter(text[text.index(after: name.endIndex)...])
        } catch {
            throw .malformedID(text: text, found: error.found, write: error.write.map { "\(name)@\($0)" } ?? "\(name)@1/2")
        }
    }

    private static func isName(_ name: Substring) -> Bool {
        name.utf8.count <= 64
            && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                part.first?.isLetter == true && part.utf8.allSatisfy(isNameByte)
            }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

extension MetricID: CustomStringConvertible {
    /// The id's text.
    public var description: String { parameter.map { "\(name)@\($0)" } ?? name }
}

extension MetricID: Codable {
    /// Reads the id's text.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the id's text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
