/// The header of an `.npy` file: a Python dictionary with the keys `descr`, `fortran_order` and `shape`, and nothing else.
struct NPYHeader {
    let type: StoredType
    let isBigEndian: Bool
    let isFortranOrder: Bool
    let shape: [Int]

    init(_ bytes: [UInt8], of file: ByteFile) throws(ImageError) {
        var parser = Parser(characters: Array(bytes), file: file)
        var descr: String?
        var fortran: Bool?
        var shape: [Int]?
        try parser.expect("{")
        while !parser.take("}") {
            let key = try parser.string()
            try parser.expect(":")
            switch key {
            case "descr" where descr == nil:
                guard !parser.isNext("[") else {
                    throw file.error(.unsupported, "the array holds structures; expected plain numbers.")
                }
                descr = try parser.string()
            case "fortran_order" where fortran == nil: fortran = try parser.boolean()
            case "shape" where shape == nil: shape = try parser.tuple()
            default:
                throw file.error(
                    .malformed,
                    "the header has the key '\(key.prefix(40))', unknown or twice; expected descr, fortran_order and shape once.")
            }
            if !parser.take(",") {
                try parser.expect("}")
                break
            }
        }
        try parser.end()
        guard let descr, let fortran, let shape else {
            throw file.error(.malformed, "the header lacks one of descr, fortran_order and shape.")
        }
        (type, isBigEndian) = try NPYHeader.type(descr, file)
        isFortranOrder = fortran
        self.shape = shape
    }

    private static func type(_ descr: String, _ file: ByteFile) throws(ImageError) -> (StoredType, Bool) {
        let types: [Substring: StoredType] = [
            "b1": .bool, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
            "f2": .float16, "f4": .float32, "f8": .float64,
        ]
        guard let order = descr.first, let type = types[descr.dropFirst()], "<>|=".contains(order), order != "|" || type.byteCount == 1
        else {
            if descr.dropFirst().first == "O" {
                throw file.error(.unsupported, "the array holds Python objects (a pickle), which are never loaded. Save it as numbers.")
            }
            throw file.error(
                .unsupported, "the array's type is '\(descr.prefix(40))'; expected bool, integers or floats such as '<u2' or '<f4'.")
        }
        return (type, order == ">")
    }

    private struct Parser {
        let characters: [UInt8]
        let file: ByteFile
        var position = 0

        init(characters: [UInt8], file: ByteFile) {
            self.characters = characters
            self.file = file
        }

        mutating func isNext(_ character: Unicode.Scalar) -> Bool {
            while position < characters.count, [0x20, 0x09, 0x0A, 0x0D].contains(characters[position]) { position += 1 }
            return position < characters.count && characters[position] == UInt8(ascii: character)
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard isNext(character) else { return false }
            position += 1
            return true
        }

        mutating func expect(_ character: Unicode.Scalar) throws(ImageError) {
            guard take(character) else { throw malformed("'\(character)'") }
        }

        mutating func string() throws(ImageError) -> String {
            let quote: Unicode.Scalar = isNext("\"") ? "\"" : "'"
            try expect(quote)
            let start = position
            while position < characters.count, characters[position] != UInt8(ascii: quote) {
                guard characters[position] != UInt8(ascii: "\\") else { throw malformed("a plain string") }
                position += 1
            }
            guard position < characters.count else { throw malformed("the end of a string") }
            position += 1
            return String(decoding: characters[start..<position - 1], as: UTF8.self)
        }

        mutating func boolean() throws(ImageError) -> Bool {
            let word = self.word()
            guard word == "True" || word == "False" else { throw malformed("True or False") }
            return word == "True"
        }

        mutating func tuple() throws(ImageError) -> [Int] {
            try expect("(")
            var values: [Int] = []
            while !take(")") {
                guard let value = Int(word()), value >= 0, values.count < 32 else { throw malformed("an extent from 0") }
                values.append(value)
                if !take(",") {
                    try expect(")")
                    break
                }
            }
            return values
        }

        mutating func end() throws(ImageError) {
            _ = isNext(" ")
            guard position == characters.count else { throw malformed("the end of the header") }
        }

        private mutating func word() -> String {
            _ = isNext(" ")
            let start = position
            while position < characters.count {
                let byte = characters[position] | 0x20
                guard
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(characters[position])
                        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                else { break }
                position += 1
            }
            return String(decoding: characters[start..<position], as: UTF8.self)
        }

        private func malformed(_ expected: String) -> ImageError {
            file.error(.malformed, "the .npy header is not readable at its byte \(position); expected \(expected).")
        }
    }
}
