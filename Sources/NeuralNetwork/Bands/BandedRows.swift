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

    /// Floats from a plane to the next one.
    var planeStep: Int { capacity * rowFloats }

    /// Makes room for rows behind those that are here; they hold anything.
    mutating func extend(_ rows: Int, _ memory: BandMemory, threads: Int) throws(NetworkError) {
        let kept = high - low, row = rowFloats, room = capacity, first = low - start
        defer {
            start = low
            high += rows
        }
        if let base = buffer?.base, kept + rows <= capacity {
            try Parallel.run(threads: threads, blocks: first > 0 && kept > 0 ? planes : 0) { plane, _ in
                let place = base + plane * room * row
                memmove(place, place + first * row, kept * row * MemoryLayout<Float>.stride)
            }
        }
        guard buffer == nil || kept + rows > capacity else { return }
        capacity = kept + rows
        let wider = capacity, old = buffer
        let fresh = try memory.take(planes * capacity * rowFloats)
        if let base = fresh.base, let from = old?.base {
            try Parallel.run(threads: threads, blocks: kept > 0 ? planes : 0) { plane, _ in
                (base + plane * wider * row).update(from: from + (plane * room + first) * row, count: kept * row)
            }
        }
        buffer = fresh
        if let old { memory.giveBack(old) }
    }

    /// Adds rows behind those that are here: `source` gives a plane's first new row.
    mutating func append(
        _ rows: Int, _ memory: BandMemory, threads: Int, source: (_ plane: Int) -> UnsafePointer<Float>?
    ) throws(NetworkError) {
        try extend(rows, memory, threads: threads)
        guard let base = pointer(plane: 0, row: high - rows) else { return }
        let (step, count) = (planeStep, rows * rowFloats)
        try Parallel.run(threads: threads, blocks: planes) { plane, _ in
            guard let from = source(plane) else { return }
            (base + plane * step).update(from: from, count: count)
        }
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
            let fresh = try memory.take(planes * kept * rowFloats, isRest: true)
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
