"""The pages hold together: keys are in the bibliography, errata are tests, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = sorted(path for folder in ("src", "tests", "benchmarks", "examples") for path in (ROOT / folder).rglob("*.py"))

KEY = r"[A-Z][A-Za-z]+\d\d"
CITED = re.compile(rf"\[({KEY}(?:, [^\]\[;]+)?(?:; {KEY}(?:, [^\]\[;]+)?)*)\]")
"""[Myerson81], [Fan25, eq. 7], [Zhai04, section 3.2; MacKay95]."""


def cited(text):
    """The keys that a text cites.

    >>> sorted(cited("as in [Fan25, eq. 7] and [Singer10; ChenGravinLu11]"))
    ['ChenGravinLu11', 'Fan25', 'Singer10']
    """
    return {key for found in CITED.findall(text) for key in re.findall(rf"(?:^|; )({KEY})", found)}


def keys():
    return set(re.findall(rf"^\| \[({KEY})\]", (ROOT / "docs" / "bibliography.md").read_text(), flags=re.MULTILINE))


def test_every_source_that_is_cited_is_in_the_bibliography():
    missing = {
        f"{key} in {path.relative_to(ROOT)}" for path in [*CODE, *PAGES] for key in cited(path.read_text()) - keys()
    }
    assert missing == set()


def test_every_source_of_a_mechanism_is_in_the_bibliography():
    from evenhand.mechanisms import MECHANISMS

    assert {mechanism.source for mechanism in MECHANISMS.values()} <= keys()


def test_every_source_in_the_bibliography_is_cited():
    used = {key for path in [*CODE, *PAGES] if path.name != "bibliography.md" for key in cited(path.read_text())}
    assert keys() - used == set()


def test_the_guard_reads_keys():
    assert cited("[Zhai04, section 3.2; MacKay95] [0] [Nobody] [Singer10]") == {"Zhai04", "MacKay95", "Singer10"}


def errata():
    return set(re.findall(r"^## (E-\d{3}-\d\d):", (ROOT / "docs" / "errata.md").read_text(), flags=re.MULTILINE))


def test_every_erratum_is_a_test_and_every_such_test_an_erratum():
    named = {
        found.upper().replace("_", "-")
        for path in (ROOT / "tests" / "papers").glob("test_*.py")
        for found in re.findall(r"^def test_(e_\d{3}_\d\d)_", path.read_text(), flags=re.MULTILINE)
    }
    assert named == errata()


def test_every_erratum_that_is_mentioned_exists():
    mentioned = {found for path in [*CODE, *PAGES] for found in re.findall(r"\bE-\d{3}-\d\d\b", path.read_text())}
    assert mentioned == errata()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    text = page.read_text()
    lost = [
        target
        for target in re.findall(r"\]\(([^)\s]+)\)", text)
        if not target.startswith(("http://", "https://"))
        and (f'id="{target[1:]}"' not in text if target.startswith("#") else not (page.parent / target).exists())
    ]
    assert lost == []
