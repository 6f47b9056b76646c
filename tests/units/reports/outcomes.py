"""Outcomes of rounds that never ran, with numbers that agree with each other: quality, worth, selection and payments
follow from the parts by the rule of proportional share, written here by trial and not by its closed form."""

import dataclasses
import hashlib
import random
from fractions import Fraction
from functools import cache

import numpy as np
from hypothesis import strategies as st

from evenhand.records import (
    MEASURES,
    MILLION,
    CoalitionValues,
    Copies,
    Decision,
    Finding,
    Manifest,
    Material,
    Outcome,
    Record,
    RecordedOffer,
    Scores,
    Source,
    Terms,
    Witness,
)

NAMES = ("Abbey Press", "Borough Archive", "Clinic Notes", "Dockyard Papers", "Estuary Radio", "Fen Library",
         "Grammar School", "Harbour Law", "Inkwell", "Jetty Weekly", "Kiln Forum", "Lantern Books")  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "＋1+1",
    "מאגר הנמל",
    "أرشيف <b>الميناء</b>",
    "ben\u202emoc.live",
    "👩‍🚀🛰️ orbit",
    "{{ 7 * 7 }} {cost}",
    "x" * 200,
    "a & b; ]]> --> </title>",
    "line\nbreak\tand\x1b[31m",
)

ROUNDS = st.tuples(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), min_size=1, max_size=8), st.integers(1, 25)
).map(lambda drawn: ([cost for cost, _ in drawn[0]], [worth for _, worth in drawn[0]], drawn[1]))
"""(costs, worth, budget) for `cleared`, small enough for ties in every other round."""


