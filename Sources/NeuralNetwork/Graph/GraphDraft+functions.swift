/// Functions that exporters take apart into simple operators are put together again: each becomes one pass over memory instead of many.
extension GraphDraft {
    /// `Swish` (x · sigmoid x), `Gelu` in both forms, and `LayerNormalization` over the last axis.
    mutating func recognizeFunctions() throws(NetworkError) {
        let patterns = FunctionPatterns(links: GraphLinks(self))
        var absorbed: Set<Int> = []
        for index in steps.indices {
            guard let found = patterns.function(of: steps[index]), absorbed.isDisjoint(with: found.absorbed) else { continue }
            let node = steps[index].node
            let own = Node(
                name: node.name, operatorType: found.type, domain: "", opset: OperatorVersions.newest, inputs: found.inputs.map { "\($0)" },
                outputs: node.outputs, attributes: found.attributes)
            guard let type = OperatorRegistry.type(for: own) else { continue }
            steps[index] = CompiledGraph.Step(
                node: own, operation: try type.init(own), inputs: found.inputs, outputs: steps[index].outputs)
            absorbed.formUnion(found.absorbed)
        }
        steps = steps.indices.filter { !absorbed.contains($0) }.map { steps[$0] }
    }
}

/// What functions look like when they are written in simple operators, seen from their last one.
private struct FunctionPatterns {
    struct Function {
        let type: String
        let inputs: [Int]
        var attributes: [String: Attribute] = [:]
        /// The steps that are part of it, besides the last.
        let absorbed: Set<Int>
    }

    let links: GraphLinks

    func function(of last: CompiledGraph.Step) -> Function? {
        guard last.node.domain.isEmpty, last.outputs.compactMap(\.self).count == 1 else { return nil }
        switch last.operation {
        case let step as Arithmetic where step.node.operatorType == "Mul": return swish(last) ?? gelu(last)
        case let step as Arithmetic where step.isPlainSum: return layerNormalization(last)
        default: return nil
        }
    }

    private func swish(_ last: CompiledGraph.Step) -> Function? {
        guard let (left, right) = links.operands(last) else { return nil }
        for (value, gate) in [(left, right), (right, left)] {
            guard let sigmoid = links.step(of: gate, "Sigmoid"), sigmoid.step.operation is Activation, sigmoid.step.inputs[0] == value
            else {
                continue
            }
            return Function(type: "Swish", inputs: [value], absorbed: [sigmoid.place])
        }
        return nil
    }

    /// x · (1 + erf(x / √2)) · ½ or x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) · ½, factors in any order.
    private func gelu(_ last: CompiledGraph.Step) -> Function? {
        var absorbed: Set<Int> = [], factors: [Int] = [], half = false
        // The factors of the product, of which two may have been multiplied before.
        guard let (left, right) = links.operands(last) else { return nil }
        for value in [left, right] {
            if let inner = links.step(of: value, "Mul"), factors.count < 2, let (a, b) = links.operands(inner.step) {
                absorbed.insert(inner.place)
                factors += [a, b]
            } else {
                factors.append(value)
            }
        }
        factors.removeAll { value in
            guard !half, links.number(value) == 0.5 else { return false }
            half = true
            return true
        }
        guard half, factors.count == 2 else { return nil }
        for (value, sum) in [(factors[0], factors[1]), (factors[1], factors[0])] {
            guard let add = links.step(of: sum, "Add"), let (inner, one) = links.scaled(add.step), one == 1 else { continue }
            absorbed.insert(add.place)
            if let erf = links.step(of: inner, "Erf"), let scale = scaling(erf.step.inputs[0], of: value, 0.5.squareRoot()) {
                return Function(type: "Gelu", inputs: [value], absorbed: absorbed.union([erf.place, scale]))
            }
            if let tanh = links.step(of: inner, "Tanh"), let parts = cubic(tanh.step.inputs[0], of: value) {
                return Function(
                    type: "Gelu", inputs: [value], attributes: ["approximate": .string("tanh")],
                    absorbed: absorbed.union(parts).union([tanh.place]))
            }
            absorbed.remove(add.place)
        }
        return nil
    }

