"""What may a buyer add to a rule without giving honest sellers a reason to lie?

Three things, each a rule made of a rule, so that they go on top of any rule and of one another:

cap.py      nobody is paid more than so much
pools.py    near-duplicates sell as one, so that a copy under another name gains nothing
reserve.py  a part of the budget is kept for tagged sellers, a diversity tranche

Who is left out by one is left out by letting them stay away, at a report of inf, so that everyone keeps their place.
They look in this order: the cap first, since who asks too much should not stand for a pool that a fellow could sell
for; then the pools, one dataset of each, tagged or not, since a copy on the other side of a reserve would be bought
too; then the reserve, which divides those that are left. Each keeps what the rule has: no lie pays, nobody who is
honest loses, the budget holds, and no group can lie so that every member gains; the proofs stand with each.

A floor under quality needs nothing of this: what is below it has no worth and is never bought, and quality is measured,
not reported.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import isfinite
from typing import Any

from evenhand.errors import Problem, refuse, shown
from evenhand.market import exact_number
from evenhand.markets.procurement.policy.cap import capped
from evenhand.markets.procurement.policy.pools import Pools, pooled
from evenhand.markets.procurement.policy.reserve import reserved
from evenhand.markets.procurement.rules import Rule
from evenhand.numerics import Number
from evenhand.numerics.given import is_index


@dataclass(frozen=True)
class Policy:
    """What a buyer adds to the rule that selects.

    Args:
        cap: the most that one seller may be paid, in the money of the budget; None for no cap.
        pools: groups of sellers, by their places, whose datasets are near-duplicates; nobody is in two.
        reserve: the part of the budget that is kept for tagged sellers, 0 to 1: a fraction, or a decimal as it is
            written (0.1 is a tenth); 0 for none, and then tags mean nothing. Where payments are divided into cash and
            shares it is that part of both; where shares are posted to everyone, of the cash.
        tagged: the sellers, by their places, for whom it is kept.

    Raises:
        OfferError: a number is out of bounds, a place is none, or a seller is pooled twice; all are named.

    The rule alone has 10 for all, buys the first two and pays 5 each. With half of the budget kept for the last, who
    is paid it, the others have 5 between them:

    >>> from evenhand.markets import Procurement
    >>> from evenhand.mechanisms import MECHANISMS
    >>> worth, budget, costs = [1.0, 1.0, 1.0], 10.0, [1.0, 2.0, 5.0]
    >>> MECHANISMS["proportional_share"].run(Procurement(worth, budget), costs).cash
    array([5., 5., 0.])
    >>> policy = Policy(reserve=0.5, tagged=[2])
    >>> MECHANISMS["proportional_share"].run(Procurement(worth, budget, policy=policy), costs).cash
    array([2.5, 2.5, 5. ])

    Where the first two are copies, the second brings down what the first is paid to its own report, and sells nothing;
    and nobody is paid above 4, so the last would have to ask less:

    >>> policy = Policy(cap=4.0, pools=[[0, 1]])
    >>> MECHANISMS["proportional_share"].run(Procurement(worth, budget, policy=policy), costs).cash
    array([2., 0., 0.])
    """

    cap: Number | None = None
    pools: Sequence[Sequence[int]] = ()
    reserve: Fraction = Fraction(0)
    tagged: Sequence[int] = ()

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        if not _is_cap(self.cap):
            found, bound = f"is {shown(self.cap)}", "the most that one may be paid is a finite number above 0"
            problems.append(Problem("policy.cap", found, bound, "Leave it out for no cap."))
        pools = tuple(
            tuple(sorted(_places(f"policy.pools[{number}]", pool, problems)))
            for number, pool in enumerate(_listed("policy.pools", self.pools, "groups of places: [[0, 1]]", problems))
        )
        problems += _pooled_twice(pools)
        tagged = tuple(sorted(set(_places("policy.tagged", self.tagged, problems))))
        reserve = _part(self.reserve)
        if reserve is None:
            found, bound = f"is {shown(self.reserve)}", "what is kept is a part of the budget, 0 to 1"
            problems.append(Problem("policy.reserve", found, bound, "Use 0.1 for a tenth."))
        refuse(problems)
        object.__setattr__(self, "pools", pools)
        object.__setattr__(self, "reserve", reserve)
        object.__setattr__(self, "tagged", tagged)

    def over(self, rule: Rule, *, whole: bool = False, money: Number = 1) -> Rule:
        """Give the rule with this policy on top.

        Args:
            rule: any rule.
            whole: whether the plain rule is paid in whole units; then the reserve is rounded down to them, and what it
                leaves is counted in them.
            money: the unit of the costs and the budget that the rule will see, in that of the cap.
        """
        if self.reserve:
            rule = reserved(rule, self.reserve, self.tagged, whole=whole)
        if self._pools.groups:
            rule = pooled(rule, self._pools)
        if self.cap is not None:
            rule = capped(rule, self.cap if money == 1 else self.cap / money)
        return rule

    def exact(self) -> "Policy":
        """Give the same policy on exact numbers: every float is one."""
        return self if self.cap is None else replace(self, cap=exact_number(self.cap))

    def among(self, sellers: Sequence[int]) -> "Policy":
        """Give the same policy where only some sellers are left, by their new places; who has two is meant by both.

        >>> Policy(pools=[[0, 2], [1, 3]], tagged=[1, 2]).among([0, 2, 3])
        Policy(cap=None, pools=((0, 1), (2,)), reserve=Fraction(0, 1), tagged=(1,))
        """
        places: dict[int, list[int]] = {}
        for place, seller in enumerate(sellers):
            places.setdefault(seller, []).append(place)

        def left(named: Sequence[int]) -> list[int]:
            return [place for seller in named for place in places.get(seller, [])]

        return replace(self, pools=list(filter(None, map(left, self.pools))), tagged=left(self.tagged))

    def beyond(self, sellers: int | None) -> list[Problem]:
        """Name the places that are none among so many sellers; None where nobody said how many there are."""
        named = {f"policy.pools[{number}]": pool for number, pool in enumerate(self.pools)}
        named["policy.tagged"] = self.tagged
        if sellers is None and any(named.values()):
            found, bound = "is not given", "a policy names sellers by their places"
            return [Problem("n", found, bound, "Give it: Procurement(value=..., budget=..., n=...).")]
        bound = f"there are {sellers} sellers, from 0 on"
        return [
            Problem(where, f"names seller {shown(place)}", bound, "Name those there are.")
            for where, places in named.items()
            for place in places
            if sellers is not None and place >= sellers
        ]

    @cached_property
    def _pools(self) -> Pools:
        return Pools(tuple(tuple(pool) for pool in self.pools if len(pool) > 1))


def _is_cap(cap: Any) -> bool:
    try:
        return cap is None or bool(isfinite(cap) and cap > 0)
    except (TypeError, OverflowError):
        return False


def _part(reserve: Any) -> Fraction | None:
    """Take a part as the decimal it was written as; None where it is none."""
    try:
        part = Fraction(str(reserve))
    except (ValueError, ZeroDivisionError):
        return None
    return part if 0 <= part <= 1 else None


def _listed(where: str, given: Any, of: str, problems: list[Problem]) -> list[Any]:
    """Give the members of a list; note what is none."""
    if isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping):
        return list(given)
    problems.append(
        Problem(where, f"is {shown(given)}", f"it is a list of {of}", "Give a list; an empty one for none.")
    )
    return []


def _places(where: str, given: Any, problems: list[Problem]) -> Iterator[int]:
    """Walk the places that were given; note what is none."""
    for place in _listed(where, given, "places: [0, 1]", problems):
        if is_index(place):
            yield int(place)
        else:
            bound = "a seller is named by its place, 0 or more"
            problems.append(Problem(where, f"names {shown(place)}", bound, "Count from 0, as the offers stand."))


def _pooled_twice(pools: Sequence[Sequence[int]]) -> list[Problem]:
    seen: dict[int, int] = {}
    problems = []
    for number, pool in enumerate(pools):
        for seller in pool:
            if seller in seen:
                found, bound = f"is in pools {seen[seller]} and {number}", "a seller is in one pool, once"
                problems.append(Problem(f"seller {shown(seller)}", found, bound, "Join the pools, or choose one."))
            seen.setdefault(seller, number)
    return problems
