/// Operators that ask of free extents only that they be large enough, or of channels that they be those of the weights.
extension ExtentCheck {
    /// Sizes at which what is cut from an image is smaller, and one that is large enough for any window.
    private static let smallExtents = [1, 2, 5, 12], largeExtent = 1 << 20
    /// Operators whose first input may be as large as it likes: those that ask for so many channels, and those that do not.
    private static let growingByChannels: Set<String> = ["BatchNormalization", "Conv", "ConvTranspose", "InstanceNormalization"]
    private static let growing: Set<String> = ["Resize", "Transpose", "Upsample"]

    /// Whether a step fails on images of any size: an operator that asks of the free extents only that they be large enough, on an image
    /// whose axes and, where they count, channels do not follow from them.
    mutating func failsAtAnySize(_ ports: [Port], _ failure: Failure, _ second: [Signature?]) -> Bool {
        let step = graph.draft.steps[failure.step], name = step.node.operatorType, first = failure.inputs
        let countsChannels = ExtentCheck.growingByChannels.contains(name)
        guard countsChannels || ExtentCheck.growing.contains(name), let image = first.first ?? nil, let other = second.first ?? nil else {
            return false
        }
        let hasFreeChannels = countsChannels && image.rank > 1 && other.rank > 1 && image.shape[1] != other.shape[1]
        func isAlike(_ inputs: [Signature?]) -> Bool {
            guard let other = inputs.first ?? nil, other.rank == image.rank, other.elementType == image.elementType else { return false }
            return (!countsChannels || hasFreeChannels || image.rank < 2 || other.shape[1] == image.shape[1])
                && zip(first, inputs).dropFirst().allSatisfy { $0?.type == $1?.type && areValuesSame($0?.value, $1?.value) }
        }
        guard isAlike(second) else { return false }
        // What is cut to a few pixels is as large in large images, and smaller in small ones.
        for extent in ExtentCheck.smallExtents {
            guard let small = self.failure(ports, (image: extent, stack: extent, many: extent)), small.step <= failure.step else {
                return false
            }
            guard small.step < failure.step || isAlike(small.inputs) else { return false }
        }
        var shape = zip(image.shape, other.shape).map { $0 == $1 ? $0 : ExtentCheck.largeExtent }
        guard hasFreeChannels else { return fails(step, on: Signature(shape, image.elementType), first) }
        // The weights say how many channels they are for, in one of their extents.
        guard let groups = groups(of: step) else { return false }
        return Set(first.dropFirst().flatMap { $0?.shape ?? [] }).allSatisfy { extent in
            shape[1] = extent * groups
            return fails(step, on: Signature(shape, image.elementType), first)
        }
    }

    /// The ports with as many channels as the weights of a step are for, where one of their free axes is the channels of the step's image;
    /// `nil` if none is, or not only one.
    mutating func settlingChannels(_ ports: [Port], _ first: Failure, _ second: Failure) -> [Port]? {
        let step = graph.draft.steps[first.step]
        guard let image = first.inputs.first ?? nil, let other = second.inputs.first ?? nil, image.rank > 1, other.rank == image.rank,
            let channels = channels(of: step, first.inputs), channels == self.channels(of: step, second.inputs)
        else { return nil }
        var small: [String: Int] = [:], large: [String: Int] = [:]
        var settled: [[Port]] = []
        for (index, port) in ports.enumerated() {
            guard let declared = port.declaredShape, let one = port.type(ExtentCheck.sizes[0], &small),
                let two = port.type(ExtentCheck.sizes[1], &large)
            else { continue }
            for axis in declared.indices
            where !declared[axis].isFixed && one.shape[axis] == image.shape[1] && two.shape[axis] == other.shape[1] {
                let tried = ports.fixing(axis, of: index, to: channels)
                if !settled.contains(tried), getsFurther(tried, than: first.step) { settled.append(tried) }
            }
        }
        return settled.count == 1 ? settled.first : nil
    }

    private mutating func getsFurther(_ ports: [Port], than step: Int) -> Bool {
        for sizes in ExtentCheck.sizes {
            if let failure = failure(ports, sizes), failure.step <= step { return false }
        }
        return true
    }

    /// The channels that a step's weights are for; `nil` if it does not count channels.
    private func channels(of step: CompiledGraph.Step, _ inputs: [Signature?]) -> Int? {
        guard ExtentCheck.growingByChannels.contains(step.node.operatorType), inputs.count > 1, let weights = inputs[1]?.shape else {
            return nil
        }
        guard step.node.operatorType == "Conv" else { return weights.first }
        guard weights.count > 1, let groups = groups(of: step) else { return nil }
        return weights[1] * groups
    }

    private func groups(of step: CompiledGraph.Step) -> Int? {
        guard case .some(let groups) = try? step.node.int("group") ?? 1, (1...TensorReader.largestExtent).contains(groups) else {
            return nil
        }
        return groups
    }

    /// Whether a step fails on an image, all else as it is.
    private func fails(_ step: CompiledGraph.Step, on image: Signature, _ inputs: [Signature?]) -> Bool {
        do throws(NetworkError) {
            _ = try step.operation.infer([image] + inputs.dropFirst())
            return false
        } catch {
            return error.kind == .shape || error.kind == .attribute
        }
    }
}

extension [Port] {
    /// The ports with an axis of one, and all axes of its name, of an extent.
    fileprivate func fixing(_ axis: Int, of index: Int, to extent: Int) -> [Port] {
        let chosen = self[index].shape[axis]
        return enumerated().map { place, port in
            guard let declared = port.declaredShape else { return port }
            let shape = declared.enumerated().map { position, dimension in
                if case .symbolic = chosen, dimension == chosen { return Dimension.fixed(extent) }
                return place == index && position == axis ? .fixed(extent) : dimension
            }
            return Port(name: port.name, elementType: port.elementType, shape: shape)
        }
    }
}
