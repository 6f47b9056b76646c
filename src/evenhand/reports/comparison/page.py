"""How do people read a comparison of mechanisms? One page that needs nothing else.

No script, nothing fetched, no file beside it: style sheet and bars are inside, and the page's own content security
policy allows that style sheet alone, named by its SHA-256. Sellers' words are escaped wherever they stand.
"""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from evenhand import canonical
from evenhand.comparison import PROMISES, Comparison, takes_part
from evenhand.reports.comparison.chart import chart
from evenhand.reports.comparison.numbers import WORDS
from evenhand.reports.comparison.terminal import broken
from evenhand.reports.notation import amount, count, isolated, money, ratio, score, shortened, visible

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

HEADINGS = {"truthful": "Truth is best", "rational": "Nobody loses", "within_budget": "Budget kept"}
"""promise -> the heading of its column."""

SIGNS = {True: "✓", False: "✗", None: "–"}


def render(comparison: Comparison) -> str:
    """Write the page; the same comparison gives the same bytes."""
    style = _template("report.css") + _template("comparison.css")
    return (
        _environment(comparison.terms.currency)
        .get_template("comparison.html.j2")
        .render(
            style=_trusted(style),
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
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
    """Make ready a template engine that escapes everything and refuses a name it does not know."""
    from jinja2 import DictLoader, Environment, StrictUndefined

    names = ("comparison.html.j2", "charts.svg.j2")
    environment = Environment(
        loader=DictLoader({name: _template(name) for name in names}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "amount": lambda minor: _minus(amount(minor, currency)),
        "breakable": _breakable,
        "count": count,
        "money": lambda minor: _minus(money(minor, currency)).replace(" ", "\u00a0"),
        "part": lambda part: ratio(part.numerator, part.denominator),
        "plain": lambda name: isolated(shortened(name, 120)),
        "score": score,
        "short": _short,
    }
    return environment


@cache
def _template(name: str) -> str:
    return (files("evenhand.reports") / "templates" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _trusted(ours: str) -> "Markup":
    from markupsafe import Markup

    return Markup(ours)


def _short(name: str, longest: int = 40) -> "Markup":
    """Show a name, with its own direction, up to a length; where it is longer, the whole of it is its title."""
    whole, shown = visible(name), shortened(name, longest)
    if shown == whole:
        return _trusted("<bdi>{}</bdi>").format(whole)
    return _trusted('<bdi title="{}">{}</bdi>').format(whole, shown)


def _breakable(name: str) -> "Markup":
    """Let the name of a mechanism break behind an underscore."""
    from markupsafe import Markup, escape

    return Markup("_<wbr>").join(escape(part) for part in name.split("_"))


def _minus(number: str) -> str:
    """Set the sign of a negative number as a minus, not as a hyphen."""
    return number.replace("-", "−")
