internal import ModelPackages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the files of a run take on the disk, as far as it is known before the first tile: those that are not compressed.
struct DiskRoom {
    /// A file, and the output of which it is made.
    private struct File {
        let output: String
        let shape: [Int]
        let kind: String
        let bytes: Int
    }

    private var files: [File] = []

    init(_ targets: [RunTarget], _ plan: StreamedPlan) {
        let extents = plan.tiling.extents, samples = plan.series.count
        for target in targets where target.ending != ".zarr" {
            let output = target.outputs[0]
            guard let shape = extents[output.id] else { continue }
            if target.isOutput {
                files.append(File(output: output.id, shape: shape, kind: "a \(target.ending)", bytes: DiskRoom.bytes(shape, 4 * samples)))
            } else {
                // Labels have the places of the output and are of 16 bits at least.
                let places = zip(output.axes, shape).map { $0.kind == .space ? $1 : 1 }
                files.append(
                    File(output: output.id, shape: shape, kind: "labels in a \(target.ending)", bytes: DiskRoom.bytes(places, 2 * samples)))
            }
        }
        for name in targets.gatheredNames {
            guard let shape = extents[name] else { continue }
            files.append(File(output: name, shape: shape, kind: "values that are needed as a whole", bytes: DiskRoom.bytes(shape, 4)))
        }
        guard let blended = plan.blended else { return }
        for name in targets.outputNames.sorted() {
            guard let shape = extents[name] else { continue }
            let channels = max(1, DiskRoom.bytes(shape, 1) / max(1, DiskRoom.bytes(blended.plan.extents, 1)))
            files.append(
                File(
                    output: name, shape: shape, kind: "sums of averaged windows",
                    bytes: DiskRoom.bytes([channels + 1] + blended.plan.paddedExtents, 4)))
        }
    }

    /// Refuses files of which one is larger than this process may write, or that do not fit on the disk of a folder together.
    ///
    /// - Parameter folder: where they lie; what an earlier run wrote of them there has its room already.
    func check(in folder: String) throws(InferenceError) {
        var limit = rlimit()
        let isLimited = getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 && limit.rlim_cur < UInt64(Int.max)
        for file in files where isLimited && UInt64(file.bytes) > limit.rlim_cur {
            throw refusal(file, "a file may have \(DiskRoom.text(Int(limit.rlim_cur))) here")
        }
        var disk = statvfs()
        guard let largest = files.max(by: { $0.bytes < $1.bytes }), statvfs(folder, &disk) == 0 else { return }
        let free = Int(clamping: UInt64(disk.f_bavail).multipliedReportingOverflow(by: UInt64(disk.f_frsize)).partialValue)
        var needed = 0
        for file in files { needed = needed.addingReportingOverflow(file.bytes).overflow ? .max : needed + file.bytes }
        let room = free + DiskRoom.taken(in: folder)
        guard needed > room else { return }
        let all = files.count > 1 ? "all files of the run \(DiskRoom.text(needed)), of which" : "of which"
        throw refusal(largest, "\(all) \(DiskRoom.text(room)) fit on the disk of the result")
    }

    private func refusal(_ file: File, _ found: String) -> InferenceError {
        .unfitOutput(
            output: file.output,
            found:
                "\(file.shape.map(String.init).joined(separator: " x ")) elements as \(file.kind) take \(DiskRoom.text(file.bytes)), \(found)",
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

    private static func bytes(_ shape: [Int], _ size: Int) -> Int {
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
