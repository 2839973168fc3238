import CSandbox
import Glibc

/// The names in an open folder as the kernel gives them: bytes, which need not be text.
enum FolderEntries {
    /// Up to `limit` names, sorted by byte, without `.` and `..`; one more than `limit` tells that there were more.
    static func names(in folder: borrowing FileDescriptor, limit: Int) throws(SystemFailure) -> [[UInt8]] {
        var names: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while names.count <= limit {
            let filled = csandbox_read_entries(folder.number, &buffer, buffer.count)
            guard filled >= 0 else { throw SystemFailure(Int32(-filled)) }
            if filled == 0 { break }
            names += parse(buffer[0..<filled])
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    // struct linux_dirent64: inode (8), offset (8), length of the record (2), kind (1), name up to NUL.
    private static func parse(_ records: ArraySlice<UInt8>) -> [[UInt8]] {
        var names: [[UInt8]] = []
        var rest = records
        while rest.count > 19 {
            let start = rest.startIndex
            let length = Int(rest[start + 16]) | Int(rest[start + 17]) << 8
            guard length > 19, length <= rest.count else { break }
            let name = Array(rest[(start + 19)..<(start + length)].prefix { $0 != 0 })
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
            rest = rest.dropFirst(length)
        }
        return names
    }
}
