import ArgumentParser
import Challenges
import Foundation
import ModelPackages
import NeuralNetwork

/// Checks a network without a package: operators, types, extents, and how far it sees. Nothing is computed with it.
struct CheckNetwork: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "check-network", abstract: "Check an ONNX file without a package.")

    @Option(help: "The ONNX file.")
    var network: String

    @Option(help: "The file for the report.")
    var report: String

    func run() throws {
        let name = (network as NSString).lastPathComponent
        let source = try RunnerFiles.source(network)
        let result: ModelCheckReport
        do throws(NetworkError) {
            result = checked(try Network(ONNXModel(source)), name)
        } catch {
            result = ModelCheckReport(name: name, formatVersion: "", faults: ["\(error)"], isPassed: false)
        }
        try RunnerFiles.report(result, to: report)
    }

    private func checked(_ network: Network, _ name: String) -> ModelCheckReport {
        var report = ModelCheckReport(
            name: name, formatVersion: "",
            network: ModelCheckReport.NetworkFacts(
                opset: network.opset, inputs: network.inputs.map(\.words), outputs: network.outputs.map(\.words),
                constantBytes: network.constantBytes),
            isPassed: true)
        // A network of stacks may be too large at the usual extent; what is too large at a small one always is.
        for extent in [NeuralNetwork.Port.usualExtent, 64] {
            let shapes = [String: [Int]](network.inputs.map { ($0.name, $0.usualShape(extent)) }) { first, _ in first }
            do throws(NetworkError) {
                try look(network, shapes, &report)
                return report
            } catch {
                guard error.kind != .limit || extent == 64 else { continue }
                if error.kind == .shape, let working = network.workingShapes(like: shapes), (try? look(network, working, &report)) != nil {
                    report.warnings.append(
                        "the network takes no inputs of equal extents: it was looked at with those of \(network.shapeOptions(working)), "
                            + "which `model bench` needs to be given")
                    return report
                }
                let extents = network.inputs.map { "\($0.name) \($0.usualShape(extent).map(String.init).joined(separator: " x "))" }
                let sentence = "how far the network sees cannot be said for \(extents.joined(separator: ", ")): \(error)"
                switch error.kind {
                case .limit, .attribute, .unsupported, .malformed, .graph: report.faults.append(sentence)
                case .shape, .unknownBeforeRun, .input, .internalFault: report.warnings.append(sentence)
                }
                report.isPassed = report.faults.isEmpty
                return report
            }
        }
        return report
    }

    /// How far each output sees, and what a run reads around a tile.
    private func look(_ network: Network, _ shapes: [String: [Int]], _ report: inout ModelCheckReport) throws(NetworkError) {
        guard let image = network.inputs.first(where: { $0.shape.count >= 3 }) else {
            report.warnings.append("no input has space axes (batch, channel, space): the network is not for images")
            return
        }
        let fields = try network.reach(inputShapes: shapes, options: RunOptions(convolutions: .direct))
        report.window = image.shape.dropFirst(2).compactMap { if case .fixed(let extent) = $0 { extent } else { nil } }
        // Windows of one extent only go through the direct kernels, which need no more than that.
        let runs = try report.window.isEmpty ? network.reach(inputShapes: shapes) : fields
        var contexts: [[TileContext]] = [], seen: Set<String> = []
        for output in network.outputs {
            guard let field = fields[output.name], let run = runs[output.name] else { continue }
            report.wholeImageOperators += field.wholeImageOperators.filter { seen.insert($0).inserted }
            contexts.append(run.axes.map { TileContext($0) })
            for (index, (axis, own)) in zip(field.axes, run.axes).enumerated() {
                let name = Self.axisName(index, of: field.axes.count)
                report.reaches.append(
                    ModelCheckReport.Reach(place: "\(output.name).\(name)", axis, declaredHalo: nil, context: TileContext(own)))
            }
        }
        let isGlobal = !report.wholeImageOperators.isEmpty
        let isNarrow = contexts.contains { axes in
            zip(axes, image.shape.dropFirst(2)).contains { if case .fixed(let extent) = $1 { extent < $0.leastWindow } else { false } }
        }
        report.tilingClass = isGlobal ? report.window.isEmpty ? "global" : "windowed" : isNarrow ? "windowed" : "local"
        if report.tilingClass == "local", report.window.isEmpty { report.sensibleTile = contexts.sensibleTile }
    }

    /// The usual name of a space axis by its place: y and x are the last two.
    private static func axisName(_ index: Int, of count: Int) -> String {
        let names = ["z", "y", "x"].suffix(min(3, count))
        return index + names.count >= count ? names[names.startIndex + index + names.count - count] : "axis \(index + 2)"
    }
}
