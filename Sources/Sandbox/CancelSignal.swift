import Glibc

/// Wakes a supervisor from another thread: its end of a pipe is readable from the moment the signal is set.
final class CancelSignal: Sendable {
    private let pipe: DescriptorPair

    init() throws(SandboxError) {
        do {
            pipe = try .pipe()
        } catch {
            throw .system("making a pipe", error.number)
        }
    }

    /// The descriptor to wait for.
    var descriptor: Int32 { pipe.ours.number }

    func set() {
        try? pipe.theirs.write([1])
    }
}
