import Glibc

/// Which reader is fuzzed, by the environment variable `CONCOURS_FUZZ`.
private let target: FuzzTarget = {
    guard let name = getenv("CONCOURS_FUZZ").map({ String(cString: $0) }), let target = FuzzTarget(rawValue: name) else {
        fatalError("CONCOURS_FUZZ must be onnx, yaml, npy, tiff or png")
    }
    atexit { ScratchFolder.shared?.remove() }
    return target
}()

/// What libFuzzer calls for each input. The address is its own and is valid during the call only.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.read(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
