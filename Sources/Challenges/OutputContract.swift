public import Imaging

/// What a submission must write for a case, told by file names and shapes alone.
///
/// A program writes `<slot>.<ending>` into its output folder; finished results are named `<case id>.<ending>`.
public struct OutputContract: Sendable, Equatable {
    /// The slot that has to be filled.
    public let slot: Slot
    /// The axes of the input that the output's extents come from.
    public let inputAxes: [Axis]

    /// The contract of a task.
    public init(task: ChallengeTask) {
        slot = task.output
        inputAxes = task.input.axes
    }

    /// The endings that are accepted, the preferred one first.
    public var fileExtensions: [String] { slot.formats.flatMap(\.fileExtensions) }

    /// The names of which a program has to write exactly one, the preferred one first.
    public var fileNames: [String] { fileExtensions.map { "\(slot.name).\($0)" } }

    /// The names of which `predictions` have to hold exactly one for a case.
    public func fileNames(forCase id: String) -> [String] { fileExtensions.map { "\(id).\($0)" } }

    /// Whether a file of that name fills the slot; names are compared byte by byte.
    public func accepts(fileName: String) -> Bool { fileNames.contains(fileName) }

    /// The shape that the output must have for an input of this shape: the input's extents along the output's axes.
    ///
    /// `nil` if the input's shape does not fit the declared input axes, or the output has an axis that the input lacks.
    public func expectedShape(inputShape: [Int]) -> [Int]? {
        Self.expectedShape(inputShape, inputAxes: inputAxes, outputAxes: slot.axes)
    }

    /// The input's extents along the output's axes, or `nil`.
    static func expectedShape(_ inputShape: [Int], inputAxes: [Axis], outputAxes: [Axis]) -> [Int]? {
        guard inputShape.count == inputAxes.count else { return nil }
        var shape: [Int] = []
        for axis in outputAxes {
            guard let index = inputAxes.firstIndex(of: axis) else { return nil }
            shape.append(inputShape[index])
        }
        return shape
    }

    /// The contract in a sentence, for messages and pages.
    public var sentence: String {
        "one file \(fileNames.map { "`\($0)`" }.joined(separator: " or ")), whole-number labels with axes \(slot.axesText), "
            + "as large as the input, 0 for background"
    }
}
