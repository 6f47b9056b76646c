"""Which payments are there on a market that decides by itself, where welfare is greatest?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from evenhand import payments
from evenhand.errors import OfferError, Problem
from evenhand.markets import MeanEstimation, Retrieval
from evenhand.mechanisms.mechanism import Mechanism
from evenhand.payments import as_published

MAXIMISER = "Needs a market that maximises welfare exactly, and in which every seller can be left out."

# -- counterexamples that are small enough to check by hand: a market, and the true costs ------------------------------

ONE_OF_TWO = Retrieval([0.9, 0.7], k=1), [0.3, 0.2]
DIFFERENCE = MeanEstimation([[0.2, -0.6]], [[1.0, 0.0], [0.8, 0.6]], [0.0, 0.0]), [0.05, 0.05]
APART = MeanEstimation([[1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]), [1.0, 1.0]


def _payment(name: str, claims: tuple[str, ...], refuted: Mapping[str, str], **more: Any) -> Mechanism:
    """Make a row for a payment rule on a market that decides by itself."""
    return Mechanism(name, 1, claims, more.pop("source", "Fan25"), payments.RULES[name], refuted=refuted, **more)


def _always_buying(market: Any) -> Any:
    """Give a retrieval of one document as Algorithm 1 runs it: the best is bought, at any loss."""
    if not hasattr(market, "always_buying") or market.k != 1 or np.ndim(market.scores) != 1 or len(market.scores) < 2:
        found = f"is a {type(market).__name__}" + (f" of k = {market.k}" if hasattr(market, "k") else "")
        bound = "Algorithm 1 buys one document of two or more for one query"
        raise OfferError(Problem("market", found, bound, "Give it a markets.Retrieval(scores, k=1)."))
    return market.always_buying()


ROWS = (
    _payment(
        "threshold",
        claims=("truthful", "rational"),
        refuted={"balanced": "E-000-06", "buyer_rational": "E-000-05"},
        counterexamples={"balanced": DIFFERENCE, "buyer_rational": DIFFERENCE},
        source="Myerson81",
        guarantee="Needs a market in which a higher report never sells more. No truthful payment is smaller.",
    ),
    _payment(
        "vcg",
        claims=("truthful", "rational"),
        refuted={"balanced": "E-000-06", "buyer_rational": "E-000-05"},
        counterexamples={"balanced": DIFFERENCE, "buyer_rational": DIFFERENCE},
        guarantee=MAXIMISER,
    ),
    _payment(
        "direct",
        claims=("rational",),
        refuted={"truthful": "E-000-09"},
        counterexamples={"truthful": (MeanEstimation([[1.0]], [[1.0]], [0.0]), [1.0])},
    ),
    _payment(
        "leave_one_out",
        claims=(),
        refuted={"truthful": "E-000-07", "rational": "E-000-11"},
        counterexamples={"truthful": ONE_OF_TWO, "rational": ONE_OF_TWO},
    ),
    _payment(
        "shapley",
        claims=("balanced",),
        refuted={"truthful": "E-000-10", "rational": "E-000-11"},
        counterexamples={
            "truthful": (Retrieval([1.0, 0.9, 0.5], k=1), [0.1, 0.6, 0.1]),
            "rational": (Retrieval([0.9, 0.9], k=1), [0.5, 0.6]),
        },
        traced_max=6,
    ),
    Mechanism(
        name="shapley_as_published",
        version=1,
        claims=(),
        source="Fan25",
        pay=as_published.shapley_without_empty,
        refuted={"truthful": "E-000-21", "rational": "E-000-21"},
        counterexamples={"truthful": APART},
        traced_max=6,
    ),
    Mechanism(
        name="algorithm_1_as_published",
        version=1,
        claims=(),
        source="Fan25",
        pay=as_published.algorithm_1,
        adapted=_always_buying,
        refuted={"truthful": "E-000-01", "rational": "E-000-01"},
        counterexamples={"truthful": ONE_OF_TWO, "rational": ONE_OF_TWO},
        guarantee="For `Retrieval` of one document, k = 1, from two or more.",
    ),
)
