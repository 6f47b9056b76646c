"""Which licence do the names and addresses on a card mean together?"""

from collections.abc import Iterable

from evenhand.spdx import spdx


def spdx_of_all(stated: Iterable[str], told: list[str]) -> str:
    """Give one expression for all the licences that a card lists.

    A list does not say whether all of them bind or one may be chosen; AND never grants more than was meant.

    Args:
        stated: as the card names them.
        told: gathers what whoever relies on the card should know.

    >>> told = []
    >>> spdx_of_all(["mit", "odbl"], told), spdx_of_all(["mit", "other terms"], []), spdx_of_all([], [])
    ('MIT AND ODbL-1.0', 'MIT, other terms', '')
    >>> told
    ['lists 2 licences; all are taken to bind']
    """
    listed = list(stated)
    if len(listed) > 1:
        told.append(f"lists {len(listed)} licences; all are taken to bind")
    names = list(dict.fromkeys(map(spdx, listed)))
    return (", " if any(" " in name or "/" in name for name in names) else " AND ").join(names)
