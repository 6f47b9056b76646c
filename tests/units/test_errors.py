"""What is wrong is told in few short lines, and nothing of it is lost."""

import pytest

from evenhand.errors import PROBLEMS_SHOWN, SHOWN_MAX, OfferError, Problem, shown


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("200", '"200"'),
        ("Müller & Söhne", '"Müller & Söhne"'),
        ("two\nlines", r'"two\nlines"'),
        ("ben\x1b[31m\u202e\ud800", r'"ben\x1b[31m\u202e\ud800"'),
        (True, "True"),
        (10**30 - 1, "9" * 30),
        (-(10**30), "a number of over 30 digits"),
        pytest.param(10**9999, "a number of over 30 digits", id="longer than Python writes"),
        pytest.param([10**9999], "a list with a number of over 30 digits", id="the same in a list"),
    ],
)
def test_a_wrong_value_is_told_as_it_is_and_what_cannot_be_seen_as_its_escape(value, told):
    assert shown(value) == told


@pytest.mark.parametrize("value", ["x" * 99, "\U0010ffff" * 61, ["word\n" * 9] * 99, "\ud800" * 99])
def test_a_long_value_is_told_in_one_short_line(value):
    line = shown(value)
    assert len(line) <= SHOWN_MAX + 2
    assert len(line.encode().splitlines()) == 1
    assert line.rstrip('"').endswith("…")


@pytest.mark.parametrize("more", [0, 1, 13])
def test_a_refusal_of_many_things_says_how_many_it_leaves_out_and_where_all_are(more):
    total = PROBLEMS_SHOWN + more
    lines = str(OfferError([Problem(f"offers[{k}]", "is bad", "be good", "Mend it.") for k in range(total)])).split(
        "\n"
    )
    assert lines[PROBLEMS_SHOWN - 1] == f"offers[{PROBLEMS_SHOWN - 1}]: is bad; be good. Mend it."
    left_out = [f'... and {more} more; "problems" lists all {total} (--json prints it)'] if more else []
    assert lines[PROBLEMS_SHOWN:] == left_out
