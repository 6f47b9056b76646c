"""Are these the files that a seller speaks of? Their SHA-256, as they are stored."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from evenhand.errors import OfferError, Problem


def digests(files: Iterable[Path]) -> tuple[str, ...]:
    """Give the SHA-256 of each file, 64 hexadecimal digits.

    Raises:
        OfferError: a file cannot be read; every such file is named.
    """
    found: list[str] = []
    problems: list[Problem] = []
    for each in files:
        try:
            with each.open("rb") as file:
                found.append(hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as error:
            reason = f"cannot be read ({error.strerror})"
            problems.append(Problem(str(each), reason, "an offer is made of whole files", "Allow it to be read."))
    if problems:
        raise OfferError(problems)
    return tuple(found)
