import Challenges
import ModelPackages
import NeuralNetwork

extension ModelCheckReport.Reach {
    /// The same in the words of the report.
    ///
    /// A run counts its context from the tile's elements as if the output began where the image does; here it is counted from their places
    /// in the image, as the reach is.
    init(place: String, _ reach: Reach.AxisReach, declaredHalo: Int?, neededHalo: Int? = nil, context: TileContext) {
        let around = ModelCheckReport.Context(
            stride: context.stride, before: context.before + reach.origin, after: context.after - reach.origin)
        self.init(
            place: place, stride: reach.stride, before: reach.isWhole ? nil : reach.before, after: reach.isWhole ? nil : reach.after,
            scale: reach.scale.description, origin: reach.origin, missing: reach.missing, declaredHalo: declaredHalo,
            neededHalo: reach.isWhole ? nil : neededHalo, context: reach.isWhole ? nil : around,
            wholeOperators: reach.isWhole ? reach.wholeOperators : nil)
    }
}
