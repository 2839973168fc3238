/// Text of a submission, made safe for a terminal and a page: still to be escaped for HTML by who puts it there.
///
/// Dropped: terminal control sequences, control characters except newline and tab, and characters that change the direction of text.
/// Bytes that are no UTF-8 become U+FFFD.
public enum HarmlessText {
    /// The text of bytes; newlines and tabs stay.
    public static func of(_ bytes: [UInt8]) -> String {
        var result = String.UnicodeScalarView()
        var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar.value {
            case 0x1B: skipSequence(&scalars)
            case 0x09, 0x0A: result.append(scalar)
            case 0x00..<0x20, 0x7F..<0xA0: continue
            // Directional marks, overrides and isolates; line and paragraph separators.
            case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// A file name in one line: everything but plain printable ASCII as `\xNN`, at most 200 characters.
    public static func name(_ bytes: [UInt8]) -> String {
        let escaped = bytes.prefix(200).map { byte -> String in
            if (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count == 1 ? "0" : "") + digits
        }
        return escaped.joined() + (bytes.count > 200 ? "…" : "")
    }

    // ESC [ … final byte; ESC ] … BEL or ESC \ (also P, X, ^, _); ESC and one character otherwise.
    private static func skipSequence(_ scalars: inout String.UnicodeScalarView.Iterator) {
        guard let kind = scalars.next() else { return }
        switch kind {
        case "[":
            while let scalar = scalars.next(), !(0x40...0x7E).contains(scalar.value), scalar != "\n" {}
        case "]", "P", "X", "^", "_":
            while let scalar = scalars.next(), scalar.value != 0x07, scalar != "\n" {
                if scalar.value == 0x1B {
                    _ = scalars.next()
                    return
                }
            }
        default:
            return
        }
    }
}
