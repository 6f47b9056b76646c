"""What is the chance that a sentence of the text is whole?

    Cleanliness = (1 - again / tokens) (1 - errors / (tokens - again))^20

the chance that a sentence is none that its document had before, times the chance that 20 tokens drawn from the rest,
a sentence of usual length, hold no damaged one. Damage falls on single tokens, and twenty of them are twenty chances of
it; repetition falls on whole sentences (`repetition.lost`), and a sentence is one chance of it. Counted so, the score
is what it says: of the sentences of real tables, cut into twenty tokens each, as many are whole, to three in a hundred.

The formula of the paper, 1 - k * errors / tokens with k = 50, is 0 from one error in fifty tokens on, so that 2 % and
50 % of noise score alike; this one falls with every error, is near 1 - 20 * errors / tokens where errors are few, and 0
only where no token is whole. It is an exact fraction of whole numbers.

A damaged token counts as one error, under the first of these kinds:

    character    replacement characters, controls, private use, code points that are no character, alphabets mixed
    mojibake     UTF-8 read as another encoding, by ftfy's heuristic [Speer19]
    broken       a word cut by a hyphen at the end of a line (its second half is not read)
    scan         0, 1 or 5 between the lower-case letters of a word ("l0ve"), or a letter four times in a row ("IIII")
    markup       HTML tags and entities left in the text
    misspelling  a rare word one edit away from a common, much more frequent one (`spelling`), in de, en, es, fr, it, pt
    boilerplate  navigation, cookie notices, subscriptions, legal notices (`boilerplate`)
    repetition   tokens of passages that the document had before, beyond three tokens in ten (`repetition`)

Numbers, formulas, addresses, identifiers and code are no words and are not read; a word that no dictionary lists is
not damaged for that. `unread` counts the tokens with letters whose spelling nobody looked at: all of a document in
another language or none (`language`), and names in programs, addresses and other scripts. They are no errors.

They are a place to hide, so two more counts are errors as far as they are more than real text ever has, in the whole
dataset (`errors`); documents in languages that are not read do not add to them:

    `unlisted`    words that are in no dictionary, beyond a quarter of all tokens            real text: 0.00 to 0.03
    `disguised`   of `names`, letters in something else, those that hold a slip: "x_recieve",
                  beyond a sixth of all names                                                real text: 0.00 to 0.13

The numbers are of medical, mathematical and everyday text, documentation and code; old prose, where next to nothing is
a name, has more. Of slips written like names 0.52 to 0.82 are disguised. What is written in no language at all is clean
and unread, as a language is that nobody here knows.

The paper's "stop-word excess" is left out: tables, lists and code have none and prose has many, and what is excess
differs by language.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from evenhand.quality.batch import Batch, Notes
from evenhand.quality.cleanliness import boilerplate, repetition, visible
from evenhand.quality.cleanliness.language import LANGUAGES, frequent
from evenhand.quality.cleanliness.reading import Reading, readings
from evenhand.quality.cleanliness.vocabulary import ANCHOR, LETTERS, WORD
from evenhand.quality.counts import share
from evenhand.quality.text import count_tokens_begun, tokens
from evenhand.records import Array

KINDS = (*visible.KINDS, "misspelling", "boilerplate", "repetition")
NOT_READ = ("unread", "unlisted", "names", "disguised")
COUNTS = ("tokens", *KINDS, *NOT_READ)

SENTENCE_TOKENS = 20
"""The exponent: the tokens of a sentence of usual length."""

UNLISTED_ALLOWED, DISGUISED_ALLOWED = Fraction(1, 4), Fraction(1, 6)
"""The share of the tokens that may be in no dictionary; that of the names that may hold a slip."""

_CODE = {kind: 1 + place for place, kind in enumerate(KINDS)}  # 0 stands for no damage


def notes(batch: Batch) -> dict[str, Array]:
    """Note the damage of each document.

    Returns:
        "tokens": (n,); "damage": (n, kinds), damaged tokens by `KINDS`; and, (n,) each: "unread", tokens with letters
        whose spelling nobody looked at; of documents that are read also "unlisted", words without damage that no
        dictionary lists, "names", letters in something else, and "disguised", those of them that hold a slip. All
        int64.

    >>> from evenhand.records import Document
    >>> noted = notes(Batch.of([Document("We recieve the l0ve of ship-\\nping &amp;amp; more of it")]))
    >>> {kind: number for kind, number in zip(KINDS, noted["damage"][0].tolist(), strict=True) if number}
    {'broken': 1, 'scan': 1, 'markup': 1, 'misspelling': 1}
    """
    columns = np.concatenate([np.zeros((0, len(COUNTS)), np.int64), *map(_note, readings(batch.texts))])
    first, last = 1, 1 + len(KINDS)
    not_read = dict(zip(NOT_READ, columns[:, last:].T, strict=True))
    return {"tokens": columns[:, 0], "damage": columns[:, first:last], **not_read}


def count(noted: Notes) -> dict[str, int]:
    """Put the notes of all documents together."""
    return {
        "tokens": int(noted["tokens"].sum()),
        **dict(zip(KINDS, noted["damage"].sum(axis=0).tolist(), strict=True)),
        **{name: int(noted[name].sum()) for name in NOT_READ},
    }


def errors(counts: Mapping[str, int]) -> Fraction:
    """Give the damaged tokens, and what is written so as not to be read beyond what real text has; at most all.

        errors = sum over kinds + (unlisted - tokens / 4)+ + (disguised - names / 6)+

    >>> none = dict.fromkeys(COUNTS, 0) | {"tokens": 100}
    >>> some = ({"unread": 100}, {"unlisted": 20}, {"unlisted": 30}, {"names": 60, "disguised": 10})
    >>> [str(errors(none | counts)) for counts in (*some, {"names": 6, "disguised": 6})]
    ['0', '0', '5', '0', '5']
    """
    found = sum(counts[kind] for kind in KINDS)
    nonsense = max(counts["unlisted"] - UNLISTED_ALLOWED * counts["tokens"], Fraction(0))
    disguised = max(counts["disguised"] - DISGUISED_ALLOWED * counts["names"], Fraction(0))
    return min(found + nonsense + disguised, Fraction(counts["tokens"]))


def score(counts: Mapping[str, int]) -> int:
    """Give the cleanliness in millionths; 0 where there is no token.

        (1 - again / tokens) (1 - errors / (tokens - again))^20

    where again are the tokens that repetition takes up (`repetition.lost`), and errors all others of `errors`.

    >>> none = dict.fromkeys(COUNTS, 0)
    >>> [score(none | {"tokens": 1000, "misspelling": errors}) for errors in (0, 1, 10, 100, 1000)]
    [1000000, 980189, 817907, 121577, 0]
    >>> [score(none | {"tokens": 1000, "repetition": again}) for again in (0, 7, 70, 700)]
    [1000000, 990000, 900000, 0]
    """
    tokens, again = Fraction(counts["tokens"]), repetition.lost(counts["repetition"])
    others = errors(counts) - counts["repetition"]
    if again + others >= tokens:
        return 0
    return share((1 - again / tokens) * (1 - others / (tokens - again)) ** SENTENCE_TOKENS)


def worst(noted: Notes, most: int = 10) -> list[tuple[int, dict[str, int]]]:
    """Name the documents that pull the score down most: (row, kind -> damaged tokens), the most damaged first.

    What counts is the number of damaged tokens, for the score is that of all tokens together; of equals the earlier row
    comes first.

    >>> from evenhand.records import Document
    >>> worst(notes(Batch.of(map(Document, ["Fine words", "A l0ve &amp; a w0rd", "a \\ufffd"]))))
    [(1, {'scan': 2, 'markup': 1}), (2, {'character': 1})]
    """
    errors = noted["damage"].sum(axis=1)
    rows = [row for row in np.argsort(-errors, kind="stable")[:most].tolist() if errors[row]]
    return [
        (row, {kind: number for kind, number in zip(KINDS, noted["damage"][row].tolist(), strict=True) if number})
        for row in rows
    ]


def examples(text: str, most: int = 3) -> list[tuple[str, str]]:
    """Show damaged tokens of a text: (kind, token), at most some different ones of a kind, in the order of the text.

    >>> examples("We recieve the l0ve of it. We recieve it &amp; kepe the love.")
    [('misspelling', 'recieve'), ('scan', 'l0ve'), ('markup', '&amp;'), ('misspelling', 'kepe')]
    """
    codes = np.concatenate([_codes(group) for group in readings([text])])
    shown: dict[str, list[str]] = {kind: [] for kind in KINDS}
    told = []
    listed = tokens(visible.as_seen(text))
    for place in np.flatnonzero(codes).tolist():
        kind, token = KINDS[codes[place] - 1], listed[place]
        if token not in shown[kind] and len(shown[kind]) < most:
            shown[kind].append(token)
            told.append((kind, token))
    return told


def _note(group: Reading) -> Array:
    """(n, COUNTS): tokens, damage by kind and what was not read of each document of a group."""
    kinds, documents = len(KINDS) + 1, len(group.texts)
    codes = _codes(group)
    damage = np.bincount(group.owners * kinds + codes, minlength=documents * kinds).reshape(documents, kinds)
    unlisted, disguised = _unknown(group, codes)
    spoken = group.languages.sum(axis=1) > 0
    is_read = spoken[group.owners]
    names = is_read & (group.flags & LETTERS > 0)
    foreign = unlisted & (group.hosts >= 0)[group.owners]  # of a language that is not read, beside one that is
    unread = names | foreign | ~is_read & (group.flags & (LETTERS | WORD) > 0)
    marks = (unread, unlisted & ~foreign, names, disguised)
    tokens, *not_read = (np.bincount(group.owners[mark], minlength=documents) for mark in (slice(None), *marks))
    damage[:, -1] = repetition.excess(damage[:, -1], tokens)
    return np.column_stack([tokens, damage[:, 1:], *not_read])


def _unknown(group: Reading, codes: Array) -> tuple[Array, Array]:
    """(t,) bool each: words without damage that no dictionary lists, and names that hold a slip."""
    unlisted, disguised = np.zeros((2, len(codes)), dtype=bool)
    whole = codes == 0
    words, names = (np.flatnonzero((group.flags & flag > 0) & whole) for flag in (WORD, LETTERS))
    for languages, rows in group.by_languages():
        here = words[rows[group.owners[words]]]
        unlisted[here] = ~group.table.listed(group.indices[here], languages)
        here = names[rows[group.owners[names]]]
        disguised[here] = group.table.disguised(group.indices[here], languages)
    return unlisted, disguised


def _codes(group: Reading) -> Array:
    """(t,) uint8: 0, or 1 + the place in `KINDS` of what a token is damaged by."""
    codes = group.table.kinds(group.indices)
    asked = np.flatnonzero((group.flags & WORD > 0) & (codes == 0))
    for names, rows in group.by_languages():
        here = asked[rows[group.owners[asked]]]
        slips = here[group.table.misspelt(group.indices[here], names)]
        codes[slips[~_hosted(group, slips)]] = _CODE["misspelling"]
    anchors = np.bincount(group.owners[group.flags & ANCHOR > 0], minlength=len(group.texts))
    for (text, part), number in zip(group.documents(), anchors.tolist(), strict=True):
        if spans := list(_spans(text, has_anchor=number > 0)):
            _mark(text, spans, codes[part])
    again = np.flatnonzero(repetition.repeated(group.table.hashes(group.indices), group.lengths))
    codes[again[codes[again] == 0]] = _CODE["repetition"]
    return codes


def _hosted(group: Reading, places: Array) -> Array:
    """(len(places),) bool: whether a word is one of the language that its document is in beside one that is read."""
    hosts = group.hosts[group.owners[places]]
    result = np.zeros(len(places), dtype=bool)
    for host in np.unique(hosts[hosts >= 0]).tolist():
        here = hosts == host
        result[here] = group.table.among(group.indices[places[here]], frequent(LANGUAGES[host]))
    return result


def _spans(text: str, *, has_anchor: bool) -> Iterator[tuple[int, int, str]]:
    """Give the damage that may reach over several tokens: the start of it, or all of a phrase of boilerplate."""
    if "\n" in text:
        yield from ((m.start(), m.start() + 1, "broken") for m in visible.BROKEN.finditer(text))
    if "<" in text or "&" in text:
        yield from ((m.start(), m.start() + 1, "markup") for m in visible.MARKUP.finditer(text))
    if has_anchor:
        yield from ((start, end, "boilerplate") for start, end in boilerplate.spans(text))


def _mark(text: str, spans: list[tuple[int, int, str]], codes: Array) -> None:
    place, at = -1, 0
    for start, end, kind in sorted(spans):
        place += count_tokens_begun(text, at, start + 1)
        at = start + 1
        marked = codes[place : place + count_tokens_begun(text, at, end) + 1]
        marked[(marked == 0) | (marked > _CODE[kind])] = _CODE[kind]
        if kind == "broken":
            second_half = codes[place + 1 : place + 2]
            second_half[second_half == _CODE["misspelling"]] = 0
