"""What became of a mechanism's claims? A table claims x findings, and for each miss its market and who shows it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evenhand.mechanisms import Mechanism
from evenhand.properties import ROUND_CLAIMS, WHOLE_CLAIMS
from evenhand.records import Finding, Witness, shortly

if TYPE_CHECKING:
    from rich.table import Table

HOLDS, FAILS = "holds", "FAILS"
SHOWN_MAX = 12
"""A market of more numbers of one kind is shown by the first ones; JSON has them all."""


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


def findings_table(found: Sequence[Finding], mechanism: Mechanism, width: int) -> "Table":
    """Lay out the findings, one claim a row; a narrow terminal does without the number of cases.

    Args:
        found: as `certify` gives them.
        mechanism: whose claims they are.
        width: cells across.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", no_wrap=True)
    table.add_column("claim", overflow="fold")
    table.add_column("verdict", overflow="fold")
    table.add_column("evidence", no_wrap=True)
    wide = width >= WIDE_MIN
    if wide:
        table.add_column("tried", justify="right", no_wrap=True)
    table.add_column("missed by", justify="right", no_wrap=True)
    for finding in found:
        sign, style = SIGNS[finding.holds if finding.claim in mechanism.claims else None]
        tried = [f"{finding.tried:,}"] if wide else []
        table.add_row(
            Text(sign, style=style),
            finding.claim,
            Text(verdict(finding, mechanism)),
            finding.evidence,
            *tried,
            shortly(finding.gap),
        )
    return table


SIGNS = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("–", "yellow")}
WIDE_MIN = 72


def shown(finding: Finding) -> list[str]:
    """Say how a claim is missed: the finding, the market, and who gains or loses; nothing where it is not.

    >>> market = {"costs": [1, 1], "worth": [1, 1], "budget": 100, "paid": [99, 99]}
    >>> for line in shown(Finding("within_budget", False, 98, "exact", 2, "paid 198 of 100", market=market)):
    ...     print(line)
    paid 198 of 100
    market: costs 1, 1; worth 1, 1; budget 100; paid 99, 99
    """
    if finding.holds:
        return []
    market = [f"market: {_listed(finding.market)}"] if finding.market else []
    return [finding.statement, *market, *(_WITNESSED.get(finding.claim, _lies)(finding.witness))]


def _lies(witness: Witness | None) -> list[str]:
    """Tell of a seller who lies, or loses by the truth, and of those who lie along."""
    return [_lie(each) for each in _all(witness)]


def _lie(witness: Witness) -> str:
    true, gain, report = map(shortly, (witness.true, witness.gain, witness.report))
    if witness.report == witness.true:
        return f"seller {witness.seller}, true cost {true}, loses {gain} by taking part"
    return f"seller {witness.seller}, true cost {true}, gains {gain} by reporting {report}"


def _bosses(witness: Witness | None) -> list[str]:
    return [
        f"seller {each.seller} wins by reporting {shortly(each.true)} and by reporting {shortly(each.report)}"
        for each in _all(witness)
    ]


def _names(witness: Witness | None) -> list[str]:
    """Tell what is entered and reported under each name."""
    entered = [f"cost {shortly(each.true)}, report {shortly(each.report)}" for each in _all(witness)]
    if witness is None:
        return []
    under = "one name" if len(entered) == 1 else f"{len(entered)} names"
    return [f"seller {witness.seller} gains {shortly(witness.gain)} under {under}: {'; '.join(entered)}"]


_WITNESSED = {"winner_non_bossy": _bosses, "sybil_proof": _names}


def _all(witness: Witness | None) -> Sequence[Witness]:
    return (witness, *witness.others) if witness else ()


def _listed(market: Mapping[str, Any]) -> str:
    return "; ".join(f"{name.replace('_', ' ')} {_written(numbers)}" for name, numbers in market.items())


def _written(numbers: Any) -> str:
    """Write numbers with commas between; rows in brackets.

    >>> _written([[1, 2], [3, 4]]), _written(list(range(20)))
    ('(1, 2), (3, 4)', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ...')
    """
    if isinstance(numbers, list):
        rows = [f"({_written(each)})" if isinstance(each, list) else _written(each) for each in numbers[:SHOWN_MAX]]
        return ", ".join(rows) + (" ..." if len(numbers) > SHOWN_MAX else "")
    return numbers if isinstance(numbers, str) else shortly(numbers)
