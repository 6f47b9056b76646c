"""A value is of a kind or it is not, inside lists and dicts too; what people nearly mean is told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime

import pytest

from evenhand import kinds
from evenhand.records import Call, Offer


@pytest.mark.parametrize(
    ("value", "kind", "fits"),
    [
        (1, int, True),
        (True, int, False),
        (date(2026, 1, 1), date, True),
        (datetime(2026, 1, 1), date, False),
        (None, int | None, True),
        ("1", int | None, False),
        ("ab", Sequence[str], False),
        (("a", "b"), Sequence[str], True),
        (["a", 1], Sequence[str], False),
        ({"a": "b"}, Mapping[str, str], True),
        ({1: "b"}, Mapping[str, str], False),
        ([("a", "b")], Mapping[str, str], False),
    ],
)
def test_a_value_is_of_a_kind_or_is_named(value, kind, fits):
    assert kinds.fits(value, kind) is fits
    assert (kinds.misfit("here", value, kind) is None) is fits


@pytest.mark.parametrize("record", [Call, Offer])
def test_every_field_of_what_people_make_says_how_it_is_written(record):
    for field in fields(record):
        problem = kinds.misfit(field.name, object(), field.type)
        assert problem is not None
        assert problem.bound.startswith("it is ")
