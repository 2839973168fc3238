import FoundationEssentials
import Glibc
import Sandbox
import Testing

@Suite("Taking in a folder that somebody else filled")
struct SafeCopyTests {
    private func reasons(_ limits: CopyLimits = CopyLimits(), _ fill: (ScratchFolder) throws -> Void) throws -> [CopyRefusal] {
        let scratch = try ScratchFolder()
        let source = try ScratchFolder()
        try fill(source)
        do {
            _ = try SafeCopy.folder(from: source.path, to: scratch("copy"), limits: limits)
            return []
        } catch {
            // Whole or not at all.
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
            guard case .refused(let refusals) = error else { throw error }
            return refusals
        }
    }

    @Test("Files and folders are copied; of their modes only 'executable' stays")
    func copies() throws {
        let source = try ScratchFolder()
        let scratch = try ScratchFolder()
        try FileManager.default.createDirectory(atPath: source("inner"), withIntermediateDirectories: false)
        try "text".write(toFile: source("inner/a.txt"), atomically: false, encoding: .utf8)
        try "#!/bin/sh\n".write(toFile: source("run"), atomically: false, encoding: .utf8)
        chmod(source("run"), 0o700)
        chmod(source("inner/a.txt"), 0o600)
        let files = try SafeCopy.folder(from: source.path, to: scratch("copy"))
        #expect(files == [CopiedFile(path: "inner/a.txt", bytes: 4), CopiedFile(path: "run", bytes: 10)])
        var status = stat()
        #expect(stat(scratch("copy/run"), &status) == 0 && status.st_mode & 0o7777 == 0o755)
        #expect(stat(scratch("copy/inner/a.txt"), &status) == 0 && status.st_mode & 0o7777 == 0o644)
        #expect(stat(scratch("copy/inner"), &status) == 0 && status.st_mode & 0o7777 == 0o755)
    }

    @Test("Of a selection only what it names is looked at and copied, with all that is below")
    func selection() throws {
        let source = try ScratchFolder()
        let scratch = try ScratchFolder()
        for name in ["a/b/c", "a/other", "d"] {
            try FileManager.default.createDirectory(atPath: source(name), withIntermediateDirectories: true)
            try "text".write(toFile: source(name + "/file"), atomically: false, encoding: .utf8)
        }
        symlink("/etc", source("a/link"))
        truncate(source("a/other/file"), 1 << 40)
        let files = try SafeCopy.folder(from: source.path, to: scratch("copy"), only: ["a/b", "d/file", "none"])
        #expect(files.map(\.path) == ["a/b/c/file", "d/file"])
        let error = #expect(throws: SafeCopyError.self) { try SafeCopy.folder(from: source.path, to: scratch("all"), only: ["a"]) }
        #expect("\(error, default: "")".contains("a/other/file"))
    }

