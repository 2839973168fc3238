internal import Imaging
internal import ModelPackages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the files of a run take on the disk, as far as it is known before the first tile: those that are not compressed.
///
/// It is the least that they take. Rows of a tile are written as far as the image goes and lie on the disk whole, rows that a tile has
/// below the image are holes in the file.
struct DiskRoom {
    /// A file, and the output of which it is made.
    private struct File {
        let output: String
        /// The extents along the axes that planes are counted along, then y and x.
        let shape: [Int]
        let kind: String
        let elementBytes: Int
        /// The extents of a tile; `nil` where rows follow one another.
        var tile: (height: Int, width: Int)?
        /// Another disk on which it lies in the end.
        var place: StreamedRun.Place?

        /// The bytes that it takes on the disk.
        var bytes: Int { DiskRoom.bytes(shape.dropLast() + [roundUp(shape[shape.count - 1], tile?.width ?? 1)], elementBytes) }

        /// The bytes from its beginning to its end.
        var length: Int {
            guard let tile, shape.count > 1 else { return bytes }
            let height = roundUp(shape[shape.count - 2], tile.height), width = roundUp(shape[shape.count - 1], tile.width)
            return DiskRoom.bytes(shape.dropLast(2) + [height, width], elementBytes)
        }
    }

    private var files: [File] = []
    /// What messages call the folder of the work.
    private let workName: String

    /// - Parameter workName: what messages call the folder of the work in progress.
    init(_ targets: [RunTarget], _ plan: StreamedPlan, workName: String) {
        self.workName = workName
        let extents = plan.tiling.extents, samples = plan.series.count
        for target in targets where target.ending != ".zarr" {
            let output = target.outputs[0]
            guard let extents = extents[output.id], extents.count == output.axes.count else { continue }
            let shape = [samples] + (target.isArray ? extents : DiskRoom.planes(extents, of: output, isLabel: !target.isOutput))
            // Labels have the places of the output and are of 16 bits at least.
            files.append(
                File(
                    output: output.id, shape: shape, kind: target.isOutput ? "a \(target.ending)" : "labels in a \(target.ending)",
                    elementBytes: target.isOutput ? (output.labelStepID == nil ? plan.types.types(of: output).file.byteCount : 4) : 2,
                    tile: target.isArray ? nil : (BigTIFFWriter.tile, BigTIFFWriter.tile),
                    place: target.place))
        }
        for (output, kind, isValue) in DiskRoom.scratch(targets) {
            guard let own = extents[output.id], own.count == output.axes.count else { continue }
            files.append(
                File(
                    output: output.id, shape: DiskRoom.planes(own, of: output), kind: kind,
                    elementBytes: isValue ? plan.types.types(of: output).waiting.byteCount : 4, tile: (256, 256)))
        }
        guard let blended = plan.blended else { return }
        for name in targets.outputNames.sorted() {
            guard let shape = extents[name] else { continue }
            let channels = max(1, DiskRoom.bytes(shape, 1) / max(1, DiskRoom.bytes(blended.plan.extents, 1)))
            // The weights are summed up too, and what the sums were under one window is kept.
            for (extents, kind) in [
                (blended.plan.paddedExtents, "sums of averaged windows"), (blended.plan.largestWindow, "kept sums of a window"),
            ] {
                files.append(File(output: name, shape: [channels + 1] + extents, kind: kind, elementBytes: 4, tile: (256, 256)))
            }
        }
    }

    /// Outputs of which values of a sample, or as many labels, lie in scratch files at one time.
    private static func scratch(_ targets: [RunTarget]) -> [(output: TensorDescription, kind: String, isValue: Bool)] {
        let outputs = targets.flatMap(\.outputs)
        var files = targets.gatheredNames.compactMap { name in
            outputs.first { $0.id == name }.map { ($0, "values that are needed as a whole", true) }
        }
        let components = targets.first { target in
            if case .labels(.connectedComponents) = target.product { true } else { false }
        }
        if let components { files.append((components.outputs[0], "components of blocks", false)) }
        return files
    }

