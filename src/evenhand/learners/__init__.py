"""Which models can say what data is worth? Each gives the value of any coalition of sellers to a buyer.

A learner names itself with `settings` and makes a `game`; who uses one states what it must do. `NGram` is the one
that needs nothing but a processor.
"""

from collections.abc import Mapping

from evenhand.errors import OfferError, Problem, StoreError
from evenhand.learners.ngram import NGram

__all__ = ["LEARNERS", "NGram", "from_settings"]

LEARNERS = {"ngram": NGram}
"""name of a learner -> its class; the fields of the class are its settings."""


def from_settings(settings: Mapping[str, int | str]) -> NGram:
    """Make the learner that a record names, as it was when the record was made.

    Raises:
        StoreError: this version has no such learner, or has changed it since.

    >>> from_settings(NGram(order=2).settings()) == NGram(order=2)
    True
    """
    kind = LEARNERS.get(str(settings.get("name")))
    stated = {name: value for name, value in settings.items() if name not in ("name", "version")}
    try:
        made = kind(**stated) if kind else None  # type: ignore[arg-type]
    except (OfferError, TypeError):
        made = None
    if made is None or made.settings() != dict(settings):
        raise StoreError(
            Problem(
                "terms.learner",
                f"{dict(settings)} is not known",
                f"this version has {', '.join(f'{name} {has().settings()}' for name, has in LEARNERS.items())}",
                "Use the version of Evenhand that made the record.",
            )
        )
    return made
