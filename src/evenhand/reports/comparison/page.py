"""How do people read a comparison of mechanisms? One page that needs nothing else.

No script, nothing fetched, no file beside it: style sheet and bars are inside, and the page's own content security
policy allows that style sheet alone, named by its SHA-256. Sellers' words are escaped wherever they stand.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from evenhand import canonical
from evenhand.comparison import PROMISES, Comparison, takes_part
from evenhand.reports import html
from evenhand.reports.comparison.chart import chart
from evenhand.reports.comparison.numbers import WORDS
from evenhand.reports.comparison.terminal import broken
from evenhand.reports.notation import amount, count, isolated, money, ratio, score, shortened

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

HEADINGS = {"truthful": "Truth is best", "rational": "Nobody loses", "within_budget": "Budget kept"}
"""promise -> the heading of its column."""

SIGNS = {True: "✓", False: "✗", None: "–"}


def render(comparison: Comparison) -> str:
    """Write the page; the same comparison gives the same bytes."""
    return (
        _environment(comparison.terms.currency)
        .get_template("comparison.html.j2")
        .render(
            **html.styled(html.template("report.css") + html.template("comparison.css")),
            comparison=comparison,
            terms=comparison.terms,
            digest=canonical.digest(canonical.encode(comparison.record)),
            best=int(comparison.best),
            chart=chart(comparison),
            broken=broken(comparison),
            headings={claim: HEADINGS[claim] for claim in PROMISES},
            signs=SIGNS,
            words=WORDS,
            takes_part=takes_part,
            in_shares=any(purchase.shares for purchase in comparison.purchases),
        )
    )


def _environment(currency: str) -> "Environment":
    """Give the template of a comparison, in which amounts are of one currency."""
    filters: dict[str, Callable[..., Any]] = {
        "amount": lambda minor: html.minus(amount(minor, currency)),
        "breakable": _breakable,
        "count": count,
        "money": lambda minor: html.minus(money(minor, currency)).replace(" ", "\u00a0"),
        "part": lambda part: ratio(part.numerator, part.denominator),
        "plain": lambda name: isolated(shortened(name, 120)),
        "score": score,
        "short": html.short_name,
    }
    return html.environment("comparison.html.j2", "charts.svg.j2", filters=filters)


def _breakable(name: str) -> "Markup":
    """Let the name of a mechanism break behind an underscore."""
    from markupsafe import Markup, escape

    return Markup("_<wbr>").join(escape(part) for part in name.split("_"))
