import Imaging
import ModelPackages
import TiledInference

extension RunModel {
    /// What a user should know about windows that read much more than they write.
    func note(_ cost: ContextCost) -> String {
        let windows = cost.onlyWindow.map {
            "the windows of \($0.map(String.init).joined(separator: "x")), the only ones that the network takes,"
        }
        let tiles =
            tile.map { "the tiles of --tile \($0.text)" } ?? windows ?? "the tiles that fit into --memory \(MemorySize.text(memory))"
        let read = "\(tiles) make the network read \(Self.times(cost.factor)) the image, since each needs the pixels around it"
        switch cost.remedy {
        case .noTile(let factor):
            return "\(read): without --tile it is \(Self.times(factor)), with the same result"
        case .memory(let bytes, let factor):
            let enough = MemorySize.text(RunMemory(leavingToNetwork: bytes).total)
            return
                "\(read): with --memory \(enough)\(tile == nil ? "" : " and without --tile") it is \(Self.times(factor)), with the same result"
        case nil: return read
        }
    }

    /// An error in the words of the command's options.
    ///
    /// - Parameter hasTiles: whether tiles are done, which the work in progress keeps.
    func explained(_ error: InferenceError, _ run: StreamedRun, _ images: RunImages, hasTiles: Bool) -> RunnerFailure {
        let share = RunMemory(total: memory)
        switch error {
        case .memory(let needed, _) where needed < .max:
            let given = "of --memory \(MemorySize.text(memory)) \(Self.left(share.network)) are left for that"
            if let tile {
                let enough = MemorySize.text(RunMemory(leavingToNetwork: needed).total)
                return RunnerFailure(
                    "a window of --tile \(tile.text) needs \(MemorySize.text(needed)) for the network's activations, \(given); "
                        + "give --memory \(enough), or a smaller tile, or leave --tile out")
            }
            let enough = RunMemory(leavingToNetwork: needed)
            // Labels that are made of everything at once may need more than the network.
            let most = enough.total >> 20, share = { RunMemory(total: $0 << 20).network }
            guard let least = run.leastMemory(upTo: most, bytes: share) ?? run.leastMemory(upTo: 64 * most, bytes: share) else {
                return RunnerFailure(
                    "the network needs \(MemorySize.text(needed)) for its activations, \(given); give --memory "
                        + "\(MemorySize.text(enough.total)) or more")
            }
            let memory = RunMemory(total: least << 20)
            let what =
                labels
                ? "the run needs \(MemorySize.text(memory.network)) for activations and labels"
                : "the network needs \(MemorySize.text(memory.network)) for its activations"
            return RunnerFailure(
                "\(what), \(given); --memory \(MemorySize.text(memory.total)) is the least that works")
        case .memoryAtOnce(let what, let needed, _, let remedy) where needed < .max:
            let enough = RunMemory(leavingToNetwork: needed), kept = hasTiles ? run.tile(keptWith: enough.network) : nil
            let extents = kept.map { $0.map(String.init).joined(separator: "x") }
            let more = extents.map { " and --tile \($0), with which the tiles that are done are kept" } ?? ""
            return RunnerFailure(
                "\(what) needs \(MemorySize.text(needed)), of --memory \(MemorySize.text(memory)) \(Self.left(share.network)) are left "
                    + "for that; give --memory \(MemorySize.text(enough.total))\(more), or \(remedy)")
        case .values(let error, let input):
            let file = input.flatMap { self.input.count > 1 ? "the image \(images.file(of: $0)): " : nil } ?? ""
            let lost = hasTiles ? "; nothing of this run is kept, as it would end here again" : ""
            return RunnerFailure("\(file)\(error)\(lost)")
        case .image(let error) where error.kind == .unwritable:
            return RunnerFailure("\(workName.map { "\($0): " } ?? "")\(error)")
        default: return RunnerFailure(error.description)
        }
    }

    /// Memory that is there, rounded down, so that what is not enough never looks as if it were: such as `0.8MiB` or `412MiB`.
    private static func left(_ bytes: Int) -> String {
        let tenths = (bytes * 10) >> 20
        return tenths < 1000 && tenths % 10 != 0 ? "\(tenths / 10).\(tenths % 10)MiB" : "\(tenths / 10)MiB"
    }

    /// Such as `12 times` or `2.4 times`.
    private static func times(_ factor: Double) -> String {
        let tenths = (factor * 10).rounded() / 10
        return factor < 10 ? "\(tenths) times" : "\(Int(factor.rounded())) times"
    }
}