    /// The extents of planes: everything but y and x, then these.
    private static func planes(_ extents: [Int], of output: TensorDescription, isLabel: Bool = false) -> [Int] {
        let (y, x) = (output.axisIDs.firstIndex(of: "y"), output.axisIDs.firstIndex(of: "x"))
        guard let y, let x else { return extents }
        let others = extents.indices.filter { $0 != y && $0 != x && (!isLabel || output.axes[$0].kind == .space) }
        return others.map { extents[$0] } + [extents[y], extents[x]]
    }

    /// Refuses files of which one is larger than this process may write, or that do not fit together on the disk of a folder, or the
    /// results of those on another on that.
    ///
    /// - Parameter folder: where they lie; what an earlier run wrote of them there has its room already.
    func check(in folder: String) throws(InferenceError) {
        var limit = rlimit()
        let isLimited = getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 && limit.rlim_cur < UInt64(Int.max)
        for file in files where isLimited && UInt64(file.length) > limit.rlim_cur {
            throw refusal(file, file.length, "a file may have \(DiskRoom.text(Int(limit.rlim_cur))) here")
        }
        var disk = statvfs()
        if statvfs(folder, &disk) == 0 {
            let free = Int(clamping: UInt64(disk.f_bavail).multipliedReportingOverflow(by: UInt64(disk.f_frsize)).partialValue)
            try check(files, room: free + DiskRoom.taken(in: folder), at: workName)
        }
        let places = files.compactMap(\.place)
        for disk in Set(places.map(\.disk)).sorted() {
            guard let place = places.first(where: { $0.disk == disk }) else { continue }
            try check(files.filter { $0.place?.disk == disk }, room: place.freeBytes, at: place.shown)
        }
    }

    /// Refuses files that do not fit into a disk's room.
    ///
    /// - Parameter path: something that lies there, for the message.
    private func check(_ files: [File], room: Int, at path: String) throws(InferenceError) {
        guard let largest = files.max(by: { $0.bytes < $1.bytes }) else { return }
        let needed = files.reduce(0) { $0.addingReportingOverflow($1.bytes).overflow ? .max : $0 + $1.bytes }
        guard needed > room else { return }
        let all = files.count > 1 ? "all files of the run there \(DiskRoom.text(needed)), of which" : "of which"
        throw refusal(largest, largest.bytes, "\(all) \(DiskRoom.text(room)) fit on the disk of \(path)")
    }

    private func refusal(_ file: File, _ bytes: Int, _ found: String) -> InferenceError {
        .unfitOutput(
            output: file.output,
            found:
                "\(file.shape.map(String.init).joined(separator: " x ")) elements as \(file.kind) take \(DiskRoom.text(bytes)), \(found)",
            remedy: "check the extents that the image states, make room, or give a smaller image or a .zarr, which is compressed")
    }

    /// Bytes of files in a folder that lie on the disk.
    private static func taken(in folder: String) -> Int {
        guard let entries = opendir(folder) else { return 0 }
        defer { closedir(entries) }
        var bytes = 0
        while let entry = readdir(entries) {
            var name = entry.pointee.d_name, status = stat()
            let path = withUnsafeBytes(of: &name) { folder + "/" + String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            bytes += Int(status.st_blocks) * 512
        }
        return bytes
    }

    fileprivate static func bytes(_ shape: [Int], _ size: Int) -> Int {
        shape.reduce(size) { count, extent in
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            return overflow ? .max : product
        }
    }

    /// Such as `72.8 TiB`.
    private static func text(_ bytes: Int) -> String {
        var size = Double(bytes), unit = 0
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        while size >= 1024, unit < units.count - 1 {
            size /= 1024
            unit += 1
        }
        return unit == 0 ? "\(bytes) bytes" : "\((size * 10).rounded() / 10) \(units[unit])"
    }
}
