/// A weight of a file: type and extents are checked, the elements stay where they are until they are needed.
struct StoredTensor: Sendable {
    let shape: [Int]
    let elementType: ElementType

    private enum Content: Sendable {
        case loaded(Tensor)
        case stored(ByteSource, Range<Int>, place: String)
        case listed(PackedNumbers)
    }

    private let content: Content

    /// A tensor whose elements are in memory.
    init(_ tensor: Tensor) {
        shape = tensor.shape
        elementType = tensor.elementType
        content = .loaded(tensor)
    }

    /// A tensor whose elements are a file's bytes from the lowest address on.
    init(_ type: ElementType, _ shape: [Int], in source: ByteSource, at bytes: Range<Int>, place: String) throws(NetworkError) {
        let count = shape.reduce(1, *)
        let expected = TensorReader.storedBytes(type, count: count)
        guard bytes.count == expected else {
            throw NetworkError(
                .malformed, "\(place) has \(bytes.count) bytes of data; its extents and type (\(type.rawValue)) ask for \(expected)")
        }
        self.shape = shape
        elementType = type
        content = .stored(source, bytes, place: place)
    }

    /// A tensor whose elements are listed in a file, one number each; types of less than a byte one number for each byte.
    init(_ type: ElementType, _ shape: [Int], _ numbers: PackedNumbers) {
        self.shape = shape
        elementType = type
        content = .listed(numbers)
    }

    /// Bytes in memory.
    var byteCount: Int { shape.reduce(1, *) * elementType.byteCount }

    /// The tensor with its elements, if they are in memory.
    var loaded: Tensor? { if case .loaded(let tensor) = content { tensor } else { nil } }

    /// Looks at elements that are listed, since not any bytes are numbers; others are judged by how many bytes they have.
    func check() throws(NetworkError) { if case .listed(let numbers) = content { try numbers.check() } }

    /// The tensor with its elements, which are checked.
    func load() throws(NetworkError) -> Tensor {
        switch content {
        case .loaded(let tensor): return tensor
        case .listed(let numbers): return Tensor(shape, try numbers.elements(elementType, count: shape.reduce(1, *)))
        case .stored(let source, let bytes, let place):
            guard elementType != .bool, !elementType.isNarrow else {
                return Tensor(shape, TensorReader.raw(try source.bytes(bytes), type: elementType, count: shape.reduce(1, *)))
            }
            // The file's numbers are little-endian, as are the machines that this runs on.
            var failure: NetworkError?
            let storage = TensorStorage.filled(type: elementType, count: shape.reduce(1, *)) { target in
                do throws(NetworkError) { try source.copy(from: bytes.lowerBound, into: target) } catch { failure = error }
            }
            if let failure { throw NetworkError(failure.kind, "\(place): \(failure.message)") }
            return Tensor(shape, storage)
        }
    }
}
