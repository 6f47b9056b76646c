"""How much does the seller tell about the dataset, in a form that can be used?

Metadata = valid fields / expected fields [Ayyoubzadeh25, section 7.3]. A field counts when it says something that a
buyer can use, not when it is filled; what makes each valid stands in one table (`fields.FIELDS`). Appendix C counts
"filled" fields instead, and "x" fills a field: `count_appendix_c` keeps that form to be looked at.

    fields.py    the table: field -> what is valid, why a buyer needs it, an example
    checks.py    what is wrong with the text of a field
    filler.py    texts that say nothing, and one text in many places

Expected are the six of `REQUIRED` unless the call names others. What cannot be told from the text alone is compared
with what was measured: `Facts`. What is *not* promised: that a well-formed statement is true where nothing here can be
compared with it. A buyer should treat those as the seller's word, on which a contract can rest.

Why stuffing gains nothing: fields with a form (licence, language, version, size, checksum, period) take no sentence;
of fields in words, one that says what another says counts once; and filler counts nowhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evenhand.errors import OfferError, Problem, unknown
from evenhand.plaintext import plain
from evenhand.quality.counts import share
from evenhand.quality.metadata.checks import TEXT_LENGTH_MAX, Facts, shown
from evenhand.quality.metadata.fields import ALIASES, FIELDS, REQUIRED, Field
from evenhand.quality.metadata.filler import same
from evenhand.records import Manifest

COUNTS = REQUIRED
"""The counts where a call names no fields of its own: 1 for a field that is valid, 0 for one that is not."""

__all__ = [
    "ALIASES",
    "COUNTS",
    "FIELDS",
    "REQUIRED",
    "Facts",
    "Verdict",
    "count",
    "count_appendix_c",
    "examine",
    "expected",
    "reasons",
    "score",
    "score_appendix_c",
    "score_section7",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one field.

    >>> print(Verdict("is missing", FIELDS["version"]))
    is missing; a version has a digit and at most 40 letters, digits and . _ + ~ -. Write one, such as "2025.2": a later
    delivery can then be told from this one.
    """

    wrong: str
    """what is wrong; "" for a valid field."""
    field: Field
    found: str = ""
    """what is right, of a valid field."""

    @property
    def valid(self) -> bool:
        """Whether the field counts."""
        return not self.wrong

    def __str__(self) -> str:
        if self.valid:
            return f"valid: {self.found}"
        return f"{self.wrong}; {self.field.right}. Write one, such as {self.field.example}: {self.field.why}."


def expected(required: Sequence[str], where: str = "required") -> tuple[str, ...]:
    """Read which fields a call expects.

    Args:
        required: names of `FIELDS`.
        where: what the message is about.

    Raises:
        OfferError: there is none, one is not known, or one stands twice; every such name is told.

    >>> expected(["license", "contact"])
    ('licence', 'contact')
    """
    names = [ALIASES.get(name, name) for name in required]
    problems = [unknown(f"{where}[{place}]", name, FIELDS) for place, name in enumerate(names) if name not in FIELDS]
    problems += [
        Problem(f"{where}[{place}]", f'"{name}" stands there twice', "each field is expected once", "Keep one.")
        for place, name in enumerate(names)
        if name in names[:place]
    ]
    if not names:
        problems = [Problem(where, "names no field", "at least one is expected", "Name some, or leave it out.")]
    if problems:
        raise OfferError(problems)
    return tuple(names)


def examine(metadata: Mapping[str, str], facts: Facts, required: Sequence[str] = REQUIRED) -> dict[str, Verdict]:
    """Look at each expected field: what is valid, what is wrong, and what would be right.

    Args:
        metadata: what is stated of the dataset as a whole; "license" is read as "licence" where that is not stated.
        facts: what statements are compared with.
        required: the expected fields, in the order of the answer.

    Raises:
        OfferError: `required` names a field that is not known.
    """
    names = expected(required)
    texts = _texts(metadata)
    verdicts = {name: _examined(name, texts.get(name, ""), facts) for name in FIELDS if name in names}
    kept: dict[str, str] = {}
    for name, verdict in verdicts.items():
        if verdict.valid and FIELDS[name].is_stated:
            if twin := next((other for other, text in kept.items() if same(text, texts[name])), ""):
                verdicts[name] = Verdict(f'{shown(texts[name])} says what "{twin}" says already', verdict.field)
            else:
                kept[name] = texts[name]
    return {name: verdicts[name] for name in names}


