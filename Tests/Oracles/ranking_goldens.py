"""Makes Tests/Ranking/Golden/*.json: what numpy and scipy say about the tables and schemes that the tests rank.

Needs numpy 2.4.6 and scipy 1.17.1 and no network:  python ranking_goldens.py ../Ranking/Golden

Nothing here is shared with the Swift code: bootstrap samples are made by repeating cases (not by weights), sums by math.fsum,
ranks by scipy.stats.rankdata, intervals by numpy.quantile, correlations by scipy.stats.kendalltau, tests by scipy.stats.wilcoxon.
"""

import json
import math
import sys

import numpy as np
import scipy
from scipy import stats

assert (np.__version__, scipy.__version__) == ("2.4.6", "1.17.1"), (np.__version__, scipy.__version__)
MASK = (1 << 64) - 1


class Xoshiro256StarStar:
    """The reference algorithm in integers of any size, seeded by SplitMix64."""

    def __init__(self, seed=None, state=None):
        self.s = state or []
        while len(self.s) < 4:
            seed = (seed + 0x9E3779B97F4A7C15) & MASK
            z = seed
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
            self.s.append(z ^ (z >> 31))

    def next(self):
        s = self.s
        rotl = lambda x, k: ((x << k) | (x >> (64 - k))) & MASK
        result = rotl(s[1] * 5 & MASK, 7) * 9 & MASK
        t = s[1] << 17 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 45)
        return result

    def below(self, bound):
        while True:
            product = self.next() * bound
            if (product & MASK) >= (1 << 64) % bound:
                return product >> 64


# The published outputs of the reference implementations.
reference = Xoshiro256StarStar(state=[1, 2, 3, 4])
assert [reference.next() for _ in range(4)] == [11520, 0, 1509978240, 1215971899390074240]
assert Xoshiro256StarStar(seed=1477776061723855037).s[:2] == [1985237415132408290, 2979275885539914483]


def holm(p):
    order = np.argsort(p, kind="stable")
    q = np.empty(len(p))
    running = 0.0
    for k, i in enumerate(order):
        running = max(running, min(1.0, (len(p) - k) * p[i]))
        q[i] = running
    return q


def wilcoxon_greater(d):
    d = np.asarray(d)
    if not np.any(d):
        return 1.0
    return float(stats.wilcoxon(d, alternative="greater", zero_method="wilcox", correction=True, method="asymptotic").pvalue)


def aggregate(values, how):
    return math.fsum(values) / len(values) if how == "mean" else float(np.median(values))


def decide(table, cases, scheme):
    """(what is ranked, ranks) of the cases, each as often as it is listed; table: algorithm -> list of values or None."""
    sign = -1.0 if scheme["higherIsBetter"] else 1.0
    names = sorted(table)
    filled = {a: [scheme["worstValue"] if v is None else v for v in table[a]] for a in names}
    how = scheme["aggregate"]
    if scheme["scheme"] == "aggregateThenRank":
        scores = [aggregate([filled[a][c] for c in cases], how) for a in names]
        return scores, stats.rankdata([sign * s for s in scores], method="min")
    if scheme["scheme"] == "rankThenAggregate":
        ranks = {
            c: stats.rankdata([math.inf if table[a][c] is None else sign * table[a][c] for a in names], method="min")
            for c in set(cases)
        }
        scores = [aggregate([float(ranks[c][i]) for c in cases], how) for i in range(len(names))]
        return scores, stats.rankdata(scores, method="min")
    pairs = [(i, j) for i in names for j in names if i != j]
    p = [wilcoxon_greater([-sign * (filled[i][c] - filled[j][c]) for c in cases]) for i, j in pairs]
    q = holm(np.array(p))
    scores = [sum(q[k] <= scheme["significanceLevel"] for k, (i, _) in enumerate(pairs) if i == a) / (len(names) - 1) for a in names]
    return [float(s) for s in scores], stats.rankdata([-s for s in scores], method="min")


def quantiles(values):
    low, high = np.quantile(values, [0.025, 0.975])
    return {"low": float(low), "high": float(high)}


