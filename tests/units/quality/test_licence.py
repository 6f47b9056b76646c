"""Data may be bought where every reading of its licence that the seller offers leaves the buyer an allowed one."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import OfferError
from evenhand.quality.licence import allowed, allowed_names, fault, meant, refusals, remedy

NAMES = ("MIT", "ISC", "CC0-1.0", "GPL-2.0-only WITH Classpath-exception-2.0")
TREES = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.tuples(st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)),
    max_leaves=5,
)


def written(tree):
    return tree if isinstance(tree, str) else "(" + f" {tree[0]} ".join(map(written, tree[1])) + ")"


def holds(tree, truth):
    """Brute force: the truth of a tree where each licence is true or false."""
    if isinstance(tree, str):
        return truth[tree]
    values = [holds(part, truth) for part in tree[1]]
    return min(values) if tree[0] == "AND" else max(values)


@given(TREES.filter(lambda tree: len(written(tree)) <= 200))
def test_what_is_allowed_is_what_holds_under_every_assignment_of_truth(tree):
    for values in itertools.product([False, True], repeat=len(NAMES)):
        truth = dict(zip(NAMES, values, strict=True))
        allow = [name for name in NAMES if truth[name]]
        assert allowed(written(tree), allow) == holds(tree, truth), (written(tree), allow)


@given(TREES.filter(lambda tree: len(written(tree)) <= 200), st.sets(st.sampled_from(NAMES)))
def test_allowing_all_that_a_refusal_names_allows_the_data(tree, allow):
    found = refusals(written(tree), sorted(allow), "offer")
    if found:
        needed = found[0].found.partition(" needs ")[2]
        assert needed
        named = [name for name in NAMES if name in needed]
        assert allowed(written(tree), sorted(allow | set(named)))


@given(TREES.filter(lambda tree: len(written(tree)) <= 200), st.sets(st.sampled_from(NAMES)), st.sampled_from(NAMES))
def test_allowing_one_more_licence_refuses_no_data(tree, allow, more):
    assert allowed(written(tree), sorted(allow)) <= allowed(written(tree), sorted(allow | {more}))


@pytest.mark.parametrize(
    ("expression", "allow", "may"),
    [
        ("MIT AND ISC OR CC0-1.0", ["CC0-1.0"], True),  # AND binds before OR
        ("MIT AND (ISC OR CC0-1.0)", ["CC0-1.0"], False),
        ("mit", ["MIT"], True),
        ("GPL-2.0", ["GPL-2.0-only"], True),
        ("GPL-2.0-only", ["GPL-2.0"], True),
        ("GPL-2.0-or-later", ["GPL-2.0-only", "GPL-3.0-only"], False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", ["GPL-2.0-only"], False),
        ("GPL-2.0-only", ["GPL-2.0-only WITH Classpath-exception-2.0"], False),
        ("gpl-2.0 with classpath-exception-2.0", ["GPL-2.0-only WITH Classpath-exception-2.0"], True),
        ("GPL-2.0-with-classpath-exception", ["GPL-2.0-only WITH Classpath-exception-2.0"], True),
        ("MIT AND gpl-3.0-WITH-gcc-exception", ["MIT", "GPL-3.0-only WITH GCC-exception-3.1"], True),
        ("GPL-2.0-only WITH GCC-exception-2.0", ["GPL-2.0-with-GCC-exception"], True),
        ("eCos-2.0", ["GPL-2.0-or-later WITH eCos-exception-2.0"], True),
        ("eCos-2.0", ["GPL-2.0-or-later"], False),
        ("Apache-2.0+", ["Apache-2.0+"], True),
        ("apache-2.0+ OR MIT+", ["MIT+"], True),
        ("Apache-2.0+", ["Apache-2.0"], False),  # a name of its own, as "-or-later" is
        ("Apache-2.0", ["Apache-2.0+"], False),
        ("GPL-2.0+", ["GPL-2.0-or-later"], True),
        ("LicenseRef-mill-2026", ["LicenseRef-mill-2026"], True),
        ("LicenseRef-mill-2026 OR MIT", ["LicenseRef-mill-2026"], True),
        ("LicenseRef-mill-2025", ["LicenseRef-mill-2026"], False),
        ("LicenseRef-Apache", ["Apache-2.0"], False),  # a second name of the library's, not of SPDX
        ("MIT", [], False),
    ],
)
def test_or_leaves_a_choice_and_binds_both_and_with_makes_another_licence(expression, allow, may):
    assert allowed(expression, allow) is may


@pytest.mark.parametrize(
    "expression", ["", " ", "free", "proprietary", "NONE", "NOASSERTION", "MIT OR", "MIT,ISC", "\ud800", "MIT OR free",
                   "MIT OR " * 500 + "MIT", "(" * 150, "MIT\nOR ISC", "MIT WITH ISC", "AND", "LicenseRef-",
                   "MIT ++", "MIT++", "GPL-2.0-only+", "Classpath-exception-2.0+", "MIT WITH eCos-2.0"],
)  # fmt: skip
def test_what_is_missing_or_unknown_is_refused_with_a_remedy(expression):
    (problem,) = refusals(expression, ["MIT", "ISC"], 'offer of "ada"')
    assert problem.where == 'offer of "ada"'
    assert problem.bound == "this call allows MIT, ISC"
    assert problem.remedy


def test_a_near_name_is_suggested():
    assert refusals("MIT OR Apache 2.0", ["MIT"], "x")[0].remedy == 'Did you mean "Apache-2.0"?'
    assert fault("MIT OR Apache-2.0") == ""


def test_every_bad_entry_of_a_call_is_told_at_once():
    with pytest.raises(OfferError) as refused:
        allowed_names(("MIT", "MIT OR ISC", "CC-BY", "LicenseRef-a b", "", "(" * 99 + "MIT" + ")" * 99))
    assert [problem.where for problem in refused.value.problems] == [f"licences[{place}]" for place in (1, 2, 3, 4, 5)]


@given(st.text(max_size=30), st.lists(st.text("MITANDORWITHlicenseref-2.0 ()", max_size=20), max_size=3))
def test_no_text_breaks_it(expression, allow):
    try:
        may = allowed(expression, allow)
    except OfferError as error:
        may = not error.problems[0].where.startswith("licences[")
    assert not may or fault(expression, frozenset(allow)) == ""


@pytest.mark.parametrize(
    "named", ["LicenseRef-foo", "LicenseRef-Unlicense", "NONE", "NOASSERTION", "unlicensed", "UNLICENSED"]
)
def test_nobody_is_led_to_give_away_more_than_was_meant(named):
    assert meant(named) == ""
    assert remedy(named).startswith("State an SPDX expression")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("CC0 1.0", "CC0-1.0"),
        ("cc0", "CC0-1.0"),
        ("the MIT", "MIT"),
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://hollybank.coop/licence", ""),
    ],
)
def test_a_name_or_an_address_that_is_known_is_recognised(written, name):
    assert meant(written) == name


def test_a_licence_of_ones_own_is_told_when_it_counts():
    assert "where the call lists it by this name" in remedy("LicenseRef-mill")
    assert "where the call" not in remedy("CC BY 4.0")
