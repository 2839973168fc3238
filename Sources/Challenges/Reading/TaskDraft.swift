import Imaging

/// As much of a task as could be read: what is right is checked against the images although other parts are wrong.
struct TaskDraft {
    /// As much of a slot as could be read.
    struct SlotDraft {
        var name: String?
        var axes: [Axis]?
        var formats: [ImageFormat]?

        /// The slot, if all of it is there.
        var slot: Slot? {
            guard let name, let axes, let formats else { return nil }
            return Slot(name: name, axes: axes, formats: formats)
        }
    }

    var kind: ChallengeTask.Kind?
    var input = SlotDraft()
    var output = SlotDraft()

    /// A task of which nothing could be read.
    init() {}

    /// What is known of a right task: everything.
    init(_ task: ChallengeTask) {
        kind = task.kind
        input = SlotDraft(name: task.input.name, axes: task.input.axes, formats: task.input.formats)
        output = SlotDraft(name: task.output.name, axes: task.output.axes, formats: task.output.formats)
    }

    /// The task, if all of it is there.
    var task: ChallengeTask? {
        guard let kind, let input = input.slot, let output = output.slot else { return nil }
        return ChallengeTask(kind: kind, input: input, output: output)
    }
}
