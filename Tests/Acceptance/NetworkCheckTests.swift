import Foundation
import Testing

@Suite("Checking a network without a package") struct NetworkCheckTests {
    /// What `model check` says of a network with one node.
    private func check(_ input: [Int], _ node: String, _ numbers: [Int]? = nil, scales: [Float]? = nil) throws -> (
        run: CommandRun, text: String
    ) {
        var builder = ModelBuilder()
        builder.input("x", input)
        builder.output("y")
        if let numbers { builder.initializer(ModelBuilder.tensor("s", integers: numbers)) }
        if let scales { builder.weights("s", [scales.count], scales) }
        builder.node(node, scales == nil ? ["x", "s"] : ["x", "", "s"], ["y"], name: "grow")
        let folder = try TemporaryFolder()
        let run = try CommandRun(["model", "check", try folder.write(builder.file, to: "net.onnx")])
        return (run, run.output.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }

    @Test("What is too large at 64 pixels too is a fault")
    func tooLarge() throws {
        let (run, text) = try check([1, 1, -1, -1], "Resize", scales: [1, 1, 50_000, 50_000])
        #expect(run.exitCode == 1 && text.contains("fault: ") && text.contains("x 1 x 1 x 64 x 64") && text.contains("grow"), "\(text)")
    }

    @Test("What is too large at the usual 512 pixels only is looked at with 64")
    func tooLargeAtFirst() throws {
        let (run, text) = try check([1, 1, -1, -1], "Expand", [1, 9000, 1, 1])
        #expect(run.exitCode == 0 && text.contains("class: local") && !text.contains("fault"), "\(text)\(run.error)")
    }

    @Test("What no image fits is a fault: a scale beyond all numbers, an Expand of an image of one size that does not broadcast")
    func impossible() throws {
        for (run, text) in [
            try check([1, 1, -1, -1], "Resize", scales: [1, 1, 1e30, 1e30]), try check([1, 2, 8, 8], "Expand", [1, 3, 1, 1]),
        ] {
            #expect(run.exitCode == 1 && text.contains("fault: ") && text.contains("grow"), "\(text)")
        }
    }

    @Test("A network that mixes the images of a batch is warned of with the operator, unless it takes one image only", arguments: [-1, 1])
    func batch(_ images: Int) throws {
        var builder = ModelBuilder()
        builder.input("x", [images, 1, -1, -1])
        builder.output("y")
        builder.node("Softmax", ["x"], ["y"], name: "share", [("axis", .int(0))])
        let folder = try TemporaryFolder()
        let run = try CommandRun(["model", "check", try folder.write(builder.file, to: "net.onnx")])
        let text = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(run.exitCode == 0 && text.contains("mixes the images of a batch by share (Softmax)") == (images < 0), "\(text)")
    }

    @Test("Extents that fit an image of another size are a warning")
    func anotherSize() throws {
        let (run, text) = try check([1, 1, -1, -1], "Expand", [1, 1, 100, 100])
        #expect(run.exitCode == 0 && text.contains("warning: ") && text.contains("grow"), "\(text)\(run.error)")
    }

    @Test("Weights in a file beside a network are read if its name is the usual one")
    func externalData() throws {
        let folder = try TemporaryFolder(), golden = "Tests/TiledInference/Golden/external/weights.onnx"
        let network = try folder.copy(golden, to: "weights.onnx")
        let alone = try CommandRun(["model", "check", network])
        #expect(alone.exitCode == 1 && alone.output.contains("FILE.onnx.data"), "\(alone.output)")
        _ = try folder.copy(golden + ".data", to: "weights.onnx.data")
        for mode in [0o755, 0o700] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path)
            let check = try CommandRun(["model", "check", network])
            #expect(check.exitCode == 0, "\(check.output)")
            let bench = try CommandRun(["model", "bench", network, "--runs", "1"])
            #expect(bench.exitCode == 0, "\(bench.output)\(bench.error)")
        }
    }

    @Test("External weights that are a link are read beside a network that is one, and refused beside one that is not")
    func linkedData() throws {
        let folder = try TemporaryFolder(), golden = "Tests/TiledInference/Golden/external/weights.onnx"
        let network = try folder.copy(golden, to: "net.onnx"), data = try folder.copy(golden + ".data", to: "far/weights")
        try FileManager.default.createSymbolicLink(atPath: network + ".data", withDestinationPath: data)
        let alone = try CommandRun(["model", "check", network])
        #expect(alone.exitCode == 1 && alone.error.contains("is a link to another place"), "\(alone.error)")
        // As caches of models lie: links of both to files of other names.
        let own = try folder.copy(golden, to: "far/network"), links = folder.path + "/links"
        try FileManager.default.createDirectory(atPath: links, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: links + "/weights.onnx", withDestinationPath: own)
        try FileManager.default.createSymbolicLink(atPath: links + "/weights.onnx.data", withDestinationPath: data)
        let linked = try CommandRun(["model", "check", links + "/weights.onnx"])
        #expect(linked.exitCode == 0, "\(linked.output)\(linked.error)")
    }

    @Test(
        "Weights of other kinds are told how they become ONNX",
        arguments: [
            ("w.pt", "PK\u{3}\u{4}", "torch.onnx.export"), ("m.keras", "PK\u{3}\u{4}", "model.export"), ("m.tflite", "0000TFL3", "tf2onnx"),
            ("w.safetensors", "8\0\0\0\0\0\0\0{}", "safetensors"),
        ])
    func otherWeights(name: String, bytes: String, words: String) throws {
        let folder = try TemporaryFolder(), path = try folder.write(bytes, to: name), run = try CommandRun(["model", "check", path])
        #expect(run.exitCode == 1 && run.output.contains(words), "\(run.output)\(run.error)")
        let images = try CommandRun(["model", "run", path, "--input", "README.md", "--output", folder.path + "/b.tif"])
        #expect(images.exitCode == 1 && images.error.contains("is a network alone"), "\(images.error)")
    }

    @Test("A package that takes more than its check may is refused with the option that allows more")
    func memory() throws {
        let package = "Challenges/nuclei/submissions/unet", run = try CommandRun(["model", "check", package, "--memory", "1MiB"])
        #expect(run.exitCode == 1 && run.output.contains("memory") && run.output.contains("FAILED"), "\(run.output)\(run.error)")
        #expect(try CommandRun(["model", "check", package, "--memory", "256MiB"]).exitCode == 0)
        let network = try CommandRun(["model", "check", package + "/weights.onnx", "--memory", "256MiB"])
        #expect(network.exitCode == 2 && network.error.contains("--memory is for packages"), "\(network.error)")
    }

    @Test("A network is read where it lies, through a link too, and from a folder that only its owner may enter")
    func places() throws {
        let folder = try TemporaryFolder(), network = try folder.copy("Challenges/nuclei/submissions/unet/weights.onnx", to: "in/net.onnx")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link.onnx", withDestinationPath: network)
        for mode in [0o755, 0o700] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path + "/in")
            for (path, name) in [(network, "net.onnx"), (folder.path + "/link.onnx", "link.onnx")] {
                let run = try CommandRun(["model", "check", path])
                #expect(run.exitCode == 0 && run.output.hasPrefix(name + " (ONNX"), "\(run.output)\(run.error)")
            }
        }
        #expect(try FileManager.default.attributesOfItem(atPath: network)[.referenceCount] as? Int == 1)
    }
}
