// swift-tools-version: 6.1
// The readers of submitted files under libFuzzer; a package of its own, since the whole of it is built with `--sanitize=fuzzer`.
// `make fuzz` in the repository's root makes the corpus, builds and runs each target for a bounded time.
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ below: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: below, path: "Rooms/" + name, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "concours-fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", path: "Rooms/COpenBLAS", pkgConfig: "openblas"),
        .systemLibrary(name: "CSodium", path: "Rooms/CSodium", pkgConfig: "libsodium"),
        .target(
            name: "CImageFormats", path: "Rooms/CImageFormats",
            linkerSettings: [
                .linkedLibrary("tiff"), .linkedLibrary("png"), .linkedLibrary("z"), .linkedLibrary("zstd"), .linkedLibrary("blosc"),
                .linkedLibrary("lz4"), .linkedLibrary("bz2"),
            ]),
        .target(name: "CKernels", path: "Rooms/CKernels"),
        room("Imaging", ["CImageFormats", "Records"]),
        room("Records", ["CSodium"]),
        room(
            "NeuralNetwork", ["CKernels", "COpenBLAS", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["ONNX/onnx.proto"]),
        room("ModelPackages", ["Imaging", "NeuralNetwork", "Records", .product(name: "Yams", package: "Yams")]),
        .executableTarget(
            name: "Fuzz", dependencies: ["Imaging", "ModelPackages", "NeuralNetwork"], path: "Fuzz", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
