/// What the runner found in folders of ONNX backend tests, told to the host as JSON.
public struct ONNXTestReport: Sendable, Codable, Equatable {
    /// How a test ended.
    public enum Status: String, Sendable, Codable {
        /// Every output is within the tolerance of ONNX's own runner (1e-7 + 1e-3 times the value).
        case passed
        /// An output differs, or the network did not run.
        case failed
        /// The core does not have an operator or an element type; it was named when the network was loaded.
        case unsupported
    }

    /// One test folder.
    public struct Test: Sendable, Codable, Equatable {
        /// The folder's name below the given folder.
        public var test: String
        /// How it ended.
        public var status: Status
        /// What differs or is not there; empty for a passed test.
        public var detail: String

        /// Makes an entry.
        public init(test: String, status: Status, detail: String) {
            self.test = test
            self.status = status
            self.detail = detail
        }
    }

    /// The tests in the order in which they ran.
    public var tests: [Test]

    /// Makes a report.
    public init(tests: [Test]) {
        self.tests = tests
    }

    /// The number of tests that ended in one way.
    public func count(_ status: Status) -> Int { tests.lazy.filter { $0.status == status }.count }
}
