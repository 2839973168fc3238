#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension AtomicFile {
    /// Removes the temporary files of processes that were killed while they wrote, in a folder and those below it.
    ///
    /// Nobody else may be writing there. Links are not followed; what cannot be read or removed stays.
    static func removeLeftovers(below folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            return
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            // d_name is a fixed array that the C importer shows as a tuple; the entry lives until the next call.
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if isTemporary(name) {
                unlink(folder + "/" + name)
            } else if name != ".", name != "..", [UInt8(DT_DIR), UInt8(DT_UNKNOWN)].contains(entry.pointee.d_type) {
                removeLeftovers(below: folder + "/" + name)
            }
        }
    }

    /// Whether a name is one that a file has before it is complete: `.NAME.PROCESS-NUMBER.part`.
    private static func isTemporary(_ name: String) -> Bool {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count >= 4, words[0].isEmpty, words.last == "part" else { return false }
        let numbers = words[words.count - 2].split(separator: "-", omittingEmptySubsequences: false)
        return numbers.count == 2 && numbers.allSatisfy { UInt64($0) != nil }
    }
}
