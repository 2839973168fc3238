import CZip
import Foundation
import NeuralNetwork

/// A zip archive whose directory has been checked before anything is unpacked.
///
/// Reading is libzip's, which also compares every file's checksum; the rules on names, kinds and sizes are ours.
struct ZipArchive: ~Copyable {
    /// How much an archive may unpack to.
    struct Limits {
        let bytes: Int
        let entries: Int
    }

    private struct Entry {
        let index: UInt64
        let name: String
        let isFolder: Bool
        let isExecutable: Bool
        let size: Int
        let packedSize: Int
    }

    // libzip's handle: opened in `init`, closed in `deinit`, never shared.
    private let handle: OpaquePointer
    private let path: String
    private let limits: Limits
    private let entries: [Entry]

    init(path: String, limits: Limits) throws(ZipArchiveError) {
        var code: Int32 = 0
        guard let handle = zip_open(path, ZIP_RDONLY, &code) else {
            var error = zip_error_t()
            zip_error_init_with_code(&error, code)
            defer { zip_error_fini(&error) }
            throw .unreadable(String(cString: zip_error_strerror(&error)))
        }
        do throws(ZipArchiveError) {
            entries = try ZipArchive.directory(of: handle, limits: limits)
        } catch {
            zip_discard(handle)
            throw error
        }
        self.handle = handle
        self.path = path
        self.limits = limits
    }

    deinit { zip_discard(handle) }

    private static func directory(of handle: OpaquePointer, limits: Limits) throws(ZipArchiveError) -> [Entry] {
        let count = Int(zip_get_num_entries(handle, 0))
        guard count <= limits.entries else { throw .tooManyEntries(found: count, allowed: limits.entries) }
        var entries: [Entry] = []
        var seen: Set<String> = []
        var total = 0
        for index in 0..<UInt64(max(count, 0)) {
            var status = zip_stat_t()
            guard zip_stat_index(handle, index, zip_flags_t(ZIP_FL_ENC_RAW), &status) == 0, let raw = status.name else {
                throw .unreadable("entry \(index) has no directory record")
            }
            guard let name = String(validatingCString: raw) else { throw .badName("entry \(index)", reason: "is not UTF-8") }
            let isFolder = name.hasSuffix("/")
            try check(name: isFolder ? String(name.dropLast()) : name)
            guard seen.insert(name.precomposedStringWithCanonicalMapping.lowercased()).inserted else { throw .duplicateName(name) }
            guard status.encryption_method == UInt16(ZIP_EM_NONE) else { throw .encrypted(name) }
            let mode = try mode(of: index, named: name, in: handle)
            guard let size = Int(exactly: status.size), size <= limits.bytes - total else { throw .tooManyBytes(allowed: limits.bytes) }
            total += size
            entries.append(
                Entry(
                    index: index, name: name, isFolder: isFolder, isExecutable: mode & 0o100 != 0, size: size,
                    packedSize: Int(clamping: status.comp_size)))
        }
        return entries
    }

