"""How are results told in a terminal? As text for people, or as one JSON document for programs.

Text goes to stdout through rich, which leaves colour out where there is no terminal or NO_COLOR is set. JSON documents
share one shape: `schema` names the verb and its version, `ok` says whether all is well.
"""

import codecs
import json
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from evenhand.errors import EvenhandError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.table import Table

    from evenhand.comparison import Comparison
    from evenhand.experiment import Simulated
    from evenhand.mechanisms import Mechanism
    from evenhand.pricing import PricedPosted, PricedRoyalties
    from evenhand.quality.novelty import Meta
    from evenhand.records import Finding, Outcome
    from evenhand.reports.explain import Explanation
    from evenhand.reports.findings import Written
    from evenhand.reports.reproductions import Figure
    from evenhand.reports.sections import Section
    from evenhand.scorecard import ScoreCard
    from evenhand.verify import Check

SIGNS = str.maketrans("✓✗●○–—−×·±", "+X*----x.~")
"""What stands for our signs where the locale cannot write them; anything else becomes a question mark."""

MARKS = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("–", "yellow")}
INDENT = "  "
VERSION = 1
NAMES_LEAST = 12
"""Cells that a column of names keeps where a terminal is narrow."""


def prepare() -> None:
    """Fit the process to a terminal: its size, signs that every locale can write, a quiet end when a pipe is closed."""
    for size in ("COLUMNS", "LINES"):
        if not _is_size(os.environ.get(size, "")):  # no size at all: then it is asked of the terminal
            os.environ.pop(size, None)
    codecs.register_error("signs", _plain_sign)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="signs")
    if hasattr(signal, "SIGPIPE"):  # `evenhand ... | head` ends as other programs do, not with a failed check's code
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def _is_size(stated: str) -> bool:
    return stated.isdecimal() and int(stated) >= 1


def _plain_sign(error: UnicodeError) -> tuple[str, int]:
    from rich.cells import cell_len

    assert isinstance(error, UnicodeEncodeError), "only writing meets signs that a locale lacks"
    written = error.object[error.start : error.end].translate(SIGNS)
    # a question mark a cell, so that columns stay where they are; nothing for what nobody sees
    return "".join(sign if sign.isascii() else "?" * cell_len(sign) for sign in written), error.end


def document(verb: str, *, ok: bool, **content: Any) -> None:
    """Print the one JSON document of a verb; a list of numbers stands on one line."""
    tree = {"schema": f"evenhand/cli/{verb}/{VERSION}", "ok": ok, **content}
    dump = partial(json.dumps, ensure_ascii=not sys.stdout.encoding.lower().startswith("utf"))
    print("".join(_laid_out(tree, dump)))


def _laid_out(tree: Any, dump: "Callable[[Any], str]", margin: str = "\n") -> "Iterator[str]":
    """Write JSON as people read it: what has parts has lines of its own, but numbers of one list share a line."""
    if isinstance(tree, Mapping) and tree:
        named = [f"{dump(key if isinstance(key, str) else dump(key))}: " for key in tree]
        opening, parts, closing = "{", list(zip(named, tree.values(), strict=True)), "}"
    elif isinstance(tree, list | tuple) and any(isinstance(each, str | Mapping | list | tuple) for each in tree):
        opening, parts, closing = "[", [("", each) for each in tree], "]"
    else:
        yield dump(tree)
        return
    yield opening
    for place, (name, part) in enumerate(parts):
        yield f"{',' if place else ''}{margin}{INDENT}{name}"
        yield from _laid_out(part, dump, margin + INDENT)
    yield margin + closing


def refusal(error: EvenhandError, *, as_json: bool) -> None:
    """Tell what was refused, on stderr; as JSON on stdout where JSON was asked for."""
    from evenhand import canonical

    if as_json:
        document("error", ok=False, problems=canonical.tree(error.problems))
        return
    console = _console(stderr=True)
    console.print("refused:", style="bold red", highlight=False)
    for line in str(error).splitlines():
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)


