internal import ArgumentParser

extension AsyncParsableCommand {
    /// Refuses numbers of threads that are none, or more than any machine has cores.
    static func check(threads: Int) throws {
        guard (1...1024).contains(threads) else { throw ValidationError("--threads is \(threads); write a number from 1 to 1024") }
    }
}
