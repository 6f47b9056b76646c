"""What became of a mechanism's claims? A table claims x findings, and for each miss its market and who shows it.

No claim's name is cut: where a terminal is too narrow for a table, each claim has lines of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING, Any

from evenhand.mechanisms import Mechanism
from evenhand.properties import ROUND_CLAIMS, WHOLE_CLAIMS, gap_told
from evenhand.records import Finding, Number, Witness, shortly
from evenhand.reports import notation

if TYPE_CHECKING:
    from rich.table import Table

HOLDS, FAILS = "holds", "FAILS"
SHOWN_MAX = 12
"""A market of more numbers of one kind is shown by the first ones; JSON has them all."""

LEGEND = "missed by: the most that was found; none is larger where the evidence is exact"

SIGNS = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("–", "yellow")}
NAMES = {
    "splitting": ("first half", "second half"),
    "copying": ("first copy", "second copy"),
    "withholding": ("a part instead",),
    "merging": ("as one",),
}
"""way to enter -> what stands under each name."""

VERDICT_MIN = 12
"""Verdicts are wrapped to no fewer cells than this."""

GAP = 2
"""Cells between the columns."""


@dataclass(frozen=True)
class Written:
    """How the numbers and names of findings are written for people."""

    money: Callable[[Number], str]
    worth: Callable[[Number], str]
    seller: Callable[[str], str]


PLAIN = Written(shortly, shortly, str)
"""Of a market that is made of numbers alone."""


def of_call(currency: str) -> Written:
    """Write amounts in the money of a call, and worth, which is counted in millionths, as reports do.

    >>> written = of_call("EUR")
    >>> written.money(118_720), written.worth(42_623), written.worth(Fraction(42_623, 2)), written.seller("ben")
    ('1,187.20 EUR', '0.042623', '0.0213115', '"ben"')
    """
    return Written(lambda minor: notation.money(minor, currency), _of_millionths, notation.quoted)


def _of_millionths(worth: Number) -> str:
    """Write worth with six digits, and a seventh where a part of a dataset needs it."""
    tenths = round(10 * Fraction(worth))
    last = "" if tenths % 10 == 0 else str(tenths % 10)
    return notation.score(tenths // 10) + last


def asked_of(mechanism: Mechanism) -> tuple[str, ...]:
    """Give what is tried of a mechanism: what it claims, what is known to fail, and what could be claimed of its kind.

    >>> from evenhand.mechanisms import MECHANISMS
    >>> asked_of(MECHANISMS["direct"])
    ('rational', 'truthful')
    """
    of_its_kind = (*ROUND_CLAIMS, *WHOLE_CLAIMS) if mechanism.procures else ()
    return tuple(dict.fromkeys([*mechanism.claims, *mechanism.refuted, *of_its_kind]))


def verdict(finding: Finding, mechanism: Mechanism) -> str:
    """Say in a word or two what a finding means for what the mechanism claims.

    >>> from evenhand.mechanisms import MECHANISMS
    >>> verdict(Finding("within_budget", False, 98, "exact", 2, ""), MECHANISMS["q_mia"])
    'refuted, E-002-02'
    """
    if finding.claim in mechanism.claims:
        return HOLDS if finding.holds else FAILS
    known = mechanism.refuted.get(finding.claim)
    if known is None:
        return "not claimed, held here" if finding.holds else "not claimed"
    return f"not refuted here, {known}" if finding.holds else f"refuted, {known}"


def findings_table(found: Sequence[Finding], mechanism: Mechanism, width: int, written: Written = PLAIN) -> "Table":
    """Lay out the findings, one claim a row; in a narrow terminal one above the other.

    Args:
        found: as `certify` gives them.
        mechanism: whose claims they are.
        width: cells across.
        written: how amounts are written.
    """
    rows = {
        "claim": [finding.claim for finding in found],
        "verdict": [verdict(finding, mechanism) for finding in found],
        "evidence": [finding.evidence for finding in found],
        "tried": [f"{finding.tried:,}" for finding in found],
        "missed by": [
            "–" if finding.holds else gap_told(finding.claim, finding.gap, written.money) for finding in found
        ],
    }
    signs = [SIGNS[finding.holds if finding.claim in mechanism.claims else None] for finding in found]
    longest = {heading: max(map(len, [heading, *cells])) for heading, cells in rows.items()}
    left = width - 1 - sum(longest.values()) - GAP * len(rows) + longest["verdict"]
    if left < min(longest["verdict"], VERDICT_MIN):
        return _stacked(rows, signs)
    return _side_by_side(rows, signs, min(longest["verdict"], left))


def _side_by_side(rows: Mapping[str, Sequence[str]], signs: Sequence[tuple[str, str]], verdicts: int) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    table.add_column("", no_wrap=True)
    for heading in rows:
        if heading == "verdict":
            table.add_column(heading, width=verdicts)
        else:
            table.add_column(heading, no_wrap=True, justify="right" if heading in ("tried", "missed by") else "left")
    for (sign, style), *cells in zip(signs, *rows.values(), strict=True):
        table.add_row(Text(sign, style=style), *map(Text, cells))
    return table


def _stacked(rows: Mapping[str, Sequence[str]], signs: Sequence[tuple[str, str]]) -> "Table":
    """Give each claim lines of its own: the name, then what became of it."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for (sign, style), claim, said, evidence, tried, missed in zip(signs, *rows.values(), strict=True):
        by = "" if missed == "–" else f"; missed by {missed}"
        table.add_row(Text(sign, style=style), Text(f"{claim}\n{said}; {evidence}, {tried} tried{by}"))
    return table