def round_(outcome: "Outcome", folder: Path, *, notes: Sequence[str] = ()) -> None:
    """Show a round: the table of offers, the checks, and where its files lie."""
    from evenhand import publication
    from evenhand.reports.evidence import passed_over
    from evenhand.reports.terminal import checks, offers_table

    console = _console()
    console.print()
    console.print(offers_table(outcome, width=console.width))
    if outcome.record is not None and outcome.record.coalitions.permutations:
        count = outcome.record.coalitions.permutations
        note = f"values are estimates from {count:,} drawn orders; the report has their 95 % intervals"
        console.print(note, style="dim", highlight=False)
    console.print()
    for passed, sentence in checks(outcome):
        _mark(console, passed, sentence)
    for name, material in outcome.record.materials.items() if outcome.record else ():
        for sentence in passed_over(material.manifest):
            _mark(console, None, f"{name}: {sentence}")
    console.print()
    for note in notes:
        console.print(f"invented: {note}", style="dim", markup=False, highlight=False)
    if notes:
        console.print()
    console.print(f"report   {folder / publication.REPORT}", markup=False, highlight=False, soft_wrap=True)
    command = f"{_program()} verify {shlex.quote(str(folder))}"
    console.print(f"verify   {command}", markup=False, highlight=False, soft_wrap=True)


def _program() -> str:
    """Name this program so that the line can be pasted: as it is called here, where it is not on the PATH."""
    if shutil.which("evenhand"):
        return "evenhand"
    return sys.argv[0] if Path(sys.argv[0]).stem == "evenhand" else "python -m evenhand"


def checks(made: "Sequence[Check]") -> None:
    """Show what was verified, and end with a sentence."""
    console = _console()
    for check in made:
        _mark(console, check.passed, f"{check.subject}: {check.statement}")
    failed = sum(check.passed is False for check in made)
    unseen = sum(check.passed is None for check in made)
    verdict = f"{failed} of {len(made)} checks failed" if failed else "verified: everything checked follows"
    console.print(verdict + (f"; {unseen} of {len(made)} checks could not be made" if unseen else ""), highlight=False)


def findings(found: "Sequence[Finding]", mechanism: "Mechanism", written: "Written | None" = None) -> None:
    """Show what became of each claim, and for what was missed the market and who shows it."""
    from evenhand.reports.findings import LEGEND, PLAIN, findings_table, shown

    console, how = _console(), written or PLAIN
    console.print(findings_table(found, mechanism, console.width, how))
    missed = [finding for finding in found if not finding.holds]
    if missed:
        console.print(f"\n{LEGEND}", style="dim", highlight=False)
    for finding in missed:
        statement, *lines = shown(finding, how)
        console.print()
        _paragraph(console, f"{finding.claim}: {statement}")
        for line in lines:
            _paragraph(console, f"    {line}")


def comparison(made: "Comparison", folder: Path | None) -> None:
    """Show what each mechanism buys and pays, what is broken, and who is paid what."""
    from evenhand.reports import comparison as told
    from evenhand.reports.notation import count, money

    console, terms = _console(), made.terms
    pool = f" and {money(terms.share_pool_minor, terms.currency)} in shares" if terms.share_pool_minor else ""
    budget = f"{money(terms.budget_minor, terms.currency)}{pool}"
    console.print(f"\n{count(len(made.record.offers), 'offer')}, a budget of {budget}\n", markup=False, highlight=False)
    console.print(told.mechanisms_table(made, console.width))
    console.print()
    for sentence in told.LEGEND:
        console.print(sentence, style="dim", markup=False, highlight=False)
    if broken := told.broken(made):
        console.print()
    for name, sentence in broken:
        _mark(console, False, f"{name}: {sentence}")
    for name, problems in made.refused.items():
        _mark(console, None, f"{name} cannot run here: {'; '.join(map(str, problems))}")
    if made.paid_somewhere:
        note = "paid, in cash and shares together" if any(each.shares for each in made.purchases) else "paid in cash"
        console.print(f"\n{note}:", style="dim", highlight=False)
        for table in told.payments_tables(made, console.width):
            console.print()
            console.print(table)
    unseen = len(made.paid_somewhere) - told.SELLERS_MAX
    if unseen > 0:
        console.print(f"and {count(unseen, 'more seller')}: --out DIR has all", style="dim", highlight=False)
    if folder is not None:
        console.print(f"\npage     {folder / told.PAGE}", markup=False, highlight=False, soft_wrap=True)


