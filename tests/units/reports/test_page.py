import base64
import dataclasses
import hashlib
import html
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evenhand import canonical
from evenhand.errors import OfferError
from evenhand.mechanisms import MECHANISMS
from evenhand.records import MEASURES, BuiltReference, Record
from evenhand.reports.charts import WIDTHS, budget_bar, virtual_costs
from evenhand.reports.notation import HIDDEN, amount, money, score, visible
from evenhand.reports.page import render
from evenhand.reports.rows import rows
from tests.units.reports.outcomes import HOSTILE, make

VOID = {"meta", "link", "br"}
DRAWN = {"line", "rect"}  # SVG elements that close themselves
FETCHING = {"script", "img", "iframe", "object", "embed", "audio", "video", "source", "base", "form", "image", "use"}


class Page(HTMLParser):
    """A page as a tree that must close what it opens, its text by element, and every attribute."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.pieces, self.parents = [], [], [], [], []
        self.feed(source)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.parents.append(self.open[-1] if self.open else None)
        self.attributes.append(dict(attrs))
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in DRAWN, f"{tag} does not close itself"
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open, f"{tag} closes nothing"
        assert self.open.pop() == tag, f"{tag} closes another element"

    def handle_data(self, data):
        if "style" not in self.open:
            self.pieces.append(data)

    @property
    def text(self):
        return "".join(self.pieces).replace("\u00a0", " ").replace("−", "-")

    def all(self, tag):
        return [attrs for name, attrs in zip(self.tags, self.attributes, strict=True) if name == tag]


CASES = {
    "twelve": {},
    "one": {"n": 1},
    "two hundred": {"n": 200, "budget": 2_000_000},
    "no winner": {"n": 6, "helpful": False},
    "hostile": {"names": HOSTILE, "name": "<script>alert(1)</script>", "currency": "JPY", "broken": True},
}


@pytest.fixture(params=CASES, scope="module")
def outcome(request):
    return make(**CASES[request.param])


@pytest.fixture(scope="module")
def page(outcome):
    return Page(render(outcome))


def style_of(source):
    return re.search(r"<style>(.*?)</style>", source, re.DOTALL)[1]


# -- the same bytes everywhere ----------------------------------------------------------------------------------------

PROGRAM = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from tests.units.reports.outcomes import HOSTILE, make
from evenhand.reports.page import render
from evenhand.reports.rows import rows
from evenhand.reports.payments_csv import payments_csv
outcome = make(names=HOSTILE)
print(hashlib.sha256((render(outcome) + payments_csv(outcome)).encode()).hexdigest())
"""


def test_the_page_is_the_same_under_every_hash_seed_and_locale():
    made = set()
    for seed, locale in (("0", "C"), ("4711", "tr_TR.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-c", PROGRAM, str(Path(__file__).parent)]
        made.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert len(made) == 1
    assert len(made.pop().strip()) == 64


def test_the_page_does_not_tell_a_record_from_the_same_record_read_back():
    outcome = make()
    terms = dataclasses.replace(
        outcome.record.terms,
        weights=dict(reversed(outcome.record.terms.weights.items())),
        learner=dict(reversed(outcome.record.terms.learner.items())),
    )
    turned = dataclasses.replace(outcome, record=dataclasses.replace(outcome.record, terms=terms))
    read = canonical.decode(canonical.encode(outcome.record), Record, "record.json")
    page = render(outcome)
    assert render(turned) == page
    assert render(dataclasses.replace(outcome, record=read)) == page


# -- nothing leaves the page ------------------------------------------------------------------------------------------


def test_nothing_is_fetched_or_run(page, outcome):
    assert not FETCHING & set(page.tags)
    assert page.all("link") == [{"rel": "icon", "href": "data:,"}]
    for attrs in page.attributes:
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "srcset", "style", "xlink:href")]
        assert not [value for value in attrs.values() if value and re.search(r"https?:|//", value) and "'" not in value]
    assert all(value["fill"].startswith("url(#") for value in page.attributes if "url" in value.get("fill", ""))
    style = style_of(render(outcome))
    assert "url(" not in style
    assert "@import" not in style


