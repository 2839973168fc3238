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
        let files = try RunnerFiles.network(network)
        let result: ModelCheckReport
        do throws(NetworkError) {
            result = try checked(ONNXModel(files.source, externalData: files.externalData), name)
        } catch {
            result = ModelCheckReport(name: name, formatVersion: "", faults: ["\(error)"], isPassed: false)
        }
        try RunnerFiles.report(result, to: report)
    }

    /// The extents of an image at which a network is looked at. One of stacks may be too large at the usual extent; what is too large at
    /// a small one always is.
    private static let extents = [NeuralNetwork.Port.usualExtent, 64]

    private func checked(_ model: ONNXModel, _ name: String) throws(NetworkError) -> ModelCheckReport {
        var report = ModelCheckReport(name: name, formatVersion: "", isPassed: true)
        report.network = ModelCheckReport.NetworkFacts(
            opset: model.opset, inputs: model.inputs.map(\.words), outputs: model.outputs.map(\.words), constantBytes: model.weightBytes)
        // What is a fault by types and extents is told before large weights are read.
        var judged = report
        explore(model.inputs, &judged) { (shapes, _) throws(NetworkError) in try model.judge(inputShapes: shapes) }
        guard judged.isPassed else { return judged }
        let network = try Network(model)
        report.network?.constantBytes = network.constantBytes
        explore(model.inputs, &report) { (shapes, report) throws(NetworkError) in try lookAround(network, shapes, &report) }
        return report
    }

    /// Looks at a network, with other extents of its further inputs where equal ones do not fit.
    private func lookAround(
        _ network: Network, _ shapes: [String: [Int]], _ report: inout ModelCheckReport
    ) throws(NetworkError) {
        do throws(NetworkError) { try look(network, shapes, &report) } catch {
            guard error.kind == .shape, let working = network.workingShapes(like: shapes), (try? look(network, working, &report)) != nil
            else { throw error }
            report.warnings.append(
                "the network takes no inputs of equal extents: it was looked at with those of \(network.shapeOptions(working)), "
                    + "which `model bench` needs to be given")
        }
    }

    /// Looks at a network with inputs of the usual extents; what is wrong becomes a fault or a warning.
    private func explore(
        _ inputs: [NeuralNetwork.Port], _ report: inout ModelCheckReport,
        _ look: (_ shapes: [String: [Int]], _ report: inout ModelCheckReport) throws(NetworkError) -> Void
    ) {
        for extent in Self.extents {
            let shapes = [String: [Int]](inputs.map { ($0.name, $0.usualShape(extent)) }) { first, _ in first }
            do throws(NetworkError) { return try look(shapes, &report) } catch {
                guard error.kind != .limit || extent == Self.extents.last else { continue }
                let extents = inputs.map { "\($0.name) \($0.usualShape(extent).map(String.init).joined(separator: " x "))" }
                let sentence = "how far the network sees cannot be said for \(extents.joined(separator: ", ")): \(error)"
                switch error.kind {
                case .limit, .attribute, .unsupported, .malformed, .graph, .elsewhere: report.faults.append(sentence)
                case .shape, .unknownBeforeRun, .input, .internalFault: report.warnings.append(sentence)
                }
                report.isPassed = report.faults.isEmpty
                return
            }
        }
    }

    /// How far each output sees, and what a run reads around a tile.
    private func look(_ network: Network, _ shapes: [String: [Int]], _ report: inout ModelCheckReport) throws(NetworkError) {
        guard let image = network.inputs.first(where: { $0.shape.count >= 3 }) else {
            report.warnings.append(Self.reachless(network.inputs))
            return
        }
        let fields = try network.reach(inputShapes: shapes, options: RunOptions(convolutions: .direct))
        report.window = image.shape.dropFirst(2).compactMap { if case .fixed(let extent) = $0 { extent } else { nil } }
        // Windows of one extent only go through the direct kernels, which need no more than that.
        let runs = try report.window.isEmpty ? network.reach(inputShapes: shapes) : fields
        var contexts: [[TileContext]] = [], seen: Set<String> = []
        for output in network.outputs {
            guard let field = fields[output.name], let run = runs[output.name] else { continue }
            let operators = field.wholeImageOperators + [field.unsteadyStep].compactMap(\.self)
            report.wholeImageOperators += operators.filter { seen.insert($0).inserted }
            contexts.append(run.axes.map { TileContext($0) })
            for (index, (axis, own)) in zip(field.axes, run.axes).enumerated() {
                let name = Self.axisName(index, of: field.axes.count)
                // Along axes that could be cut if others are not, the truth is then that they cannot.
                let axis = axis.seeingAll(field.wholeImageOperators.isEmpty ? nil : field.unsteadyStep)
                report.reaches.append(
                    ModelCheckReport.Reach(place: "\(output.name).\(name)", axis, declaredHalo: nil, context: TileContext(own)))
            }
        }
        let isNarrow = contexts.contains { axes in
            zip(axes, image.shape.dropFirst(2)).contains { if case .fixed(let extent) = $1 { extent < $0.leastWindow } else { false } }
        }
        let batches = [String: Int](network.inputs.filter { $0.shape.count >= 3 }.map { ($0.name, 0) }) { first, _ in first }
        report.warnings += [BatchMixers(network, shapes: shapes, axes: batches).warning].compactMap(\.self)
        let tilingClass = TilingClass(
            seesAll: !report.wholeImageOperators.isEmpty, hasWindow: !report.window.isEmpty, isNarrow: isNarrow)
        report.tilingClass = tilingClass.rawValue
        if tilingClass == .local, report.window.isEmpty { report.sensibleTile = contexts.sensibleTile }
    }

    /// Why it cannot be said how far a network sees of whose inputs none is known to be an image.
    private static func reachless(_ inputs: [NeuralNetwork.Port]) -> String {
        let open = inputs.filter { $0.declaredShape == nil }.map { "'\($0.name)'" }
        guard !open.isEmpty else { return "no input has space axes (batch, channel, space): the network is not for images" }
        return "the file declares no shape of \(open.count == 1 ? "the input" : "the inputs") \(open.joined(separator: ", ")): how far the "
            + "network sees cannot be said without a package, whose description names the axes"
    }

    /// The usual name of a space axis by its place: y and x are the last two.
    private static func axisName(_ index: Int, of count: Int) -> String {
        let names = SpaceAxes.names(last: count)
        return index + names.count >= count ? names[index + names.count - count] : "axis \(index + 2)"
    }
}
