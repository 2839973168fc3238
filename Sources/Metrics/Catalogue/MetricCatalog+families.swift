extension MetricCatalog {
    private static let oneHalf = IoUThresholds(.threshold(.oneHalf))
    private static let usualRange = IoUThresholds(.thresholds(.oneHalfToNineteenTwentieths))

    static let instanceFamilies: [MetricFamily] = [
        MetricFamily(
            "ap", otherNames: ["map", "averageprecision", "accuracy", "dsb", "ap50"],
            examples: [AveragePrecision(oneHalf), AveragePrecision(usualRange)]
        ) { AveragePrecision($0) },
        MetricFamily("f1", otherNames: ["fscore", "fmeasure", "f1score"], examples: [F1(oneHalf), F1(usualRange)]) { F1($0) },
        MetricFamily("precision", otherNames: ["ppv"], examples: [Precision(oneHalf)]) { Precision($0) },
        MetricFamily("recall", otherNames: ["sensitivity", "tpr"], examples: [Recall(oneHalf)]) { Recall($0) },
        MetricFamily(AggregatedJaccardIndex(), otherNames: ["aggregatedjaccard", "kumar"]),
        MetricFamily(AggregatedJaccardIndexPlus(), otherNames: ["aji+", "ajiplus"]),
    ]

    static let panopticFamilies: [MetricFamily] = [
        MetricFamily(
            PanopticQuality(), otherNames: ["panoptic", "panopticquality", "pq.gt"], hint: "pq for IoU > 1/2, or pq.ge@1/2 for IoU >= 1/2"),
        MetricFamily(
            SegmentationQuality(), otherNames: ["segmentationquality"], hint: "sq for IoU > 1/2, or sq.ge@1/2 for IoU >= 1/2"),
        MetricFamily(
            RecognitionQuality(), otherNames: ["recognitionquality", "rq.ge"], hint: "rq for IoU > 1/2, or f1@1/2 for IoU >= 1/2"),
        MetricFamily("pq.ge", examples: [PanopticQuality(atLeast: .oneHalf)], allowed: .singleFromOneHalf) {
            PanopticQuality(atLeast: $0.values[0])
        },
        MetricFamily("sq.ge", examples: [SegmentationQuality(atLeast: .oneHalf)], allowed: .singleFromOneHalf) {
            SegmentationQuality(atLeast: $0.values[0])
        },
    ]

    static let foregroundFamilies: [MetricFamily] = [
        MetricFamily(Dice(), otherNames: ["dsc", "sorensen"]),
        MetricFamily(IntersectionOverUnion(), otherNames: ["jaccard", "jaccardindex", "intersectionoverunion"]),
    ]

    static let countFamilies: [MetricFamily] = [
        MetricFamily(CountDifference(), otherNames: ["count", "difference"]),
        MetricFamily(AbsoluteCountDifference(), otherNames: ["counterror"]),
        MetricFamily(PredictionCount(), otherNames: ["objects"]),
        MetricFamily(TruthCount()),
    ]
}
