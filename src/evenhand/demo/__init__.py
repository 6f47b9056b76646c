"""What does a complete round look like on real text? The material of one, made from what every machine already has.

The sellers are the Python packages installed beside Evenhand, and Python itself; a document is one docstring. The
buyer wants a model of scientific computing: it holds back some documents of numpy and scipy, and its model has read a
little of the standard library. What is invented stands in `INVENTED`, and the material's README.txt repeats it.

The same installed packages give the same bytes: what is offered, held back or copied is chosen by the SHA-256 of the
text, and no path of the machine is written.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from platform import python_version

from evenhand.demo.diaries import diaries
from evenhand.demo.docstrings import CHARACTERS_MIN, PYTHON, documentation
from evenhand.errors import Problem, StoreError
from evenhand.records import Document, Watch, unwatched


@dataclass(frozen=True, slots=True)
class Seller:
    """Who offers in the demonstration: what is asked, and the package, or the parts of it, that is offered."""

    asks: str
    package: str = ""
    """"" for a seller who is invented."""
    parts: tuple[str, ...] = ()
    """subpackages; () for all of it."""


SELLERS = {
    "numpy": Seller("170.00 EUR", "numpy"),
    "scipy-linear": Seller("310.00 EUR", "scipy", ("linalg", "sparse")),
    "scipy-optimize": Seller("240.00 EUR", "scipy", ("integrate", "interpolate", "optimize")),
    "scipy-signal": Seller("1500.00 EUR", "scipy", ("fft", "fftpack", "ndimage", "signal")),
    "scipy-stats": Seller("190.00 EUR", "scipy", ("stats",)),
    "pyarrow": Seller("55.00 EUR", "pyarrow"),
    "python": Seller("60.00 EUR", PYTHON),
    "jinja2": Seller("30.00 EUR", "jinja2"),
    "pydantic": Seller("90.00 EUR", "pydantic"),
    "rich": Seller("40.00 EUR", "rich"),
    "mirror": Seller("260.00 EUR"),
    "wayfarer": Seller("20.00 EUR"),
}
"""Name -> seller. A package that is not installed makes no offer."""

TITLE = "A market on the documentation of the Python packages that are installed on this machine."

BUDGET = "1200.00 EUR"

AS_OF = "2026-01-01"
"""A fixed day, so that the round comes out the same on whatever day it is run."""

DOCUMENTS_MAX = 300
"""The most documents that one seller offers. Exact repeats count and are kept: they stand in the source, and finding
them is what the quality measures are for."""

HELD_BACK = {"numpy": 100, "scipy": 100}
"""How many documents of a package the buyer holds for validation; nobody offers any of these texts."""

ALREADY_READ = {PYTHON: 100}
"""How many documents of a package the buyer's model has read before; nobody offers these either."""

MIRROR_PERCENT = 85
"""How much of numpy's offered documents the seller "mirror" offers as well."""

INVENTED = (
    "The costs that the sellers ask, and the buyer's budget, are invented: no author of these packages asks anything.",
    'The four sellers "scipy-..." are invented: they divide the documentation of one project, scipy, by subject.',
    f"The seller \"mirror\" is invented: it offers copies of {MIRROR_PERCENT} % of numpy's documents, and typer's.",
    'The seller "wayfarer" is invented: its travel diaries are put together from lists of phrases.',
    f"The day on which recency is judged, {AS_OF}, is fixed, and no document states a date.",
)

LICENCES = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""Classifiers that name one licence of the SPDX list; "BSD License" and "Apache Software License" name several."""


def material(progress: Watch = unwatched) -> dict[str, bytes]:
    """Make the files of a market on real text: all that a buyer and its sellers would have brought to the round.

    Args:
        progress: told `("reading documentation", packages done, packages in all)`.

    Returns:
        relative path -> bytes: `CALL.toml`, `validation.jsonl`, `seed.jsonl`, `offers/<seller>.jsonl` and `README.txt`.
        Written below one folder they are a complete round for `read_call`.

    Raises:
        StoreError: numpy, scipy or Python is installed without its source files, so that nothing can be held back.
    """
    read = _read_all(progress)
    validation, seed = taken(read, HELD_BACK), taken(read, ALREADY_READ)
    offers = offered(read, [*validation, *seed])
    sellers = {name: seller for name, seller in SELLERS.items() if offers[name]}
    return {
        "CALL.toml": _call_file(sellers).encode(),
        "README.txt": _readme(offers, len(validation), len(seed)).encode(),
        "validation.jsonl": _jsonl(validation),
        "seed.jsonl": _jsonl(seed),
        **{f"offers/{name}.jsonl": _jsonl(offers[name]) for name in sellers},
    }


def is_demonstration(files: Mapping[str, bytes]) -> bool:
    """Say whether a round's files are of a demonstration, so that another may take its place unasked."""
    return files.get("README.txt", b"").decode(errors="replace").startswith(TITLE)


def _read_all(progress: Watch) -> dict[str, list[Document]]:
    packages = sorted({"typer"} | {seller.package for seller in SELLERS.values() if seller.package})
    read: dict[str, list[Document]] = {}
    for package in packages:
        progress("reading documentation", len(read), len(packages))
        read[package] = documentation(package)
    progress("reading documentation", len(packages), len(packages))
    return read


# -- who has what ---------------------------------------------------------------------------------------------------


