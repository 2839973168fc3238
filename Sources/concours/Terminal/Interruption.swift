import Dispatch
import Foundation
import Synchronization

/// Stopping on request: Ctrl-C, a closed terminal or `kill` cancel the work, so that sandboxes end and nothing is left lying about.
enum Interruption {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    /// When the first signal came, and which one.
    private static let first = Mutex<(time: ContinuousClock.Instant, signal: Int32)?>(nil)

    /// The exit code of a process that was stopped: 128 and the number of the signal that came first, 130 for Ctrl-C.
    static var exitCode: Int32 { 128 + (first.withLock { $0?.signal } ?? SIGINT) }

    /// Does some work, which is cancelled by the first signal; a later signal ends the process at once.
    ///
    /// Who stops a group of processes, such as `timeout` or a scheduler, sends a signal twice in one moment: that counts as one.
    static func heeding(_ work: @escaping @Sendable () async throws -> Void) async throws {
        // Output that nobody reads any more must not end an evaluation half-way.
        signal(SIGPIPE, SIG_IGN)
        let task = Task { try await work() }
        let sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let isAnother = first.withLock { first in
                    guard let known = first else {
                        first = (.now, number)
                        return false
                    }
                    return ContinuousClock.now - known.time > .seconds(1)
                }
                if isAnother { exit(128 + number) }
                task.cancel()
            }
            source.resume()
            return (number, source)
        }
        defer { for (_, source) in sources { source.cancel() } }
        do {
            try await task.value
        } catch {
            guard task.isCancelled else { throw error }
            if let failure = error as? CommandFailure, failure.exitCode == exitCode { throw failure }
            throw CommandFailure.stopped("stopped; evaluations that were finished are kept, this one is not")
        }
    }
}
