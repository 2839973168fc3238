public import Challenges
import Foundation
import Records
import Sandbox

extension PackageInspection {
    /// A file for an input or of an output of a model.
    public struct NamedFile: Sendable, Equatable {
        /// The model's input or output; `nil` for the only or the first one.
        public var name: String?
        /// A file or the folder of an OME-Zarr.
        public var path: String

        /// Names a file.
        public init(name: String? = nil, path: String) {
            self.name = name
            self.path = path
        }
    }

    /// What is wanted of a model's run.
    public struct RunRequest: Sendable {
        /// The package: a folder or a zip archive.
        public var package: String
        /// The images.
        public var inputs: [NamedFile]
        /// What the pages of TIFFs are that do not say it: `z`, `t` or `c`, for a model of several inputs `NAME=z`.
        public var pages: [String]
        /// The results, which must not be there yet: `.zarr`, `.tif`, `.tiff` or `.npy`; the work in
        /// progress lies beside the first one.
        public var outputs: [NamedFile]
        /// The extents of a tile, such as `512x512`; `nil` to choose.
        public var tile: String?
        /// The most bytes that the run may take beside the network's weights.
        public var memoryBytes: Int
        /// The number of threads.
        public var threads: Int
        /// The vector instructions; `nil` for the best of this processor.
        public var instructions: String?
        /// How convolutions are computed: `winograd4`, `winograd2` or `direct`; `nil` for the fastest.
        public var convolutions: String?
        /// The share of a window that the next one covers too; `nil` for what the package declares.
        public var overlap: Double?
        /// How overlapping results are weighted; `nil` for what the package declares.
        public var blend: String?
        /// The axes along which windows are mirrored too, such as `y,x`; `nil` for what the package declares.
        public var mirror: String?
        /// Whether labels are written, by the package's `submission.yaml`, to the output without a name.
        public var labels: Bool

        /// States a request.
        public init(
            package: String, inputs: [NamedFile], pages: [String] = [], outputs: [NamedFile], tile: String? = nil, memoryBytes: Int,
            threads: Int = 1, instructions: String? = nil, convolutions: String? = nil, overlap: Double? = nil, blend: String? = nil,
            mirror: String? = nil,
            labels: Bool = false
        ) {
            self.overlap = overlap
            self.blend = blend
            self.mirror = mirror
            self.package = package
            self.inputs = inputs
            self.pages = pages
            self.outputs = outputs
            self.tile = tile
            self.memoryBytes = memoryBytes
            self.threads = threads
            self.instructions = instructions
            self.convolutions = convolutions
            self.labels = labels
        }
    }

    /// Runs a package on images in a sandbox whose only writable folder of the host is `OUTPUT.part` of the first output, which an
    /// interrupted run leaves behind and the next run of the same kind goes on with.
    ///
    /// - Parameter progress: called about once a second with how far the run is.
    public func run(
        _ request: RunRequest, progress: @escaping @Sendable (ModelRunProgress) async -> Void
    ) async throws(EvaluationError) -> ModelRunReport {
        let outputs = try Self.places(of: request.outputs)
        guard let first = request.outputs.first else { throw .files("no output is given") }
        // A run that was giving its results their names is taken up further down.
        if !FileManager.default.fileExists(atPath: outputs[0] + ".part") {
            for (output, place) in zip(request.outputs, outputs) { try Self.checkIsFree(place, shown: output.path) }
        }
        let package = PublicPath.resolved(request.package)
        if let inner = zip(request.outputs, outputs).first(where: { $0.1.hasPrefix(package + "/") })?.0 {
            throw .files("\(inner.path): lies in the package, which a run leaves as it is; write the result elsewhere")
        }
        for input in request.inputs {
            guard FileManager.default.fileExists(atPath: input.path) else {
                throw .files("\(input.path): there is no such image\(input.name.map { " (for the input \($0))" } ?? "")")
            }
        }
        if pipeline.executor.usesAnotherUser {
            for input in request.inputs { try PublicPath.check(image: PublicPath.resolved(input.path), shown: input.path) }
            try PublicPath.check(output: outputs[0], shown: first.path)
        }
        let work = try WorkFolder(in: pipeline.staging)
        defer { work.remove() }
        let laidOut = try await layOut(request.package, work: work)
        let folder = try RunFolder(of: outputs, shown: request.outputs.map(\.path))
        do throws(EvaluationError) {
            if let finished = try folder.takeUp(request) { return Self.named(finished, request) }
            // Another run may have finished them in the meantime.
            for (output, place) in zip(request.outputs, outputs) { try Self.checkIsFree(place, shown: output.path) }
            return try await run(request, package: laidOut, folder: folder, report: work.path + "/ran", progress)
        } catch {
            folder.removeIfUseless()
            throw error
        }
    }

    /// The absolute paths of results without links in their folders, each in a format of ours and in a folder to which it can be moved.
    private static func places(of outputs: [NamedFile]) throws(EvaluationError) -> [String] {
        var places: [String] = []
        for (number, output) in outputs.enumerated() {
            let named = absolute(output.path) as NSString
            guard ["zarr", "tif", "tiff", "npy"].contains(named.pathExtension.lowercased()) else {
                throw .files(
                    "\(output.path): the ending names no format that is written in blocks; write .zarr, .tif, .tiff or .npy")
            }
            let folder = PublicPath.resolved(named.deletingLastPathComponent)
            let place = (folder as NSString).appendingPathComponent(named.lastPathComponent)
            if let twin = places.firstIndex(of: place) {
                throw .files("\(output.path) is the file of two outputs (\(outputs[twin].path)); give each a file of its own")
            }
            if number > 0 {
                guard access(folder, W_OK | X_OK) == 0 else {
                    throw .files("\(output.path): nothing can be written there; is its folder there and writable?")
                }
            }
            places.append(place)
        }
        return places
    }

