/// A flat list of the start tags of an XML text: enough to read the structure of OME-XML, with nothing that can grow.
///
/// Namespaces are dropped, DTDs refused (so no entities of the document's own), nesting is not checked.
enum XMLElements {
    struct Element {
        let name: String
        let attributes: [String: String]
        /// The characters right after the start tag, up to the next tag.
        var text: String
    }

    struct Failure: Error {
        let message: String
    }

    /// The elements of the given local names, in document order.
    ///
    /// - Parameter first: names of which the first element is taken only; there may be many.
    static func read(_ xml: String, names: Set<String>, first: Set<String> = []) throws(Failure) -> [Element] {
        var scanner = Scanner(bytes: Array(xml.utf8))
        var wanted = names.union(first)
        var elements: [Element] = []
        while scanner.skip(to: UInt8(ascii: "<")) {
            if scanner.skip("<!--") {
                try scanner.require("-->")
            } else if scanner.skip("<![CDATA[") {
                try scanner.require("]]>")
            } else if scanner.skip("<?") {
                try scanner.require("?>")
            } else if scanner.skip("<!") {
                throw Failure(message: "it has a document type declaration, which is not allowed.")
            } else if scanner.skip("</") {
                try scanner.require(">")
            } else {
                var element = try scanner.startTag()
                guard wanted.contains(element.name) else { continue }
                if first.contains(element.name) { wanted.remove(element.name) }
                element.text = try scanner.characters()
                elements.append(element)
            }
        }
        return elements
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func skip(to byte: UInt8) -> Bool {
            while position < bytes.count, bytes[position] != byte { position += 1 }
            return position < bytes.count
        }

        mutating func skip(_ text: StaticString) -> Bool {
            let count = text.utf8CodeUnitCount
            guard position + count <= bytes.count else { return false }
            let matches = text.withUTF8Buffer { bytes[position..<position + count].elementsEqual($0) }
            if matches { position += count }
            return matches
        }

        /// Moves behind the next occurrence of `text`.
        mutating func require(_ text: StaticString) throws(Failure) {
            let first = text.withUTF8Buffer { $0[0] }
            while skip(to: first) {
                if skip(text) { return }
                position += 1
            }
            throw Failure(message: "it ends before \(text).")
        }

        /// A start tag at the position of its `<`.
        mutating func startTag() throws(Failure) -> Element {
            position += 1
            let name = self.name()
            var attributes: [String: String] = [:]
            while true {
                skipSpace()
                guard position < bytes.count else { throw Failure(message: "it ends within a tag.") }
                if skip(">") || skip("/>") { break }
                let key = self.name()
                skipSpace()
                guard !key.isEmpty, skip("=") else {
                    throw Failure(message: "the tag \(name.prefix(40)) has an attribute without a value.")
                }
                skipSpace()
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'") else {
                    throw Failure(message: "an attribute of the tag \(name.prefix(40)) is not quoted.")
                }
                let quote = bytes[position]
                position += 1
                let start = position
                guard skip(to: quote) else { throw Failure(message: "it ends within an attribute.") }
                let value = try XMLElements.decoded(bytes[start..<position])
                position += 1
                guard attributes.updateValue(value, forKey: key) == nil else {
                    throw Failure(message: "the tag \(name.prefix(40)) has the attribute \(key.prefix(40)) twice.")
                }
            }
            let local = name.split(separator: ":").last.map(String.init) ?? name
            return Element(name: local, attributes: attributes, text: "")
        }

        mutating func characters() throws(Failure) -> String {
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
            return try XMLElements.decoded(bytes[start..<position])
        }

        private mutating func name() -> String {
            let start = position
            let ends: [UInt8] = [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "/")]
            while position < bytes.count, !ends.contains(bytes[position]) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        private mutating func skipSpace() {
            while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        }
    }

    /// Replaces the five predefined entities and character references.
    private static func decoded(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard bytes.contains(UInt8(ascii: "&")) else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            guard let end = rest[start...].firstIndex(of: ";") else { throw Failure(message: "an entity does not end.") }
            let name = rest[rest.index(after: start)..<end]
            switch name {
            case "amp": result += "&"
            case "lt": result += "<"
            case "gt": result += ">"
            case "quot": result += "\""
            case "apos": result += "'"
            default:
                let number =
                    name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
                guard let scalar = number.flatMap(Unicode.Scalar.init) else {
                    throw Failure(message: "the entity &\(name.prefix(40)); is not known.")
                }
                result.unicodeScalars.append(scalar)
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
