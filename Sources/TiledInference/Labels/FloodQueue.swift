/// A binary heap of pixels: lowest first, then oldest, then first in raster order.
struct FloodQueue {
    /// A pixel that waits.
    struct Entry {
        let height: Double
        let age: Int
        let place: Int

        @inline(__always)
        func comesBefore(_ other: Entry) -> Bool {
            if height != other.height { return height < other.height }
            if age != other.age { return age < other.age }
            return place < other.place
        }
    }

    private var entries: [Entry] = []

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entry.comesBefore(entries[parent]) else { break }
            entries[child] = entries[parent]
            child = parent
        }
        entries[child] = entry
    }

    mutating func pop() -> Entry? {
        guard let first = entries.first, let moved = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first }
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].comesBefore(entries[child]) { child += 1 }
            guard entries[child].comesBefore(moved) else { break }
            entries[place] = entries[child]
            place = child
        }
        entries[place] = moved
        return first
    }
}
