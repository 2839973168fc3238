internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// The element types of an output on its way into a file.
///
/// Values go in float32 unless it cannot hold them: numbers of 8 bytes and whole numbers of 4 go in float64, up to 2^53.
struct ResultTypes {
    /// That of the values as they go into the steps of the package.
    let network: ElementType
    /// That behind them.
    let result: ElementType
    /// Whether values have 8 bytes on either side of the steps, or between them.
    private let isWide: Bool

    /// - Parameter network: the type of the network's output; float32 where windows are averaged.
    init(_ description: TensorDescription, network: ElementType) {
        self.network = description.stepType(from: network)
        result = description.resultType(from: network)
        isWide = description.isWide(from: network)
    }

    /// Of what a file of the results consists.
    var file: PixelType {
        switch result {
        case .int32: .int32
        case .uint32: .uint32
        default: ResultTypes.scratch(result)
        }
    }

    /// Of what files consist in which values wait for steps or labels that need them all: in front of the steps, or behind them.
    var waiting: PixelType { ResultTypes.scratch(network) }
    var processed: PixelType { ResultTypes.scratch(result) }

    /// Bytes of a value in memory, where it has most.
    var valueBytes: Int { isWide ? 8 : 4 }

    /// Bytes of a value in front of the steps.
    var waitingBytes: Int { waiting.byteCount }

    private static func scratch(_ type: ElementType) -> PixelType { type.isWide ? .float64 : .float32 }
}

extension [String: ResultTypes] {
    /// Those of a package's outputs, by name.
    init(_ package: ModelPackage, _ network: Network, isAveraged: Bool) {
        self = [:]
        for (output, port) in zip(package.outputs, network.outputs) {
            self[output.id] = ResultTypes(output, network: isAveraged ? .float32 : port.elementType)
        }
    }

    /// Those of an output; of one that the network does not have, float32.
    func types(of output: TensorDescription) -> ResultTypes { self[output.id] ?? ResultTypes(output, network: .float32) }
}
