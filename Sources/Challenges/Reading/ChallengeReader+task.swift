import Imaging

/// The task: its kind, its input and its output.
extension ChallengeReader {
    mutating func readTask(_ file: Section) -> TaskDraft {
        var draft = TaskDraft()
        let keys: [Section.Key] = [
            .required("kind", "kind: instanceSegmentation"),
            .required("input", "input: {image: {axes: yx, formats: [png, tiff]}}"),
            .required("output", "output: {labels: {axes: yx, formats: [tiff, png]}}"),
        ]
        guard let pair = file["task"], let section = section(pair.value, named: "task", at: pair.place, keys: keys) else {
            let place = reason(file, "task")
            cannotSee("axes and formats of images and truths", because: place, needsImages: true)
            cannotSee("objects in pieces and tiny objects", because: place, needsImages: true)
            cannotSee("whether the metrics suit the task", because: place)
            return draft
        }
        draft.kind = word(section, "kind", among: ChallengeTask.Kind.allCases)
        if let kind = draft.kind, !kind.isEvaluated, let place = section["kind"]?.value.place {
            report(
                place, found: "`kind: \(kind.rawValue)`, which this version cannot score",
                write: "write \(Quoting.choice(ChallengeTask.Kind.allCases.filter(\.isEvaluated).map(\.rawValue)))")
        }
        if draft.kind == nil {
            cannotSee("objects in pieces and tiny objects", because: reason(section, "kind"), needsImages: true)
            cannotSee("whether the metrics suit the task", because: reason(section, "kind"))
        }
        let input = readSlot(section, "input", files: "images")
        let output = readSlot(section, "output", files: "truths")
        draft.input = input.slot
        draft.output = output.slot
        checkAxes(input: input, output: output, kind: draft.kind)
        return draft
    }

    /// A slot with the place of its axes.
    private struct PlacedSlot {
        var slot = TaskDraft.SlotDraft()
        var place: Place
    }

    private mutating func readSlot(_ task: Section, _ key: String, files: String) -> PlacedSlot {
        guard let pairs = named(task, key), let pair = pairs.first else {
            cannotSee("axes and formats of the \(files)", because: reason(task, key), needsImages: true)
            return PlacedSlot(place: reason(task, key))
        }
        // A case list has one column for the image and one for the truth.
        for extra in pairs.dropFirst() {
            report(
                extra.place, found: "a second \(key) \(Quoting.quoted(extra.key))",
                write: "write one \(key); a case has one image and one truth")
        }
        var slot = TaskDraft.SlotDraft(name: pair.key)
        let keys: [Section.Key] = [.required("axes", "axes: yx"), .required("formats", "formats: [tiff, png]")]
        guard let section = section(pair.value, named: "\(key) `\(pair.key)`", at: pair.place, keys: keys) else {
            cannotSee("axes and formats of the \(files)", because: pair.value.place, needsImages: true)
            return PlacedSlot(slot: slot, place: pair.value.place)
        }
        slot.axes = readAxes(section)
        slot.formats = readFormats(section)
        if slot.axes == nil { cannotSee("axes of the \(files)", because: reason(section, "axes"), needsImages: true) }
        if slot.formats == nil { cannotSee("formats of the \(files)", because: reason(section, "formats"), needsImages: true) }
        return PlacedSlot(slot: slot, place: reason(section, "axes"))
    }

    private mutating func readAxes(_ section: Section) -> [Axis]? {
        guard let text = text(section, "axes"), let place = section["axes"]?.value.place else { return nil }
        guard let axes = Axis.list(text) else {
            report(
                place, found: "`axes: \(Quoting.visible(text))`",
                write: "write each of t, c, z, y, x at most once, slowest first, such as `yx` or `zyx`")
            return nil
        }
        guard axes.contains(.y), axes.contains(.x) else {
            report(place, found: "`axes: \(text)` without y or x", write: "write at least `yx`")
            return nil
        }
        return axes
    }

    private mutating func readFormats(_ section: Section) -> [ImageFormat]? {
        guard let items = list(section, "formats") else { return nil }
        var formats: [ImageFormat?] = []
        let words = ImageFormat.allCases.map(\.rawValue)
        for item in items {
            guard case .text(let text) = item.content, let format = ImageFormat(rawValue: text) else {
                var nearest: String?
                if case .text(let text) = item.content {
                    nearest = ImageFormat.of(fileName: "." + text)?.rawValue ?? Spelling.nearest(to: text, among: words)
                }
                report(
                    item.place, found: "the format \(item.kindText)",
                    write: nearest.map { "write `\($0)`" } ?? "write \(Quoting.choice(words))")
                formats.append(nil)
                continue
            }
            if formats.contains(format) { report(item.place, found: "the format `\(text)` twice", write: "write it once") }
            formats.append(format)
        }
        return all(formats)
    }

    /// A label image has the spatial axes of the input in their order, and nothing else.
    private mutating func checkAxes(input: PlacedSlot, output: PlacedSlot, kind: ChallengeTask.Kind?) {
        guard kind?.isEvaluated ?? true, let axes = input.slot.axes else { return }
        let text = axes.map(\.rawValue).joined()
        let expected = axes.filter(\.isSpatial)
        let isPlanar = expected == [.y, .x]
        guard isPlanar || expected == [.z, .y, .x] else {
            report(input.place, found: "`axes: \(text)`", write: "write the spatial axes in the order `yx` or `zyx`")
            return
        }
        if axes.contains(.time) {
            report(input.place, found: "`axes: \(text)` with time", write: "leave out `t`; a case is one image of one instant")
        }
        if let outputAxes = output.slot.axes, outputAxes != expected {
            report(
                output.place,
                found: "output `axes: \(outputAxes.map(\.rawValue).joined())` for an input with `axes: \(text)`",
                write: "write `axes: \(expected.map(\.rawValue).joined())`, the input's spatial axes")
        }
        if !isPlanar, output.slot.formats?.contains(.png) == true {
            report(output.place, found: "the output format `png` for `axes: zyx`", write: "leave out `png`, which holds one plane only")
        }
    }
}
