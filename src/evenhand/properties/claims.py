"""Does a promise hold at this market, by how much does it fail, and who shows it?

    truthful        no seller gains by any report other than the true cost
    rational        no seller who reports the true cost is paid less than it
    within_budget   what is paid in cash and promised in shares is within what there is of each
    balanced        the payments sum to no more than the buyers' value
    buyer_rational  no buyer pays more than their value where payments are split by what each would lose [Fan25, eq. 9]

and of markets that buy whole

    winner_non_bossy           a seller who keeps winning does not change who else wins, whatever the report
    weakly_group_strategyproof no group of sellers has lies by which every one of them gains
    sybil_proof                entering under several names, or with a part of the data, gains nothing (sybil.py)

Each check takes a `Setting`, one market with one mechanism, and gives a `Finding`. How lies and losses are searched is
the setting's: `whole.py` covers every report of markets that buy whole, `parts.py` asks `strategy.py` elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from evenhand.records import Finding, Witness

Number = Any


@dataclass(frozen=True, slots=True)
class Search:
    """The worst that was found: who shows it, among how many cases, and how we know that there is nothing worse."""

    most: Number
    """the gain or the loss at its worst; approached, where no single report reaches it."""
    worst: Witness | None
    tried: int
    evidence: str
    cases: str = "breakpoints"
    """what was tried, in words."""


@dataclass(frozen=True, slots=True)
class Pot:
    """Something that payments are made of, and how much of it there is."""

    name: str
    """a key of `TOLD`."""
    spent: Number
    most: Number
    """inf where there is no bound."""


TOLD = {"cash": "paid {} of a budget of {}", "shares": "promised {} of a pool of {} in shares"}
"""What may be spent -> how it is told."""


class Setting(Protocol):
    """One market with one mechanism, as the checks see it."""

    @property
    def money(self) -> Callable[[Number], str]:
        """How an amount is written for people."""
        ...

    @property
    def sellers(self) -> Sequence[str]:
        """Their names."""
        ...

    @property
    def tolerance(self) -> Number:
        """What is no more than rounding: 0 on exact numbers."""
        ...

    @property
    def pots(self) -> Sequence[Pot]:
        """What is spent at the reports as they are, of cash and, where there are any, of shares."""
        ...

    @property
    def payments(self) -> Sequence[Number]:
        """What each seller is paid at the reports as they are."""
        ...

    @property
    def value_by_buyer(self) -> Sequence[Number]:
        """What the allocation is worth to each buyer."""
        ...

    @property
    def charges(self) -> Sequence[Number]:
        """What each buyer would pay if payments were split by what each would lose, without a cap."""
        ...

    def lies(self) -> Search:
        """Find the seller who gains most by a lie."""
        ...

    def losses(self) -> Search:
        """Find the seller who loses most by taking part with the true cost."""
        ...

    def bosses(self) -> Search:
        """Find the seller who, winning all the same, changes the lot of most others."""
        ...

    def groups(self) -> Search:
        """Find the group of whom the one who gains least gains most by lying together."""
        ...

    def names(self) -> Search:
        """Find the seller who gains most by entering under other names."""
        ...


def truthful(setting: Setting) -> Finding:
    """Look for a seller, a true cost and a lie that leaves the seller better off than the truth."""
    found = setting.lies()
    gap = _above(found.most, setting)
    return Finding(
        claim="truthful",
        holds=gap == 0,
        gap=gap,
        evidence=found.evidence,
        tried=found.tried,
        statement=("" if gap == 0 else "not always ")
        + f"best to report the true cost: {found.tried} {found.cases} tried, largest gain {setting.money(gap)}",
        witness=found.worst if gap else None,
    )


def rational(setting: Setting) -> Finding:
    """Look for a seller who loses by taking part with the true cost."""
    found = setting.losses()
    gap = _above(found.most, setting)
    statement = "nobody is paid below their report" if gap == 0 else f"someone is paid {setting.money(gap)} below cost"
    return Finding("rational", gap == 0, gap, found.evidence, found.tried, statement, found.worst if gap else None)


def within_budget(setting: Setting) -> Finding:
    """Add up what is spent at these reports; each pot has to last."""
    gap = max(_above(pot.spent - pot.most, setting) for pot in setting.pots)
    told = [TOLD[pot.name].format(setting.money(pot.spent), setting.money(pot.most)) for pot in setting.pots]
    return Finding("within_budget", gap == 0, gap, "exact", len(setting.payments), ", ".join(told))


def balanced(setting: Setting) -> Finding:
    """Compare what is paid with what it is all worth to the buyers: if it is more, no split of it suits every buyer."""
    paid, value = sum(setting.payments), sum(setting.value_by_buyer)
    gap = _above(paid - value, setting)
    statement = f"paid {setting.money(paid)} for a value of {setting.money(value)}"
    if gap:
        statement += f": no way to charge the buyers covers the deficit of {setting.money(gap)}"
    return Finding("balanced", gap == 0, gap, "exact", len(setting.payments), statement)


def buyer_rational(setting: Setting) -> Finding:
    """Look for a buyer who would pay more than their value."""
    over = [charge - value for charge, value in zip(setting.charges, setting.value_by_buyer, strict=True)]
    gap = _above(max(over, default=0), setting)
    statement = f"no buyer pays more than their value: {len(over)} buyers"
    if gap:
        statement = f"buyer {over.index(max(over))} would pay {setting.money(gap)} more than their value"
    return Finding("buyer_rational", gap == 0, gap, "exact", len(over), statement)


def winner_non_bossy(setting: Setting) -> Finding:
    """Look for a seller who wins at two reports, with other sellers beside."""
    found = setting.bosses()
    statement = f"who keeps winning changes nobody else's lot: {found.tried:,} {found.cases} tried"
    if found.most:
        statement = (
            f"who keeps winning changes whether others win, up to {found.most} of them: {found.tried:,} {found.cases} "
            "tried"
        )
    return Finding("winner_non_bossy", not found.most, found.most, found.evidence, found.tried, statement, found.worst)


def weakly_group_strategyproof(setting: Setting) -> Finding:
    """Look for a group, at these reports as the true costs, with lies by which each of them gains."""
    found = setting.groups()
    gap = _above(found.most, setting)
    worst = found.worst if gap else None
    who = "no group gains by lying together"
    if worst is not None:
        size = 1 + len(worst.others)
        who = "one seller gains alone" if size == 1 else f"in a group of {size} each gains by lying together"
        who += f", {setting.money(gap)} at least"
    statement = f"{who}: {found.tried:,} {found.cases} tried"
    return Finding("weakly_group_strategyproof", gap == 0, gap, found.evidence, found.tried, statement, worst)


def sybil_proof(setting: Setting) -> Finding:
    """Look for a seller who would rather enter under other names."""
    found = setting.names()
    gap = _above(found.most, setting)
    statement = f"most gained by {found.cases}"
    return Finding("sybil_proof", gap == 0, gap, found.evidence, found.tried, statement, found.worst if gap else None)


def _above(excess: Number, setting: Setting) -> Number:
    """Give by how much a promise is missed; 0 within rounding."""
    return excess if excess > setting.tolerance else 0


CLAIMS: dict[str, Callable[[Setting], Finding]] = {
    "truthful": truthful,
    "rational": rational,
    "within_budget": within_budget,
    "balanced": balanced,
    "buyer_rational": buyer_rational,
    "winner_non_bossy": winner_non_bossy,
    "weakly_group_strategyproof": weakly_group_strategyproof,
    "sybil_proof": sybil_proof,
}

ROUND_CLAIMS = ("truthful", "rational", "within_budget")
"""What a round looks at: what a seller who takes part and a buyer who pays are promised. They are checked fast."""

WHOLE_CLAIMS = ("winner_non_bossy", "weakly_group_strategyproof", "sybil_proof")
"""What can be asked only where datasets are bought whole."""

IN_SELLERS = ("winner_non_bossy",)
"""What is missed by a number of sellers; all else is missed by money."""


def gap_told(claim: str, gap: Number, money: Callable[[Number], str]) -> str:
    """Write by how much a claim is missed, with what it is counted in.

    >>> gap_told("truthful", 3, "{}.00 EUR".format), gap_told("winner_non_bossy", 1, str)
    ('3.00 EUR', '1 seller')
    """
    if claim in IN_SELLERS:
        return f"{gap} seller" + ("" if gap == 1 else "s")
    return money(gap)
