"""Evenhand: truthful markets for data.

A buyer says what a model needs and what may be spent (`Call`); data owners offer datasets at a reported cost (`Offer`);
`run_round` measures quality, estimates what each dataset is worth to the buyer, decides who sells, and pays by a rule
under which the honest report is the best report. Everyone gets a record from which the outcome can be computed again.

    eh.datasets      what is offered              eh.markets       who sells how much
    eh.quality       what can be measured         eh.payments      who is paid what
    eh.valuation     what it is worth             eh.properties    what may be claimed
    eh.learners      models that score data       eh.MECHANISMS    the table of mechanisms and their claims
    eh.reports       how it is told               eh.planning      how much of what is paid should be cash

The first file to read is `round.py`. Names are loaded when they are first used: importing evenhand imports no numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evenhand import datasets, learners, markets, payments, planning, properties, quality, reports, valuation
    from evenhand.call import read_call
    from evenhand.errors import EvenhandError, OfferError, Problem, StoreError
    from evenhand.mechanisms import MECHANISMS, Mechanism, procure
    from evenhand.money import Money
    from evenhand.properties.certify import certify
    from evenhand.publication import publish
    from evenhand.records import Allocation, Call, Dataset, Document, Finding, Offer, Outcome, Record
    from evenhand.reports.explain import explain
    from evenhand.round import run_round
    from evenhand.valuation import Learner

__version__ = "0.1.0"

_HOME = {
    "call": ("read_call",),
    "errors": ("EvenhandError", "OfferError", "Problem", "StoreError"),
    "mechanisms": ("MECHANISMS", "Mechanism", "procure"),
    "money": ("Money",),
    "properties": ("certify",),
    "records": ("Allocation", "Call", "Dataset", "Document", "Finding", "Offer", "Outcome", "Record"),
    "publication": ("publish",),
    "reports.explain": ("explain",),
    "round": ("run_round",),
    "valuation": ("Learner",),
}
_ROOMS = ("datasets", "learners", "markets", "payments", "planning", "properties", "quality", "reports", "valuation")
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "MECHANISMS",
    "Allocation",
    "Call",
    "Dataset",
    "Document",
    "EvenhandError",
    "Finding",
    "Learner",
    "Mechanism",
    "Money",
    "Offer",
    "OfferError",
    "Outcome",
    "Problem",
    "Record",
    "StoreError",
    "certify",
    "datasets",
    "explain",
    "learners",
    "markets",
    "payments",
    "planning",
    "procure",
    "properties",
    "publish",
    "quality",
    "read_call",
    "reports",
    "run_round",
    "valuation",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"evenhand.{name}")
    if name in _MODULE_OF:
        return getattr(import_module(f"evenhand.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module 'evenhand' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
