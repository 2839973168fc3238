internal import Synchronization

/// Weights in a form of a kernel, made when they are first needed and then kept.
final class LazyWeights: Sendable {
    private let forms = Mutex<[BlockedKernel: [AlignedFloats]]>([:])

    /// The form for a kernel, one entry for each group; made by the closure if it is not there.
    func form(_ kernel: BlockedKernel, make: () throws(NetworkError) -> [AlignedFloats]) throws(NetworkError) -> [AlignedFloats] {
        if let known = forms.withLock({ $0[kernel] }) { return known }
        let made = try make()
        forms.withLock { $0[kernel] = made }
        return made
    }
}
