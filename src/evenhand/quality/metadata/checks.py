"""What is wrong with the text of a field? Each check answers in words, and with "" where it finds nothing.

A check takes a plain text and the facts, needed or not, so that all can stand in one table. It looks nothing up: it
cannot say whether a page exists or a DOI is registered. All take time linear in the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from evenhand.errors import shown
from evenhand.quality import licence as licences
from evenhand.quality.cleanliness.dictionaries import READ
from evenhand.quality.metadata.filler import filler, words
from evenhand.quality.novelty.recency import read_date
from evenhand.quality.text import BY_CHARACTER
from evenhand.records import Manifest

TEXT_LENGTH_MAX = 20_000
"""Characters of a field; what is longer is a document."""

LENGTH_MIN = 20
"""Characters of a description; a character of a script without spaces counts as two."""
CHARACTERS_MIN = 8
"""Different characters of a description."""
WORDS_MIN = 3
"""Different words of a description, a statement and a reference."""
DATED_MIN = Fraction(19, 20)
"""The share of the distinct documents that have a usable date."""
FOREIGN_MAX, FOREIGN_MIN = Fraction(3, 4), 200
"""Where only languages that are read are stated, at most this share of the tokens may be foreign. It is asked once more
than so many are: less text tells nothing, and lists without sentences are in no language that can be told."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was counted of the dataset, for statements to be compared with."""

    dated: int = 0
    """distinct documents with a usable date."""
    documents: int = 0
    """distinct documents."""
    as_of: date | None = None
    """the day of the call."""
    manifest: Manifest | None = None
    files: frozenset[str] = frozenset()
    """SHA-256 of every file that is offered, 64 hexadecimal digits in lower case."""
    tokens: int = 0
    """of the documents."""
    foreign: int = 0
    """those of the tokens that have letters and are in none of the languages that are read (`dictionaries.READ`)."""
    licences: frozenset[str] = frozenset()
    """those on no list that the call allows (`licence.unlisted`)."""


# -- fields in words ------------------------------------------------------------------------------------------------


def source(text: str, facts: Facts) -> str:
    """Where the texts come from: an address, or words."""
    if nothing := filler(text):
        return f"{shown(text)} {nothing}"
    if _ADDRESS.fullmatch(text):
        return _leads_nowhere(text)
    return "" if len(words(text)) >= 2 else f"{shown(text)} is one word"


def sentence(text: str, facts: Facts) -> str:
    """What takes a sentence to say.

    >>> sentence("Repairs of bicycles, step by step", Facts()), sentence("Nice clean data", Facts())
    ('', '"Nice clean data" has 15 characters, fewer than 20')
    """
    if nothing := filler(text):
        return f"{shown(text)} {nothing}"
    length = len(text) + len(_BY_CHARACTER.findall(text))
    if length < LENGTH_MIN:
        return f"{shown(text)} has {length} characters, fewer than {LENGTH_MIN}"
    if len(set(text)) < CHARACTERS_MIN:
        return f"{shown(text)} has {len(set(text))} different characters, fewer than {CHARACTERS_MIN}"
    return _few_words(text)


def statement(text: str, facts: Facts) -> str:
    """What can be said in a few words."""
    if nothing := filler(text):
        return f"{shown(text)} {nothing}"
    return _few_words(text)


def _few_words(text: str) -> str:
    different = len(set(words(text)))
    return f"{shown(text)} has {different} different words, fewer than {WORDS_MIN}" if different < WORDS_MIN else ""


# -- fields with a form ---------------------------------------------------------------------------------------------


def licence(text: str, facts: Facts) -> str:
    """What may be done with the data.

    >>> licence("CC BY 4.0", Facts())
    '"CC BY 4.0" is no SPDX expression of listed licences (did you mean "CC-BY-4.0"?)'
    >>> licence("LicenseRef-mill", Facts(licences=frozenset(["LicenseRef-mill"])))
    ''
    """
    wrong = licences.fault(text, facts.licences)
    meant = licences.meant(text) if wrong else ""
    return wrong + (f' (did you mean "{meant}"?)' if meant else "")


_VERSION = re.compile(r"(?=[^0-9]*[0-9])[0-9A-Za-z][0-9A-Za-z._+~-]{0,39}")


def version(text: str, facts: Facts) -> str:
    """What tells deliveries apart.

    >>> version("v1.10", Facts()), version("latest", Facts())
    ('', '"latest" is no version')
    """
    return "" if _VERSION.fullmatch(text) else f"{shown(text)} is no version"


