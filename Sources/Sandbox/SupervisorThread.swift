import Glibc

/// A thread that lives as long as one run.
///
/// The kernel kills a sandbox when the thread that started it ends, not only when the process does: threads of a pool may end while
/// their work goes on elsewhere, so each run has its own.
enum SupervisorThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a detached thread.
    static func start(_ body: @escaping @Sendable () -> Void) throws(SandboxError) {
        // The thread takes the box over; nothing else refers to it.
        let box = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard failure == 0 else {
            box.release()
            throw .system("starting a supervisor's thread", failure)
        }
        pthread_detach(thread)
    }
}