def warning(told: str) -> None:
    """Tell something beforehand, on stderr."""
    _paragraph(_console(stderr=True), told)


def priced(made: "PricedPosted | PricedRoyalties") -> None:
    """Show a market that was priced: who asks what and why, who buys what, and where asking again would end."""
    from evenhand.reports.notation import count, visible
    from evenhand.reports.pricing import told

    console, market = _console(), made.market
    sides = f"{count(len(market.seller_names), 'seller')}, {count(len(market.buyer_names), 'buyer')}"
    console.print(f"\n{visible(market.name)}: {sides}", style="bold", markup=False, highlight=False)
    _sections(console, told(made))


def simulated(made: "Simulated", folder: Path) -> None:
    """Show what came of a market that repeats: what everybody has by the end, t*, and where the files lie."""
    from evenhand.reports.notation import visible
    from evenhand.reports.simulation import PAGE, opening, told

    console = _console()
    console.print(f"\n{visible(made.experiment.name)}", style="bold", markup=False, highlight=False)
    _paragraph(console, opening(made))
    _sections(console, told(made))
    console.print(f"\nreport   {folder / PAGE}", markup=False, highlight=False, soft_wrap=True)


def _sections(console: "Console", sections: "Sequence[Section]") -> None:
    for section in sections:
        console.print()
        _paragraph(console, section.heading, style="dim")
        if section.columns:
            _tabulate(console, section)
        for place, sentence in enumerate(section.sentences):
            if section.columns and not place:
                console.print()
            _paragraph(console, sentence)


def _tabulate(console: "Console", section: "Section") -> None:
    """Show names and numbers side by side; where the terminal is too narrow, each row has lines of its own.

    Names, words and headings wrap, numbers never do.
    """
    for wrapped in (False, True):
        table, needed = _side_by_side(section, wrapped=wrapped)
        if needed <= console.width:
            console.print(table)
            return
    _stack(console, section)