_LANGUAGE = re.compile(
    r"([A-Za-z]{2,3})(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([0-9A-Za-z]{5,8}|[0-9][0-9A-Za-z]{3}))*"
)
_LETTERS = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """
_TWO_LETTERS = frozenset(_LETTERS.split())
"""The languages with two letters in the registry of BCP 47, which takes in no more. Any three letters are let pass."""
_NO_LANGUAGE = frozenset(("mis", "mul", "und", "zxx"))
_SLIPS = """
    cn=zh cz=cs dk=da en_us=en-US gr=el in=id iw=he jp=ja ua=uk vn=vi
    arabic=ar chinese=zh deutsch=de dutch=nl english=en español=es french=fr german=de hindi=hi italian=it japanese=ja
    korean=ko polish=pl portuguese=pt russian=ru spanish=es swedish=sv turkish=tr ukrainian=uk
    """
_MEANT = dict(slip.split("=") for slip in _SLIPS.split())
_CODES = """
    afr=af alb=sq sqi=sq amh=am ara=ar arm=hy hye=hy asm=as aze=az baq=eu eus=eu bel=be ben=bn bos=bs bul=bg bur=my
    mya=my cat=ca chi=zh zho=zh cze=cs ces=cs dan=da dut=nl nld=nl eng=en epo=eo est=et fin=fi fre=fr fra=fr geo=ka
    kat=ka ger=de deu=de gle=ga glg=gl gre=el ell=el guj=gu hau=ha heb=he hin=hi hrv=hr hun=hu ibo=ig ice=is isl=is
    ind=id ita=it jpn=ja kan=kn kaz=kk khm=km kin=rw kor=ko kur=ku lao=lo lat=la lav=lv lit=lt ltz=lb mac=mk mkd=mk
    mal=ml mar=mr may=ms msa=ms mlt=mt mon=mn nep=ne nob=nb nno=nn nor=no ori=or pan=pa per=fa fas=fa pol=pl por=pt
    pus=ps rum=ro ron=ro rus=ru san=sa sin=si slo=sk slk=sk slv=sl snd=sd som=so spa=es srp=sr swa=sw swe=sv tam=ta
    tel=te tgk=tg tgl=tl tha=th tur=tr ukr=uk urd=ur uzb=uz vie=vi wel=cy cym=cy yid=yi yor=yo zul=zu
    """
_TWO_LETTERS_OF = dict(pair.split("=") for pair in _CODES.split())
"""Codes of three letters [ISO 639-2] of languages that have one of two; cards write either."""


def language(text: str, facts: Facts) -> str:
    """What the texts are written in: one tag or several, each once.

    Nothing is guessed. Where only languages are stated that are read for misspelt words, enough of the text must be in
    one of them: whoever spoils every word, so that nobody can read it, cannot call it English as well. A code of three
    letters is read as the one of two that its language has: "eng" as "en".

    >>> language("en, pt-BR", Facts()), language("cz", Facts())
    ('', '"cz" is no language (did you mean "cs"?)')
    >>> language("eng", Facts(tokens=1000, foreign=980))
    '"eng" is not so: 980 of 1,000 tokens are in texts of another language or none'
    """
    tags = [tag.strip() for tag in re.split("[,;]", text)]
    wrong = (_wrong_tag(tag, tags[:place]) for place, tag in enumerate(tags))
    return next(filter(None, wrong), "") or _otherwise_written(text, tags, facts)


def _wrong_tag(tag: str, before: Sequence[str]) -> str:
    match = _LANGUAGE.fullmatch(tag)
    first = match[1].lower() if match else ""
    known = first in _TWO_LETTERS if len(first) == 2 else first not in _NO_LANGUAGE and not "qaa" <= first <= "qtz"
    if not match or not known:
        meant = _MEANT.get(tag.casefold(), "")
        return f"{shown(tag)} is no language" + (f' (did you mean "{meant}"?)' if meant else "")
    return f"{shown(tag)} stands there twice" if _short(tag) in map(_short, before) else ""


def _short(tag: str) -> str:
    """Give a tag in small letters, its language by the code of two letters where it has one."""
    first, sign, rest = tag.lower().partition("-")
    return _TWO_LETTERS_OF.get(first, first) + sign + rest


def _otherwise_written(text: str, tags: Sequence[str], facts: Facts) -> str:
    is_read = all(_short(tag).partition("-")[0] in READ for tag in tags)
    if not is_read or facts.foreign <= FOREIGN_MIN or facts.foreign <= FOREIGN_MAX * facts.tokens:
        return ""
    found = f"{facts.foreign:,} of {facts.tokens:,} tokens are in texts of another language or none"
    return f"{shown(text)} is not so: {found}"


_DOCUMENTS = re.compile(
    r"([0-9]{1,3}(?:[,_ ][0-9]{3})+|[0-9]{1,18}) (?:documents?|examples|records|rows|samples|texts)"
)
_BYTES = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,6})?) ?(bytes|[kKMGT]?B|[KMGT]iB)")
_UNITS = {"": 1, **{unit: 1000**power for power, unit in enumerate("kMGT", 1)}, "K": 1000} | {
    f"{unit}i": 1024**power for power, unit in enumerate("KMGT", 1)
}
_RANGES = {"n<1K": (0, 10**3 - 1), "n>1T": (10**12, 10**30)} | {
    f"{low}<n<{high}": (10**power, 10 ** (power + 1) - 1)
    for power, (low, high) in enumerate(
        zip(
            ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B"),
            ("10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T"),
            strict=True,
        ),
        3,
    )
}
"""Ranges of documents as dataset cards write them (Hugging Face's size_categories), from the least to the most: each
number is in one of them, so that the lower end belongs to a range and the upper one to the next."""


def size(text: str, facts: Facts) -> str:
    """How much there is, and whether that is so.

    A number of documents must be exactly that of all or of the distinct ones, and a range must hold one of the two; a
    number of bytes must be that of the texts in UTF-8, to within half a unit of its last digit.

    >>> size("3 documents", Facts(manifest=Manifest("", "", 3, 2, 56_700))), size("3", Facts())
    ('', '"3" is no size')
    >>> size("58 kB", Facts(manifest=Manifest("", "", 3, 2, 56_700)))
    '"58 kB" is not so: there are 56,700 bytes'
    """
    stated = _stated_size(text)
    if stated is None:
        return f"{shown(text)} is no size"
    if facts.manifest is None:
        return f"{shown(text)} was compared with nothing"
    low, high, of_bytes = stated
    documents, distinct, size_bytes = facts.manifest.documents, facts.manifest.distinct, facts.manifest.size_bytes
    if any(low <= number <= high for number in ([size_bytes] if of_bytes else [documents, distinct])):
        return ""
    there = f"{size_bytes:,} bytes" if of_bytes else f"{documents:,} documents, {distinct:,} distinct"
    return f"{shown(text)} is not so: there are {there}"


def _stated_size(text: str) -> tuple[Fraction, Fraction, bool] | None:
    """Read a size: the least and the most that it can mean, and whether in bytes; None where it is no size."""
    if text in _RANGES:
        low, high = _RANGES[text]
        return Fraction(low), Fraction(high), False
    if numbered := _DOCUMENTS.fullmatch(text):
        number = Fraction(re.sub("[,_ ]", "", numbered[1]))
        return number, number, False
    in_bytes = _BYTES.fullmatch(text)
    if in_bytes is None or not Decimal(in_bytes[1]):
        return None
    unit = _UNITS[in_bytes[2].removesuffix("bytes").removesuffix("B")]
    stated = Decimal(in_bytes[1])
    half = Fraction(10) ** int(stated.as_tuple().exponent) / 2 * unit if unit > 1 else Fraction(0)
    return Fraction(stated) * unit - half, Fraction(stated) * unit + half, True


_SHA256 = re.compile(r"(?:sha256:)?([0-9A-Fa-f]{64})")


def checksum(text: str, facts: Facts) -> str:
    """Which files the seller speaks of, and whether they are these; several stand with spaces or commas between.

    >>> checksum("sha256:" + "0" * 64, Facts(files=frozenset(["0" * 64])))
    ''
    >>> checksum("0" * 64, Facts()).endswith("was compared with nothing")
    True
    """
    stated = [_SHA256.fullmatch(part) for part in re.split("[, ]+", text)]
    if not all(stated):
        return f"{shown(text)} is no SHA-256"
    digests = {match[1].lower() for match in stated if match}
    whole = {facts.manifest.digest, facts.manifest.content} if facts.manifest else set()
    if not whole and not facts.files:
        return f"{shown(text)} was compared with nothing"
    if digests & {digest.removeprefix("sha256:") for digest in whole} or (facts.files and facts.files <= digests):
        return ""
    return f"{shown(text)} is not that of what is offered"


_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


def period(text: str, facts: Facts) -> str:
    """When the texts were collected; a month or a year stands for its first day.

    >>> period("2019/2021-06", Facts()), period("2021/2019", Facts())
    ('', '"2021/2019" ends before it begins')
    """
    days = [_first_day(part.strip()) for part in text.split("/")]
    if len(days) != 2 or days[0] is None or days[1] is None:
        return f"{shown(text)} is no period"
    if days[1] < days[0]:
        return f"{shown(text)} ends before it begins"
    return f"{shown(text)} ends after {facts.as_of}" if facts.as_of and days[1] > facts.as_of else ""


def _first_day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in match.groups("1"))) if match else None
    except ValueError:
        return None


def dates(text: str, facts: Facts) -> str:
    """Whether nearly all documents have a date; the text is that of the dataset.

    >>> dates("20200101", Facts(documents=20)), dates("2020", Facts(dated=20, documents=20))
    ('"20200101" cannot be read as a date, and 0 of 20 distinct documents have one', '')
    """
    if facts.documents > 0 and facts.dated >= DATED_MIN * facts.documents:
        return ""
    found = f"{facts.dated:,} of {facts.documents:,} distinct documents have one"
    return f"{shown(text)} cannot be read as a date, and {found}" if text and read_date(text) is None else found


# -- where to find somebody or something ----------------------------------------------------------------------------

_ADDRESS = re.compile(r"https?://(?:[^\s/@?#]{1,100}@)?([^\s/@:?#]{1,253})(?::[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{1,62}")
_MAIL = re.compile(r"(?:[^<>@]{1,100}<)?(?:mailto:)?([\w.%+'-]{1,64})@([\w.-]{1,253})>?", re.IGNORECASE)
_ORCID = re.compile(r"(?:https?://orcid\.org/)?([0-9]{4})-([0-9]{4})-([0-9]{4})-([0-9]{3}[0-9Xx])")
_RESERVED = re.compile(r"(?:.*\.)?(?:example\.(?:com|net|org|edu)|example|invalid|localhost|test)", re.IGNORECASE)
"""Names that are kept for examples and lead to nobody [RFC 2606]."""
_NOBODY = re.compile(
    r"(?:do[._-]?)?no[tn]?[._-]?reply|nobody|noone|test|user(?:name)?|your[._-]?(?:name|e?mail)", re.IGNORECASE
)
_DOI = re.compile(r"(?:doi:\s?|https?://(?:dx\.)?doi\.org/)?10\.[0-9]{4,9}/\S{1,200}", re.IGNORECASE)
_ARXIV = re.compile(r"(?:arxiv:\s?|https?://arxiv\.org/abs/)[0-9]{4}\.[0-9]{4,5}(?:v[0-9]+)?", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])(?:1[5-9]|20)[0-9]{2}(?![0-9])")
_BY_CHARACTER = re.compile(f"[{BY_CHARACTER}]")


def contact(text: str, facts: Facts) -> str:
    """Where somebody answers.

    >>> contact("data@hollybank.coop", Facts()), contact("me@example.com", Facts())
    ('', '"me@example.com" leads to a name that is kept for examples')
    """
    if orcid := _ORCID.fullmatch(text):
        return "" if _is_orcid("".join(orcid.groups())) else f"{shown(text)} is no ORCID: its last sign does not fit"
    if _ADDRESS.fullmatch(text):
        return _leads_nowhere(text)
    mail = _MAIL.fullmatch(text)
    if mail is None or not _HOST.fullmatch(mail[2]):
        return f"{shown(text)} is no address"
    if _RESERVED.fullmatch(mail[2]):
        return f"{shown(text)} leads to a name that is kept for examples"
    return f"{shown(text)} is nobody's" if _NOBODY.fullmatch(mail[1]) else ""


def citation(text: str, facts: Facts) -> str:
    """What to cite: an identifier, an address, or words with a year.

    >>> citation("doi:10.5281/zenodo.7654321", Facts()), citation("please cite us", Facts())
    ('', '"please cite us" has no year and is no identifier')
    """
    if _DOI.fullmatch(text) or _ARXIV.fullmatch(text):
        return ""
    if nothing := filler(text):
        return f"{shown(text)} {nothing}"
    if _ADDRESS.fullmatch(text):
        return _leads_nowhere(text)
    return _few_words(text) if _YEAR.search(text) else f"{shown(text)} has no year and is no identifier"


def _leads_nowhere(address: str) -> str:
    match = _ADDRESS.fullmatch(address)
    assert match is not None, "asked of addresses only"
    if _RESERVED.fullmatch(match[1]):
        return f"{shown(address)} leads to a name that is kept for examples"
    return "" if _HOST.fullmatch(match[1]) else f"{shown(address)} names no host"


def _is_orcid(digits: str) -> bool:
    """Check the last of 16 characters [ISO 7064, mod 11-2]."""
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == digits[15].upper()