    /// Runs in the folder and gives the results their names.
    ///
    /// - Parameters:
    ///   - package: the folder of the package, laid out for sandboxes.
    ///   - report: the folder for the runner's report.
    private func run(
        _ request: RunRequest, package: String, folder: RunFolder, report: String,
        _ progress: @escaping @Sendable (ModelRunProgress) async -> Void
    ) async throws(EvaluationError) -> ModelRunReport {
        try folder.removeResults()
        var arguments = ["run-model", "--package", "/submission", "--work-name=\(folder.shown)", "--keep-work"]
        for (output, result) in zip(request.outputs, folder.results) {
            arguments += ["--output", (output.name.map { "\($0)=" } ?? "") + "/state/" + (result as NSString).lastPathComponent]
        }
        for (number, disk) in folder.otherDisks {
            arguments.append("--elsewhere=\(number),\(disk.number),\(disk.freeBytes),\(request.outputs[number].path)")
        }
        var binds = [ReadOnlyBind(host: package, inside: "/submission")]
        for (number, input) in request.inputs.enumerated() {
            // Images of one name lie in folders of their own.
            let inside = "/input/\(number)/\((Self.absolute(input.path) as NSString).lastPathComponent)"
            binds.append(ReadOnlyBind(host: PublicPath.resolved(input.path), inside: inside))
            arguments += ["--input", (input.name.map { "\($0)=" } ?? "") + inside]
        }
        for pages in request.pages { arguments += ["--pages", pages] }
        arguments += ["--report", "/output/report.json", "--progress", "/state/progress"]
        arguments += ["--memory", "\(request.memoryBytes)", "--threads", "\(request.threads)"]
        if let tile = request.tile { arguments += ["--tile", tile] }
        if let instructions = request.instructions { arguments += ["--isa", instructions] }
        if let convolutions = request.convolutions { arguments += ["--convolutions", convolutions] }
        if let overlap = request.overlap { arguments += ["--overlap", "\(overlap)"] }
        if let blend = request.blend { arguments += ["--blend", blend] }
        if let mirror = request.mirror { arguments += ["--mirror", mirror] }
        if request.labels { arguments.append("--labels") }
        // Twice the bound and a GiB: files that were just written count as memory until the disk has them.
        let limits = SandboxLimits(
            wallSeconds: 1e8, cpuSeconds: 9e8, memoryBytes: 2 * request.memoryBytes + 1 << 30, processes: request.threads + 16,
            outputBytes: 64 << 20)
        var policy = pipeline.runner.policy(
            arguments,
            binds: binds, limits: limits, outputs: OutputRules(expected: ["report.json"], destination: report))
        policy.work = WritableBind(host: folder.path)
        let told = folder.path + "/progress"
        let watcher = Task { await Self.watch(told, progress) }
        let outcome: SandboxOutcome
        do throws(EvaluationError) { outcome = try await pipeline.run(policy) } catch {
            watcher.cancel()
            throw error
        }
        // What it told is told before the report, which repeats it.
        watcher.cancel()
        await watcher.value
        // Only this process says what is given its name.
        folder.removePlacement()
        guard outcome.verdict == .ok else {
            var problem = Pipeline.failure(of: "the run", outcome)
            if outcome.verdict == .crash, !folder.isUseless {
                problem += "; what is done is kept in \(folder.shown): the same command goes on"
            }
            throw .failed(name: "\(request.package) on \(request.inputs.map(\.path).joined(separator: ", "))", problems: [problem])
        }
        let made = try Pipeline.read(ModelRunReport.self, from: report + "/report.json")
        for result in folder.results { try Self.checkPlain(result) }
        try folder.finish(request, made)
        return Self.named(made, request)
    }

    /// What the runner told, with the names of results that were asked for.
    private static func named(_ report: ModelRunReport, _ request: RunRequest) -> ModelRunReport {
        var report = report
        for (number, output) in request.outputs.enumerated() where report.files.indices.contains(number) {
            report.files[number].path = output.path
        }
        report.notes = report.notes.map { Pipeline.line($0, most: 1000) }
        return report
    }

    private static func checkIsFree(_ output: String, shown: String) throws(EvaluationError) {
        guard !FileManager.default.fileExists(atPath: output) else { throw .files("\(shown) exists; remove it or choose another name") }
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// Reads the runner's progress file from time to time, with limits; what cannot be true is passed over.
    private static func watch(_ path: String, _ progress: @Sendable (ModelRunProgress) async -> Void) async {
        let mostBytes = 1 << 16
        while !Task.isCancelled {
            guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
            guard let bytes = try? BoundedFile.read(path, limit: mostBytes),
                var now = try? CanonicalJSON.decode(
                    ModelRunProgress.self, from: bytes, limits: JSONLimits(bytes: mostBytes, depth: 4, values: 100)),
                now.isPlausible
            else { continue }
            now.notes = now.notes.map { Pipeline.line($0, most: 1000) }
            await progress(now)
        }
    }

    /// Refuses a result that is anything but a file, or a folder of files: what made it had read a stranger's package.
    private static func checkPlain(_ path: String) throws(EvaluationError) {
        let names = FileManager.default.enumerator(atPath: path).map { [""] + $0.compactMap { $0 as? String } } ?? [""]
        for name in names {
            let attributes = try? FileManager.default.attributesOfItem(atPath: name.isEmpty ? path : path + "/" + name)
            let type = attributes?[.type] as? FileAttributeType
            guard type == .typeRegular || type == .typeDirectory else {
                throw .infrastructure("the run left something that is neither a file nor a folder; its result is not taken")
            }
        }
    }
}