@cache
def make(
    n: int = 12,
    *,
    seed: int = 7,
    currency: str = "EUR",
    budget: int = 120_000,
    names: tuple[str, ...] = NAMES,
    name: str = "Questions of a district hospital",
    copies: bool = True,
    helpful: bool = True,
    broken: bool = False,
    kappa: str = "0",
    scale: int = 1,
    held: int = 0,
) -> Outcome:
    """A round of n offers; the last two hold the same content where `copies`, nothing helps where not `helpful`.

    All costs, and the budget with them, are `scale` times as high; the first offer has `held` of the buyer's documents.
    """
    draw = random.Random(seed)
    sellers = sorted(names[i] if i < len(names) else f"{names[i % len(names)]} {i // len(names) + 1}" for i in range(n))
    pools = [(i,) for i in range(n)]
    if copies and n > 3:
        pools[-2:] = [(n - 2, n - 1)]
    values = [_value(draw, index, len(pool), helpful) for index, pool in enumerate(pools)]
    value = {i: values[p] / len(pool) for p, pool in enumerate(pools) for i in pool}
    size = {i: len(pool) for pool in pools for i in pool}
    content = {i: p for p, pool in enumerate(pools) for i in pool}
    offers = tuple(_offer(draw, sellers[i], i, content[i], budget, n, 0 if i else held, scale) for i in range(n))
    budget *= scale
    quality = [round(Fraction(sum(getattr(offer.scores, measure) for measure in MEASURES), 4)) for offer in offers]
    worth = [round(quality[i] * (max(value[i], 0) * size[i] + Fraction(kappa))) // size[i] for i in range(n)]
    costs = [offer.cost_minor for offer in offers]
    sampled = len(pools) > 16
    winners = chosen(costs, worth, budget)
    decisions = tuple(
        _decision(offers[i], i, quality[i], value[i], worth[i], costs, worth, budget, sampled, winners)
        for i in range(n)
    )
    terms = Terms(
        name, currency, budget, "proportional_share", 1, "plain-1", dict.fromkeys(MEASURES, 250_000), "shapley", 200,
        {"name": "ngram", "version": 1, "order": 3, "unit": "word"}, "1", "1", kappa, "2026-11-01", 11,
    )  # fmt: skip
    coalitions = CoalitionValues(
        "shapley", tuple(pools), 200 if sampled else 0, "sha256:" + "ab" * 32 if sampled else "", tuple(range(2**3))
    )
    record = Record(
        "evenhand/record/1", terms, _material("validation.jsonl", 420), _material("seed.jsonl", 9000), None, offers,
        coalitions,
    )  # fmt: skip
    payments = np.array([float(decision.payment_minor) for decision in decisions])
    return Outcome(
        "proportional_share",
        np.array([float(decision.selected) for decision in decisions]),
        payments,
        np.zeros(n),
        payments[None, :],
        tuple(sellers),
        _findings(sellers, costs, broken),
        decisions,
        record,
    )


def cleared(costs, worth, budget, *, currency="EUR"):
    """A round of offers of these costs in minor units and worths in millionths, all of full quality."""
    base = make(1, currency=currency)
    winners = chosen(costs, worth, budget)
    offers = tuple(
        dataclasses.replace(base.record.offers[0], seller=f"s{i:02}", cost_minor=cost) for i, cost in enumerate(costs)
    )
    decisions = tuple(
        _decision(offers[i], i, MILLION, Fraction(worth[i], MILLION), worth[i], costs, worth, budget, False, winners)
        for i in range(len(costs))
    )
    coalitions = dataclasses.replace(base.record.coalitions, pools=tuple((i,) for i in range(len(costs))))
    terms = dataclasses.replace(base.record.terms, budget_minor=budget)
    record = dataclasses.replace(base.record, terms=terms, offers=offers, coalitions=coalitions)
    return dataclasses.replace(
        base, sellers=tuple(offer.seller for offer in offers), decisions=decisions, record=record, findings=()
    )


def chosen(costs, worth, budget):
    """The winners of proportional share: the longest prefix by cost per worth in which every cost fits its part."""
    order = sorted(
        (i for i in range(len(costs)) if worth[i] > 0 and costs[i] <= budget),
        key=lambda i: (Fraction(costs[i], worth[i]), i),
    )
    winners, total = set(), 0
    for i in order:
        total += worth[i]
        if costs[i] * total > budget * worth[i]:
            break
        winners.add(i)
    return winners


def highest(costs, worth, budget, i):
    """The highest whole report of i that wins, by bisection; None where none does."""
    others = [j for j in range(len(costs)) if j != i and worth[j] > 0 and costs[j] <= budget]

    def wins(report):
        if report > budget:
            return False
        cheaper = [j for j in others if (costs[j] * worth[i], j) < (report * worth[j], i)]
        return report * (worth[i] + sum(worth[j] for j in cheaper)) <= budget * worth[i]

    if not wins(0):
        return None
    low, high = 0, budget + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wins(middle) else (low, middle)
    return low


def _value(draw, index, size, helpful):
    if not helpful or index == 2:
        return Fraction(-draw.randint(1, 9000), MILLION)
    return Fraction(draw.randint(8_000, 70_000), MILLION) + Fraction(1, 3 * MILLION)


def _offer(draw, seller, index, content, budget, n, held, scale):
    typical = budget / max(n, 4) * draw.uniform(0.15, 2.2)
    cost = budget + 5000 if index == 4 else max(1, int(typical))
    measures = [draw.randint(520_000, 999_999), draw.randint(300_000, 950_000), draw.randint(150_000, 990_000), 750_000]
    evidence = {"metadata": {"filled": 6, "asked": 8}, "cleanliness": {"errors": 14, "tokens": 90_210 + index}}
    material = _material(f"offers/{index}.jsonl", 300 + 7 * index, str(content))
    distinct = material.manifest.distinct
    return RecordedOffer(
        seller,
        cost * scale,
        {"licence": "CC-BY-4.0", "language": "en"},
        held,
        material,
        Scores(*measures, evidence),
        {"tokens": 90_210 + index, "repeated": 120, "damaged": 14},
        Copies(distinct, distinct - 2, 0, 9 * distinct, 0, material.manifest.content),
    )


def _material(path, documents, content=""):
    name = hashlib.sha256((path + content).encode()).hexdigest()
    inside = hashlib.sha256((content or path).encode()).hexdigest()
    return Material(
        Source(path), Manifest(f"sha256:{name}", f"sha256:{inside}", documents, documents - 3, documents * 1234)
    )


def _decision(offer, i, quality, value, worth, costs, worths, budget, sampled, winners):
    found = highest(costs, worths, budget, i) if worth else None
    won = i in winners
    reason = (
        "selected"
        if won
        else "no_value"
        if worth == 0
        else "asks_more_than_budget"
        if offer.cost_minor > budget
        else "outpriced"
    )
    millionths = round(value * MILLION)
    spread = abs(millionths) // 9 + 311 if sampled else 0
    return Decision(offer.seller, quality, value, millionths - spread, millionths, millionths + spread, worth, reason,
                    found, found if won else 0)  # fmt: skip


def _findings(sellers, costs, broken):
    lie = Witness(sellers[0], costs[0], costs[0] + 100, 250)
    return (
        Finding("truthful", not broken, 250 if broken else 0, "searched" if broken else "exact", 214,
                "No seller gains by reporting anything but the true cost.", lie if broken else None),
        Finding("rational", True, 0, "exact", len(sellers), "No winner is paid less than reported."),
        Finding("within_budget", True, 0, "proved", 1, "The payments do not exceed the budget."),
    )  # fmt: skip
