/// The lines of a run's journal: each ends with a check of it and of all in front of it, so that what counts ends where something was
/// lost, be it a part of the last line or a block of the disk that was never written.
struct JournalLines {
    /// A line without its check, and where it stands in the file.
    struct Line {
        let words: [Substring]
        let start: Int
    }

    /// The first line, which says which run it is; empty if there is none.
    let head: String
    /// The others that hold.
    let lines: [Line]
    /// Where those that hold end.
    let end: Int
    /// What the next line is checked with.
    let check: UInt64

    /// Reads a journal's bytes.
    init(_ bytes: [UInt8]) {
        guard let first = bytes.firstIndex(of: Self.newline) else {
            (head, lines, end, check) = ("", [], 0, 0)
            return
        }
        head = String(decoding: bytes[..<first], as: UTF8.self)
        var (end, check) = (first + 1, Self.check(of: head, after: 0)), lines: [Line] = []
        while let next = bytes[end...].firstIndex(of: Self.newline) {
            let text = String(decoding: bytes[end..<next], as: UTF8.self)
            var words = text.split(separator: " ")
            guard let stated = words.popLast() else { break }
            let known = Self.check(of: words.joined(separator: " "), after: check)
            guard stated == Self.text(known) else { break }
            lines.append(Line(words: words, start: end))
            (end, check) = (next + 1, known)
        }
        (self.lines, self.end, self.check) = (lines, end, check)
    }

    /// A line with its check, for the file.
    ///
    /// - Parameter check: what it is checked with; after that, what the next one is.
    static func encoded(_ line: String, _ check: inout UInt64) -> [UInt8] {
        check = self.check(of: line, after: check)
        return Array("\(line) \(text(check))\n".utf8)
    }

    /// What the line behind the first is checked with.
    static func check(ofHead head: String) -> UInt64 { check(of: head, after: 0) }

    private static let newline: UInt8 = 0x0A

    private static func check(of line: String, after check: UInt64) -> UInt64 {
        var sum = Checksum()
        sum.add(check)
        for byte in line.utf8 { sum.add(UInt64(byte)) }
        return sum.value
    }

    /// Eight hexadecimal digits are enough to tell a line from what lies on a disk by chance.
    private static func text(_ check: UInt64) -> String { String(check >> 32 | 1 << 32, radix: 16) }
}
