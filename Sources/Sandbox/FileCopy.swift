import CSandbox
import Glibc

/// Copies what a file holds into an empty one, within the kernel where it can; holes stay holes, so that they cost neither time nor room.
enum FileCopy {
    /// Why a file could not be copied.
    enum Failure: Error {
        /// The source cannot be read.
        case source
        /// The source has another size than it had.
        case changed
        /// The target cannot be written; the error number.
        case target(Int32)
    }

    private static let part = 1 << 22

    /// Copies a file of `size` bytes, which it must still have at the end.
    static func copy(_ source: borrowing FileDescriptor, size: Int, to target: borrowing FileDescriptor) throws(Failure) {
        guard ftruncate(target.number, off_t(size)) == 0 else { throw .target(errno) }
        var place = 0
        while place < size {
            let start = csandbox_next_data(source.number, Int64(place))
            if start == -Int64(ENXIO) { break }
            // A file system without holes has data everywhere.
            let end = start < 0 ? -1 : csandbox_next_hole(source.number, start)
            let range = end > start && start < size ? Int(start)..<min(size, Int(end)) : place..<size
            guard !range.isEmpty else { break }
            try copy(range, of: source, to: target)
            place = range.upperBound
        }
        var status = stat()
        guard fstat(source.number, &status) == 0 else { throw .source }
        guard Int(status.st_size) == size else { throw .changed }
    }

    private static func copy(
        _ range: Range<Int>, of source: borrowing FileDescriptor, to target: borrowing FileDescriptor
    ) throws(Failure) {
        var place = range.lowerBound
        while place < range.upperBound {
            let count = csandbox_copy_range(source.number, target.number, Int64(place), min(part, range.upperBound - place))
            switch -Int32(truncatingIfNeeded: count) {
            case 0: throw .changed
            case EINTR: continue
            case let number where number == ENOSPC || number == EDQUOT || number == EFBIG: throw .target(number)
            // Kernels and file systems differ in what they copy by themselves.
            case let number where number > 0: return try copyThrough(place..<range.upperBound, of: source, to: target)
            default: place += count
            }
        }
    }

    private static func copyThrough(
        _ range: Range<Int>, of source: borrowing FileDescriptor, to target: borrowing FileDescriptor
    ) throws(Failure) {
        guard lseek(source.number, off_t(range.lowerBound), SEEK_SET) >= 0 else { throw .source }
        guard lseek(target.number, off_t(range.lowerBound), SEEK_SET) >= 0 else { throw .target(errno) }
        var rest = range.count
        while rest > 0 {
            guard let bytes = source.read(upTo: min(1 << 20, rest)) else { throw .source }
            guard !bytes.isEmpty else { throw .changed }
            do { try target.write(bytes[...]) } catch { throw .target(error.number) }
            rest -= bytes.count
        }
    }
}
