import ArgumentParser
import Challenges
import Foundation
import NeuralNetwork

/// Runs one network on made-up pixels and measures time and memory.
struct BenchModel: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-model", abstract: "Measure time and memory of one network.")

    @Option(help: "The ONNX file.")
    var network: String

    @Option(help: "The file for the report.")
    var report: String

    @Option(
        help: "The extents of the next input, or of the one whose name stands in front with =.",
        transform: { text in
            guard let extents = InputExtents(text) else { throw ValidationError("found '\(text)'; expected numbers such as 1,1,512,512") }
            return extents
        })
    var shape: [InputExtents] = []

    @Option(help: "The number of threads.")
    var threads = 1

    @Option(help: "The number of runs after the first one.")
    var runs = 5

    @Option(help: "The most bytes that weights and activations may take.")
    var memory: Int?

    @Option(help: "The vector instructions, at most these.")
    var isa: String?

    @Option(help: "How convolutions are computed.")
    var convolutions = RunOptions.Convolutions.winograd4

    func run() throws {
        guard let instructions = isa.map({ InstructionSet(rawValue: $0) }) ?? .best else {
            throw RunnerFailure("--isa: found '\(isa ?? "")'; expected \(InstructionSet.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let options = RunOptions(threads: threads, instructions: instructions, convolutions: convolutions)
        let start = ContinuousClock.now
        let limits = memory.map { NetworkLimits(memoryBytes: $0) } ?? NetworkLimits()
        let files = try RunnerFiles.network(network)
        let network = try Network(ONNXModel(files.source, externalData: files.externalData, limits: limits))
        // What a run takes is known before there are pixels.
        let shapes = try extents(for: network)
        var activationBytes: Int?
        do throws(NetworkError) { activationBytes = try network.workingSetBytes(inputShapes: shapes, options: options) } catch {
            guard error.kind == .unknownBeforeRun else { throw explained(error, network, shapes) }
        }
        let inputs = try pixels(for: network, shapes)
        _ = try network.run(inputs, options: options)
        let firstOutput = Self.seconds(since: start)
        var walls: [Double] = []
        let processor = Self.processorSeconds()
        for _ in 0..<runs {
            let start = ContinuousClock.now
            _ = try network.run(inputs, options: options)
            walls.append(Self.seconds(since: start))
        }
        try RunnerFiles.report(
            ModelBenchReport(
                wallSecondsPerRun: walls.sorted()[runs / 2], cpuSecondsPerRun: (Self.processorSeconds() - processor) / Double(runs),
                firstOutputSeconds: firstOutput, peakMemoryBytes: Self.peakMemoryBytes(),
                activationBytes: activationBytes, isa: min(instructions, .best).rawValue,
                threads: threads, convolutions: convolutions.rawValue),
            to: report)
    }

    func validate() throws {
        guard threads >= 1, runs >= 1 else { throw ValidationError("--threads and --runs: expected at least 1") }
    }

    /// What is wrong, with extents that work if those of an input were a guess.
    private func explained(_ error: NetworkError, _ network: Network, _ shapes: [String: [Int]]) -> any Error {
        let given = Set(network.inputs.enumerated().filter { isGiven($0, $1) }.map(\.element.name))
        guard error.kind == .shape || error.kind == .input, given.count < network.inputs.count, network.inputs.count > 1 else {
            return error
        }
        let guesses = network.inputs.map(\.name).filter { !given.contains($0) }.joined(separator: ", ")
        guard let working = network.workingShapes(like: shapes, given: given) else {
            return RunnerFailure("\(error); the extents of \(guesses) are guesses: give them with --shape NAME=… for each")
        }
        return RunnerFailure("\(error); the extents of \(guesses) are guesses: these work: \(network.shapeOptions(working))")
    }

    /// Whether the extents of the input at a place were asked for.
    private func isGiven(_ place: Int, _ port: NeuralNetwork.Port) -> Bool {
        shape.contains { $0.input == port.name } || place < shape.count { $0.input == nil }
    }

    /// The extents of the inputs: as asked for, else as declared, with names of extents as in the inputs that were asked for.
    private func extents(for network: Network) throws -> [String: [Int]] {
        var wanted: [String: [Int]] = [:], next = 0
        for entry in shape {
            let port = entry.input.map { name in network.inputs.first { $0.name == name } } ?? network.inputs.dropFirst(next).first
            guard let port, wanted[port.name] == nil else {
                let names = network.inputs.map(\.name).joined(separator: ", ")
                throw RunnerFailure("--shape \(entry.text): there is no input for it; expected each of \(names) at most once")
            }
            wanted[port.name] = entry.extents
            if entry.input == nil { next += 1 }
        }
        var names: [String: Int] = [:]
        for port in network.inputs { names.merge(port.names(in: wanted[port.name] ?? [])) { first, _ in first } }
        return [String: [Int]](network.inputs.map { ($0.name, wanted[$0.name] ?? $0.usualShape(names: names)) }) { first, _ in first }
    }

    /// Inputs of the wanted extents, the same values in every run: fractions from 0 to 1; whole numbers of 8 and 16 bits, as pixels have,
    /// from 0 to 100; 1 for wider ones, which are mostly sizes or places.
    private func pixels(for network: Network, _ shapes: [String: [Int]]) throws -> [String: Tensor] {
        var inputs: [String: Tensor] = [:]
        for port in network.inputs {
            let extents = shapes[port.name] ?? []
            guard let count = Tensor.elementCount(of: extents), count <= 1 << 30 else {
                throw RunnerFailure("--shape: found \(extents) for the input '\(port.name)'; expected at most 2^30 elements")
            }
            let values = TensorStorage.float32(Self.values(count, of: port.elementType))
            inputs[port.name] = Tensor(shape: extents, storage: values)?.cast(to: port.elementType)
        }
        return inputs
    }

    private static func values(_ count: Int, of type: ElementType) -> [Float] {
        if type.isReal { return (0..<count).map { Float($0 % 1009) / 1009 } }
        if type.isInteger, type.byteCount <= 2 { return (0..<count).map { Float($0 % 101) } }
        return [Float](repeating: 1, count: count)
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let duration = ContinuousClock.now - start
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func peakMemoryBytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}
