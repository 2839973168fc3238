internal import Imaging

/// A fast checksum of 64 bits, against what a machine or a disk loses; no defence against somebody who wants to deceive.
struct Checksum {
    /// That of what was added so far.
    var value: UInt64 {
        var mixed = lanes.0 ^ Self.turned(lanes.1, 17) ^ Self.turned(lanes.2, 31) ^ Self.turned(lanes.3, 47)
        mixed = (mixed ^ mixed >> 32 ^ count) &* Self.second
        return mixed ^ mixed >> 29
    }

    /// Four sums that do not wait for each other.
    private var lanes: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
    private var count: UInt64 = 0

    /// Odd numbers without a pattern, those of xxHash.
    private static let first: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let second: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    /// Adds a word.
    mutating func add(_ word: UInt64) {
        lanes.0 = Self.step(lanes.0, word)
        count &+= 8
    }

    /// Adds bytes.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var place = 0
        while place + 32 <= bytes.count {
            lanes.0 = Self.step(lanes.0, bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            lanes.1 = Self.step(lanes.1, bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self))
            lanes.2 = Self.step(lanes.2, bytes.loadUnaligned(fromByteOffset: place + 16, as: UInt64.self))
            lanes.3 = Self.step(lanes.3, bytes.loadUnaligned(fromByteOffset: place + 24, as: UInt64.self))
            place += 32
        }
        count &+= UInt64(place)
        while place < bytes.count {
            add(UInt64(bytes[place]))
            place += 1
        }
    }

    private static func step(_ lane: UInt64, _ word: UInt64) -> UInt64 { turned((lane ^ word) &* first, 29) &* second }

    private static func turned(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
}

extension Checksum {
    /// That of values in their order.
    static func of(_ pixels: Pixels) -> UInt64 {
        switch pixels {
        case .uint8(let values): of(values)
        case .uint16(let values): of(values)
        case .uint32(let values): of(values)
        case .int32(let values): of(values)
        case .float32(let values): of(values)
        case .float64(let values): of(values)
        }
    }

    private static func of<Value: BitwiseCopyable>(_ values: [Value]) -> UInt64 {
        var sum = Checksum()
        // Words of eight bytes are read where they lie, whatever the type of the values.
        values.withUnsafeBytes { sum.add($0) }
        return sum.value
    }
}

extension Checksum {
    /// A checksum of float32 values by their places, which adds up: that of an array is the sum of those of its parts, so that it
    /// follows when a part is changed without a look at the rest. Zeros count nothing.
    ///
    /// - Parameters:
    ///   - values: the values in `box`, in C order.
    ///   - shape: the extents of the array.
    static func placed(_ values: [Float], at box: [Range<Int>], in shape: [Int]) -> UInt64 {
        guard let row = box.last, let extent = shape.last, !row.isEmpty else { return 0 }
        var sum: UInt64 = 0, start = 0
        var position = box.dropLast().map(\.lowerBound)
        values.withUnsafeBufferPointer { values in
            while start < values.count {
                let line = zip(position, shape).reduce(0) { $0 * $1.1 + $1.0 } * extent + row.lowerBound
                for place in 0..<row.count {
                    sum &+= UInt64(values[start + place].bitPattern) &* key(UInt64(truncatingIfNeeded: line + place))
                }
                start += row.count
                var axis = position.count - 1
                while axis >= 0 {
                    position[axis] += 1
                    if position[axis] < box[axis].upperBound { break }
                    position[axis] = box[axis].lowerBound
                    axis -= 1
                }
            }
        }
        return sum
    }

    /// An odd number for each place.
    private static func key(_ place: UInt64) -> UInt64 {
        let mixed = (place &+ 1) &* first
        return (mixed ^ mixed >> 32) &* second | 1
    }
}
