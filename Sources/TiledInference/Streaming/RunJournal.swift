#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Which tiles of a run are finished: a text file whose first line says which run, and each further line the number of a tile.
///
/// A line is written after the tile's values are in their file, so that a run that is killed at any moment goes on where it
/// stopped. A last line without its end is a line that was being written; it does not count.
final class RunJournal {
    /// The tiles that an earlier run finished.
    let finished: Set<Int>
    private let descriptor: Int32
    private let path: String

    /// Opens the journal of a run or begins it.
    ///
    /// - Parameters:
    ///   - key: what the result depends on, in one line.
    ///   - beginsAgain: whether what an earlier run of the same key finished is done anew.
    init(_ path: String, key: String, beginsAgain: Bool = false) throws(InferenceError) {
        self.path = path
        let head = "concours-run 1 \(key)"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_APPEND, 0o666)
        guard descriptor >= 0 else { throw RunJournal.failure("cannot be opened") }
        self.descriptor = descriptor
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .work(found: "another run is writing this output", remedy: "wait until it has ended")
        }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            text += buffer.prefix(count)
        }
        var complete = text.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let lines = text[..<complete].split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        guard lines.isEmpty || lines[0] == head else {
            close(descriptor)
            throw .work(
                found: "an interrupted run of another model, image, tile or option left its work beside the output",
                remedy: "repeat that run, or remove the folder beside the output that has its name and `.part`")
        }
        finished = beginsAgain ? [] : Set(lines.dropFirst().compactMap { Int($0) })
        if beginsAgain, !lines.isEmpty { complete = head.utf8.count + 1 }
        ftruncate(descriptor, off_t(complete))
        if lines.isEmpty { try append(head) }
    }

    deinit { close(descriptor) }

    /// Notes a finished tile.
    func note(_ tile: Int) throws(InferenceError) { try append("\(tile)") }

    private func append(_ line: String) throws(InferenceError) {
        let bytes = Array((line + "\n").utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw RunJournal.failure("cannot be written") }
    }

    private static func failure(_ what: String) -> InferenceError {
        .work(found: "the journal of the run \(what): \(String(cString: strerror(errno)))", remedy: "make the output's folder writable")
    }
}