def test_the_security_policy_allows_this_style_sheet_and_no_other(page, outcome):
    policy = next(attrs["content"] for attrs in page.all("meta") if "http-equiv" in attrs)
    named = base64.b64encode(hashlib.sha256(style_of(render(outcome)).encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{named}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


# -- well formed and accessible ---------------------------------------------------------------------------------------


def test_every_reference_inside_the_page_is_met_once(page):
    ids = [attrs["id"] for attrs in page.attributes if "id" in attrs]
    assert len(ids) == len(set(ids))
    fills = {attrs["fill"][5:-1] for attrs in page.attributes if attrs.get("fill", "").startswith("url(#")}
    named = {name for attrs in page.attributes for name in attrs.get("aria-labelledby", "").split()}
    assert fills | named <= set(ids)


def test_tables_sections_and_charts_say_what_they_are(page):
    assert page.all("html") == [{"lang": "en"}]
    assert {"header", "main", "footer"} <= set(page.tags)
    assert page.tags.count("caption") == page.tags.count("table") == 3
    assert all(attrs.get("scope") in ("col", "row", "colgroup", "rowgroup") for attrs in page.all("th"))
    assert all("aria-labelledby" in attrs for attrs in page.all("section"))
    for attrs in page.all("svg"):
        assert attrs.get("aria-hidden") == "true" or (attrs["role"], len(attrs["aria-labelledby"].split())) == (
            "img",
            2,
        )
    assert page.tags.count("h1") == 1


def test_a_row_has_as_many_cells_as_the_table_has_columns(outcome):
    tables = re.findall(r"<table>.*?</table>", render(outcome), re.DOTALL)
    for table, columns in zip(tables, (13, 12, 7), strict=True):
        for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL):
            cells = re.findall(r"<t[hd]([^>]*)>", row)
            spans = [int(found[1]) if (found := re.search(r'colspan="(\d+)"', cell)) else 1 for cell in cells]
            assert sum(spans) == columns


def test_the_sections_stand_in_their_order(page):
    order = [attrs["id"] for attrs in page.all("h2")]
    assert order == ["checks", "offers", "money", "whys", "counted", "promises", "limits", "verify", "terms"]


# -- what sellers write stays what they wrote --------------------------------------------------------------------------


def test_hostile_names_add_no_element_and_no_attribute():
    plain, hostile = Page(render(make())), Page(render(make(names=HOSTILE, name="</title><script>x</script>")))
    assert set(plain.tags) == set(hostile.tags)
    assert {name for attrs in plain.attributes for name in attrs} == {n for attrs in hostile.attributes for n in attrs}
    assert "{{ 7 * 7 }} {cost}" in hostile.text


def test_every_name_is_shown_in_full_without_hidden_characters():
    outcome = make(names=HOSTILE)
    source = render(outcome)
    text = Page(source).text
    for decision in outcome.decisions:
        assert visible(decision.seller) in text
    isolates = "\u2068\u2069"  # ours, and balanced
    assert not (HIDDEN - set(isolates)) & set(source)
    assert source.count("\u2068") == source.count("\u2069") > 0
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", source)


# -- every number is there --------------------------------------------------------------------------------------------


def offers_rows(source):
    """Name, its whole -> the row of the table of offers, as text."""
    table = re.search(r"<table>.*?</table>", source, re.DOTALL)[0]
    rows = [row for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL) if '<th scope="row"' in row]
    named = re.compile(r'<bdi(?: title="(?P<whole>.*?)")?>(?P<shown>.*?)</bdi>')
    found = [(named.search(row), row) for row in rows]
    return {html.unescape(name["whole"] or name["shown"]): Page(row).text for name, row in found}


def test_every_number_of_the_outcome_stands_in_its_row(outcome):
    currency, rows = outcome.record.terms.currency, offers_rows(render(outcome))
    assert len(rows) == len(outcome.decisions)
    for decision, offer in zip(outcome.decisions, outcome.record.offers, strict=True):
        row = rows[visible(decision.seller)]
        assert ("● bought" in row) is decision.selected
        numbers = [score(decision.quality), score(decision.value_millionths), score(decision.worth)]
        numbers += [score(getattr(offer.scores, measure)) for measure in MEASURES]
        numbers += [amount(offer.cost_minor, currency), amount(decision.payment_minor, currency)]
        if decision.value_low != decision.value_high:
            numbers += [score(decision.value_low), score(decision.value_high)]
        if decision.highest_winning_minor is not None:
            numbers.append(amount(decision.highest_winning_minor, currency))
        missing = [number for number in numbers if number not in row]
        assert not missing, f"{decision.seller}: {missing}"


