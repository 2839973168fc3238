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

    @Option(help: "The extents of the first input.")
    var shape: String?

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
        let network = try Network(ONNXModel(RunnerFiles.source(network), limits: limits))
        // What a run takes is known before there are pixels.
        let shapes = try extents(for: network)
        do throws(NetworkError) { _ = try network.workingSetBytes(inputShapes: shapes, options: options) } catch {
            guard error.kind == .unknownBeforeRun else { throw error }
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
                firstOutputSeconds: firstOutput, peakMemoryBytes: Self.peakMemoryBytes(), isa: min(instructions, .best).rawValue,
                threads: threads),
            to: report)
    }

    func validate() throws {
        guard threads >= 1, runs >= 1 else { throw ValidationError("--threads and --runs: expected at least 1") }
    }

    /// The extents of the inputs.
    private func extents(for network: Network) throws -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        for (index, port) in network.inputs.enumerated() {
            shapes[port.name] = try index == 0 ? wantedShape() ?? port.usualShape() : port.usualShape()
        }
        return shapes
    }

    /// Float32 inputs of the wanted extents, the same values in every run.
    private func pixels(for network: Network, _ shapes: [String: [Int]]) throws -> [String: Tensor] {
        var inputs: [String: Tensor] = [:]
        for port in network.inputs {
            guard port.elementType == .float32 else {
                throw RunnerFailure("the input '\(port.name)' is \(port.elementType.rawValue); networks of float32 inputs are measured")
            }
            let extents = shapes[port.name] ?? []
            guard let count = Tensor.elementCount(of: extents), count <= 1 << 30,
                let tensor = Tensor(shape: extents, storage: .float32((0..<count).map { Float($0 % 1009) / 1009 }))
            else { throw RunnerFailure("--shape: found \(extents); expected at most 2^30 elements") }
            inputs[port.name] = tensor
        }
        return inputs
    }

    private func wantedShape() throws -> [Int]? {
        guard let shape else { return nil }
        let extents = shape.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard extents.allSatisfy({ ($0 ?? 0) > 0 }) else {
            throw RunnerFailure("--shape: found '\(shape)'; expected positive numbers such as 1,1,512,512")
        }
        return extents.compactMap(\.self)
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
