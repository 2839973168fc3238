/// The file `/input/case.json` that every prediction finds: the case's id, its input files and the outputs it must write.
public struct CaseDescription: Sendable, Codable, Equatable {
    /// An output slot: a file `/output/<slot>.<format>`.
    public struct Output: Sendable, Codable, Equatable {
        /// The axes that the output must have, slowest first, such as `yx`.
        public var axes: String
        /// The accepted file name endings.
        public var formats: [String]

        /// Makes an output slot.
        public init(axes: String, formats: [String]) {
            self.axes = axes
            self.formats = formats
        }
    }

    /// The opaque id of the case.
    public var id: String
    /// The file in `/input` by input slot.
    public var inputs: [String: String]
    /// What to write by output slot.
    public var outputs: [String: Output]

    /// Makes the description of a case.
    public init(id: String, inputs: [String: String], outputs: [String: Output]) {
        self.id = id
        self.inputs = inputs
        self.outputs = outputs
    }
}
