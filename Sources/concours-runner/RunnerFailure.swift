/// A sentence on what could not be done, for standard error; the process ends with exit code 1.
struct RunnerFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
