import Imaging

/// The message of an error in two parts, as a diagnostic has them.
extension ImageError {
    /// What is wrong, without a full stop at its end.
    var finding: String { parts.finding }

    /// What to do: what the message says, or what the kind of error suggests.
    var advice: String {
        if kind == .unsuitable { return "write whole numbers, 0 for background and from 1 for objects, such as uint16" }
        if let advice = parts.advice { return advice }
        return switch kind {
        case .unreadable: ChallengeFolder.readable
        case .limit: "write a smaller image"
        case .unsupported: "write the file in a plainer way: whole numbers or floats, uncompressed or with Deflate or LZW"
        case .unknownFormat, .malformed, .unwritable, .unsuitable: "write the file again"
        }
    }

    /// The last sentence is advice, unless it goes on about the file (`It is truncated`).
    private var parts: (finding: String, advice: String?) {
        let text = message.hasSuffix(".") ? String(message.dropLast()) : message
        let sentences = text.split(separator: ". ")
        guard sentences.count > 1, let last = sentences.last, !last.hasPrefix("It "), let initial = last.first, initial.isUppercase else {
            return (text, nil)
        }
        return (String(text.dropLast(last.count + 2)), initial.lowercased() + last.dropFirst())
    }
}
