"""How much does each dataset help this buyer? The value of every dataset from the values of coalitions.

Any learner will do that can say what a batch of coalitions is worth (`Learner`). Datasets with the same content are
one player, a *pool*: a copy adds no player, so V(all) and the value of the pooled pair are those of the original
([Ayyoubzadeh25] pays copies more than the original alone; docs/errata.md). A pool's value is split evenly.

V is quantised to integer millionths once, here; everything after is exact.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from evenhand import canonical
from evenhand.errors import Problem, StoreError
from evenhand.numerics import games, sampling
from evenhand.records import MILLION, Call, CoalitionValues, Dataset, Interval, Watch, unwatched

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

METHODS = ("shapley", "leave_one_out")

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


def pools(contents: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Group the offers whose content is the same; in order of first appearance.

    >>> pools(["a", "b", "a"])
    ((0, 2), (1,))
    """
    groups: dict[str, list[int]] = {}
    for index, content in enumerate(contents):
        groups.setdefault(content, []).append(index)
    return tuple(tuple(group) for group in groups.values())


def evaluate(
    game: Game,
    groups: tuple[tuple[int, ...], ...],
    *,
    method: str,
    permutations: int,
    seed: int,
    watch: Watch = unwatched,
) -> CoalitionValues:
    """Ask the game for the coalitions that the method needs, and quantise their values to millionths (half to even).

    Args:
        game: from a learner; its players are the pools, in order.
        groups: from `pools`.
        method: one of `METHODS`; Shapley values are exact up to `EXACT_PLAYERS_MAX` players and sampled above.
        permutations: how many orders to draw where Shapley values are sampled.
        seed: the call's.

    Raises:
        ValueError: the learner gave a value that is not a finite number, or V(nobody) other than 0.
    """
    players = len(groups)
    assert method in METHODS, "acceptance refuses other methods"
    count = drawn(method, players, permutations)
    orders = _draw(players, count, seed)
    masks = games.prefixes(orders) if count else _MASKS[method](players)
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
        pools=groups,
        permutations=count,
        permutations_digest=_digest(orders) if count else "",
        values=tuple(int(value) for value in np.rint(values * MILLION)),
    )


def drawn(method: str, players: int, permutations: int) -> int:
    """Say how many orders are drawn: none where every coalition that the method needs can be asked."""
    return permutations if method == "shapley" and players > EXACT_PLAYERS_MAX else 0


def expected(method: str, players: int, permutations: int) -> int:
    """Say how many coalition values the method asks for."""
    orders = drawn(method, players, permutations)
    if orders:
        return 1 + orders * players
    return {"shapley": 1 << min(players, EXACT_PLAYERS_MAX), "leave_one_out": players + 2}.get(method, 0)


def estimates(coalitions: CoalitionValues, *, seed: int) -> tuple[Interval, ...]:
    """Give each offer its value, exact from the published coalition values, in units of V.

    A pool's value is split evenly among the offers in it. Sampled values carry a 95 % interval.

    Raises:
        StoreError: the orders drawn from the seed are not those that the record names.
    """
    by_player = _by_player(coalitions, seed)
    offers: dict[int, Interval] = {}
    for group, estimate in zip(coalitions.pools, by_player, strict=True):
        scale = Fraction(1, MILLION * len(group))
        share = Interval(estimate.value * scale, estimate.low * scale, estimate.high * scale)
        offers.update(dict.fromkeys(group, share))
    return tuple(offers[index] for index in range(len(offers)))


def _by_player(coalitions: CoalitionValues, seed: int) -> tuple[Interval, ...]:
    if coalitions.method == "leave_one_out":
        return games.leave_one_out(coalitions.values)
    if not coalitions.permutations:
        return games.shapley(coalitions.values)
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
    return games.sampled_shapley(coalitions.values, orders)


_MASKS: dict[str, Callable[[int], NDArray[np.bool_]]] = {
    "shapley": games.subsets,
    "leave_one_out": games.all_but_one,
}


def _draw(players: int, count: int, seed: int) -> NDArray[np.int64]:
    return sampling.orders(players, count, sampling.generator(seed, "orders"))


def _digest(orders: NDArray[np.int64]) -> str:
    return canonical.digest(orders.astype("<u4").tobytes())


def _batch(game: Game, masks: NDArray[np.bool_], start: int, watch: Watch) -> NDArray[np.float64]:
    watch("value", start, len(masks))
    return np.asarray(game(masks[start : start + BATCH]), dtype=np.float64)
