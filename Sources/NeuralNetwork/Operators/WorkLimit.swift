/// A bound on what one node may compute, for operators whose work is not bounded by the size of their inputs and results.
extension Node {
    /// The most multiplications of one node: hours of a processor; networks of this field take a millionth of it.
    static let largestWork = 1 << 46

    /// Refuses a node whose work, the product of the factors, is larger than `limit`.
    func expect(work factors: [Int], of what: String, atMost limit: Int = Node.largestWork) throws(NetworkError) {
        guard let work = Tensor.elementCount(of: factors), work <= limit else {
            throw error(.limit, "\(what) would take the product of \(factors) steps; at most \(limit) are allowed. Use smaller inputs")
        }
    }

    /// The element type that an attribute names by ONNX's number; `nil` if it is not there or 0.
    func elementType(_ name: String) throws(NetworkError) -> ElementType? {
        guard let code = try int(name), code != 0 else { return nil }
        do { return try TensorReader.elementType(Int32(clamping: code), place: "attribute '\(name)'") } catch {
            throw self.error(error.kind, error.message)
        }
    }
}
