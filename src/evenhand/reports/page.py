"""What happened in this round, for everyone who took part? report.html, one file that needs nothing else.

No script, nothing fetched, no file beside it: the style sheet and the charts are inside, and the page's own content
security policy allows that style sheet alone, named by its SHA-256. Sellers' words are escaped wherever they stand.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evenhand import canonical
from evenhand.decisions import as_it_ran
from evenhand.mechanisms import MECHANISMS
from evenhand.quality import volume
from evenhand.records import MEASURES, Finding, Material, Outcome
from evenhand.reports import html
from evenhand.reports.arithmetic import METHODS, players
from evenhand.reports.charts import budget_bar, virtual_costs
from evenhand.reports.checks import EVIDENCE, broken_by, check, erratum, promised
from evenhand.reports.evidence import copies, passed_over, unchecked, words
from evenhand.reports.explain import reasons
from evenhand.reports.notation import amount, count, isolated, money, ratio, score, shortened, weight
from evenhand.reports.reasons import REASONS
from evenhand.reports.rows import Row, cut, recorded, rows, totals
from evenhand.reports.settlement import exceeded
from evenhand.valuation import CONCAVE

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

NAMED_MAX = 6
"""So many winners are named in the summary; the table names them all."""

CLAIMS = {
    "truthful": (
        "An honest report is the best report",
        "Whatever a seller's true cost is, no other report would have left that seller with more.",
    ),
    "rational": (
        "Nobody is paid below their report",
        "A seller who reports the true cost does not lose by taking part.",
    ),
    "within_budget": ("The budget is kept", "All payments together are no more than the budget of the call."),
}
"""claim -> its heading and what it means; any other claim is headed by its own name."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A finding as the page shows it."""

    finding: Finding
    kept: bool
    sentence: str
    heading: str
    meaning: str
    broken_by: str
    promised: bool
    """whether the mechanism claims it, or it was only looked at."""
    erratum: str
    """the entry of docs/errata.md that says why the mechanism does not keep it; "" where there is none."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one offer, as the page shows it; no seller's text stands in it."""

    row: Row
    usable: int
    copies: str
    words: dict[str, str]
    """measure -> what its counts say"""
    unchecked: list[str]
    """what was not looked at in this offer, beside what was not in any"""


def render(outcome: Outcome) -> str:
    """Write the report of a round as one HTML page; the same outcome gives the same bytes.

    Raises:
        OfferError: the outcome is not of a round.
    """
    record = recorded(outcome)
    ordered = rows(outcome)
    winners = [row for row in ordered if row.decision.selected]
    nowhere, counted = _counted(ordered)
    page = _environment(record.terms.currency).get_template("report.html.j2")
    return page.render(
        **html.styled(html.template("report.css")),
        record=record,
        terms=record.terms,
        digest=canonical.digest(canonical.encode(record)),
        mechanism=MECHANISMS[record.terms.mechanism],
        ran=as_it_ran(record.terms),
        totals=totals(outcome),
        cut=cut(outcome),
        promises=_promises(outcome),
        evidence={
            kind: meaning
            for kind, meaning in EVIDENCE.items()
            if kind in {finding.evidence for finding in outcome.findings}
        },
        groups=[
            ("Bought", winners),
            ("Not bought", [row for row in ordered if not row.decision.selected]),
        ],
        named=winners[:NAMED_MAX],
        paid_highest=_paid_highest(winners),
        whys=reasons(outcome),
        sampled=recorded(outcome).coalitions.permutations > 0,
        measures=MEASURES,
        counted=counted,
        nowhere=nowhere,
        labels={code: reason.label for code, reason in REASONS.items()},
        method=METHODS.get(record.coalitions.method, record.coalitions.method),
        players=players(record.coalitions),
        materials=_materials(outcome),
        passed=[(name, line) for name, material in _materials(outcome) for line in passed_over(material.manifest)],
        weighting=CONCAVE.get(record.terms.concave),
        costs=virtual_costs(outcome),
        budget=budget_bar(outcome),
        exceeded=exceeded(outcome),
    )


def _promises(outcome: Outcome) -> list[Promise]:
    currency = recorded(outcome).terms.currency
    return [
        Promise(
            finding,
            *check(outcome, finding),
            *CLAIMS.get(finding.claim, (finding.claim.replace("_", " ").capitalize(), "")),
            broken_by(finding, currency),
            promised(outcome, finding),
            erratum(outcome, finding),
        )
        for finding in outcome.findings
    ]


def _counted(ordered: tuple[Row, ...]) -> tuple[list[str], list[Counted]]:
    """Give what was not looked at in any offer, and what was counted of each."""
    missing = [unchecked(row.offer.scores, manifest=row.offer.material.manifest) for row in ordered]
    nowhere = [line for line in missing[0] if all(line in lines for lines in missing)] if missing else []
    return nowhere, [
        Counted(
            row,
            volume.usable(row.offer.volume),
            copies(row.offer.material.manifest.documents, row.offer.copies),
            {name: words(name, row.offer.scores.evidence.get(name, {})) for name in MEASURES},
            [line for line in lines if line not in nowhere],
        )
        for row, lines in zip(ordered, missing, strict=True)
    ]


def _paid_highest(winners: list[Row]) -> bool:
    """Tell whether the page may say that every winner is paid the highest winning report."""
    return bool(winners) and all(row.decision.received_minor == row.decision.highest_winning_minor for row in winners)


def _materials(outcome: Outcome) -> list[tuple[str, Material]]:
    """List what was read besides the offers; a text that the call does not name is left out, and so is a folder."""
    record = recorded(outcome)
    named = (
        ("The buyer's validation text", record.validation),
        ("What the buyer's model has already read", record.seed_text),
        ("Reference text for duplication", record.reference),
    )
    return [(name, material) for name, material in named if isinstance(material, Material)]


# -- the template's environment -------------------------------------------------------------------------------------


def _environment(currency: str) -> "Environment":
    """Give the template of a round, in which amounts are of one currency."""

    def unbroken(words: str) -> str:
        """Keep an amount and its currency on one line."""
        return words.replace(f" {currency}", f"\u00a0{currency}")

    filters: dict[str, Callable[..., Any]] = {
        "amount": lambda minor: html.minus(amount(minor, currency)),
        "money": lambda minor: unbroken(html.minus(money(minor, currency))),
        "prose": lambda words: unbroken(_signs(words)),
        "count": count,
        "digits": _digits,
        "lower_first": lambda words: words[:1].lower() + words[1:],
        "fraction": lambda number: html.minus(canonical.tree(number)),
        "name": html.whole_name,
        "sentence": lambda words: unbroken(_signs(words[:1].upper() + words[1:].rstrip(".") + ".")),
        "plain": lambda name: isolated(shortened(name, 120)),
        "ratio": ratio,
        "score": lambda millionths: html.minus(score(millionths)),
        "short": html.short_name,
        "weight": weight,
    }
    return html.environment("report.html.j2", "charts.svg.j2", filters=filters)


def _digits(millionths: int) -> "Markup":
    """Show all six digits of a score, the last three small."""
    text = html.minus(score(millionths))
    return html.trusted("{}<small>{}</small>").format(text[:-3], text[-3:])


def _signs(words: str) -> str:
    """Set the minus in a sentence; a hyphen inside a word, or at the start of a quoted name, stays.

    >>> _signs('Its value is -0.5, says "-5" of scipy-2')
    'Its value is −0.5, says "-5" of scipy-2'
    """
    return re.sub(r"(?<=[ (])-(?=[0-9])", "−", words)
