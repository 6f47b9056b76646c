"""How much does each dataset help this buyer? The value of every dataset from the values of coalitions.

Any learner will do that can say what a batch of coalitions is worth (`Learner`). Who plays is the method's: datasets,
those with the same content as one player ([Ayyoubzadeh25] pays copies more than the original alone; docs/errata.md), or
the documents they are made of (`players`). A player's value is split evenly among the offers that hold it.

V is quantised to integer millionths once, here; everything after is exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from evenhand import canonical
from evenhand.errors import Problem, StoreError
from evenhand.numerics import games, sampling
from evenhand.records import MILLION, Call, CoalitionValues, Dataset, Interval, Watch, unwatched
from evenhand.valuation.players import Holders, Players, documents, whole

EXACT_PLAYERS_MAX = 16
"""Up to so many players all 2^n coalitions are asked; above, orders are drawn."""

PERMUTATIONS_MIN = 50
"""Fewer draws than this give no interval worth printing. An interval is an approximation: where few orders make all the
difference, 200 draws cover the truth nine times in ten rather than nineteen in twenty."""

PERMUTATIONS_MAX = MILLION

VALUE_MAX = 2**20
"""Within this the sums of `numerics.games` cannot overflow."""

BATCH = 2048
"""Coalitions handed to a learner at a time, so that a watcher sees the work go on."""

Game = Callable[[NDArray[np.bool_]], NDArray[np.float64]]
"""(K, players) coalitions -> (K,) values, 0 for nobody."""


class Learner(Protocol):
    """Whatever can tell what datasets are worth together."""

    def settings(self) -> dict[str, int | str]:
        """Name the learner, its version and its settings in plain values, for the record."""
        ...

    def game(
        self,
        datasets: Sequence[Dataset],
        *,
        validation: Dataset,
        seed_text: Dataset | None,
        rng: np.random.Generator,
        watch: Watch = unwatched,
    ) -> Game:
        """Read the datasets and give the value of any coalition of them on the buyer's validation documents."""
        ...


def game_of(learner: Learner, datasets: Sequence[Dataset], call: Call, watch: Watch = unwatched) -> Game:
    """Let a learner read datasets for a buyer's call, with the call's own stream of draws."""
    return learner.game(
        datasets,
        validation=call.validation,
        seed_text=call.seed_text,
        rng=sampling.generator(call.seed, "learner"),
        watch=watch,
    )


def players_of(method: str, datasets: Sequence[Dataset], contents: Sequence[str]) -> Players:
    """Say who plays by a method.

    Args:
        method: a key of `METHODS`.
        datasets: of the offers.
        contents: names what stands in each; of equal names the datasets are the same.
    """
    return documents(datasets) if METHODS[method].by_document else whole(datasets, contents)


def evaluate(
    game: Game,
    holders: Holders,
    *,
    method: str,
    permutations: int,
    seed: int,
    unit: int = 0,
    watch: Watch = unwatched,
) -> CoalitionValues:
    """Ask the game for the coalitions that the method needs, and quantise their values to millionths (half to even).

    Args:
        game: from a learner, of the players in order.
        holders: player -> the offers that hold it, as `Players.holders`.
        method: a key of `METHODS`; Shapley values are exact up to `EXACT_PLAYERS_MAX` players and sampled above.
        permutations: how many orders to draw where Shapley values are sampled.
        seed: the call's.
        unit: as `Players.unit`.

    Raises:
        ValueError: the learner gave a value that is not a finite number, or V(nobody) other than 0.
    """
    players = len(holders)
    count = drawn(method, players, permutations)
    orders = _draw(players, count, seed)
    masks = games.prefixes(orders) if count else METHODS[method].coalitions(players)
    values = np.concatenate([_batch(game, masks, start, watch) for start in range(0, len(masks), BATCH)])
    watch("value", len(masks), len(masks))
    if not np.isfinite(values).all():
        raise ValueError("the learner gave a coalition a value that is not a finite number")
    if np.abs(values).max() > VALUE_MAX:
        raise ValueError(f"the learner values a coalition at {np.abs(values).max():g}; a value is at most {VALUE_MAX}")
    if values[0] != 0:
        raise ValueError(f"the learner values nobody's data at {values[0]}; a gain is measured from 0")
    return CoalitionValues(
        method=method,
        pools=holders,
        permutations=count,
        permutations_digest=_digest(orders) if count else "",
        values=tuple(int(value) for value in np.rint(values * MILLION)),
        unit=unit,
    )


def drawn(method: str, players: int, permutations: int) -> int:
    """Say how many orders are drawn: none where every coalition that the method needs can be asked."""
    return permutations if METHODS[method].every and players > EXACT_PLAYERS_MAX else 0