def test_the_summary_adds_up(page, outcome):
    terms = outcome.record.terms
    paid = sum(decision.payment_minor for decision in outcome.decisions)
    summary = page.text[: page.text.index("Checks")]
    for minor in (paid, terms.budget_minor, terms.budget_minor - paid):
        assert money(minor, terms.currency) in summary
    assert canonical.digest(canonical.encode(outcome.record)) in page.text


def test_a_broken_promise_is_told_in_the_summary_and_with_its_counterexample():
    text = Page(render(make(broken=True))).text
    assert "✗ 1 of 3 promises of this round was broken." in text
    assert "gains 2.50 EUR by reporting 27.88 EUR" in text
    assert "All 3 promises" not in text


def test_a_payment_below_a_report_breaks_a_promise_whatever_the_finding_says():
    outcome = make()
    winner = next(decision for decision in outcome.decisions if decision.selected)
    cheated = dataclasses.replace(winner, payment_minor=1)
    decisions = tuple(cheated if decision is winner else decision for decision in outcome.decisions)
    text = Page(render(dataclasses.replace(outcome, decisions=decisions))).text
    assert "1 of 8 winners paid below their report" in text
    assert "Each winner is paid the highest report" not in text


def test_a_round_without_winners_says_so():
    text = " ".join(Page(render(make(6, helpful=False))).text.split())
    assert "The buyer bought none of the 6 datasets offered, and spent nothing" in text
    assert "No offer has worth" in text


def test_a_mechanism_without_a_unit_price_shows_none(monkeypatch):
    other = dataclasses.replace(MECHANISMS["proportional_share"], name="another", unit_price=False)
    monkeypatch.setitem(MECHANISMS, "another", other)
    outcome = make()
    terms = dataclasses.replace(outcome.record.terms, mechanism="another")
    other = dataclasses.replace(outcome, record=dataclasses.replace(outcome.record, terms=terms))
    assert "unit price" in Page(render(outcome)).text
    assert "unit price" not in Page(render(other)).text


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "Of a budget of 1,200.00 EUR the buyer spent 1,200.00 EUR on the one dataset that was offered, that of Ab"),
        (3, "spent 1,199.99 EUR on 2 of 3 offered datasets, those of Borough Archive and Abbey Press."),
        (12, "spent 1,199.97 EUR on 8 of 12 offered datasets, those of Dockyard Papers, Kiln Forum, Jetty Weekly,"),
    ],
)
def test_the_first_sentence_tells_the_sum_before_the_sellers(n, said):
    text = " ".join(Page(render(make(n))).text.split())
    assert said in text
    assert not re.search(r" [,.]", text)


def test_what_a_seller_is_paid_stands_beside_what_was_asked():
    headings = re.findall(r'<th scope="col"[^>]*>(\w[^<]*)', render(make()))
    assert headings[:4] == ["Seller", "Cost reported", "Payment", "Highest winning report"]


def test_a_long_name_is_short_in_the_table_and_whole_in_its_title():
    long = "Archive " + "of the harbour town " * 9
    source = render(make(names=(long, "Borough Archive", "Clinic Notes", "Dockyard Papers"), n=4))
    table, whys = (source[source.index(f'id="{part}"') :].split("</section>")[0] for part in ("offers", "whys"))
    for part in (table, whys):
        assert f'<bdi title="{long}">' in part
        assert len(re.search(r"<bdi title=[^>]*>(.*?)</bdi>", part)[1]) <= 60


def test_every_negative_number_has_a_minus_and_no_hyphen():
    source = re.sub(r"<style>.*?</style>", "", render(make(n=40)), flags=re.DOTALL)
    shown = re.findall(r"[ >(\"](-\d[\d.]*)", re.sub(r'rotate\(-45\)|(?:x|dx|y1)="-\d+"', "", source))
    assert not shown
    assert "Its value is −0." in source
    assert 'title="exactly −' in source


def test_only_the_evidence_that_occurs_is_explained_and_without_more_than_is_known():
    text = Page(render(make(n=40))).text
    assert "Computed exactly from the published scores of this round." in text
    assert "nothing was sampled" not in text
    assert "Searched" not in text


