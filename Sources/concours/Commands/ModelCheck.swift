import ArgumentParser
import Challenges
import Evaluation

/// Runs a model package's own test in the sandbox.
struct ModelCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compare a bioimage.io package with its own test tensors, and tell how far the network sees.",
        discussion: "The package is read and run in a sandbox: it may come from anybody.")

    @Argument(help: "The package: a folder or a zip archive.")
    var package: String

    @Option(help: "The number of threads.")
    var threads = 1

    @Option(help: "Who multiplies matrices: kernels (ours) or openBLAS, to compare the two.")
    var products: Products = .kernels

    /// Who can multiply matrices.
    enum Products: String, CaseIterable, ExpressibleByArgument {
        case kernels, openBLAS
    }

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let report: ModelCheckReport
        do throws(EvaluationError) {
            report = try await PackageInspection.open().check(package, threads: threads, products: products.rawValue)
        } catch {
            switch error {
            case .infrastructure, .runnerMissing: throw CommandFailure.infrastructure("\(error)")
            default: throw CommandFailure.failed("\(error)")
            }
        }
        if json { try Terminal.json(report) } else { show(report) }
        if !report.isPassed { throw CommandFailure.failed("") }
    }

    private func show(_ report: ModelCheckReport) {
        if !report.name.isEmpty { Terminal.say("\(report.name) (bioimage.io \(report.formatVersion))") }
        if let computedBy = report.computedBy { Terminal.say(Paragraph.wrapped("computed by \(computedBy)", indent: 2)) }
        for output in report.outputs {
            let size = output.shape.map(String.init).joined(separator: " x ")
            guard let difference = output.maxAbsoluteDifference, let mismatched = output.mismatchedPerMillion else {
                let expected = output.expectedShape.map(String.init).joined(separator: " x ")
                Terminal.say("  \(output.id): FAILED, has \(size) elements, the test tensor \(expected)")
                continue
            }
            Terminal.say(
                "  \(output.id): \(output.isPassed ? "passed" : "FAILED"), \(size), largest difference \(Decimals.short(difference)), "
                    + "\(Decimals.short(mismatched)) in a million elements beyond \(output.tolerance)")
        }
        for reach in report.reaches {
            Terminal.say(
                "  \(reach.place): sees \(reach.before) pixels before and \(reach.after) after, stride \(reach.stride), "
                    + "declared halo \(reach.declaredHalo)\(Self.extent(reach))")
        }
        if let tilingClass = report.tilingClass { Terminal.say("  class: \(tilingClass)\(Self.words(tilingClass))") }
        if !report.wholeImageOperators.isEmpty {
            Terminal.say("  sees the whole image: \(report.wholeImageOperators.joined(separator: ", "))")
        }
        for fault in report.faults { Terminal.say("  fault: \(fault)") }
        for warning in report.warnings { Terminal.say(Paragraph.wrapped("warning: \(warning)", indent: 2)) }
        Terminal.say(report.isPassed ? "passed" : "FAILED")
    }

    /// How large the output is, where it is not as large as the image.
    private static func extent(_ reach: ModelCheckReport.Reach) -> String {
        let scale = reach.scale == "1" ? "" : ", \(reach.scale) elements for a pixel"
        if reach.missing > 0 { return scale + ", begins at pixel \(reach.origin) and leaves out \(reach.missing)" }
        return reach.missing < 0 ? scale + ", \(-reach.missing) pixels larger than the image" : scale
    }

    private static func words(_ tilingClass: String) -> String {
        switch tilingClass {
        case "local": ": tiles give what the whole image gives, bit for bit"
        case "global": ": some operators see the whole image"
        default: ": the network takes windows that are smaller than what it sees"
        }
    }
}
