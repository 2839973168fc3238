public import Imaging
public import ModelPackages

/// What keeps an image from being predicted or a prediction from becoming labels.
public enum InferenceError: Error, Sendable, Equatable {
    /// The package, its processing or its network.
    case package(PackageError)
    /// Values of an image (of an input by name), or what the network makes of it, that are refused: whoever tries again meets them again.
    case values(PackageError, input: String?)
    /// An image cannot be read or written.
    case image(ImageError)
    /// What an interrupted run left behind does not belong to this run, or cannot be used.
    case work(found: String, remedy: String)
    /// An image does not fit the model's input.
    case unfitImage(input: String, found: String, remedy: String)
    /// The image cannot be cut into tiles that the model takes.
    case noTiling(found: String, remedy: String)
    /// The wanted tile, or even the smallest one, needs more memory than is allowed.
    case memory(neededBytes: Int, allowedBytes: Int)
    /// Something that is done with all values at once needs more memory than is allowed; `what` is a subject such as `its labels`.
    case memoryAtOnce(what: String, neededBytes: Int, allowedBytes: Int, remedy: String)
    /// An output is not what the description or the postprocessor says.
    case unfitOutput(output: String, found: String, remedy: String)
}

extension InferenceError: CustomStringConvertible {
    /// The whole message in one line.
    public var description: String {
        switch self {
        case .package(let error): error.description
        case .values(let error, _): error.description
        case .image(let error): error.description
        case .work(let found, let remedy): "\(found); \(remedy)"
        case .unfitImage(let input, let found, let remedy): "input \(input): \(found); \(remedy)"
        case .noTiling(let found, let remedy): "\(found); \(remedy)"
        case .memory(.max, let allowed):
            "a tile needs more memory for the network's activations than a network may take, \(MemorySize.text(allowed)) are allowed; "
                + "choose a smaller tile"
        case .memory(let needed, let allowed):
            "a tile needs \(MemorySize.text(needed)) for the network's activations, \(MemorySize.text(allowed)) are allowed; "
                + "choose a smaller tile or allow more memory"
        case .memoryAtOnce(let what, .max, let allowed, let remedy):
            "\(what) needs more memory than a network may take, \(MemorySize.text(allowed)) are allowed; \(remedy)"
        case .memoryAtOnce(let what, let needed, let allowed, let remedy):
            "\(what) needs \(MemorySize.text(needed)), \(MemorySize.text(allowed)) are allowed; allow more memory, or \(remedy)"
        case .unfitOutput(let output, let found, let remedy): "output \(output): \(found); \(remedy)"
        }
    }
}

extension InferenceError {
    /// There is a file in the place of a result.
    static let outputExists = InferenceError.work(found: "the output exists", remedy: "remove it or choose another name")

    /// Passes on what concerns the package as an error of this room.
    static func passingOn<Value>(_ body: () throws(PackageError) -> Value) throws(InferenceError) -> Value {
        do { return try body() } catch { throw .package(error) }
    }

    /// Passes on what concerns values as an error of this room, other faults of the package as those.
    ///
    /// - Parameter input: the input whose values they are; `nil` for those of an output.
    static func refusing<Value>(
        of input: String?, _ body: () throws(PackageError) -> Value
    ) throws(InferenceError) -> Value {
        do { return try body() } catch { throw error.code == .tensor ? .values(error, input: input) : .package(error) }
    }

    /// Says of values that are refused in which sample they are.
    ///
    /// - Parameter words: where the sample is, such as `t 3, z 0`; empty where it is the only one.
    static func inSample<Value>(
        _ words: String, _ body: () throws(InferenceError) -> Value
    ) throws(InferenceError) -> Value {
        do { return try body() } catch {
            guard case .values(let fault, let input) = error, !words.isEmpty else { throw error }
            throw .values(fault.inSample(words), input: input)
        }
    }

    /// Passes on what concerns an image as an error of this room.
    static func passingOn<Value>(_ body: () throws(ImageError) -> Value) throws(InferenceError) -> Value {
        do { return try body() } catch { throw .image(error) }
    }
}
