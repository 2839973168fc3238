import ArgumentParser

/// How convolutions with 3 x 3 kernels are computed.
struct ConvolutionOptions: ParsableArguments {
    // A value that begins with a dash is a value too, so that it is named.
    @Option(
        parsing: .unconditional,
        help: """
            The edge of the tiles of Winograd's algorithm: 4, the fastest, or 2, which needs less context around the tiles of an image. \
            (default: 4)
            """)
    var winograd: Int?

    @Flag(help: "Add up the products of convolutions directly, without Winograd's algorithm.")
    var exact = false

    func validate() throws {
        if let winograd, ![2, 4].contains(winograd) { throw ValidationError("--winograd is \(winograd); write 2 or 4") }
        if exact, winograd != nil { throw ValidationError("--exact is without Winograd's algorithm; leave --winograd or --exact out") }
    }

    /// The name that the runner takes; `nil` for its default.
    var name: String? { exact ? "direct" : winograd.map { "winograd\($0)" } }

    /// How convolutions were computed, in words.
    static func words(_ name: String) -> String {
        switch name {
        case "direct": "convolutions added up one by one"
        case "winograd2": "convolutions of 3 x 3 in Winograd's tiles of two by two"
        default: "convolutions of 3 x 3 in Winograd's tiles of four by four"
        }
    }
}
