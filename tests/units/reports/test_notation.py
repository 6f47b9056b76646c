from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from evenhand.money import Money
from evenhand.reports.notation import amount, ratio, score, shortened, told_apart, visible, weight

MINOR = st.integers(-(10**15), 10**15)


@given(MINOR, st.sampled_from(["EUR", "JPY", "BHD"]))
def test_an_amount_without_its_commas_is_the_amount(minor, currency):
    assert Money.parse(f"{amount(minor, currency).replace(',', '')} {currency}").minor == minor


@given(MINOR)
def test_a_score_is_its_millionths(millionths):
    assert Fraction(score(millionths)) * 10**6 == millionths
    assert Fraction(weight(millionths)) * 10**6 == millionths


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_rounded_but_never_to_all_of_it(part, whole):
    percent = Fraction(ratio(part, whole).removesuffix("%"))
    apart = abs(Fraction(100 * part, whole) - percent)
    assert apart <= Fraction(1, 20) or (percent in (Fraction("99.9"), Fraction("100.1")) and apart < Fraction(1, 10))
    assert (percent == 100) is (part == whole)


def test_two_thirds_are_not_cut():
    assert ratio(2, 3) == "66.7%"


@given(st.text(), st.integers(1, 50))
def test_a_shortened_name_is_one_visible_line_within_its_length(name, longest):
    shown = shortened(name, longest)
    assert len(shown) <= longest
    assert visible(shown) == shown
    assert len(shown.splitlines()) <= 1


ALIKE = st.builds(
    "{}{}{}".format, st.sampled_from(["", "a" * 30, "ab " * 9]), st.text("ab… ", max_size=9), st.just("c")
)


@given(st.lists(st.one_of(ALIKE, st.text()), max_size=6), st.integers(8, 50))
def test_names_that_differ_still_do_when_they_are_cut(names, longest):
    shown = told_apart(names, longest)
    assert len(shown) == len(names)
    assert len(set(shown)) == len(set(names))
    for name, cut in zip(names, shown, strict=True):
        assert len(cut) <= longest
        assert visible(cut) == cut
        assert cut == visible(name) or len(name) > longest or "(" in cut or "…" in name or visible(name) != name


def test_names_are_cut_where_they_are_the_same():
    names = ["University of Somewhere, North campus", "University of Somewhere, South campus"]
    assert told_apart(names, 24) == ["University…North campus", "University…South campus"]
    assert told_apart(names[:1], 24) == [shortened(names[0], 24)]
    assert told_apart(["lab\u202d", "lab\u202e"], 12) == ["lab�", "lab� (2)"]