def rank(table, groups, scheme):
    names = sorted(table)
    count = len(groups)
    units = sorted(set(groups)) if scheme["unit"] == "group" else list(range(count))
    members = {u: [c for c in range(count) if (groups[c] if scheme["unit"] == "group" else c) == u] for u in units}
    filled = {a: [scheme["worstValue"] if v is None else v for v in table[a]] for a in names}
    scores, ranks = decide(table, list(range(count)), scheme)
    generator = Xoshiro256StarStar(seed=scheme["seed"])
    sample_ranks, sample_aggregates, taus = [], [], []
    for _ in range(scheme["bootstrap"]):
        drawn = [units[generator.below(len(units))] for _ in units]
        cases = [c for u in drawn for c in members[u]]
        sample_ranks.append(decide(table, cases, scheme)[1])
        sample_aggregates.append([aggregate([filled[a][c] for c in cases], scheme["aggregate"]) for a in names])
        tau = float(stats.kendalltau(ranks, sample_ranks[-1], variant="b").statistic)
        taus.append(None if math.isnan(tau) else tau)
    sample_ranks, sample_aggregates = np.array(sample_ranks), np.array(sample_aggregates)
    algorithms = []
    for i, a in enumerate(names):
        algorithms.append(
            {
                "name": a,
                "rank": int(ranks[i]),
                "aggregate": aggregate(filled[a], scheme["aggregate"]),
                "rankedBy": scores[i],
                "interval": quantiles(sample_aggregates[:, i]),
                "rankInterval": quantiles(sample_ranks[:, i]),
                "medianRank": float(np.median(sample_ranks[:, i])),
                "rankFrequencies": [float(np.mean(sample_ranks[:, i] == r)) for r in range(1, len(names) + 1)],
                "coverage": sum(v is not None for v in table[a]) / count,
                "shareBehindFirst": None
                if ranks[i] == 1
                else min(float(np.mean(sample_ranks[:, f] < sample_ranks[:, i])) for f in range(len(names)) if ranks[f] == 1),
            }
        )
    known = [t for t in taus if t is not None]
    return {"algorithms": algorithms, "kendallTauB": taus, "meanKendallTauB": math.fsum(known) / len(known)}


def rankings():
    rng = np.random.default_rng(20261101)
    out = []
    for cases, group_count, ties in [(40, 8, False), (24, 24, True), (15, 4, True)]:
        names = ["otsu", "unet", "Watershed", "flaky", "é"]
        table = {}
        for k, a in enumerate(names):
            values = np.clip(0.75 - 0.03 * k + 0.12 * rng.standard_normal(cases), 0, 1)
            if ties:
                values = np.round(values, 1)
            table[a] = [float(v) for v in values]
        for c in rng.choice(cases, 4, replace=False):
            table["flaky"][c] = None
        table["é"][0] = None
        groups = [f"g{int(g):02d}" for g in rng.permutation(np.arange(cases) % group_count)]
        for method in ["aggregateThenRank", "rankThenAggregate", "testThenRank"]:
            for how in ["mean", "median"] if method != "testThenRank" else ["mean"]:
                for unit in ["group", "case"] if (method, how) == ("aggregateThenRank", "mean") else ["group"]:
                    for higher in [True, False] if (method, how) == ("rankThenAggregate", "mean") else [True]:
                        scheme = {
                            "scheme": method,
                            "aggregate": how,
                            "ties": "min",
                            "worstValue": 0.0 if higher else 1.0,
                            "higherIsBetter": higher,
                            "bootstrap": 60,
                            "seed": 7,
                            "unit": unit,
                            "significanceLevel": 0.05,
                        }
                        out.append({"table": table, "groups": groups, "scheme": scheme, "expected": rank(table, groups, scheme)})
    return out


def statistics():
    rng = np.random.default_rng(17)
    tests = []
    for n, digits in [(20, 3), (20, 1), (7, 0), (60, 1), (3, 0), (1, 0), (200, 2)]:
        d = np.round(rng.standard_normal(n) + 0.2, digits)
        tests.append({"differences": d.tolist(), "p": wilcoxon_greater(d)})
    for shift in [-1.0, 0.5, 1.0, 5.0]:
        d = np.round(rng.standard_normal(300) + shift, 2)
        tests.append({"differences": d.tolist(), "p": wilcoxon_greater(d)})
    tests.append({"differences": [0.0, 0.0], "p": 1.0})
    taus = []
    for n in [2, 3, 5, 8, 20]:
        for _ in range(4):
            x, y = rng.integers(1, n + 1, n), rng.integers(1, n + 1, n)
            tau = float(stats.kendalltau(x, y, variant="b").statistic)
            taus.append({"left": x.tolist(), "right": y.tolist(), "tau": None if math.isnan(tau) else tau})
    quantile = []
    for n in [1, 2, 5, 39, 40]:
        values = np.sort(rng.standard_normal(n))
        ps = [0.0, 0.025, 0.3, 0.5, 0.975, 1.0]
        quantile.append({"values": values.tolist(), "at": ps, "quantiles": np.quantile(values, ps).tolist()})
    ranks = []
    for n in [1, 4, 9, 30]:
        values = np.round(rng.random(n), 1)
        ranks.append({"values": values.tolist(), "ascending": stats.rankdata(values, method="min").astype(int).tolist(),
                      "descending": stats.rankdata(-values, method="min").astype(int).tolist()})
    p = np.round(rng.random(12) ** 3, 3)
    generator = Xoshiro256StarStar(seed=42)
    # The last bound makes a third of the draws be drawn again.
    bounds = [1, 2, 3, 10, 1000, 2**64 // 3 + 1] * 12
    return {
        "wilcoxon": tests,
        "kendall": taus,
        "quantiles": quantile,
        "ranks": ranks,
        "holm": {"p": p.tolist(), "adjusted": holm(p).tolist()},
        "draws": {"seed": 42, "bounds": bounds, "drawn": [generator.below(b) for b in bounds]},
    }


folder = sys.argv[1]
for name, content in [("statistics", statistics()), ("rankings", rankings())]:
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(content, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")
