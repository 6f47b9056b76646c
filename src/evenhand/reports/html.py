"""What do all pages share? Templates that escape everything, style sheets named by their hash, names as they are."""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from evenhand.reports.notation import shortened, visible

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def environment(*names: str, filters: dict[str, Callable[..., Any]]) -> "Environment":
    """Make ready a template engine that escapes everything and refuses a name it does not know.

    Args:
        names: the templates that it has.
        filters: name in a template -> function.
    """
    from jinja2 import DictLoader, Environment, StrictUndefined

    made = Environment(
        loader=DictLoader({name: template(name) for name in names}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= filters
    return made


def styled(style: str) -> dict[str, Any]:
    """Give a page its style sheet, and the hash by which its content security policy allows it and no other."""
    return {"style": trusted(style), "style_hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}


@cache
def template(name: str) -> str:
    """Read a template or a style sheet."""
    return (files("evenhand.reports") / "templates" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def trusted(ours: str) -> "Markup":
    """Take text of our own as markup; what is formatted into it is still escaped."""
    from markupsafe import Markup

    return Markup(ours)


def whole_name(name: str) -> "Markup":
    """Show a seller's name as it is: escaped, on one line, and with its own direction."""
    return trusted("<bdi>{}</bdi>").format(visible(name))


def short_name(name: str, longest: int = 40) -> "Markup":
    """Show a seller's name as it is up to a length; where it is longer, the whole of it is its title."""
    whole, shown = visible(name), shortened(name, longest)
    return whole_name(name) if shown == whole else trusted('<bdi title="{}">{}</bdi>').format(whole, shown)


def minus(number: str) -> str:
    """Set the sign of a negative number as a minus, not as a hyphen."""
    return number.replace("-", "−")
