import Challenges
import ModelPackages

/// The file `submission.yaml` of a submission: what it is and, for programs, how it is started.
struct SubmissionDescription {
    static let fileName = "submission.yaml"
    private static let keys = ["concours", "kind", "title", "authors", "command", "postprocessor", "inference", "simulated"]

    let kind: SubmissionKind
    let title: String?
    let authors: [String]
    let isSimulated: Bool
    let command: [String]
    /// How a model's outputs become labels; parsed by `TiledInference`.
    let postprocessor: DescriptionNode?
    /// Overlapping windows and mirroring; parsed by `TiledInference`.
    let inference: DescriptionNode?

    /// Reads the file's content.
    init(bytes: [UInt8]) throws(PackageError) {
        let root = try DescriptionNode.read(bytes, file: Self.fileName)
        try root.refuseKeys(except: Self.keys)
        let layout = try root.required("concours")
        guard try layout.int() == 1 else {
            throw layout.fault(.unsupportedVersion, found: "found \(layout.summary)", remedy: "write `concours: 1`")
        }
        let kindNode = try root.required("kind")
        guard let kind = SubmissionKind(rawValue: try kindNode.string()) else {
            throw kindNode.fault(found: "found \(kindNode.summary)", remedy: "write `model`, `program` or `predictions`")
        }
        self.kind = kind
        title = try root["title"].map { node throws(PackageError) in try Self.line(node) }
        var authors: [String] = []
        if let list = root["authors"] {
            for node in try list.list() { authors.append(try Self.line(node)) }
        }
        self.authors = authors
        isSimulated = try root["simulated"]?.bool() ?? false
        var command: [String] = []
        if let list = root["command"] {
            guard kind == .program else {
                throw list.fault(
                    found: "a command in a submission of kind `\(kind.rawValue)`", remedy: "leave it out or write `kind: program`")
            }
            for node in try list.list() { command.append(try node.text()) }
            guard (1...256).contains(command.count), command.allSatisfy({ !$0.contains("\0") && $0.utf8.count <= 4096 }) else {
                throw list.fault(
                    found: "found \(list.summary)",
                    remedy: "write the program and its arguments, such as `[python3, segment.py]`; at most 256, each of at most 4096 bytes")
            }
        } else if kind == .program {
            throw root.fault(
                .missing, found: "`command` is missing",
                remedy: "write the program and its arguments, such as `command: [python3, segment.py]`")
        }
        self.command = command
        postprocessor = root["postprocessor"]
        if let postprocessor, kind != .model {
            throw postprocessor.fault(
                found: "a postprocessor in a submission of kind `\(kind.rawValue)`", remedy: "leave it out: only models need one")
        }
        inference = root["inference"]
        if let inference, kind != .model {
            throw inference.fault(
                found: "`inference` in a submission of kind `\(kind.rawValue)`", remedy: "leave it out: only models have windows")
        }
    }

    /// The file in a submission's folder; `nil` if there is none.
    static func beside(_ folder: String) throws -> SubmissionDescription? {
        guard try RunnerFiles.names(in: folder).contains(fileName) else { return nil }
        return try SubmissionDescription(bytes: RunnerFiles.read(folder + "/" + fileName, limit: 1 << 20))
    }

    /// A text for one line of a page: at most 120 characters, nothing invisible.
    private static func line(_ node: DescriptionNode) throws(PackageError) -> String {
        let text = try node.string()
        let isOdd = text.unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
            default: false
            }
        }
        guard !text.isEmpty, text.count <= 120, text.utf8.count <= 480, !isOdd else {
            throw node.fault(found: "found \(node.summary)", remedy: "write one line of 1 to 120 visible characters")
        }
        return text
    }
}
