public import ArgumentParser
import Challenges
import ModelPackages
public import NeuralNetwork

/// Runs a model package's own test and reports how far the outputs are from the shipped ones.
struct CheckModel: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "check-model", abstract: "Run a model package's own test.")

    @Option(help: "The package's folder.")
    var package: String

    @Option(help: "The file for the report.")
    var report: String

    @Option(help: "The number of threads.")
    var threads = 1

    @Option(help: "The most bytes that weights and activations may take.")
    var memory: Int?

    @Option(help: "Who multiplies matrices: kernels or openBLAS.")
    var products: RunOptions.Products = .kernels

    func run() throws {
        if products == .openBLAS { try KernelChoice.settle() }
        try RunnerFiles.report(check(), to: report)
    }

    private var computedBy: String {
        switch products {
        case .kernels: "our kernels (\(InstructionSet.best.rawValue)): the same bits for any number of threads, and on AVX2 and AVX-512"
        case .openBLAS:
            "OpenBLAS (\(OpenBLASCore.chosen)): the library decides the order of sums, so that last bits follow the image's size"
        }
    }

    private func check() -> ModelCheckReport {
        do throws(PackageError) {
            let package = try ModelPackage(folder: package)
            do throws(PackageError) {
                let limits = memory.map { NetworkLimits(memoryBytes: $0) } ?? NetworkLimits()
                var faults: [String] = []
                let tested = try PackageCheck(package, options: RunOptions(threads: threads, products: products), limits: limits) {
                    faults = submissionFaults($0)
                }
                return ModelCheckReport(package, computedBy: computedBy, tested, faults: faults)
            } catch {
                return ModelCheckReport(
                    name: package.name, formatVersion: package.formatVersion, faults: [error.description], isPassed: false)
            }
        } catch {
            return ModelCheckReport(name: "", formatVersion: "", faults: [error.description], isPassed: false)
        }
    }
}

extension CheckModel {
    /// What is wrong with the `submission.yaml` beside the package, where there is one.
    ///
    /// - Parameter network: the package's network.
    private func submissionFaults(_ network: Network) -> [String] {
        do {
            guard let description = try SubmissionDescription.beside(package), description.kind == .model else { return [] }
            let model = try ModelSubmission(folder: package, postprocessor: description.postprocessor, inference: description.inference)
            try model.checkForCases()
            try model.checkForCases(network, imageAxes: nil)
            return []
        } catch { return ["\(error)"] }
    }
}

extension RunOptions.Products: ExpressibleByArgument {}
extension RunOptions.Convolutions: ExpressibleByArgument {}

extension ModelCheckReport {
    fileprivate init(_ package: ModelPackage, computedBy: String, _ check: PackageCheck, faults: [String]) {
        self.init(
            name: package.name, formatVersion: package.formatVersion, computedBy: computedBy,
            outputs: check.outputs.map { output in
                let tolerance = output.tolerance
                return Output(
                    id: output.output, shape: output.shape, expectedShape: output.expectedShape,
                    maxAbsoluteDifference: output.comparison?.maxAbsoluteDifference,
                    mismatchedPerMillion: output.comparison?.mismatchedPerMillion, notFinite: output.comparison?.notFinite?.words,
                    tolerance: Tolerance(
                        absolute: tolerance.absolute, relative: tolerance.relative,
                        mismatchedPerMillion: tolerance.mismatchedPerMillion),
                    isPassed: output.passed)
            },
            reaches: check.reaches.flatMap { reach in
                reach.axes.map { axis in
                    Reach(
                        place: "\(reach.output).\(axis.axis)", axis.reach, declaredHalo: axis.declaredHalo,
                        neededHalo: axis.neededHalo, context: axis.context)
                }
            },
            sensibleTile: check.tilingClass == .local && check.window.isEmpty ? check.sensibleTile : [], window: check.window,
            tilingClass: check.tilingClass?.rawValue, wholeImageOperators: check.wholeImageOperators,
            faults: check.faults + faults,
            warnings: check.warnings, isPassed: check.passed && faults.isEmpty)
    }
}
