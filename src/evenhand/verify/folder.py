"""Are the files of a round's folder those that were written? Compare them with their listing."""

from pathlib import Path

from evenhand.errors import StoreError
from evenhand.storage.listing import LISTING
from evenhand.storage.rounds import check_listing
from evenhand.verify.replay import Check


def check_folder(folder: Path) -> Check:
    """Hold every listed file against its SHA-256, and name what lies there besides."""
    try:
        found = check_listing(folder)
    except StoreError as error:
        return Check(LISTING, False, str(error))
    wrong = [f"{name} was changed" for name in found.changed] + [f"{name} is missing" for name in found.missing]
    besides = f"; not of the round: {', '.join(found.unlisted)}" if found.unlisted else ""
    if wrong:
        return Check(LISTING, False, f"{'; '.join(wrong)}{besides}")
    return Check(LISTING, True, f"every listed file has its digest{besides}")
