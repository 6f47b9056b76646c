"""Why was this offer bought, or not? The closed table of reasons, with the sentence that each is told in.

A round gives every offer one of these codes (`Decision.reason`; `decisions.CONDITIONS` says when). A sentence names the
value found and the bound it was held against and, for a loser, what would have changed it; the numbers are filled in by
`reports.explain`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """What a code means in one line, and the sentence a participant reads."""

    label: str
    template: str
    """names in braces the numbers cost, cap, quality, floor, value, kappa, worth and cost_per_worth, the name of a
    copy, and phrases: licence, what is stated of it; licences, those that are allowed; same, what a copy offers; most,
    what anyone can be paid; within, what a winner's price was held against; paid, what a winner gets and why; reserve,
    with whom it competes for what; rivals, why others come first; and otherwise, what would have changed the
    decision."""

    def sentence(self, numbers: Mapping[str, str]) -> str:
        """Fill in the numbers; what stands in them is never read as a template.

        >>> REASONS["above_cap"].sentence({"cost": "9 EUR", "cap": "5 EUR", "otherwise": "{cost}"})
        'It asks 9 EUR, and the call pays no seller more than 5 EUR; {cost}.'
        """
        return self.template.format_map(numbers)


REASONS: dict[str, Reason] = {
    "selected": Reason(
        "bought",
        "At the reported {cost} a unit of its worth costs {cost_per_worth}, {within}. {paid}.",
    ),
    "asks_more_than_budget": Reason(
        "asks more than the budget",
        "It asks {cost}, more than {most}; {otherwise}.",
    ),
    "share_below_cost": Reason(
        "asks more than its share offer",
        "It asks {cost}, more than the share of the pool that is offered for its worth of {worth}, whatever it "
        "reports; {otherwise}.",
    ),
    "above_cap": Reason(
        "asks more than the cap",
        "It asks {cost}, and the call pays no seller more than {cap}; {otherwise}.",
    ),
    "licence_not_allowed": Reason(
        "has no licence that is allowed",
        "{licence}, and the call buys data only under {licences}; {otherwise}, only a licence stated as one of these.",
    ),
    "below_quality_floor": Reason(
        "is below the least quality",
        "Its quality is {quality}, and the call buys nothing below {floor}; {otherwise}, only better data.",
    ),
    "no_value": Reason(
        "does not help this buyer",
        "Its value is {value}, which with kappa {kappa} gives no worth: adding the data does not help to predict the "
        "buyer's validation text; {otherwise}, only other data.",
    ),
    "no_quality": Reason(
        "has no quality",
        "Its quality is {quality}, and only a quality above 0 gives worth: by the call's weights its four measures "
        "come to nothing; {otherwise}, only better data.",
    ),
    "worth_rounds_to_zero": Reason(
        "is worth less than can be counted",
        "With quality {quality} and value {value} its worth is above 0 but rounds to 0 millionths, and a millionth is "
        "the least that is counted; {otherwise}, only better data.",
    ),
    "behind_copy": Reason(
        "another copy asks less",
        "{copy} offers {same}, and of such offers only the one that asks least for its worth takes part; {otherwise}.",
    ),
    "stopped": Reason(
        "behind an offer that ends the purchase",
        "At the reported {cost} a unit of its worth of {worth} costs {cost_per_worth}. An offer that asks more than "
        "can be paid stands ahead of it and ends the purchase, by the rule as it is; without such offers it would have "
        "been bought. As things are, {otherwise}.",
    ),
    "behind_reserve": Reason(
        "behind what is reserved",
        "At the reported {cost} a unit of its worth of {worth} costs {cost_per_worth}. {reserve}; were nothing "
        "reserved, it would have been bought. As things are, {otherwise}.",
    ),
    "outpriced": Reason(
        "costs too much",
        "At the reported {cost} a unit of its worth of {worth} costs {cost_per_worth}. {rivals}; {otherwise}.",
    ),
    "not_chosen": Reason(
        "not chosen",
        "At the reported {cost} a unit of its worth of {worth} costs {cost_per_worth}, and beside the other offers the "
        "rule does not buy that; {otherwise}.",
    ),
}
"""code -> reason; the only codes a round may give."""