def test_documents_that_the_buyer_has_are_told_on_the_page():
    assert "12 of its 297 distinct documents are the buyer's own" in Page(render(make(held=12))).text
    assert "the buyer's own and add" not in Page(render(make())).text


def test_the_lower_is_told_of_two_and_not_of_one():
    assert "The lower of these two is the unit price" in Page(render(make())).text
    alone = Page(render(make(1))).text
    assert "lower of these" not in alone
    assert "No other offer could be bought, so this is the unit price" in alone


@pytest.mark.parametrize("n", [12, 40])
def test_a_winner_without_room_for_a_number_is_named_in_the_caption(n):
    outcome = make(n)
    source, chart, bar = render(outcome), virtual_costs(outcome), budget_bar(outcome)
    winners = {row.rank for row in rows(outcome) if row.decision.selected}
    marks = [[one for one in chart.bars if one.row.decision.selected], bar.segments]
    for width in WIDTHS:
        for drawn, unnumbered in zip(marks, (chart.unnumbered[width], bar.unnumbered[width]), strict=True):
            numbered = {one.row.rank for one in drawn if one.rank and WIDTHS[one.rank.shown] <= WIDTHS[width]}
            assert expanded(unnumbered) == winners - numbered
        told = re.findall(
            rf'<span class="only-{width}">Bought, but too narrow here for a number: (.*?)\.</span>', source
        )
        assert told == [ranks for ranks in (chart.unnumbered[width], bar.unnumbered[width]) if ranks]


def expanded(ranks):
    """ "1, 3 to 5" -> {1, 3, 4, 5}"""
    ends = [run.split(" to ") for run in ranks.split(", ") if run]
    return {rank for run in ends for rank in range(int(run[0]), int(run[-1]) + 1)}


def test_an_outcome_without_a_record_is_refused():
    with pytest.raises(OfferError, match="has no record"):
        render(dataclasses.replace(make(), record=None))


# -- it can be read in every light -------------------------------------------------------------------------------------


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_enough_in_light_dark_and_print():
    schemes = re.findall(r":root \{(.*?)\}", style_of(render(make())), re.DOTALL)
    assert len(schemes) == 3
    for scheme in schemes:
        colour = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
        for text in ("ink", "muted", "bought", "broken"):
            for ground in ("paper", "panel"):
                assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground, colour)
        for mark in ("bought", "other"):
            assert contrast(colour[mark], colour["paper"]) >= 3, (mark, colour)
        assert contrast(colour["bought"], colour["above"]) >= 3, colour


# -- what was passed over, and a reference that stands in a folder -----------------------------------------------------


def with_manifest(material, blank):
    return dataclasses.replace(material, manifest=dataclasses.replace(material.manifest, blank=blank))


def test_rows_without_text_are_told_of_offers_and_of_what_the_buyer_brought_and_else_not():
    outcome = make()
    record = outcome.record
    assert "without text" not in Page(render(outcome)).text
    first, *rest = record.offers
    offers = (dataclasses.replace(first, material=with_manifest(first.material, 7)), *rest)
    changed = dataclasses.replace(record, offers=offers, validation=with_manifest(record.validation, 2))
    said = " ".join(Page(render(dataclasses.replace(outcome, record=changed))).text.split())
    documents = first.material.manifest.documents
    assert f"Not checked rows without text: 7 of {documents + 7:,} were passed over" in said
    rows_read = record.validation.manifest.documents + 2
    assert f"The buyer's validation text: rows without text: 2 of {rows_read:,} were passed over" in said


def test_a_reference_in_a_folder_stands_among_what_was_read_with_its_digest():
    outcome = make()
    digest = f"sha256:{'5' * 64}"
    for path, shown in (("refs/<b>public</b>", "refs/<b>public</b>"), (None, "elsewhere")):
        built = BuiltReference(path, "what is known", digest, "hashed-words/1", sentences=12_345, embedded=8_192)
        record = dataclasses.replace(outcome.record, reference=built)
        page = Page(render(dataclasses.replace(outcome, record=record)))
        assert digest in {each.get("title") for each in page.attributes}
        said = " ".join(page.text.split())
        assert "12,345 sentences, 8,192 embedded" in said
        assert shown in visible(said)