def _side_by_side(section: "Section", *, wrapped: bool) -> "tuple[Table, int]":
    """Lay out a table, and give the cells that it needs at least."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    needed = -2
    for place, (heading, *cells) in enumerate(zip(section.columns, *section.rows, strict=True)):
        longest = max(map(cell_len, cells), default=0)
        if not place or heading in section.words:
            least = min(longest, NAMES_LEAST)
            table.add_column(Text(heading), overflow="fold", min_width=least)
        else:
            lines = wrap(heading, max(longest, NAMES_LEAST)) if wrapped else [heading]
            least = max(longest, *map(cell_len, lines))
            table.add_column(Text("\n".join(lines)), justify="right", no_wrap=True)
        needed += least + 2
    for row in section.rows:
        table.add_row(*map(Text, row))
    return table, needed


def _stack(console: "Console", section: "Section") -> None:
    """Show each row on lines of its own, each cell behind its heading."""
    first = ""
    for place, row in enumerate(section.rows):
        if place:
            console.print()
        first = row[0] or first  # what goes on from the row above is said again
        named = [f"{heading}: {cell}" for heading, cell in zip(section.columns, (first, *row[1:]), strict=True) if cell]
        for line, cell in enumerate(named):
            _paragraph(console, f"{INDENT if line else ''}{cell}")


def explanation(told: "Explanation") -> None:
    """Show why one seller was bought or not, and the arithmetic."""
    from rich.table import Table
    from rich.text import Text

    console = _console()
    for sentence in told.sentences:
        console.print(sentence, markup=False, highlight=False)
    steps = Table.grid(padding=(0, 2))
    for step in told.steps:
        name, _, arithmetic = step.partition(": ")
        steps.add_row(Text(name, style="dim"), Text(arithmetic))
    console.print("\nStep by step:", highlight=False)
    console.print(steps)


def scorecard(card: "ScoreCard", told: Sequence[str] = ()) -> None:
    """Show what was measured of one dataset, what was not looked at, and the documents that explain the scores.

    Args:
        card: of the dataset.
        told: what is to be known of how its own card was read.
    """
    from rich.table import Table
    from rich.text import Text

    from evenhand.reports import scorecard as owner

    console = _console()
    for line in owner.opening(card):
        _paragraph(console, line)
    _mark(console, not card.licence, owner.licensed(card))
    for line in told:
        _mark(console, None, line)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("measure")
    table.add_column("score", justify="right")
    table.add_column("counted", overflow="fold")
    for measure, score, words in owner.rows(card):
        table.add_row(measure, score, Text(words), style="bold" if measure in ("quality", "value") else None)
    console.print()
    console.print(table)
    if missing := owner.not_checked(card):
        console.print("\nNOT CHECKED", style="bold yellow", highlight=False)
    for line in missing:
        _mark(console, None, line)
    for section in owner.sections(card):
        console.print(f"\n{section.heading}", style="dim", markup=False, highlight=False)
        for line in section.lines:
            _paragraph(console, f"  {line}")


def reference(meta: "Meta", folder: Path) -> None:
    """Show a reference that was built, and how a call names it."""
    from evenhand.reports.notation import count

    console = _console()
    told = f"{meta.name}: {count(meta.sentences, 'sentence')}, {meta.embedded:,} of them embedded by {meta.embedding}"
    _paragraph(console, told)
    console.print(meta.digest, markup=False, highlight=False, soft_wrap=True)
    if meta.embedded < meta.sentences:
        _mark(console, None, "of the sentences without a vector only copies are found; --most allows more")
    console.print(f"\nfolder   {folder}", markup=False, highlight=False, soft_wrap=True)
    console.print('name it in CALL.toml, relative to it: [quality] reference = "..."', markup=False, highlight=False)


def figures(made: "Sequence[Figure]", folder: Path, seconds: Mapping[str, float]) -> None:
    """Show what the figures that were computed again say, how long each took, and where they lie."""
    from evenhand.reports.reproductions import PAGE, stage

    console = _console()
    for figure in made:
        took = f"{seconds[stage(figure.name)]:.1f} s"
        console.print(f"\nFigure {figure.name}: {figure.title} ({took})", style="bold", markup=False, highlight=False)
        for paragraph in figure.finds:
            console.print(paragraph, markup=False, highlight=False)
    console.print(f"\n{folder / PAGE}", markup=False, highlight=False, soft_wrap=True)


def _paragraph(console: "Console", told: str, style: str = "") -> None:
    """Print a paragraph; where it is wrapped, its further lines stand as far in as the first."""
    from rich.text import Text

    words = told.lstrip(" ")
    margin = " " * (len(told) - len(words))
    for line in Text(words).wrap(console, max(1, console.width - len(margin))):
        line.rstrip()
        console.print(margin + line.plain, style=style, markup=False, highlight=False, soft_wrap=True)


def _mark(console: "Console", passed: bool | None, sentence: str) -> None:
    from rich.text import Text

    sign, style = MARKS[passed]
    console.print(Text.assemble((sign, style), " ", sentence), highlight=False, soft_wrap=not console.is_terminal)


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, file=None if stderr else sys.stdout)
