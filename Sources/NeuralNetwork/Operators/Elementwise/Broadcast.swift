/// Two operands walked together under NumPy's broadcasting rules: `rows` runs of `run` results each, in which an operand
/// either advances by one or stays.
struct Broadcast {
    let shape: [Int]
    let run: Int
    let leftStep: Int
    let rightStep: Int
    private let outer: [Int]
    private let leftStrides: [Int]
    private let rightStrides: [Int]

    /// The shape of the result; `nil` if the operands do not fit together.
    static func shape(_ left: [Int], _ right: [Int]) -> [Int]? {
        let rank = max(left.count, right.count)
        var shape: [Int] = []
        for axis in 0..<rank {
            let first = axis + left.count - rank, second = axis + right.count - rank
            let a = first >= 0 ? left[first] : 1, b = second >= 0 ? right[second] : 1
            guard a == b || a == 1 || b == 1 else { return nil }
            shape.append(a == 1 ? b : a)
        }
        return shape
    }

    /// Plans the walk over operands that fit `shape`.
    init(_ left: [Int], _ right: [Int], shape: [Int]) {
        func steps(_ operand: [Int]) -> [Int] {
            let strides = BlockCopy.strides(of: operand)
            return shape.indices.map { axis in
                let own = axis + operand.count - shape.count
                return own < 0 || operand[own] == 1 ? 0 : strides[own]
            }
        }
        let leftSteps = steps(left), rightSteps = steps(right)
        // The innermost run takes all trailing axes along which both operands go on as they began.
        var axis = shape.count, run = 1, leftStep = -1, rightStep = -1
        while axis > 0 {
            let extent = shape[axis - 1]
            if extent != 1 {
                let a = leftSteps[axis - 1], b = rightSteps[axis - 1]
                let goesOn = (leftStep < 0 || a == leftStep * run) && (rightStep < 0 || b == rightStep * run)
                guard a == 0 || a == run, b == 0 || b == run, goesOn else { break }
                if leftStep < 0 { (leftStep, rightStep) = (a == 0 ? 0 : 1, b == 0 ? 0 : 1) }
                run *= extent
            }
            axis -= 1
        }
        self.shape = shape
        self.run = run
        self.leftStep = max(leftStep, 0)
        self.rightStep = max(rightStep, 0)
        outer = Array(shape[..<axis])
        leftStrides = Array(leftSteps[..<axis])
        rightStrides = Array(rightSteps[..<axis])
    }

    /// The number of runs.
    var rows: Int { outer.reduce(1, *) }

    /// Where the operands stand at the start of a run.
    func offsets(_ row: Int) -> (left: Int, right: Int) {
        var rest = row, left = 0, right = 0
        for axis in outer.indices.reversed() {
            let index = rest % outer[axis]
            rest /= outer[axis]
            left += index * leftStrides[axis]
            right += index * rightStrides[axis]
        }
        return (left, right)
    }

    /// The results of a function of two elements.
    @inline(__always)
    func map<Left, Right, Result>(_ left: [Left], _ right: [Right], _ combine: (Left, Right) -> Result) -> [Result] {
        let rows = rows, run = run, leftStep = leftStep, rightStep = rightStep
        return left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                [Result](unsafeUninitializedCapacity: rows * run) { buffer, initialized in
                    initialized = rows * run
                    guard let target = buffer.baseAddress else { return }
                    for row in 0..<rows {
                        let start = offsets(row)
                        for index in 0..<run {
                            (target + row * run + index).initialize(
                                to: combine(left[start.left + index * leftStep], right[start.right + index * rightStep]))
                        }
                    }
                }
            }
        }
    }
}
