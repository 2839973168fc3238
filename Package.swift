// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift room of the house: the rooms below it that it may import, and products of other packages.
func room(_ name: String, _ below: [String] = [], products: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: below.map { .init(stringLiteral: $0) } + products, exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, of below: [String], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: below.map { .init(stringLiteral: $0) }, path: "Tests/" + name,
        resources: resources, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "concours",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "concours", targets: ["concours"]),
        .executable(name: "concours-runner", targets: ["concours-runner"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Floor 0: files, kernels, networks.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .target(
            name: "CImageFormats",
            linkerSettings: [
                .linkedLibrary("tiff"), .linkedLibrary("png"), .linkedLibrary("z"), .linkedLibrary("zstd"), .linkedLibrary("blosc"),
                .linkedLibrary("lz4"), .linkedLibrary("bz2"),
            ]),
        .target(name: "CKernels"),
        room("Imaging", ["CImageFormats", "Records"]),
        room("NeuralNetwork", ["CKernels", "COpenBLAS"], products: [protobuf], exclude: ["ONNX/onnx.proto"]),
        room("ModelPackages", ["Imaging", "NeuralNetwork", "Records"], products: [yams]),
        // Floor 1: what is computed from images, and how it is written down.
        room("Records", ["CSodium"]),
        room("TiledInference", ["Imaging", "NeuralNetwork", "ModelPackages"]),
        room("Metrics", ["Imaging", "CKernels"]),
        room("Ranking"),
        room("Plots"),
        // Floor 2: rules.
        room("Challenges", ["Metrics", "Ranking", "Records", "Imaging"], products: [yams]),
        // Floor 3: rights, and what touches the machine.
        room("Access", ["Challenges"]),
        .target(name: "CSandbox"),
        room("Sandbox", ["Records", "CSandbox"]),
        .target(
            name: "WebAssets", dependencies: ["Plots", "Records", mustache], path: "web",
            resources: ["style.css", "sort.js"].map { .embedInCode($0) }
                + ["page", "ranking", "submission", "cases", "conventions"].map { .embedInCode("templates/\($0).mustache") },
            swiftSettings: strict),
        // Floor 4: the engine and the pages.
        room("Evaluation", ["Challenges", "Sandbox", "Records", "Metrics", "Access"]),
        room("Leaderboards", ["Challenges", "Ranking", "Plots", "Records", "Metrics", "Access", "WebAssets"]),
        // Floor 5 and 6: the programs.
        .executableTarget(
            name: "concours-runner",
            dependencies: [
                "Challenges", "CZip", "Imaging", "Metrics", "ModelPackages", "NeuralNetwork", "Records", "TiledInference",
                argumentParser, yams,
            ], swiftSettings: strict),
        .executableTarget(
            name: "concours",
            dependencies: [
                "Challenges", "Evaluation", "Imaging", "Leaderboards", "Metrics", "Ranking", "Records", "Sandbox", argumentParser,
            ], swiftSettings: strict),
        tests("Imaging", of: ["Imaging"], resources: [.copy("Golden")]),
        tests("NeuralNetwork", of: ["NeuralNetwork"], resources: [.copy("Golden")]),
        tests("ModelPackages", of: ["ModelPackages", "Imaging", "NeuralNetwork"], resources: [.copy("Golden")]),
        tests("Records", of: ["Records"]),
        tests("TiledInference", of: ["TiledInference", "ModelPackages", "Imaging", "NeuralNetwork"], resources: [.copy("Golden")]),
        tests("Metrics", of: ["Metrics", "Imaging"], resources: [.copy("Golden")]),
        tests("Ranking", of: ["Ranking", "Records"], resources: [.copy("Golden")]),
        tests("Plots", of: ["Plots"]),
        tests("WebAssets", of: ["WebAssets", "Plots", "Records"]),
        tests("Challenges", of: ["Challenges", "Imaging", "Ranking"]),
        tests("Access", of: ["Access", "Challenges"]),
        tests("Sandbox", of: ["Sandbox", "Records"]),
        tests("Leaderboards", of: ["Access", "Challenges", "Leaderboards", "Records", "WebAssets"]),
        .testTarget(
            name: "AcceptanceTests", dependencies: ["concours", "concours-runner"], path: "Tests/Acceptance",
            exclude: ["Golden", "read_labels.py", "read_outputs.py"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
