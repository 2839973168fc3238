/// `MatMulInteger` (opset 10) and `QLinearMatMul` (opset 10 and later): matrix products of 8-bit whole numbers less their zero points,
/// with 32-bit sums, left as they are or quantised anew.
///
/// A zero point or scale is one number, one for each row of the left or column of the right matrix, or one for each row or column of
/// each matrix with that axis kept.
struct QuantizedProduct: Operator {
    private let node: Node
    private let requantizes: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.allow()
        self.node = node
        requantizes = node.operatorType == "QLinearMatMul"
        try node.expect(inputs: requantizes ? 8...8 : 2...4)
    }

    /// The places of the operands and of their zero points among the inputs.
    private var places: (left: Int, right: Int, leftZero: Int, rightZero: Int) { requantizes ? (0, 3, 2, 5) : (0, 1, 2, 3) }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let left = try node.required(inputs, places.left), right = try node.required(inputs, places.right)
        for input in [left, right] where ![.int8, .uint8].contains(input.elementType) {
            throw node.error(.unsupported, "an operand has elements of type \(input.elementType.rawValue); expected int8 or uint8")
        }
        guard let plan = ProductShape(left.shape, right.shape) else {
            throw node.error(.shape, "the shapes \(left.shape) and \(right.shape) do not multiply")
        }
        try check(inputs, 1, 2, of: left, isLeft: true)
        try check(inputs, 4, 5, of: right, isLeft: false)
        guard requantizes else { return [Signature(plan.result, .int32)] }
        let scale = try node.required(inputs, 6), zero = try node.required(inputs, 7)
        guard scale.elementType.isReal, [.int8, .uint8].contains(zero.elementType), scale.shape.reduce(1, *) == 1, zero.shape == scale.shape
        else { throw node.error(.unsupported, "the result's scale and zero point are no single number and 8-bit whole number") }
        return [Signature(plan.result, zero.elementType)]
    }

    /// Checks the scale (of `QLinearMatMul`) and the zero point of an operand.
    private func check(_ inputs: [Signature?], _ scale: Int, _ zero: Int, of operand: Signature, isLeft: Bool) throws(NetworkError) {
        var shapes: [[Int]] = []
        if requantizes {
            let scale = try node.required(inputs, scale)
            guard scale.elementType.isReal else {
                throw node.error(.unsupported, "a scale has elements of type \(scale.elementType.rawValue)")
            }
            shapes.append(scale.shape)
        }
        let place = isLeft ? places.leftZero : places.rightZero
        if place < inputs.count, let zero = inputs[place] {
            guard zero.elementType == operand.elementType else {
                throw node.error(
                    .unsupported,
                    "a zero point has elements of type \(zero.elementType.rawValue), its operand \(operand.elementType.rawValue)")
            }
            shapes.append(zero.shape)
        }
        for shape in shapes {
            let aligned = QuantizedProduct.aligned(shape, isLeft: isLeft, rank: operand.rank)
            guard Broadcast.shape(aligned, operand.shape) == operand.shape else {
                throw node.error(
                    .shape, "a scale or zero point of the shape \(shape) does not fit an operand of the shape \(operand.shape)")
            }
        }
    }

    /// A list belongs to the rows of the left, to the columns of the right operand.
    private static func aligned(_ shape: [Int], isLeft: Bool, rank: Int) -> [Int] {
        shape.count == 1 && shape[0] != 1 && isLeft && rank > 1 ? shape + [1] : shape
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let left = try node.given(inputs, places.left), right = try node.given(inputs, places.right)
        func aligned(_ index: Int, isLeft: Bool) -> Tensor? {
            guard index < inputs.count, let tensor = inputs[index] else { return nil }
            return tensor.reshaped(
                QuantizedProduct.aligned(tensor.shape, isLeft: isLeft, rank: isLeft ? left.shape.count : right.shape.count))
        }
        guard let plan = ProductShape(left.shape, right.shape) else { throw node.error(.internalFault, "the operands do not multiply") }
        let a = left.centred(by: aligned(places.leftZero, isLeft: true)), b = right.centred(by: aligned(places.rightZero, isLeft: false))
        var sums = [Int32](repeating: 0, count: plan.result.reduce(1, *))
        let size = plan.rows * plan.columns
        var failure: NetworkError?
        sums.withUnsafeMutableBufferPointer { sums in
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    guard let sums = sums.baseAddress, let a = a.baseAddress, let b = b.baseAddress else { return }
                    do throws(NetworkError) {
                        try plan.forEachProduct { (number, left, right) throws(NetworkError) in
                            try IntegerProduct.multiply(
                                a + left, b + right, rows: plan.rows, depth: plan.depth, columns: plan.columns, into: sums + number * size,
                                threads: context.threads)
                        }
                    } catch { failure = error }
                }
            }
        }
        if let failure { throw failure }
        guard requantizes else { return [Tensor(outputs[0].shape, .int32(sums))] }
        // The scales of rows and columns have the axes of the product when the depth's axis is 1.
        let rowScales = try reduced(aligned(1, isLeft: true), plan, isLeft: true),
            columnScales = try reduced(aligned(4, isLeft: false), plan, isLeft: false)
        let scale = try node.given(inputs, 6).doubles[0], zero = try node.given(inputs, 7).doubles[0]
        let full = plan.batch + [plan.rows, plan.columns]
        var results = Broadcast(full, rowScales.shape, shape: full).map(sums, rowScales.doubles) { Double($0) * $1 }
        results = Broadcast(full, columnScales.shape, shape: full).map(results, columnScales.doubles) { $0 * $1 }
        return [
            Tensor(outputs[0].shape, doubles: results.map { ($0 / scale).rounded(.toNearestOrEven) + zero }, as: outputs[0].elementType)
        ]
    }

    private func reduced(_ scale: Tensor?, _ plan: ProductShape, isLeft: Bool) throws(NetworkError) -> Tensor {
        guard let scale else { throw node.error(.graph, "a scale is missing") }
        let full = plan.batch + [plan.rows, plan.columns]
        guard Broadcast.shape(scale.shape, full) == full else {
            throw node.error(.unsupported, "a scale has the shape \(scale.shape); expected one number, or one for each row or column")
        }
        return scale
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let shape = inputs[index]?.shape ?? []
        guard index == places.left || index == places.right else { return shape.map { $0 == 1 ? .detached : .whole } }
        return ProductShape.views(isLeft: index == places.left, shape: shape, result: outputs[0].shape)
    }
}
