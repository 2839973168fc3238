import CKernels
public import Imaging

extension OverlapTable {
    /// Counts the overlaps of two label images in one pass over both.
    ///
    /// Throws `MetricError.shapesDiffer`, and `tooManyObjects` or `tooManyCells` above the limits.
    public init(prediction: LabelImage, truth: LabelImage, limits: EvidenceLimits = .standard) throws(MetricError) {
        try self.init(prediction: prediction, truth: truth, limits: limits, instructions: .best)
    }

    /// The pass on a stated instruction set, lowered to what the machine has; the table is the same on each.
    package init(
        prediction: LabelImage, truth: LabelImage, limits: EvidenceLimits = .standard, instructions: OverlapInstructions
    ) throws(MetricError) {
        guard prediction.shape == truth.shape else {
            throw .shapesDiffer(prediction: prediction.shape, truth: truth.shape)
        }
        let counted = try Self.count(prediction: prediction.labels, truth: truth.labels, limits: limits, instructions: instructions)
        let rows = Self.objects(of: counted, label: { UInt32(truncatingIfNeeded: $0.key >> 32) })
        let columns = Self.objects(of: counted, label: { UInt32(truncatingIfNeeded: $0.key) })
        var cells: [OverlapCell] = []
        for (index, cell) in counted.enumerated() {
            guard let row = rows.position[index], let column = columns.position[index] else { continue }
            cells.append(OverlapCell(truth: row, prediction: column, voxels: Int(cell.voxels)))
        }
        try self.init(
            voxelCount: truth.labels.count, truth: rows.objects, prediction: columns.objects, cells: cells, limits: limits)
    }

    /// The pairs of labels that occur, except (0, 0), by ascending key.
    private static func count(
        prediction: [UInt32], truth: [UInt32], limits: EvidenceLimits, instructions: OverlapInstructions
    ) throws(MetricError) -> [label_overlap_cell] {
        var table = label_overlap_table()
        defer { label_overlap_release(&table) }
        // The arrays live while the C function reads them, and both have `truth.count` elements: the shapes are equal.
        let status = truth.withUnsafeBufferPointer { truth in
            prediction.withUnsafeBufferPointer { prediction in
                label_overlap_count(
                    truth.baseAddress, prediction.baseAddress, truth.count, min(limits.cells, Int(UInt32.max)),
                    UInt64.random(in: .min ... .max),
                    instructions.rawValue, &table)
            }
        }
        if status == LABEL_OVERLAP_TOO_MANY_CELLS { throw .tooManyCells(limit: limits.cells) }
        guard status == LABEL_OVERLAP_OK else { throw .outOfMemory(voxels: truth.count) }
        let cells = [label_overlap_cell](unsafeUninitializedCapacity: table.used) { buffer, count in
            // The C function fills exactly `used` cells.
            label_overlap_collect(&table, buffer.baseAddress)
            count = table.used
        }
        return cells.sorted { $0.key < $1.key }
    }

    /// The objects of one image, and for each cell the position of its object; `nil` for background.
    private static func objects(
        of cells: [label_overlap_cell], label: (label_overlap_cell) -> UInt32
    ) -> (objects: [LabelledObject], position: [Int?]) {
        var objects: [LabelledObject] = []
        var position = [Int?](repeating: nil, count: cells.count)
        var open: (label: UInt32, voxels: Int) = (0, 0)
        // One word an entry, the label above the index, so that sorting the words sorts by label.
        let byLabel = cells.indices.map { UInt64(label(cells[$0])) << 32 | UInt64($0) }.sorted()
        for word in byLabel {
            let index = Int(word & 0xFFFF_FFFF)
            let current = UInt32(word >> 32)
            guard current != 0 else { continue }
            if current != open.label {
                if open.label != 0 { objects.append(LabelledObject(label: open.label, voxels: open.voxels)) }
                open = (current, 0)
            }
            open.voxels += Int(cells[index].voxels)
            position[index] = objects.count
        }
        if open.label != 0 { objects.append(LabelledObject(label: open.label, voxels: open.voxels)) }
        return (objects, position)
    }
}

/// The instruction sets of the overlap pass.
package enum OverlapInstructions: Int32, CaseIterable {
    case baseline, avx2, avx512

    /// The best that this machine has.
    package static var best: OverlapInstructions { OverlapInstructions(rawValue: label_overlap_best_instructions()) ?? .baseline }
}
