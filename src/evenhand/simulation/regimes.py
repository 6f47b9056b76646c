"""At what prices does a market repeat? The paper names four regimes and defines none; these are our readings.

    fairshare   every seller asks the price that earns most beside the prices so far: the ideal price p*
    reduced     a part of the ideal price, one half
    random      a part of the ideal price that is drawn anew for every seller and period, uniform on [0, 1)
    current     one flat price for every dataset of a period, half of the utility of a dataset on average: pay by the
                piece, which does not ask what the data is worth

No regime pays more than the ideal price: where more is proposed, the ideal price is asked. No seller sells below cost:
where all who would buy at the price together pay less than the cost, the dataset is not on sale, and the seller is paid
nothing. That is for good where buying is "final"; where it is "reconsidered", later arrivals may take buyers away, and
what is sold in the end may pay less than the cost. Nor is data given away: at a price of 0 nothing is sold, unless the
market says so.

A regime is a name, a description, and a function that clears one period (`Regime`). Your own price takes one line:

    posted("tenth", "a tenth of the ideal price", lambda moment: 0.1 * moment.ideal)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, refuse, shown
from evenhand.markets.posted import posted_prices
from evenhand.records import Array
from evenhand.simulation import checks
from evenhand.simulation.buying import BUYING
from evenhand.simulation.periods import Period


@dataclass(frozen=True, eq=False)
class Moment:
    """What a price may depend on as a seller arrives; everything is (replications,)."""

    ideal: Array
    """The price that earns most; 0 where none earns anything."""
    typical: Array
    """The utility of a dataset of the period, averaged over datasets and buyers."""
    lot: Array
    """Uniform on [0, 1)."""


@dataclass(frozen=True)
class Terms:
    """What holds in every period of a market."""

    buying: str = "final"
    """A key of `BUYING`."""
    given_away: bool = False
    """Whether a seller hands over the data at a price of 0."""


@dataclass(frozen=True, eq=False)
class Cleared:
    """What came of one period; sellers by index."""

    bought: Array
    """0/1 (replications, buyers, sellers)."""
    price: Array
    """(replications, sellers) what each buyer of the dataset pays; 0 where it is not on sale."""
    ideal: Array
    """(replications, sellers) what a seller compares that with; 0 where nothing is due: then any price will do."""


Clear = Callable[[Period, Array, Terms], Cleared]
"""(period, who is present: 0/1 (replications, sellers), terms) -> what came of it."""


@dataclass(frozen=True)
class Regime:
    """How prices are made in every period; `posted` makes one of a price.

    Raises:
        OfferError: name or description is no text, or what clears a period no function; and, as the market is
            simulated, it gives what is not `Cleared`.
    """

    name: str
    description: str
    """What is paid, in a few words."""
    clear: Clear = field(repr=False)

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        checks.text("name", self.name, problems)
        checks.text("description", self.description, problems)
        bound, remedy = "it is a function of a period, of who is present, and of terms", "Make a regime with `posted`."
        checks.function("clear", self.clear, bound, remedy, problems)
        refuse(problems)


def posted(name: str, description: str, price: Callable[[Moment], Array]) -> Regime:
    """Make a regime of a price; no more than the ideal price is ever asked.

    Args:
        name: what tables call it.
        description: what is paid, in a few words.
        price: gives what each seller asks, as of the moment: (replications,) money, 0 or more.

    Raises:
        OfferError: name or description is no text, or the price no function; and, as the market is simulated, it
            gives what is no price.

    >>> print(posted("tenth", "a tenth of the ideal price", lambda moment: 0.1 * moment.ideal).description)
    a tenth of the ideal price
    """
    problems: list[Problem] = []
    checks.text("name", name, problems)
    checks.text("description", description, problems)
    remedy = "Use `lambda moment: 0.1 * moment.ideal`."
    checks.function("price", price, "it is a function of the moment", remedy, problems)
    refuse(problems)

    def proposed(moment: Moment) -> Array:
        return _prices(name, price(moment), moment)

    return Regime(name, description, lambda period, present, terms: clear_posted(period, present, terms, proposed))


def _prices(name: str, given: Any, moment: Moment) -> Array:
    """Take what a regime proposes; inf is the ideal price, as all that is above it."""
    try:
        asked = np.broadcast_to(np.asarray(given, float), moment.ideal.shape)
    except (TypeError, ValueError):
        found = f"has shape {np.shape(given)}" if isinstance(given, np.ndarray) else f"is {shown(given)}"
        bound = f"it is one price for each replication, here {len(moment.ideal)}"
        raise OfferError(Problem(f"the price of {name}", found, bound, "Work it out of the moment.")) from None
    if not (asked >= 0).all():
        found = f"is {float(asked[~(asked >= 0)][0])}"
        raise OfferError(Problem(f"the price of {name}", found, "a price is 0 or more", "Cut it at 0."))
    return asked


def clear_posted(period: Period, present: Array, terms: Terms, proposed: Callable[[Moment], Array]) -> Cleared:
    """Let sellers arrive one by one, each at a posted price [FairShare25, Algorithm 2]; in many replications at once.

    Args:
        period: what it brings.
        present: 0/1 (replications, sellers); those who are away are passed over.
        terms: how buyers decide.
        proposed: the price of a regime, as of the moment.

    Two datasets of utility 6 and 8, and a budget of 10; in this order the second meets what the first has left:

    >>> period = Period(
    ...     utility=np.array([[[6.0, 8.0]]]), budget=np.array([[10.0]]), cost=np.zeros((1, 2)),
    ...     order=np.array([[0, 1]]), stays=np.zeros((1, 2)), price=np.zeros((1, 2)),
    ... )
    >>> clear_posted(period, np.ones((1, 2), bool), Terms(), lambda moment: moment.ideal).price
    array([[6., 4.]])
    >>> clear_posted(period, np.ones((1, 2), bool), Terms("reconsidered"), lambda moment: moment.ideal).price
    array([[6., 8.]])
    """
    rows = np.arange(len(present))
    buyers = BUYING[terms.buying](period.budget)
    price, ideal, typical = np.zeros(present.shape), np.zeros(present.shape), period.typical
    for place in range(present.shape[1]):
        seller = period.order[:, place]
        utility = np.where(present[rows, seller][:, None], period.utility[rows, :, seller], 0.0)
        most, cost = buyers.willingness(utility), np.where(present[rows, seller], period.cost[rows, seller], np.inf)
        best = posted_prices(most, cost).price
        due = np.where(best < np.inf, best, 0.0)
        asked = np.minimum(proposed(Moment(due, typical, period.price[rows, seller])), due)
        paid = asked * (most >= asked[:, None]).sum(axis=1)
        on_sale = (best < np.inf) & (paid >= cost) & ((asked > 0) | terms.given_away)
        buyers.offer(utility, np.where(on_sale, asked, np.inf))
        price[rows, seller], ideal[rows, seller] = np.where(on_sale, asked, 0.0), due
    bought = np.zeros(period.utility.shape, bool)
    np.put_along_axis(bought, period.order[:, None, :], buyers.bought(), axis=2)
    return Cleared(bought, price, ideal)


def _part(given: float) -> float:
    problems: list[Problem] = []
    checks.part("part", given, problems)
    refuse(problems)
    return float(given)


def reduced(part: float = 0.5) -> Regime:
    """Pay a part of the ideal price.

    Raises:
        OfferError: the part is not between 0 and 1.

    >>> reduced(0.25).description
    '0.25 of the ideal price'
    """
    kept = _part(part)
    return posted("reduced", f"{kept:g} of the ideal price", lambda moment: kept * moment.ideal)


def current(part: float = 0.5) -> Regime:
    """Pay one flat price for every dataset, a part of the utility of a dataset of the period on average.

    Raises:
        OfferError: the part is not between 0 and 1.
    """
    kept = _part(part)
    description = f"one price for every dataset, {kept:g} of what one is worth on average"
    return posted("current", description, lambda moment: kept * moment.typical)


IDEAL = "fairshare"
"""The regime of the ideal price, against which the others are measured."""

FAIRSHARE = posted(IDEAL, "the price that earns most", lambda moment: moment.ideal)
REDUCED = reduced()
RANDOM = posted("random", "a part of the ideal price, drawn anew each time", lambda moment: moment.lot * moment.ideal)
CURRENT = current()

REGIMES = {each.name: each for each in (FAIRSHARE, REDUCED, RANDOM, CURRENT)}
"""name -> price regime."""
