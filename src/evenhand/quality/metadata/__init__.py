"""How much does the seller tell about the dataset, in a form that can be used?

Metadata = valid fields / expected fields [Ayyoubzadeh25, section 7.3]. A field counts when it says something that a
buyer can use, not when it is filled; what makes each valid stands in one table (`fields.FIELDS`). Appendix C counts
"filled" fields instead, and "x" fills a field: `count_appendix_c` keeps that form for comparison.

    fields.py    the table: field -> what is valid, why a buyer needs it, an example
    checks.py    what is wrong with the text of a field
    filler.py    texts that say nothing, and one text in many places

The six fields of `REQUIRED` are expected unless the call names others. What cannot be told from the text alone is
compared with what was measured: `Facts`. What is *not* promised: that a well-formed statement is true where there is
nothing here to compare it with. A buyer should treat such a statement as the seller's word, on which a contract can
rest.

Why stuffing gains nothing: fields with a form (licence, language, version, size, checksum, period) take no sentence;
of the fields in words, those that say the same count once; and filler counts nowhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evenhand.errors import Problem, refuse, shown, unknown
from evenhand.plaintext import plain
from evenhand.quality.counts import share
from evenhand.quality.metadata.checks import TEXT_LENGTH_MAX, Facts
from evenhand.quality.metadata.fields import ALIASES, FIELDS, REQUIRED, Field
from evenhand.quality.metadata.filler import same

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
    "score",
    "score_appendix_c",
    "score_section7",
    "stated",
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
        OfferError: none is named, one is not known, or one stands there twice; every such name is told.

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
    refuse(problems)
    return tuple(names)


def examine(metadata: Mapping[str, str], facts: Facts, required: Sequence[str] = REQUIRED) -> dict[str, Verdict]:
    """Look at each expected field: what is valid, what is wrong, and what would be right.

    Args:
        metadata: what is stated of the dataset as a whole; "license" is read as "licence" where that is not stated.
        facts: what statements are compared with.
        required: the expected fields, in the order of the answer.

    Raises:
        OfferError: `required` names a field that is not known.

    >>> print(examine({"language": "jp"}, Facts(), ["language"])["language"])
    "jp" is no language (did you mean "ja"?); a language is a tag of BCP 47, or several with commas. Write one, such as
    "en" or "de, pt-BR": a buyer can then tell whether a model will understand it.
    """
    names = expected(required)
    texts = stated(metadata)
    verdicts = {name: _examined(name, texts.get(name, ""), facts) for name in FIELDS if name in names}
    valid = {name: texts[name] for name, verdict in verdicts.items() if verdict.valid and FIELDS[name].is_stated}
    for name, twin in _twins(valid):
        verdicts[name] = Verdict(f'{shown(texts[name])} says what "{twin}" says already', FIELDS[name])
    return {name: verdicts[name] for name in names}


def count(verdicts: Mapping[str, Verdict]) -> dict[str, int]:
    """Say of each field that was examined whether it is valid: 1 or 0.

    >>> stated = {"licence": "MIT", "language": "English", "source": "unknown"}
    >>> count(examine(stated, Facts(dated=19, documents=20)))
    {'licence': 1, 'language': 0, 'source': 0, 'version': 0, 'description': 0, 'date': 1}
    """
    return {name: int(verdict.valid) for name, verdict in verdicts.items()}


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
    """Say of each expected field whether it is filled: 1 or 0 [Ayyoubzadeh25, appendix C]. Kept for comparison.

    Args:
        metadata: what the seller states of the dataset as a whole.
        dated: how many documents have a date of their own; one fills the field "date".
        required: the expected fields, names of `FIELDS`; the appendix names none.

    Raises:
        OfferError: `required` names a field that is not known.

    One letter fills a field, whatever it says:

    >>> stuffed = dict.fromkeys(REQUIRED, "x")
    >>> score_appendix_c(count_appendix_c(stuffed)), score(count(examine(stuffed, Facts())))
    (1000000, 0)
    """
    texts = stated(metadata)
    return {name: int(bool(texts.get(name)) or (name == "date" and dated > 0)) for name in expected(required)}


def score_appendix_c(counts: Mapping[str, int]) -> int:
    """Give filled / required in millionths [Ayyoubzadeh25, appendix C]: what `score` gives, of other counts."""
    return score(counts)


def stated(metadata: Mapping[str, str]) -> dict[str, str]:
    """Give field -> its plain text, aliases resolved; what is too long to be metadata stays as it is.

    >>> stated({"license": " MIT ", "colour": "blue"})
    {'licence': 'MIT', 'license': 'MIT', 'colour': 'blue'}
    """
    named = {ALIASES[name]: str(text) for name, text in metadata.items() if name in ALIASES}
    named |= {name: str(text) for name, text in metadata.items()}
    return {name: plain(text) if len(text) <= TEXT_LENGTH_MAX else text for name, text in named.items()}


def _twins(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give each field whose text says what a field before it says, and the first field that says so."""
    kept: dict[str, str] = {}
    for name, text in texts.items():
        if twin := next((other for other, said in kept.items() if same(said, text)), ""):
            yield name, twin
        else:
            kept[name] = text


def _examined(name: str, text: str, facts: Facts) -> Verdict:
    field = FIELDS[name]
    if field.is_stated and not text:
        return Verdict("is missing", field)
    if len(text) > field.length_max:
        return Verdict(f"has {len(text):,} characters, more than {field.length_max:,}", field)
    found = shown(text) if field.is_stated else f"{facts.dated:,} of {facts.documents:,} documents have one"
    return Verdict(field.wrong(text, facts), field, found)
