/// An error number of the system.
struct SystemFailure: Error, Equatable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }
}

extension Result where Failure == SystemFailure {
    /// The error number; 0 on success.
    var failureNumber: Int32 {
        if case .failure(let failure) = self { failure.number } else { 0 }
    }

    /// The system's text for the failure; empty on success.
    var failureText: String {
        if case .failure(let failure) = self { SystemErrorText.describe(failure.number) } else { "" }
    }
}
