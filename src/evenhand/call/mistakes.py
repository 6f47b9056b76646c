"""How is what pydantic found wrong in a file put into words? The same for every file that is written in tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from evenhand.call.values import below, shown
from evenhand.errors import Problem, nearest

Steps = tuple[Any, ...]
"""where a mistake stands: names of tables and keys, and places in lists"""
Said = tuple[str, str, str]
"""found, bound, remedy"""


@dataclass(frozen=True)
class Layout:
    """What a kind of file looks like, as far as messages tell of it."""

    called: str
    """what the file as a whole is: "a call" """
    keys: Mapping[str, list[str]]
    """table -> its keys; under "" those of the file itself"""
    lists: Mapping[str, tuple[str, str]]
    """table that is written with two brackets -> what one of them is, and whom it is for: "an offer", "seller" """
    examples: Mapping[str, str]
    """key that cannot be left out -> how it is written"""
    refine: Callable[[str, str, Said], Said]
    """(key, table, what is usually said) -> what is said of a key that is not known there"""

    def problems(self, file: str, mistake: Mapping[str, Any]) -> list[Problem]:
        """Put what pydantic found at one place into words."""
        steps = mistake["loc"]
        at = "".join(f"[{step}]" if isinstance(step, int) else below(step) for step in steps)
        where = f"{file}: {at.lstrip('.')}".removesuffix(": ")
        if mistake["type"] == "refused":
            problems = mistake["ctx"]["problems"]
            return [Problem(where + each.where, each.found, each.bound, each.remedy) for each in problems]
        return [Problem(where, *_WORDS[mistake["type"]](self, steps, mistake["input"]))]

    def header(self, steps: Steps) -> str:
        """Name the table in which the last of some steps stands."""
        if len(steps) == 1:
            return self.called
        return self.lists[steps[0]][0] if steps[0] in self.lists else f"[{steps[0]}]"


def _missing(layout: Layout, steps: Steps, value: Any) -> Said:
    return "is missing", f"{layout.header(steps)} cannot do without it", f"Add {layout.examples[steps[-1]]}."


def _unknown(layout: Layout, steps: Steps, value: Any) -> Said:
    key, table = steps[-1], steps[0] if len(steps) > 1 else ""
    known = layout.keys[table]
    homes = {each: home for home, keys in layout.keys.items() if home for each in keys}
    meant, elsewhere = nearest(key, known), nearest(key, homes)
    if meant:
        remedy = f'Did you mean "{meant}"?'
    else:
        remedy = f'Did you mean "{elsewhere}" in [{homes[elsewhere]}]?' if elsewhere else "Take it out."
    usual = "is not a key that is known here", f"{layout.header(steps)} has {', '.join(known)}", remedy
    return layout.refine(key, table, usual)


def _no_table(layout: Layout, steps: Steps, value: Any) -> Said:
    return no_table(value, f"[[{steps[0]}]]" if steps[0] in layout.lists else f"[{steps[0]}]")


def no_table(value: Any, header: str) -> Said:
    """Say that something else stands where a table is wanted.

    >>> no_table(3, "[market]")
    ('3 is no table', 'keys stand below a header', 'Write [market] on a line of its own.')
    """
    return f"{shown(value)} is no table", "keys stand below a header", f"Write {header} on a line of its own."


def _no_list(layout: Layout, steps: Steps, value: Any) -> Said:
    bound = f"there is a table for each {layout.lists[steps[0]][1]}"
    return f"{shown(value)} is no list", bound, f"Write [[{steps[0]}]], with two brackets."


_WORDS: dict[str, Callable[[Layout, Steps, Any], Said]] = {
    "missing": _missing,
    "unexpected_keyword_argument": _unknown,
    "dataclass_type": _no_table,
    "list_type": _no_list,
}
"""kind of mistake, as pydantic calls it -> where and what was found -> what is said of it."""