    private static func check(name: String) throws(ZipArchiveError) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let shown = String(name.prefix(80))
        if name.utf8.count > 512 || parts.contains(where: { $0.utf8.count > 200 }) || parts.count > 16 {
            throw .badName(shown, reason: "is too long or too deep")
        }
        if name.hasPrefix("/") { throw .badName(shown, reason: "is absolute") }
        if parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) {
            throw .badName(shown, reason: "leaves its folder or has empty parts")
        }
        let isOdd = name.unicodeScalars.contains { scalar in
            scalar == "\\" || scalar == ":" || scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        }
        if isOdd { throw .badName(String(reflecting: shown), reason: "holds a backslash, a colon or an invisible character") }
    }

    /// Archives made on Unix carry the kind of file and its permissions; 0 stands for "not said".
    private static func mode(of index: UInt64, named name: String, in handle: OpaquePointer) throws(ZipArchiveError) -> mode_t {
        var system: UInt8 = 0
        var attributes: UInt32 = 0
        guard zip_file_get_external_attributes(handle, index, 0, &system, &attributes) == 0, system == UInt8(ZIP_OPSYS_UNIX) else {
            return 0
        }
        let mode = mode_t(attributes >> 16)
        let kind = mode & S_IFMT
        guard kind == 0 || kind == S_IFREG || kind == S_IFDIR else { throw .notAFile(name) }
        return mode
    }

    /// The files with their sizes; without the folder that all lie in.
    var files: [(name: String, bytes: Int)] {
        let prefix = commonFolder
        return entries.filter { !$0.isFolder }.map { (String($0.name.dropFirst(prefix.count)), $0.size) }
    }

    /// The bytes of a file; `nil` if it is not there.
    func size(of name: String) -> Int? { files.first { $0.name == name }?.bytes }

    /// The bytes of a file in the archive; `nil` if it is not there.
    func packedSize(of name: String) -> Int? { entry(name)?.packedSize }

    /// A file's bytes, unpacked as they are asked for; `nil` if it is not there.
    func source(of name: String) -> ByteSource? {
        guard let entry = entry(name) else { return nil }
        let file = InflatedFile(archive: path, index: entry.index)
        return ByteSource(count: entry.size) { start, buffer in file.copy(from: start, into: buffer) }
    }

    private func entry(_ name: String) -> Entry? {
        let full = commonFolder + name
        return entries.first { $0.name == full }
    }

    /// What a small file holds.
    func bytes(of name: String, limit: Int) throws(ZipArchiveError) -> [UInt8] {
        guard let entry = entry(name), entry.size <= limit else {
            throw .damaged(name, "it is not there, or larger than \(limit) bytes")
        }
        var bytes: [UInt8] = []
        try read(entry) { (part) throws(ZipArchiveError) in bytes += part }
        return bytes
    }

    /// Unpacks everything. If all entries lie in one folder, that folder is left out, since most tools pack a folder as such.
    func unpack(into folder: String) throws(ZipArchiveError) {
        let prefix = commonFolder
        for entry in entries {
            let name = String(entry.name.dropFirst(prefix.count))
            guard !name.isEmpty else { continue }
            let path = folder + "/" + (entry.isFolder ? String(name.dropLast()) : name)
            let parent = entry.isFolder ? path : (path as NSString).deletingLastPathComponent
            do { try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true) } catch {
                throw .notWritable(name)
            }
            if !entry.isFolder { try unpack(entry, to: path) }
        }
    }

    private var commonFolder: String {
        guard let first = entries.first, let slash = first.name.firstIndex(of: "/") else { return "" }
        let prefix = String(first.name[...slash])
        return entries.allSatisfy { $0.name.hasPrefix(prefix) } ? prefix : ""
    }

    private func unpack(_ entry: Entry, to path: String) throws(ZipArchiveError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, entry.isExecutable ? 0o755 : 0o644)
        guard descriptor >= 0 else { throw .notWritable(entry.name) }
        defer { close(descriptor) }
        try read(entry) { (part) throws(ZipArchiveError) in
            guard part.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == part.count else {
                throw .notWritable(entry.name)
            }
        }
    }

    /// Reads an entry part by part.
    private func read(_ entry: Entry, _ take: (ArraySlice<UInt8>) throws(ZipArchiveError) -> Void) throws(ZipArchiveError) {
        guard let source = zip_fopen_index(handle, entry.index, 0) else { throw .damaged(entry.name, reason) }
        defer { zip_fclose(source) }
        var left = entry.size
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let read = Int(zip_fread(source, &buffer, UInt64(buffer.count)))
            guard read >= 0 else { throw .damaged(entry.name, String(cString: zip_file_strerror(source))) }
            if read == 0 { break }
            // A directory that lies about a size must not unpack to more than it was admitted with.
            guard read <= left else { throw .damaged(entry.name, "it is longer than its directory says") }
            left -= read
            try take(buffer[..<read])
        }
        guard left == 0 else { throw .damaged(entry.name, "it is shorter than its directory says") }
    }

    private var reason: String { String(cString: zip_error_strerror(zip_get_error(handle))) }
}
