/// Whole numbers that an ONNX file lists for a weight, each in one to ten bytes of seven bits, the lowest first.
///
/// `onnx.helper.make_tensor` keeps the bits of float16 and the integer types so. The numbers are checked before any of them takes memory.
/// Source: Protocol Buffers, "Encoding" (packed varints).
struct PackedNumbers: Sendable {
    private let source: ByteSource
    private let bytes: Range<Int>
    private let count: Int
    private let place: String

    /// The bytes that are looked at together.
    private static let window = 1 << 16
    /// The most bytes of a number.
    private static let longest = 10

    /// - Parameter count: the numbers that the weight's extents ask for; an error if so many cannot be in the bytes.
    init(in source: ByteSource, at bytes: Range<Int>, count: Int, place: String) throws(NetworkError) {
        (self.source, self.bytes, self.count, self.place) = (source, bytes, count, place)
        let least = (bytes.count + PackedNumbers.longest - 1) / PackedNumbers.longest
        guard (least...bytes.count).contains(count) else {
            throw NetworkError(
                .malformed, "\(place) lists \(least) to \(bytes.count) whole numbers in \(bytes.count) bytes; its extents ask for \(count)")
        }
    }

    /// The numbers of a list that is checked, as elements of a type, of which only the lowest bits count.
    ///
    /// - Parameter count: the number of elements; of types of less than a byte several are in a number.
    func elements(_ type: ElementType, count elements: Int) throws(NetworkError) -> TensorStorage {
        guard type != .bool, !type.isNarrow else {
            var codes: [UInt8] = []
            codes.reserveCapacity(count)
            // A bool is true if any of its 32 bits is.
            try forEach { number in
                let isTrue: UInt8 = UInt32(truncatingIfNeeded: number) == 0 ? 0 : 1
                codes.append(type == .bool ? isTrue : UInt8(truncatingIfNeeded: number))
            }
            return TensorReader.raw(codes, type: type, count: elements)
        }
        var failure: NetworkError?
        let storage = TensorStorage.filled(type: type, count: elements) { target in
            do throws(NetworkError) {
                switch type.byteCount {
                case 1: try fill(target, as: UInt8.self)
                case 2: try fill(target, as: UInt16.self)
                case 4: try fill(target, as: UInt32.self)
                default: try fill(target, as: UInt64.self)
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return storage
    }

    // The machines that this runs on are little-endian, as elements in memory are.
    private func fill<Word: FixedWidthInteger & BitwiseCopyable>(
        _ target: UnsafeMutableRawBufferPointer, as _: Word.Type
    ) throws(NetworkError) {
        var offset = 0
        try forEach { number in
            target.storeBytes(of: Word(truncatingIfNeeded: number), toByteOffset: offset, as: Word.self)
            offset += MemoryLayout<Word>.size
        }
    }

    /// Looks at all bytes and keeps none: the numbers are as many as asked for, and each of at most ten bytes.
    func check() throws(NetworkError) {
        var found = 0, longest = 0, open = 0
        try forEachWindow { window in
            for byte in window {
                // Only the last byte of a number is below 128.
                open = byte < 128 ? 0 : open + 1
                found += byte < 128 ? 1 : 0
                longest = max(longest, open)
            }
        }
        guard found == count else {
            throw NetworkError(.malformed, "\(place) lists \(found) whole numbers; its extents ask for \(count)")
        }
        guard longest < PackedNumbers.longest, open == 0 else {
            throw NetworkError(.malformed, "\(place) lists a number that does not end within \(PackedNumbers.longest) bytes or the list")
        }
    }

    /// Gives a closure each number of a list that is checked, at most `count`.
    private func forEach(_ body: (UInt64) -> Void) throws(NetworkError) {
        var number: UInt64 = 0, shift: UInt64 = 0, found = 0
        try forEachWindow { window in
            for byte in window where found < count {
                // The tenth byte has bits beyond the 64.
                number |= UInt64(byte & 127) << shift
                shift += 7
                guard byte < 128 else { continue }
                body(number)
                (number, shift, found) = (0, 0, found + 1)
            }
        }
    }

    private func forEachWindow(_ body: ([UInt8]) -> Void) throws(NetworkError) {
        for start in stride(from: bytes.lowerBound, to: bytes.upperBound, by: PackedNumbers.window) {
            body(try source.bytes(start..<min(bytes.upperBound, start + PackedNumbers.window)))
        }
    }
}
