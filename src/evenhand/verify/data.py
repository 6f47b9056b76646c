"""Does the record follow from the data? Read what is at hand, compare the digests, and measure again."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from evenhand import canonical, learners, publication, quality
from evenhand.datasets import describe, open_dataset
from evenhand.errors import OfferError, StoreError
from evenhand.money import Money
from evenhand.quality.embedding import open_embedding
from evenhand.quality.novelty import holds_reference
from evenhand.quality.novelty.folder import check_reference
from evenhand.records import (
    MILLION,
    BuiltReference,
    Call,
    Dataset,
    Manifest,
    Material,
    Offer,
    Record,
    RecordedOffer,
    ReferenceFolder,
    Terms,
    Watch,
    offer_of,
    unwatched,
)
from evenhand.round import measure
from evenhand.verify.replay import Check, flat

NAMES_SHOWN = 5

Opened = dict[str, Dataset | None]
"""name of a dataset -> the dataset; None where it is not at hand."""

REFERENCE = "reference"
"""what a reference is called, as a dataset and in a folder."""


def base_of(files: Mapping[str, bytes]) -> str:
    """Say where the round's data lay, as a path from its folder; the folder itself if nothing is said."""
    try:
        return str(json.loads(files[publication.ENVIRONMENT])["base"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return "."


def check_data(record: Record, base: Path, watch: Watch = unwatched) -> list[Check]:
    """Compare digests and scores with what the data gives now; say loudly what could not be looked at.

    Args:
        record: of the round.
        base: the folder that the record's paths start from.
        watch: told of the progress.
    """
    materials = record.materials
    opened = {name: _open(material, base) for name, material in materials.items()}
    checks = [*_digests(materials, opened), *_folder(record.built, base)]
    if not all(check.passed for check in checks):
        return [*checks, Check("scores", None, "not measured again: that takes all the data of the record")]
    return [*checks, _scores(record, opened, base, watch)]


def _digests(materials: Mapping[str, Material], opened: Opened) -> list[Check]:
    absent = [name for name, dataset in opened.items() if dataset is None]
    changed = []
    for name, dataset in opened.items():
        if dataset is not None:
            try:
                now = describe(dataset)
            except OfferError as error:
                changed.append(f"{name} ({error.problems[0]})")
                continue
            if now != materials[name].manifest:
                changed.append(f"{name} ({_told(now)})")
    checks = []
    if changed:
        checks.append(Check("data", False, f"not what the record names: {_listed(changed)}"))
    elif len(absent) < len(opened):
        checks.append(
            Check(
                "data",
                True,
                f"{len(opened) - len(absent)} of {len(opened)} datasets read again, with the digests of the record",
            )
        )
    if absent:
        checks.append(Check("data", None, f"not at hand, so not looked at: {_listed(absent)}"))
    return checks


def _told(now: Manifest) -> str:
    return f"{now.digest}, {now.documents} documents" + (f", {now.blank} rows without text" if now.blank else "")


def _folder(built: BuiltReference | None, base: Path) -> list[Check]:
    """Hold the reference that stands in a folder against the digest of the record, all of its bytes."""
    if built is None:
        return []
    folder = _place(built.path, base)
    if folder is None or not holds_reference(folder):
        return [Check(REFERENCE, None, f"not at hand, so not looked at: {built.path or 'its path is not recorded'}")]
    if problems := check_reference(folder, expected=built.digest):
        return [Check(REFERENCE, False, f"not what the record names: {_listed([str(each) for each in problems])}")]
    return [Check(REFERENCE, True, f"{built.sentences:,} sentences, every file with its digest ({built.digest})")]


def _place(path: str | None, base: Path) -> Path | None:
    return None if path is None or PurePosixPath(path).is_absolute() else base / path


def _scores(record: Record, opened: Opened, base: Path, watch: Watch) -> Check:
    try:
        learner = learners.from_settings(record.terms.learner)
        open_embedding(quality.profile(record.terms.quality_profile).embedding)
    except (StoreError, OfferError) as error:  # the latter where an extra is not installed
        return Check("scores", None, f"not measured again: {error}")
    try:
        again = measure(*_asked(record, opened, base), learner, watch)
    except OfferError as error:
        return Check("scores", False, str(error))
    if again == record:
        return Check("scores", True, "measured again: every score the same, to the millionth")
    apart = max(abs(before - now) for before, now in _values(record, again))
    if apart <= 1 and replace(record, coalitions=again.coalitions) == again:
        return Check("scores", True, "measured again on another platform: every value within one millionth")
    told = [f"values differ by up to {apart} millionths"] if apart else []
    for offer, now in zip(record.offers, again.offers, strict=True):
        if differing := _differing(offer, now):
            told.append(f"{offer_of(offer.seller)}: {_listed(differing)}")
    return Check("scores", False, f"measured again: {'; '.join(told) or 'something else differs'}")


def _differing(recorded: RecordedOffer, now: RecordedOffer) -> list[str]:
    """Name what is recorded of an offer and measured otherwise: the scores, and the counts that they follow from."""
    one, other = flat(canonical.tree(recorded)), flat(canonical.tree(now))
    paths = sorted(one.keys() | other.keys(), key=lambda path: (path.startswith("scores.evidence."), path))
    return [
        f"{path.removeprefix('scores.')} is {_written(one.get(path))} in the record and {_written(other.get(path))} now"
        for path in paths
        if one.get(path) != other.get(path)
    ]


def _written(value: Any) -> str:
    return "not there" if value is None else json.dumps(value, ensure_ascii=False)


def _values(record: Record, again: Record) -> list[tuple[int, int]]:
    """Pair the coalition values, the only numbers in a record that come from floating-point arithmetic."""
    return list(zip(record.coalitions.values, again.coalitions.values, strict=True))


def _open(material: Material, base: Path) -> Dataset | None:
    """Open a dataset; one that is gone, or that was only ever in memory, is not at hand."""
    source = material.source
    if source is None or PurePosixPath(source.path).is_absolute():
        return None
    try:
        return open_dataset(source.path, text_field=source.text_field, fields=source.fields, base=base)
    except OfferError:
        return None


def _reference(record: Record, opened: Opened, base: Path) -> Dataset | ReferenceFolder | None:
    if record.built is None:
        return opened.get(REFERENCE)
    assert record.built.path is not None, "measured again only with all the data at hand"
    return quality.find_reference(record.built.path, base=base)


def _asked(record: Record, opened: Opened, base: Path) -> tuple[Call, list[Offer]]:
    """Turn the record back into the call and the offers that it was measured from."""
    terms = record.terms
    validation = opened["validation"]
    assert validation is not None, "measured again only with all the data at hand"
    call = Call(
        name=terms.name,
        budget=Money(terms.budget_minor, terms.currency),
        validation=validation,
        as_of=date.fromisoformat(terms.as_of),
        mechanism=terms.mechanism,
        seed=terms.seed,
        seed_text=opened.get("seed text"),
        reference=_reference(record, opened, base),
        weights={name: _decimal(weight) for name, weight in terms.weights.items()},
        method=terms.method,
        permutations=terms.permutations,
        eta=terms.eta,
        gamma=terms.gamma,
        kappa=terms.kappa,
        concave=terms.concave,
        **_settings(terms),
    )
    offers = []
    for offer in record.offers:
        dataset = opened[offer_of(offer.seller)]
        assert dataset is not None, "measured again only with all the data at hand"
        offers.append(Offer(offer.seller, dataset, Money(offer.cost_minor, terms.currency), offer.metadata, offer.tags))
    return call, offers


def _settings(terms: Terms) -> dict[str, Any]:
    """Give what a call may leave out, as a call says it."""
    amounts = {"share_pool": terms.share_pool_minor, "cap": terms.cap_minor}
    return {
        **{name: Money(minor, terms.currency) for name, minor in amounts.items() if minor},
        "liquidity": terms.liquidity,
        "share_mass": _decimal(terms.share_mass) if terms.share_mass else "",
        "quality_min": _decimal(terms.quality_min),
        "reserve": _decimal(terms.reserve) if terms.reserve else "0",
        "reserve_for": terms.reserve_for,
        "copies": terms.copies,
        "licences": terms.licences,
        "profile": terms.quality_profile,
        "required": terms.required,
    }


def _decimal(millionths: int) -> str:
    return f"{millionths // MILLION}.{millionths % MILLION:06d}"


def _listed(names: list[str]) -> str:
    return "; ".join(names[:NAMES_SHOWN]) + (
        f"; and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    )
