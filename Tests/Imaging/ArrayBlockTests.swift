import Foundation
import Imaging
import Testing

@Suite("Arrays region by region")
struct ArrayBlockTests {
    private static let shape = [3, 2, 5, 7]
    private static let values = (0..<210).map { Int32($0 &* 40_503 % 201 - 100) }

    /// The array in Fortran order or in another type, written without our writer.
    private func file(_ folder: TemporaryFolder, _ descr: String, isFortran: Bool, _ bytes: (Int32) -> [UInt8]) throws -> String {
        var header = "{'descr': '\(descr)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': (3, 2, 5, 7), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)])
        data.append(Data(header.utf8))
        for place in 0..<210 {
            let c = isFortran ? ((place % 3 * 2 + place / 3 % 2) * 5 + place / 6 % 5) * 7 + place / 30 : place
            data.append(contentsOf: bytes(Self.values[c]))
        }
        let path = folder.file("array.npy")
        try data.write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test(
        "Elements along an axis without a name are images of their own, in any byte order, width and order of axes",
        arguments: [false, true])
    func elements(_ isFortran: Bool) throws {
        let folder = try TemporaryFolder()
        for descr in ["<i4", ">i2", "<i8", "|i1"] {
            let size = Int(String(descr.suffix(1))) ?? 0
            let path = try file(folder, descr, isFortran: isFortran) { value in
                let little = (0..<size).map { UInt8(truncatingIfNeeded: Int64(value) >> (8 * $0)) }
                return descr.hasPrefix(">") ? little.reversed() : little
            }
            for (axes, unnamed) in [([nil, .channel, .y, .x], 0), ([.channel, nil, .y, .x], 1), ([.time, .channel, nil, .x], 2)]
                as [([Axis?], Int)]
            {
                let images = try ImageFile.images(inArray: path, axes: axes)
                #expect(images.count == Self.shape[unnamed])
                for (number, image) in images.enumerated() {
                    let region = image.shape.map { $0 > 2 ? 1..<$0 : 0..<$0 }
                    var places: [[Int]] = [[]]
                    var box = region
                    box.insert(number..<number + 1, at: unnamed)
                    for range in box { places = places.flatMap { place in range.map { place + [$0] } } }
                    let expected = places.map { place in Self.values[zip(place, Self.shape).reduce(0) { $0 * $1.1 + $1.0 }] }
                    #expect(try image.read(region) == .int32(expected), "\(descr) \(axes)")
                }
            }
        }
    }

    @Test("An array that is written in regions has the bytes of one that is written at once, whatever their order; another is no region")
    func writing() throws {
        let folder = try TemporaryFolder(), pixels = Pixels.int32(Self.values)
        try NPY.write(NPYArray(shape: Self.shape, pixels: pixels), to: folder.file("whole.npy"))
        var boxes: [[Range<Int>]] = []
        for first in 0..<3 { for y in [0..<2, 2..<5] { for x in [0..<4, 4..<7] { boxes.append([first..<first + 1, 0..<2, y, x]) } } }
        for (name, order) in [("a.npy", boxes), ("b.npy", boxes.reversed())] {
            for box in order {
                // Each time the file is taken up again.
                let writer = try NPYWriter(folder.file(name), shape: Self.shape, type: .int32)
                let image = try #require(Image(shape: [3, 2, 5, 7], axes: [.time, .channel, .y, .x], pixels: pixels))
                try writer.write(try WholeImageBlocks(image).read(box), to: box)
            }
            #expect(FileManager.default.contentsEqual(atPath: folder.file(name), andPath: folder.file("whole.npy")))
        }
        let writer = try NPYWriter(folder.file("c.npy"), shape: [2, 2], type: .uint8)
        #expect(throws: ImageError.self) { try writer.write(.uint8([1]), to: [0..<1, 2..<3]) }
        #expect(throws: ImageError.self) { try writer.write(.uint8([1, 2]), to: [0..<1, 0..<1]) }
        #expect(throws: ImageError.self) { try NPYWriter(folder.file("d.npy"), shape: [2, 0], type: .uint8) }
    }
}