    @Test("A pipe, a link, a hard link and a socket are all named, and the copy does not wait for the pipe")
    func specialFiles() throws {
        let target = try ScratchFolder()
        try "x".write(toFile: target("file"), atomically: false, encoding: .utf8)
        let refusals = try reasons { source in
            mkfifo(source("pipe"), 0o644)
            symlink(target("file"), source("link"))
            symlink(target.path, source("linked-folder"))
            try "x".write(toFile: source("one"), atomically: false, encoding: .utf8)
            link(source("one"), source("two"))
        }
        #expect(
            refusals == [
                CopyRefusal(path: "link", reason: .symbolicLink), CopyRefusal(path: "linked-folder", reason: .symbolicLink),
                CopyRefusal(path: "one", reason: .hardLink), CopyRefusal(path: "pipe", reason: .namedPipe),
                CopyRefusal(path: "two", reason: .hardLink),
            ])
    }

    @Test("A device is refused")
    func device() throws {
        guard geteuid() == 0 else { return }
        let refusals = try reasons { source in mknod(source("null"), S_IFCHR | 0o666, 0x103) }
        #expect(refusals == [CopyRefusal(path: "null", reason: .device)])
    }

    @Test("Hard links are taken where the caller says so")
    func hardLinks() throws {
        let refusals = try reasons(CopyLimits(allowsHardLinks: true)) { source in
            try "x".write(toFile: source("one"), atomically: false, encoding: .utf8)
            link(source("one"), source("two"))
        }
        #expect(refusals.isEmpty)
    }

    @Test("Each limit is kept: entries, sizes, depth, names")
    func limits() throws {
        func fill(_ source: ScratchFolder) throws {
            try FileManager.default.createDirectory(atPath: source("a/b"), withIntermediateDirectories: true)
            try "12345678".write(toFile: source("a/b/file"), atomically: false, encoding: .utf8)
            try "12345678".write(toFile: source("other"), atomically: false, encoding: .utf8)
        }
        #expect(try reasons(CopyLimits(maximumEntries: 4), fill).isEmpty)
        #expect(try reasons(CopyLimits(maximumEntries: 3), fill).map(\.reason) == [.tooManyEntries])
        #expect(try reasons(CopyLimits(maximumFileBytes: 7), fill).map(\.reason) == [.fileTooLarge, .fileTooLarge])
        #expect(try reasons(CopyLimits(maximumBytes: 16), fill).isEmpty)
        let total = try reasons(CopyLimits(maximumBytes: 15), fill)
        #expect(
            total.map(\.description) == [
                "a/b/file: all files together have 16 bytes, of which it has 8 bytes, the most; at most 15 bytes are taken"
            ])
        #expect(try reasons(CopyLimits(maximumDepth: 3), fill).isEmpty)
        #expect(try reasons(CopyLimits(maximumDepth: 2), fill) == [CopyRefusal(path: "a/b/file", reason: .tooDeep)])
        #expect(try reasons(CopyLimits(maximumNameBytes: 4), fill) == [CopyRefusal(path: "other", reason: .nameTooLong)])
    }

    @Test("A sparse file of a tebibyte is refused by its size")
    func sparse() throws {
        let refusals = try reasons { source in
            let file = open(source("huge"), O_CREAT | O_WRONLY, 0o644)
            ftruncate(file, 1 << 40)
            close(file)
        }
        #expect(refusals.map(\.description) == ["huge: has 1.00 TiB; a file of at most 4.00 GiB is taken"])
    }

    @Test("Sizes are judged before anything is copied: the largest file is named, not one that is innocent")
    func largestFile() throws {
        let source = try ScratchFolder()
        let scratch = try ScratchFolder()
        try "text".write(toFile: source("z.txt"), atomically: false, encoding: .utf8)
        for (name, size) in [("weights.bin", 3 << 30), ("more.bin", 2 << 30)] {
            let file = open(source(name), O_CREAT | O_WRONLY, 0o644)
            ftruncate(file, size)
            close(file)
        }
        // A destination that cannot be made shows that nothing was begun.
        let error = #expect(throws: SafeCopyError.self) { try SafeCopy.folder(from: source.path, to: scratch("absent/copy")) }
        #expect(
            error?.description
                == "weights.bin: all files together have 5.00 GiB, of which it has 3.00 GiB, the most; at most 4.00 GiB are taken")
    }

    @Test("Holes of a file stay holes, and what lies between them is copied")
    func holes() throws {
        let source = try ScratchFolder()
        let scratch = try ScratchFolder()
        let file = open(source("sparse"), O_CREAT | O_WRONLY, 0o644)
        ftruncate(file, 1 << 30)
        pwrite(file, "middle", 6, 300_000_001)
        pwrite(file, "end", 3, 1 << 30 - 3)
        close(file)
        let files = try SafeCopy.folder(from: source.path, to: scratch("copy"))
        #expect(files == [CopiedFile(path: "sparse", bytes: 1 << 30)])
        var status = stat()
        #expect(stat(scratch("copy/sparse"), &status) == 0 && status.st_size == 1 << 30 && status.st_blocks < 4096)
        let copy = open(scratch("copy/sparse"), O_RDONLY)
        defer { close(copy) }
        for (text, place) in [("middle", 300_000_001), ("end", 1 << 30 - 3)] {
            var bytes = [UInt8](repeating: 0, count: text.utf8.count)
            #expect(pread(copy, &bytes, bytes.count, place) == bytes.count && bytes == Array(text.utf8))
        }
    }

    @Test("A destination that exists is left alone; a source that is no folder is an error")
    func wrongEnds() throws {
        let scratch = try ScratchFolder()
        #expect(throws: SafeCopyError.destinationExists) { try SafeCopy.folder(from: scratch.path, to: scratch.path) }
        #expect {
            try SafeCopy.folder(from: scratch("absent"), to: scratch("copy"))
        } throws: { error in
            if case .sourceUnreadable? = error as? SafeCopyError { true } else { false }
        }
    }
}
