public import ArgumentParser
public import Ranking

extension RankingScheme.Method: ExpressibleByArgument {}
extension RankingScheme.Aggregate: ExpressibleByArgument {}
