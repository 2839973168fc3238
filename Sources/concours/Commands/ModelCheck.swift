import ArgumentParser
import Challenges
import Evaluation
import Foundation

/// Runs a model package's own test in the sandbox.
struct ModelCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compare a bioimage.io package with its own test tensors, and tell how far its network sees.",
        discussion: """
            Of an ONNX file alone the operators, types and extents are checked, and how far it sees; `concours model bench` runs it. \
            The package is read and run in a sandbox: it may come from anybody.
            """)

    @Argument(help: "The package: a folder or a zip archive; or an ONNX file.")
    var package: String

    @Option(parsing: .unconditional, help: "The number of threads.")
    var threads = 1

    @Option(
        parsing: .unconditional, help: "The most memory for weights and results of a package, in KiB, MiB, GiB or TiB. Default: 4GiB.",
        transform: ByteSize.init(option:))
    var memory: ByteSize?

    @Option(help: "Who multiplies matrices: kernels (ours) or openBLAS, to compare the two.")
    var products: Products = .kernels

    /// Who can multiply matrices.
    enum Products: String, CaseIterable, ExpressibleByArgument {
        case kernels, openBLAS
    }

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        try Self.check(threads: threads)
        if memory != nil, isNetwork { throw ValidationError("--memory is for packages: of a network alone nothing is computed") }
    }

    func run() async throws {
        let report: ModelCheckReport
        do throws(EvaluationError) {
            let inspection = try await PackageInspection.open()
            report =
                try await isNetwork
                ? inspection.check(network: package)
                : inspection.check(package, threads: threads, memoryBytes: memory?.bytes ?? 4 << 30, products: products.rawValue)
        } catch {
            throw CommandFailure.of(error)
        }
        if json { try Terminal.json(report) } else { show(report) }
        if !report.isPassed { throw CommandFailure.failed("") }
    }

    /// Whether a network is given and no package.
    private var isNetwork: Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: package, isDirectory: &isFolder)
        return exists && !isFolder.boolValue && NetworkFile.isNetwork(package)
    }

    private func show(_ report: ModelCheckReport) {
        // A file that is no network has no format that could be told.
        let format =
            report.network.map { " (ONNX, operator set \($0.opset))" } ?? (isNetwork ? "" : " (bioimage.io \(report.formatVersion))")
        if !report.name.isEmpty { Terminal.say("\(report.name)\(format)") }
        if let network = report.network {
            for input in network.inputs { Terminal.say("  input \(input)") }
            for output in network.outputs { Terminal.say("  output \(output)") }
            Terminal.say("  \(Decimals.mebibytes(network.constantBytes)) of weights")
        }
        if let computedBy = report.computedBy { Terminal.say(Paragraph.wrapped("computed by \(computedBy)", indent: 2)) }
        for output in report.outputs {
            let size = output.shape.map(String.init).joined(separator: " x ")
            guard let difference = output.maxAbsoluteDifference, let mismatched = output.mismatchedPerMillion else {
                let expected = output.expectedShape.map(String.init).joined(separator: " x ")
                Terminal.say("  \(output.id): FAILED, has \(size) elements, the test tensor \(expected)")
                continue
            }
            let notFinite = output.notFinite.map { "; \($0)" } ?? ""
            Terminal.say(
                Paragraph.wrapped(
                    "\(output.id): \(output.isPassed ? "passed" : "FAILED"), \(size), largest difference \(Decimals.short(difference)); "
                        + "\(Decimals.short(mismatched)) of a million elements are beyond the tolerance of "
                        + "\(Self.words(output.tolerance))\(notFinite)",
                    indent: 2))
        }
        for sentence in ReachText.sentences(of: report) { Terminal.say(Paragraph.wrapped(sentence, indent: 2)) }
        for sentence in ContextText.sentences(of: report) { Terminal.say(Paragraph.wrapped(sentence, indent: 2)) }
        if let tilingClass = report.tilingClass {
            let words = Self.words(tilingClass, report)
            Terminal.say(Paragraph.wrapped("class: \(tilingClass): \(words)", indent: 2))
        }
        for fault in report.faults { Terminal.say(Paragraph.wrapped("fault: \(fault)", indent: 2)) }
        for warning in report.warnings { Terminal.say(Paragraph.wrapped("warning: \(warning)", indent: 2)) }
        Terminal.say(report.isPassed ? "passed" : "FAILED")
    }

    private static func words(_ tolerance: ModelCheckReport.Tolerance) -> String {
        let parts = [
            tolerance.absolute > 0 || tolerance.relative == 0 ? Decimals.short(tolerance.absolute) : nil,
            tolerance.relative > 0 ? "\(Decimals.short(tolerance.relative * 100)) % of the value" : nil,
        ]
        return parts.compactMap(\.self).joined(separator: " + ") + " (\(Decimals.short(tolerance.mismatchedPerMillion)) may be)"
    }

    private static func words(_ tilingClass: String, _ report: ModelCheckReport) -> String {
        if tilingClass == "local" { return "tiles give what the whole image gives, bit for bit" }
        let operators = report.wholeImageOperators.joined(separator: ", "), partial = ReachText.wholeAxes(of: report)
        let along = partial.map { " along \($0.whole.joined(separator: ", "))" } ?? ""
        let reason = operators.isEmpty ? "" : "values depend on the whole image\(along) by \(operators)"
        if tilingClass == "global" {
            guard let others = partial?.others else { return reason }
            return "\(reason); tiles cut along \(others.joined(separator: ", ")) alone give what the whole image gives, bit for bit"
        }
        return "the network takes windows that are smaller than what it sees" + (reason.isEmpty ? "" : "; \(reason)")
    }
}