    /// The step that multiplies a value by a factor, or divides it by its inverse, up to float32's rounding.
    private func scaling(_ result: Int?, of value: Int, _ factor: Double) -> Int? {
        if let product = links.step(of: result, "Mul"), let (own, number) = links.scaled(product.step), own == value {
            return isClose(number, factor) ? product.place : nil
        }
        guard let quotient = links.step(of: result, "Div"), let (own, divisor) = links.operands(quotient.step), own == value,
            let number = links.number(divisor), isClose(number, 1 / factor)
        else { return nil }
        return quotient.place
    }

    /// The steps that make √(2/π) · (x + 0.044715 · x³).
    private func cubic(_ result: Int?, of value: Int) -> Set<Int>? {
        guard let scale = links.step(of: result, "Mul"), let (sum, factor) = links.scaled(scale.step),
            isClose(factor, (2 / Double.pi).squareRoot()), let add = links.step(of: sum, "Add"),
            let (left, right) = links.operands(add.step),
            left == value || right == value
        else { return nil }
        guard let product = links.step(of: left == value ? right : left, "Mul"), let (cube, number) = links.scaled(product.step),
            isClose(number, 0.044715), let power = links.step(of: cube, "Pow"), let (base, exponent) = links.operands(power.step),
            base == value, links.number(exponent) == 3
        else { return nil }
        return [scale.place, add.place, product.place, power.place]
    }

    private func isClose(_ number: Float, _ wanted: Double) -> Bool { abs(Double(number) - wanted) <= 1e-6 * wanted }

    /// (x - mean) / √(mean of (x - mean)² + ε) · scale + shift over the last axis, scale and shift constants with a value for each place.
    private func layerNormalization(_ last: CompiledGraph.Step) -> Function? {
        guard let (weighted, shift) = parameter(last), let product = links.step(of: weighted, "Mul"),
            let (normal, scale) = parameter(product.step), let quotient = links.step(of: normal, "Div"),
            let (centred, deviation) = links.operands(quotient.step),
            let root = links.step(of: deviation, "Sqrt"), let sum = links.step(of: root.step.inputs[0], "Add"),
            let (variance, epsilon) = links.scaled(sum.step), let mean = meanOfLastAxis(variance),
            let square = links.step(of: mean.step.inputs[0], "Pow"), let (base, two) = links.operands(square.step), base == centred,
            links.number(two) == 2, let difference = links.step(of: centred, "Sub", reads: 2),
            let (value, average) = links.operands(difference.step), let centre = meanOfLastAxis(average), centre.step.inputs[0] == value,
            links.count(scale) == links.count(shift)
        else { return nil }
        let places = [product, quotient, root, sum, mean, square, difference, centre].map(\.place)
        return Function(
            type: "LayerNormalization", inputs: [value, scale, shift], attributes: ["axis": .int(-1), "epsilon": .float(epsilon)],
            absorbed: Set(places))
    }

    /// The operand that is computed and the one that is a list of numbers.
    private func parameter(_ step: CompiledGraph.Step) -> (value: Int, parameter: Int)? {
        guard let (left, right) = links.operands(step) else { return nil }
        if links.count(right) != nil { return (left, right) }
        return links.count(left) == nil ? nil : (right, left)
    }

    private func meanOfLastAxis(_ value: Int?) -> (place: Int, step: CompiledGraph.Step)? {
        guard let mean = links.step(of: value, "ReduceMean"), (try? mean.step.node.int("keepdims")) ?? 1 != 0 else { return nil }
        let attribute = (try? mean.step.node.ints("axes")) ?? nil
        let axes = attribute ?? (mean.step.inputs.count > 1 ? links.integers(mean.step.inputs[1]) : nil)
        return axes == [-1] ? mean : nil
    }
}
