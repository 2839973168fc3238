#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Rows [low, high) of a value, plane by plane: the planes are channel blocks, or the channels of a plain tensor.
struct BandedRows {
    let planes: Int
    /// Floats of one row of one plane.
    let rowFloats: Int
    private(set) var low = 0
    private(set) var high = 0
    private var buffer: BandBuffer?
    /// The row at the buffer's start, and the rows that a plane has room for.
    private var start = 0
    private var capacity = 0

    init(planes: Int, rowFloats: Int) {
        self.planes = planes
        self.rowFloats = rowFloats
    }

    /// Where a row of a plane lies; `nil` in a rehearsal.
    func pointer(plane: Int, row: Int) -> UnsafeMutablePointer<Float>? {
        buffer?.base.map { $0 + (plane * capacity + row - start) * rowFloats }
    }

    /// Adds rows behind those that are here: `source` gives a plane's first new row.
    mutating func append(
        _ rows: Int, _ memory: BandMemory, threads: Int, source: (_ plane: Int) -> UnsafePointer<Float>?
    ) throws(NetworkError) {
        let kept = high - low
        let (old, oldStart, oldCapacity) = (buffer, start, capacity)
        if let old, kept + rows <= capacity {
            if let base = old.base {
                let (shift, row) = (low - start, rowFloats)
                try Parallel.run(threads: threads, blocks: shift > 0 ? planes : 0) { plane, _ in
                    let place = base + plane * oldCapacity * row
                    memmove(place, place + shift * row, kept * row * MemoryLayout<Float>.stride)
                }
            }
        } else {
            capacity = kept + rows
            let fresh = try memory.take(planes * capacity * rowFloats)
            if let base = fresh.base, let from = old?.base {
                let (first, room, row) = (low - oldStart, capacity, rowFloats)
                try Parallel.run(threads: threads, blocks: kept > 0 ? planes : 0) { plane, _ in
                    (base + plane * room * row).update(from: from + (plane * oldCapacity + first) * row, count: kept * row)
                }
            }
            buffer = fresh
            if let old { memory.giveBack(old) }
        }
        start = low
        if let base = buffer?.base {
            let (room, row) = (capacity, rowFloats)
            try Parallel.run(threads: threads, blocks: planes) { plane, _ in
                guard let from = source(plane) else { return }
                (base + (plane * room + kept) * row).update(from: from, count: rows * row)
            }
        }
        high += rows
    }

    /// Takes a buffer that holds exactly the next rows, if nothing else is held; false if something is.
    mutating func adopt(_ buffer: BandBuffer, rows: Int, _ memory: BandMemory) -> Bool {
        guard low == high else { return false }
        if let old = self.buffer { memory.giveBack(old) }
        self.buffer = buffer
        start = high
        capacity = rows
        high += rows
        return true
    }

    /// Forgets the rows in front of `row`.
    mutating func drop(before row: Int, _ memory: BandMemory, threads: Int) throws(NetworkError) {
        low = max(low, min(row, high))
        guard let old = buffer else { return }
        let kept = high - low
        if kept == 0 {
            buffer = nil
            capacity = 0
            memory.giveBack(old)
        } else if 2 * kept < capacity {
            // A short rest moves out, so that others can have the room.
            let fresh = try memory.take(planes * kept * rowFloats)
            if let base = fresh.base, let from = old.base {
                let (first, room, row) = (low - start, capacity, rowFloats)
                try Parallel.run(threads: threads, blocks: planes) { plane, _ in
                    (base + plane * kept * row).update(from: from + (plane * room + first) * row, count: kept * row)
                }
            }
            buffer = fresh
            start = low
            capacity = kept
            memory.giveBack(old)
        }
    }
}