def shown(finding: Finding, written: Written = PLAIN) -> list[str]:
    """Say how a claim is missed: the finding, the market, and who gains or loses; nothing where it is not.

    >>> market = {"seed": 0, "number": 7, "costs": [1, 1], "worth": [1, 1], "budget": 100, "paid": [99, 99]}
    >>> for line in shown(Finding("within_budget", False, 98, "exact", 2, "paid 198 of 100", market=market)):
    ...     print(line)
    paid 198 of 100
    market 7 of seed 0: costs 1, 1; worth 1, 1; budget 100; paid 99, 99
    """
    if finding.holds:
        return []
    market = [_market(finding.market)] if finding.market else []
    lines = _WITNESSED.get(finding.claim, _lies)(finding.witness, written) if finding.witness else []
    return [finding.statement, *market, *lines, *_beyond(finding, written)]


def _market(market: Mapping[str, Any]) -> str:
    """Write out a market; one that was drawn with what it is drawn again from."""
    which = "market {number} of seed {seed}".format(**market) if "number" in market else "counterexample"
    made_of = {name: numbers for name, numbers in market.items() if name not in ("seed", "number", "missed_by")}
    return f"{which}: " + "; ".join(f"{name.replace('_', ' ')} {_written(each)}" for name, each in made_of.items())


def _beyond(finding: Finding, written: Written) -> list[str]:
    """Say up to what others come, where the witness shows less than that.

    The largest gain may be approached without being reached, and a witness then stands near it.
    """
    told = _BEYOND.get(finding.claim)
    if told is None or finding.witness is None:
        return []
    most = finding.gap if finding.market is None else finding.market.get("missed_by", finding.gap)
    here, there = written.money(finding.witness.gain), written.money(most)
    return [] if here == there else [told.format(there)]


_BEYOND = {
    "truthful": "other true costs and reports gain up to {}",
    "rational": "at other true costs the loss is up to {}",
    "sybil_proof": "other reports gain up to {}",
}


def _lies(witness: Witness, written: Written) -> list[str]:
    """Tell of a seller who lies, or loses by the truth, and of those who lie along."""
    return [_lie(each, written) for each in (witness, *witness.others)]


def _lie(witness: Witness, written: Written) -> str:
    true, gain = written.money(witness.true), written.money(witness.gain)
    told = f"seller {written.seller(witness.seller)}, true cost {true},"
    if witness.report == witness.true:
        return f"{told} loses {gain} by taking part"
    if witness.report == inf:
        return f"{told} gains {gain} by staying away"
    return f"{told} gains {gain} by reporting {written.money(witness.report)}"


def _bosses(witness: Witness, written: Written) -> list[str]:
    one, other = written.money(witness.true), written.money(witness.report)
    changed = notation.count(int(witness.gain), "other wins", "others win")
    return [
        f"seller {written.seller(witness.seller)} wins by reporting {one} and by reporting {other}; which of the two "
        f"decides whether {changed}"
    ]


def _names(witness: Witness, written: Written) -> list[str]:
    """Tell what is entered, reported and paid under each name, and under the own one, so that all can be recomputed."""
    told = witness.entered
    if told is None:
        return []
    before = sum(_left(each) for each in told.own)
    gain, after, left = map(written.money, (witness.gain, before + witness.gain, before))
    alone = len(told.own) == 1
    who = " and ".join(written.seller(each.seller) for each in told.own)
    gains = f"seller {who} gains {gain}" if alone else f"sellers {who} gain {gain}"
    once = ", the cost borne once" if told.way == "copying" else ""
    own = ["own name" if alone else f"{written.seller(each.seller)} alone" for each in told.own]
    names = [*told.own, witness, *witness.others]
    return [
        f"{gains} by {told.way}: {after} is left in place of {left}, no amount rounded{once}",
        *(f"  {name}: {_entered(each, written)}" for name, each in zip([*own, *NAMES[told.way]], names, strict=True)),
    ]


def _left(name: Witness) -> Number:
    """Give what a name is left with: what it is paid, less the cost of what it sells."""
    return name.entered.paid - name.true * name.entered.sold if name.entered else 0


def _entered(name: Witness, written: Written) -> str:
    cost, report, entered = written.money(name.true), written.money(name.report), name.entered
    if entered is None:
        return f"cost {cost}, report {report}"
    paid = f"paid {written.money(entered.paid)}" if entered.sold else "not bought"
    return f"worth {written.worth(entered.worth)}, cost {cost}, report {report}, {paid}"


_WITNESSED: dict[str, Callable[[Witness, Written], list[str]]] = {"winner_non_bossy": _bosses, "sybil_proof": _names}


def _written(numbers: Any) -> str:
    """Write numbers with commas between; rows in brackets, and values of sets each behind its set.

    >>> _written([[1, 2], [3, 4]]), _written(list(range(20))), _written({"0": 3, "0+1": 4})
    ('(1, 2), (3, 4)', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ...', '(0) 3, (0+1) 4')
    """
    if isinstance(numbers, Mapping):
        return ", ".join(f"({chosen}) {shortly(value)}" for chosen, value in numbers.items())
    if isinstance(numbers, list):
        rows = [f"({_written(each)})" if isinstance(each, list) else _written(each) for each in numbers[:SHOWN_MAX]]
        return ", ".join(rows) + (" ..." if len(numbers) > SHOWN_MAX else "")
    return numbers if isinstance(numbers, str) else shortly(numbers)
