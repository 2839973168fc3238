import CZip
import Synchronization

/// A file of a zip archive, unpacked as far as it is read. Readers go forwards; for one that goes far back it is unpacked anew.
final class InflatedFile: Sendable {
    /// libzip's handles, which only the lock's holder uses, and the bytes that were unpacked last.
    private struct Stream {
        let archive: OpaquePointer?
        let index: UInt64
        var file: OpaquePointer?
        var window: [UInt8] = []
        var start = 0
    }

    /// What is unpacked at a time; of what came before as much is kept.
    private static let part = 1 << 16

    private let stream: Mutex<Stream>

    /// A file by its place in the directory of an archive, which is opened once more.
    init(archive path: String, index: UInt64) {
        stream = Mutex(Stream(archive: zip_open(path, ZIP_RDONLY, nil), index: index))
    }

    deinit {
        stream.withLock { stream in
            if let file = stream.file { zip_fclose(file) }
            if let archive = stream.archive { zip_discard(archive) }
        }
    }

    /// Fills a buffer with the bytes from a place on; false if they cannot be unpacked.
    func copy(from start: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        stream.withLock { stream in
            if start < stream.start || stream.file == nil, !InflatedFile.restart(&stream) { return false }
            var done = 0
            while done < buffer.count {
                let offset = start + done - stream.start
                if offset < stream.window.count {
                    let count = min(buffer.count - done, stream.window.count - offset)
                    UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count]).copyBytes(
                        from: stream.window[offset..<offset + count])
                    done += count
                } else if !InflatedFile.readOn(&stream) {
                    return false
                }
            }
            return true
        }
    }

    private static func restart(_ stream: inout Stream) -> Bool {
        if let file = stream.file { zip_fclose(file) }
        (stream.window, stream.start) = ([], 0)
        stream.file = stream.archive.flatMap { zip_fopen_index($0, stream.index, 0) }
        return stream.file != nil
    }

    private static func readOn(_ stream: inout Stream) -> Bool {
        var bytes = [UInt8](repeating: 0, count: part)
        let count = Int(zip_fread(stream.file, &bytes, UInt64(part)))
        guard count > 0 else { return false }
        let kept = stream.window.suffix(part)
        stream.start += stream.window.count - kept.count
        stream.window = Array(kept) + bytes[..<count]
        return true
    }
}
