import Imaging
import Testing

@Suite("Labels from images")
struct LabelImageTests {
    @Test("Whole, non-negative values are labels in every integer type")
    func integers() throws {
        for pixels in [Pixels.uint8([0, 1, 2, 200]), .uint16([0, 1, 2, 200]), .uint32([0, 1, 2, 200]), .int32([0, 1, 2, 200])] {
            let image = try #require(Image(shape: [2, 2], axes: [.y, .x], spacing: [.x: 0.5], pixels: pixels))
            let labels = try LabelImage(image)
            #expect(labels.labels == [0, 1, 2, 200])
            #expect(labels.spacing == [nil, 0.5])
        }
        let volume = try #require(Image(shape: [2, 2, 1], axes: [.z, .y, .x], spacing: [.z: 3], pixels: .uint32([0, 1, 2, .max])))
        #expect(try LabelImage(volume).labels == [0, 1, 2, .max])
        #expect(try LabelImage(volume).spacing == [3, nil, nil])
    }

    @Test("Negative values, floats, channels and times are refused with the reason")
    func refused() throws {
        func error(_ shape: [Int], _ axes: [Axis], _ pixels: Pixels) throws -> String {
            let image = try #require(Image(shape: shape, axes: axes, pixels: pixels))
            return try #require(#expect(throws: ImageError.self) { try LabelImage(image) }).message
        }
        #expect(try error([2, 2], [.y, .x], .int32([0, 1, -7, 2])).contains("value at (1, 0) is -7"))
        #expect(try error([2, 2], [.y, .x], .float32([0, 1, 2, 3])).contains("float32"))
        #expect(try error([2, 2, 1], [.y, .x, .channel], .uint8([0, 1, 2, 3])).contains("(y, x, c)"))
        #expect(try error([1, 2, 2], [.time, .y, .x], .uint8([0, 1, 2, 3])).contains("(t, y, x)"))
    }

    @Test("An image of labels is as small as they allow")
    func image() throws {
        #expect(LabelImage(shape: [1, 2], labels: [0, 65535])?.image?.pixels == .uint16([0, 65535]))
        #expect(LabelImage(shape: [1, 2], labels: [0, 65536])?.image?.pixels == .uint32([0, 65536]))
        #expect(LabelImage(shape: [2], labels: [0, 1])?.image == nil)
    }
}
