"""Why was this offer bought, or not? The closed table of reasons, with the sentence that each is told in.

A round gives every offer one of these codes (`Decision.reason`). A sentence names the value found and the bound it
was held against and, for a loser, what would have changed it; the numbers are filled in by `reports.explain`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """What a code means in one line, and the sentence a participant reads."""

    label: str
    template: str
    """names in braces the numbers cost, budget, quality, value, kappa, worth, cost_per_worth, cut and highest, and two
    phrases: rivals, why others come first, and otherwise, what would have changed the decision."""

    def sentence(self, numbers: Mapping[str, str]) -> str:
        """Fill in the numbers; what stands in them is never read as a template.

        >>> REASONS["asks_more_than_budget"].sentence({"cost": "9 EUR", "budget": "5 EUR", "otherwise": "{cost}"})
        'It asks 9 EUR, more than the whole budget of 5 EUR; {cost}.'
        """
        return self.template.format_map(numbers)


REASONS: dict[str, Reason] = {
    "selected": Reason(
        "bought",
        "At the reported {cost} a unit of its worth costs {cost_per_worth}, within {cut}. Any report up to {highest} "
        "would have been bought, and that is what is paid.",
    ),
    "asks_more_than_budget": Reason(
        "asks more than the budget",
        "It asks {cost}, more than the whole budget of {budget}; {otherwise}.",
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
    "outpriced": Reason(
        "costs too much",
        "At the reported {cost} a unit of its worth of {worth} costs {cost_per_worth}. {rivals}; {otherwise}.",
    ),
}
"""code -> reason; the only codes a round may give."""
