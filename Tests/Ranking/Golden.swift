import Foundation
import Ranking
import Records

/// What `Tests/Oracles/ranking_goldens.py` has computed with numpy and scipy.
enum Golden {
    struct Statistics: Decodable {
        struct Test: Decodable {
            let differences: [Double]
            let p: Double
        }
        struct Correlation: Decodable {
            let left: [Int]
            let right: [Int]
            let tau: Double?
        }
        struct Quantiles: Decodable {
            let values: [Double]
            let at: [Double]
            let quantiles: [Double]
        }
        struct Ranking: Decodable {
            let values: [Double]
            let ascending: [Int]
            let descending: [Int]
        }
        struct Adjustment: Decodable {
            let p: [Double]
            let adjusted: [Double]
        }
        struct Draws: Decodable {
            let seed: UInt64
            let bounds: [Int]
            let drawn: [Int]
        }
        let wilcoxon: [Test]
        let kendall: [Correlation]
        let quantiles: [Quantiles]
        let ranks: [Ranking]
        let holm: Adjustment
        let draws: Draws
    }

    struct Example: Decodable {
        struct Expected: Decodable {
            let algorithms: [Algorithm]
            let kendallTauB: [Double?]
            let meanKendallTauB: Double
        }
        struct Algorithm: Decodable {
            let name: String
            let rank: Int
            let aggregate: Double
            let rankedBy: Double
            let interval: Interval
            let rankInterval: Interval
            let medianRank: Double
            let rankFrequencies: [Double]
            let coverage: Double
            let shareBehindFirst: Double?
        }
        let table: [String: [Double?]]
        let groups: [String]
        let scheme: RankingScheme
        let expected: Expected

        func longTable() throws -> LongTable {
            try LongTable(
                rows: table.flatMap { algorithm, values in
                    values.enumerated().map { index, value in
                        LongTable.Row(
                            algorithm: algorithm, caseID: "case-\(1000 + index)", group: groups[index], value: value)
                    }
                })
        }
    }

    static func statistics() throws -> Statistics { try read("statistics") }

    static func rankings() throws -> [Example] { try read("rankings") }

    private static func read<T: Decodable>(_ name: String) throws -> T {
        let folder = Bundle.module.bundlePath + "/Golden/"
        return try CanonicalJSON.decode(T.self, from: BoundedFile.read(folder + name + ".json"))
    }
}

func isClose(_ left: Double, _ right: Double, relative: Double = 1e-12) -> Bool {
    (left - right).magnitude <= relative * max(left.magnitude, right.magnitude)
}
