/// The tags of an HTML page with the names of their attributes, and its text: enough to see whether a name got out of its place.
struct HTMLOutline {
    /// Each kind of tag with its attributes' names, such as `a href`.
    private(set) var tags: Set<String> = []
    /// The number of tags of each name.
    private(set) var counts: [String: Int] = [:]
    /// The values of all `href` attributes.
    private(set) var addresses: [String] = []
    /// The values of all `id` attributes.
    private(set) var ids: [String] = []

    init(_ page: String) {
        let bytes = Array(page.utf8)
        var position = 0
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<"), position + 1 < bytes.count else {
                position += 1
                continue
            }
            position += 1
            let isTag = HTMLOutline.isLetter(bytes[position])
            guard isTag else { continue }
            let name = HTMLOutline.word(bytes, &position)
            var attributes: [String] = []
            while position < bytes.count, bytes[position] != UInt8(ascii: ">") {
                guard HTMLOutline.isLetter(bytes[position]) else {
                    position += 1
                    continue
                }
                let attribute = HTMLOutline.word(bytes, &position)
                attributes.append(attribute)
                guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "="), bytes[position + 1] == UInt8(ascii: "\"") else {
                    continue
                }
                position += 2
                var value: [UInt8] = []
                while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                    value.append(bytes[position])
                    position += 1
                }
                position += 1
                if attribute == "href" { addresses.append(String(decoding: value, as: UTF8.self)) }
                if attribute == "id" { ids.append(String(decoding: value, as: UTF8.self)) }
            }
            tags.insert(([name] + attributes.sorted()).joined(separator: " "))
            counts[name, default: 0] += 1
            // The content of these two is no markup.
            if name == "script" || name == "style" {
                let end = Array("</\(name)".utf8)
                while position < bytes.count, !bytes[position...].starts(with: end) { position += 1 }
            }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") }

    private static func word(_ bytes: [UInt8], _ position: inout Int) -> String {
        let start = position
        let ends = Array(" \t\n\r>=/\"".utf8)
        while position < bytes.count, !ends.contains(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
