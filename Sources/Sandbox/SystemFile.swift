import Glibc

/// Small files of the kernel (`/proc`, control groups), read and written whole.
enum SystemFile {
    /// The text of a file; `nil` if it cannot be read.
    static func read(_ path: String) -> String? {
        guard case .success(let number) = FileDescriptor.open(path, O_RDONLY) else { return nil }
        let file = FileDescriptor(owning: number)
        var bytes: [UInt8] = []
        while let part = file.read(upTo: 16 << 10), !part.isEmpty { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The number that a file consists of.
    static func number(_ path: String) -> Int? {
        read(path).flatMap { Int($0.filter { !$0.isWhitespace }) }
    }

    /// The number behind a key in a file of `key number` lines.
    static func number(_ key: String, in path: String) -> Int? {
        for line in (read(path) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == key { return Int(words[1]) }
        }
        return nil
    }

    /// Writes a text in one call, as these files want it.
    static func write(_ text: String, to path: String) throws(SystemFailure) {
        let opened = FileDescriptor.open(path, O_WRONLY)
        let file = FileDescriptor(owning: try opened.get())
        try file.write(Array(text.utf8)[...])
    }

    /// The names in a folder, in no order; empty if it cannot be read.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            // d_name is a fixed array that the C importer shows as a tuple; the entry lives until the next call.
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