def expected(method: str, players: int, permutations: int) -> int:
    """Say how many coalition values the method asks for."""
    orders = drawn(method, players, permutations)
    if orders:
        return 1 + orders * players
    return 1 << min(players, EXACT_PLAYERS_MAX) if METHODS[method].every else players + 2


def estimates(coalitions: CoalitionValues, *, seed: int) -> tuple[Interval, ...]:
    """Give each offer its value, exact from the published coalition values, in units of V.

    An offer's value is the sum of its parts of the players that it holds; each is split evenly among who holds it.
    Sampled values carry a 95 % interval.

    Raises:
        StoreError: the orders drawn from the seed are not those that the record names.
    """
    held = [_held(coalitions.pools, offer) for offer in range(1 + max(max(group) for group in coalitions.pools))]
    if coalitions.permutations:
        drawn = games.contributions(coalitions.values, _orders(coalitions, seed))
        return tuple(_sampled(drawn, parts) for parts in held)
    exact = METHODS[coalitions.method].exact(coalitions.values)
    return tuple(_certain(exact, parts) for parts in held)


Parts = Sequence[tuple[int, int]]
"""The players that an offer holds: (player, how many offers hold it)."""


def _held(holders: Holders, offer: int) -> Parts:
    return [(player, len(group)) for player, group in enumerate(holders) if offer in group]


def _certain(gains: Sequence[Interval], parts: Parts) -> Interval:
    """Add up an offer's parts of what its players add, from millionths."""
    value = sum((gains[player].value / sharing for player, sharing in parts), Fraction(0)) / MILLION
    return Interval(value, value, value)


def _sampled(gains: NDArray[np.int64], parts: Parts) -> Interval:
    """Add them up in each drawn order, and take the mean; in whole numbers, over the least common denominator."""
    shares = lcm(*(sharing for _, sharing in parts))
    weights = [shares // sharing for _, sharing in parts]
    draws = gains[:, [player for player, _ in parts]].astype(object) @ weights  # Python's integers cannot overflow
    found = games.mean_with_interval(draws.tolist())
    scale = Fraction(1, shares * MILLION)
    return Interval(found.value * scale, found.low * scale, found.high * scale)


def _orders(coalitions: CoalitionValues, seed: int) -> NDArray[np.int64]:
    """Draw the orders again, and see that they are those of the record."""
    orders = _draw(len(coalitions.pools), coalitions.permutations, seed)
    if _digest(orders) != coalitions.permutations_digest:
        raise StoreError(
            Problem(
                "record.json",
                f"names orders {coalitions.permutations_digest}",
                f"seed {seed} draws {_digest(orders)}",
                "The record was changed, or was made with another way of drawing; ask its publisher.",
            )
        )
    return orders


@dataclass(frozen=True, slots=True)
class Method:
    """A way to tell what each dataset adds, from the values of coalitions."""

    says: str
    """in a sentence"""
    coalitions: Callable[[int], NDArray[np.bool_]]
    """players -> the coalitions that it asks for; orders are drawn instead where `every` of too many would be"""
    exact: Callable[[Sequence[int]], tuple[Interval, ...]]
    """their values -> what each player adds"""
    every: bool
    """whether it asks for every coalition"""
    by_document: bool = False
    """whether documents play, and not whole datasets"""


METHODS = {
    "shapley": Method(
        "what a dataset adds to those before it, over all orders in which they may come",
        games.subsets,
        games.shapley,
        every=True,
    ),
    "data_shapley": Method(
        "the same of each document, summed over a dataset: no second name gains",
        games.subsets,
        games.shapley,
        every=True,
        by_document=True,
    ),
    "leave_one_out": Method(
        "what is lost when a dataset is left out of all", games.all_but_one, games.leave_one_out, every=False
    ),
}
"""The methods by name. Shapley values [Shapley53] sum to what all the data is worth; leave-one-out values do not.

shapley        exact up to `EXACT_PLAYERS_MAX` sellers; but who enters parts of a dataset under second names may gain
data_shapley   the Data Shapley of [Ghorbani19]: documents play, so that parts and second names gain nothing; sampled
leave_one_out  two coalitions more than players; data that two sellers hold is worth nothing to either
"""


def _draw(players: int, count: int, seed: int) -> NDArray[np.int64]:
    return sampling.orders(players, count, sampling.generator(seed, "orders"))


def _digest(orders: NDArray[np.int64]) -> str:
    return canonical.digest(orders.astype("<u4").tobytes())


def _batch(game: Game, masks: NDArray[np.bool_], start: int, watch: Watch) -> NDArray[np.float64]:
    watch("value", start, len(masks))
    return np.asarray(game(masks[start : start + BATCH]), dtype=np.float64)