def lowest(documents: Sequence[Document], count: int) -> list[Document]:
    """Choose the documents whose text has the lowest SHA-256, and keep them in the order in which they stand.

    The choice is spread over all subjects, the same everywhere, and nobody's preference.

    >>> [document.text for document in lowest([Document("pears"), Document("plums"), Document("figs")], 2)]
    ['plums', 'figs']
    """
    ranked = sorted(range(len(documents)), key=lambda index: (documents[index].identity, index))
    return [documents[index] for index in sorted(ranked[:count])]


def taken(read: Mapping[str, Sequence[Document]], counts: Mapping[str, int]) -> list[Document]:
    """Choose so many documents of each package for the buyer.

    Raises:
        StoreError: a package has fewer than twice as many, so that next to nothing would be left to offer.
    """
    problems = [
        Problem(
            f'the installed package "{package}"',
            f"its source files have {len(read.get(package, ()))} docstrings of {CHARACTERS_MIN} characters",
            f"the demonstration needs {2 * count}",
            f"Install {package} with its .py files.",
        )
        for package, count in counts.items()
        if len(read.get(package, ())) < 2 * count
    ]
    if problems:
        raise StoreError(problems)
    return [document for package, count in counts.items() for document in lowest(read[package], count)]


def offered(read: Mapping[str, Sequence[Document]], buyers: Sequence[Document]) -> dict[str, list[Document]]:
    """Give each seller its documents, without any text that the buyer has, and at most `DOCUMENTS_MAX`."""
    known = {document.identity for document in buyers}
    offers = {}
    for name, seller in SELLERS.items():
        places = tuple(f"{seller.package}.{part}." for part in seller.parts)
        own = [
            document
            for document in read.get(seller.package, ())
            if document.identity not in known and (not places or f"{document.metadata['name']}.".startswith(places))
        ]
        offers[name] = lowest(own, DOCUMENTS_MAX)
    copied = lowest(offers["numpy"], len(offers["numpy"]) * MIRROR_PERCENT // 100)
    offers["mirror"] = copied + lowest(read.get("typer", ()), DOCUMENTS_MAX - len(copied))
    offers["wayfarer"] = diaries(240)
    return offers


# -- writing the files ----------------------------------------------------------------------------------------------


def _jsonl(documents: Sequence[Document]) -> bytes:
    rows = ({"text": document.text, **document.metadata} for document in documents)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _call_file(sellers: Mapping[str, Seller]) -> str:
    """Write the call in TOML, where a JSON string is a string too."""
    lines = [
        "# A demonstration on the documentation of installed packages; README.txt says what of it is invented.",
        "[call]",
        'name = "scientific computing"',
        f'budget = "{BUDGET}"',
        'mechanism = "proportional_share"',
        'validation = "validation.jsonl"',
        'seed_text = "seed.jsonl"',
        f"as_of = {AS_OF}",
        "seed = 0",
        "",
        "[quality]",
        'reference = "seed.jsonl"',
    ]
    for name, seller in sellers.items():
        stated = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in _stated(name, seller).items()]
        lines += [
            "",
            "[[offers]]",
            f'seller = "{name}"',
            f'data = "offers/{name}.jsonl"',
            f'cost = "{seller.asks}"',
            "[offers.metadata]",
            *stated,
        ]
    return "\n".join(lines) + "\n"


def _stated(name: str, seller: Seller) -> dict[str, str]:
    """Say of a dataset what its package says of itself; what the package leaves open is left out."""
    if name == "mirror":
        return {"language": "en"}
    if name == "wayfarer":
        return {"language": "en", "source": "made for this demonstration", "description": "Diaries of walks and meals."}
    if seller.package == PYTHON:
        return {
            "language": "en",
            "licence": "PSF-2.0",
            "source": "https://docs.python.org",
            "version": python_version(),
            "description": "Docstrings of the modules of the standard library.",
        }
    about = metadata.metadata(seller.package)
    stated = {
        "language": "en",
        "licence": spdx(about),
        "source": f"source files of the installed package {seller.package}",
        "version": about["Version"],
        "description": " ".join(about.get_all("Summary") or []),
    }
    return {key: value for key, value in stated.items() if value}


def spdx(about: metadata.PackageMetadata) -> str:
    """Give the licence that a package's metadata name, as an SPDX expression; "" where they do not name one honestly.

    >>> from email.message import Message
    >>> about = Message()
    >>> about["Classifier"] = "License :: OSI Approved :: BSD License"  # there are several
    >>> spdx(about)
    ''
    """
    from license_expression import get_spdx_licensing

    named = [about[key] for key in ("License-Expression", "License") if key in about]
    classified = [classifier for classifier in about.get_all("Classifier") or () if classifier.startswith("License ::")]
    if len(classified) == 1:  # whether several are a choice or all hold, nobody says
        named.append(LICENCES.get(classified[0], ""))
    lines = (text for text in named if text and "\n" not in text)  # "License" may hold a whole licence
    return next((text for text in lines if not get_spdx_licensing().validate(text).errors), "")


def _readme(offers: Mapping[str, Sequence[Document]], validation: int, seed: int) -> str:
    lines = [
        TITLE,
        "",
        f"The buyer holds {validation} documents of {' and '.join(HELD_BACK)} (validation.jsonl).",
        f"The buyer's model has read {seed} of the standard library (seed.jsonl). Nobody offers any of these texts.",
        "",
        "Each seller offers docstrings (offers/), read from source files:",
        *(
            f"  {name:<15} {len(offers[name]):>4} documents, asks {seller.asks:>12}"
            for name, seller in SELLERS.items()
            if offers[name]
        ),
        "",
        "What is invented:",
        *(f"  - {sentence}" for sentence in INVENTED),
        "",
        "The texts are the work of the packages' authors, under the packages' licences.",
    ]
    return "\n".join(lines) + "\n"
