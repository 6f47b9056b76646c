"""What is told of each mechanism and of each seller under it? One tree for programs, two tables for spreadsheets.

Money is whole minor units and worth whole millionths in the tree, and plain decimals in the tables (RFC 4180). A name
that a spreadsheet would run as a formula gets an apostrophe in front, as in a round's own payments.csv.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from evenhand import canonical
from evenhand.comparison import PROMISES, Comparison, Purchase
from evenhand.money import Money
from evenhand.records import MILLION, millionths
from evenhand.reports.notation import score
from evenhand.reports.payments_csv import guarded

SCHEMA = "evenhand/comparison/1"

WORDS = {True: "kept", False: "broken", None: "not promised"}
"""What became of a promise -> in a word."""


def numbers(comparison: Comparison) -> dict[str, Any]:
    """Give everything that is compared, as a plain tree."""
    terms = comparison.terms
    tree: dict[str, Any] = canonical.tree(
        {
            "schema": SCHEMA,
            "record": canonical.digest(canonical.encode(comparison.record)),
            "name": terms.name,
            "currency": terms.currency,
            "budget_minor": terms.budget_minor,
            "share_pool_minor": terms.share_pool_minor,
            "best_worth_millionths": millionths(comparison.best / MILLION),
            "own_mechanism": terms.mechanism,
            "mechanisms": [_of(purchase) for purchase in comparison.purchases],
            "refused": comparison.refused,
        }
    )
    return tree


def _of(purchase: Purchase) -> dict[str, Any]:
    return {
        "mechanism": purchase.mechanism.name,
        "version": purchase.mechanism.version,
        "worth_millionths": purchase.worth,
        "part_of_best_millionths": millionths(purchase.part),
        "cash_minor": purchase.cash,
        "share_minor": purchase.shares,
        "cash_left_minor": purchase.cash_left,
        "share_left_minor": purchase.shares_left,
        "bought": purchase.bought,
        "sellers_paid": purchase.paid,
        "promises": {claim: WORDS[held] for claim, held in purchase.promises.items()},
        "findings": purchase.outcome.findings,
        "payments": [
            {
                "seller": decision.seller,
                "selected": decision.selected,
                "reason": decision.reason,
                "payment_minor": decision.payment_minor,
                "share_minor": decision.share_minor or 0,
            }
            for decision in purchase.outcome.decisions
        ],
    }


def mechanisms_csv(comparison: Comparison) -> str:
    """Write one line a mechanism under a header."""
    currency = comparison.terms.currency

    def line(purchase: Purchase) -> list[str]:
        amounts = (purchase.cash, purchase.cash_left, purchase.shares, purchase.shares_left)
        return [
            purchase.mechanism.name,
            score(purchase.worth),
            score(millionths(purchase.part)),
            *(Money(minor, currency).plain for minor in amounts),
            currency,
            str(purchase.bought),
            str(purchase.paid),
            *(WORDS[held] for held in purchase.promises.values()),
        ]

    amounts = ("cash", "cash_left", "shares", "shares_left", "currency")
    header = ("mechanism", "worth", "part_of_best", *amounts, "bought", "sellers_paid", *PROMISES)
    return _csv(header, map(line, comparison.purchases))


def payments_csv(comparison: Comparison) -> str:
    """Write one line a mechanism and seller under a header, in the order of the record."""
    currency = comparison.terms.currency
    lines = (
        [
            purchase.mechanism.name,
            guarded(decision.seller),
            "yes" if decision.selected else "no",
            Money(offer.cost_minor, currency).plain,
            score(decision.worth),
            Money(decision.payment_minor, currency).plain,
            Money(decision.share_minor or 0, currency).plain,
            currency,
            decision.reason,
        ]
        for purchase in comparison.purchases
        for offer, decision in zip(comparison.record.offers, purchase.outcome.decisions, strict=True)
    )
    return _csv(("mechanism", "seller", "selected", "cost", "worth", "cash", "share", "currency", "reason"), lines)


def _csv(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(lines)
    return text.getvalue()