def count(
    metadata: Mapping[str, str],
    *,
    dated: int,
    documents: int,
    as_of: date | None = None,
    manifest: Manifest | None = None,
    files: Iterable[str] = (),
    tokens: int = 0,
    foreign: int = 0,
    required: Sequence[str] = REQUIRED,
) -> dict[str, int]:
    """Say of each expected field whether it is valid: 1 or 0.

    Args:
        metadata: what the seller states of the dataset as a whole.
        dated: how many distinct documents have a usable date, their own or the dataset's.
        documents: how many distinct documents there are.
        as_of: the day of the call; None where there is none to compare a period with.
        manifest: what was counted of the dataset, for "size" and "checksum".
        files: SHA-256 (64 hexadecimal digits) of each file that is offered, for "checksum".
        tokens: how many there are, for "language".
        foreign: how many of them are of none of the languages that are read, for "language".
        required: names of `FIELDS`.

    Raises:
        OfferError: `required` names a field that is not known.

    >>> count({"licence": "MIT", "language": "English", "source": "unknown"}, dated=19, documents=20)
    {'licence': 1, 'language': 0, 'source': 0, 'version': 0, 'description': 0, 'date': 1}
    """
    facts = Facts(dated, documents, as_of, manifest, frozenset(files), tokens, foreign)
    return {name: int(verdict.valid) for name, verdict in examine(metadata, facts, required).items()}


def reasons(
    metadata: Mapping[str, str],
    *,
    dated: int,
    documents: int,
    as_of: date | None = None,
    manifest: Manifest | None = None,
    files: Iterable[str] = (),
    tokens: int = 0,
    foreign: int = 0,
    required: Sequence[str] = REQUIRED,
) -> dict[str, str]:
    """Say of each expected field, in words for the seller, what is valid, what is wrong and what would be right.

    Args and raises as in `count`.

    >>> print(reasons({"language": "jp"}, dated=0, documents=1, required=["language"])["language"])
    "jp" is no language (did you mean "ja"?); a language is a tag of BCP 47, or several with commas. Write one, such as
    "en" or "de, pt-BR": a buyer can then tell whether a model will understand it.
    """
    facts = Facts(dated, documents, as_of, manifest, frozenset(files), tokens, foreign)
    return {name: str(verdict) for name, verdict in examine(metadata, facts, required).items()}


def score(counts: Mapping[str, int]) -> int:
    """Give the richness of the metadata in millionths: the share of the expected fields that are valid; 0 of none.

    >>> score({"licence": 1, "language": 1, "date": 0})
    666667
    """
    return share(Fraction(sum(counts.values()), max(len(counts), 1)))


def score_section7(counts: Mapping[str, int]) -> int:
    """Give valid / expected in millionths [Ayyoubzadeh25, section 7.3]: what `score` gives."""
    return score(counts)


def count_appendix_c(
    metadata: Mapping[str, str], *, dated: int = 0, required: Sequence[str] = REQUIRED
) -> dict[str, int]:
    """Say of each required field whether it is filled: 1 or 0 [Ayyoubzadeh25, appendix C]. Kept to be looked at.

    Args:
        metadata: what the seller states of the dataset as a whole.
        dated: how many documents have a date of their own; one fills the field "date".
        required: names of `FIELDS`; the appendix names none.

    Raises:
        OfferError: `required` names a field that is not known.

    One letter fills a field, whatever it says:

    >>> stuffed = dict.fromkeys(REQUIRED, "x")
    >>> score_appendix_c(count_appendix_c(stuffed)), score(count(stuffed, dated=0, documents=1))
    (1000000, 0)
    """
    texts = _texts(metadata)
    return {name: int(bool(texts.get(name)) or (name == "date" and dated > 0)) for name in expected(required)}


def score_appendix_c(counts: Mapping[str, int]) -> int:
    """Give filled / required in millionths [Ayyoubzadeh25, appendix C]."""
    return share(Fraction(sum(counts.values()), max(len(counts), 1)))


def _texts(metadata: Mapping[str, str]) -> dict[str, str]:
    """Give the plain texts under their own names; what is too long to be metadata stays as it is."""
    named = {ALIASES[name]: str(text) for name, text in metadata.items() if name in ALIASES}
    named |= {name: str(text) for name, text in metadata.items()}
    return {name: plain(text) if len(text) <= TEXT_LENGTH_MAX else text for name, text in named.items()}


def _examined(name: str, text: str, facts: Facts) -> Verdict:
    field = FIELDS[name]
    if field.is_stated and not text:
        return Verdict("is missing", field)
    if len(text) > TEXT_LENGTH_MAX:
        return Verdict(f"has {len(text):,} characters, more than {TEXT_LENGTH_MAX:,}", field)
    found = shown(text) if field.is_stated else f"{facts.dated:,} of {facts.documents:,} documents have one"
    return Verdict(field.wrong(text, facts), field, found)
