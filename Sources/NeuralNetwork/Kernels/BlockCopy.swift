internal import CKernels

/// Copies n-dimensional blocks of elements between tensors of one element type.
enum BlockCopy {
    /// The distance in elements between neighbours along each axis of a tensor in C order.
    static func strides(of shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }

    /// Copies a block of `extents`; offsets and strides are in elements, the source's strides may be 0 or negative.
    static func copy(
        extents: [Int], from source: UnsafeRawBufferPointer, offset: Int, strides: [Int], to target: UnsafeMutableRawBufferPointer,
        targetOffset: Int, targetStrides: [Int], elementBytes: Int
    ) {
        guard !extents.contains(0), let from = source.baseAddress, let to = target.baseAddress else { return }
        ck_copy_block(
            Int32(elementBytes), Int32(extents.count), extents.map(Int64.init), from + offset * elementBytes, strides.map(Int64.init),
            to + targetOffset * elementBytes, targetStrides.map(Int64.init))
    }

    /// The tensor of `shape` whose element at index i is the source's at offset + sum(i * strides).
    static func view(of tensor: Tensor, shape: [Int], offset: Int = 0, strides: [Int]) -> Tensor {
        let count = shape.reduce(1, *)
        return Tensor(
            shape,
            .filled(type: tensor.elementType, count: count) { target in
                tensor.storage.withBytes { source in
                    copy(
                        extents: shape, from: source, offset: offset, strides: strides, to: target, targetOffset: 0,
                        targetStrides: self.strides(of: shape), elementBytes: tensor.elementType.byteCount)
                }
            })
    }
}

extension BlockCopy {
    /// Copies a whole tensor to a place inside another one; all axes from `axis` on are one run, as both are in C order.
    static func copyRuns(
        shape: [Int], axis: Int, from source: UnsafeRawBufferPointer, strides: [Int], to target: UnsafeMutableRawBufferPointer,
        targetOffset: Int, targetStrides: [Int], elementBytes: Int
    ) {
        let run = shape[axis...].reduce(1, *)
        copy(
            extents: Array(shape[..<axis]) + [run], from: source, offset: 0, strides: Array(strides[..<axis]) + [1], to: target,
            targetOffset: targetOffset, targetStrides: Array(targetStrides[..<axis]) + [1], elementBytes: elementBytes)
    }
}
