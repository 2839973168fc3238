import Foundation
import Imaging
import Testing

/// The golden files that `Tests/Oracles/imaging_golden.py` made, and what they hold.
struct GoldenFile: Sendable, CustomTestStringConvertible {
    struct Expectation: Decodable, Sendable {
        let shape: [Int]?
        let axes: String?
        let type: PixelType?
        let spacing: [String: Double]?
        let crc: UInt32?
        let refused: String?
    }

    let name: String
    let expected: Expectation

    var path: String { GoldenFile.folder + "/" + name }
    var testDescription: String { name }

    static let folder = (Bundle.module.resourcePath ?? "") + "/Golden"

    static let all: [GoldenFile] = {
        guard let index = try? Data(contentsOf: URL(fileURLWithPath: folder + "/index.json")),
            let files = try? JSONDecoder().decode([String: Expectation].self, from: index)
        else { return [] }
        return files.sorted { $0.key < $1.key }.map { GoldenFile(name: $0.key, expected: $0.value) }
    }()

    static var readable: [GoldenFile] { all.filter { $0.expected.refused == nil } }
    static var refused: [GoldenFile] { all.filter { $0.expected.refused != nil } }
}

extension Pixels {
    /// CRC-32 of the values, little endian.
    var checksum: UInt32 {
        var crc = CRC32()
        switch self {
        case .uint8(let values): values.forEach { crc.add($0) }
        case .uint16(let values): values.forEach { crc.add($0) }
        case .uint32(let values): values.forEach { crc.add($0) }
        case .int32(let values): values.forEach { crc.add(UInt32(bitPattern: $0)) }
        case .float32(let values): values.forEach { crc.add($0.bitPattern) }
        case .float64(let values): values.forEach { crc.add($0.bitPattern) }
        }
        return crc.value
    }
}

/// CRC-32 as in zlib, bit by bit; slow and plain, independent of the code under test.
struct CRC32 {
    private var state: UInt32 = ~0
    var value: UInt32 { ~state }

    mutating func add<Value: FixedWidthInteger>(_ value: Value) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            state ^= UInt32(truncatingIfNeeded: value >> Value(shift)) & 0xFF
            for _ in 0..<8 { state = state >> 1 ^ (state & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
    }

    static func of(_ bytes: [UInt8]) -> UInt32 {
        var crc = CRC32()
        for byte in bytes { crc.add(byte) }
        return crc.value
    }
}
