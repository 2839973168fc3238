/// A binary heap of columns by distance, nearest first; equal distances by column.
struct PathQueue {
    private var entries: [(distance: Int128, column: Int)] = []

    mutating func insert(_ distance: Int128, _ column: Int) {
        entries.append((distance, column))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child] < entries[parent] else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func popFirst() -> (distance: Int128, column: Int)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && entries[child] < entries[least] {
                least = child
            }
            guard least != parent else { return first }
            entries.swapAt(least, parent)
            parent = least
        }
    }
}
