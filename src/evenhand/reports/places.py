"""At which place among the winners could a loser have sold, and for how much at most?

Under the rule of proportional share a loser of worth w could have stood behind any r = 0 .. |S| of the winners S, in
the order of the rule. Two things bound the report there: the seller's part of the budget, and whoever stands next.

    highest winning report = max over r of min( floor(B w / (W_r + w)), floor(c_next w / w_next) - tie )

W_r is the worth of the r winners ahead; `next` is the winner at place r + 1 or, behind all winners, the first other
loser whom the rule looked at; tie is 1 where that division comes out even and `next` is the earlier seller, who goes
first then. `markets/procurement/proportional_share.py` shows why no other place is better.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evenhand.reports.rows import Row


@dataclass(frozen=True, slots=True)
class Place:
    """A place among the winners, and the whole reports that win there; money in minor units."""

    ahead: int
    """how many winners stand ahead."""
    worth_ahead: int
    """their worth, in millionths."""
    room: int
    """the seller's part of the budget, by worth, rounded down."""
    next: Row | None
    """who stands next; None where nobody does."""
    before_next: int | None
    """the highest report that still stands ahead of the next."""
    tie_lost: bool
    """whether one unit of that is lost because the next goes first at a tie."""

    @property
    def report(self) -> int:
        """The highest whole report that wins at this place; below 0 where none does."""
        return self.room if self.before_next is None else min(self.room, self.before_next)


def best_place(ordered: Sequence[Row], loser: Row, budget: int) -> Place:
    """Find where a loser with worth could have sold for the most; the first of equally good places.

    Args:
        ordered: all offers, in the order of the rule.
        loser: one of them, with a worth above 0.
        budget: of the call, in minor units.
    """
    return max(_places(ordered, loser, budget), key=lambda place: place.report)


def _places(ordered: Sequence[Row], loser: Row, budget: int) -> list[Place]:
    winners = [row for row in ordered if row.decision.selected]
    behind = next((row for row in ordered if row.decision.reason == "outpriced" and row.index != loser.index), None)
    own, ahead, found = loser.decision.worth, 0, []
    for count, following in enumerate([*winners, behind]):
        room = budget * own // (ahead + own)
        found.append(Place(count, ahead, room, following, *_before(following, loser)))
        ahead += following.decision.worth if following else 0
    return found


def _before(following: Row | None, loser: Row) -> tuple[int | None, bool]:
    if following is None:
        return None, False
    report, rest = divmod(following.offer.cost_minor * loser.decision.worth, following.decision.worth)
    tie_lost = rest == 0 and following.index < loser.index
    return report - tie_lost, tie_lost
