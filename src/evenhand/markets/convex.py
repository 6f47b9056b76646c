"""Who shares how much, when the buyers' values and the sellers' quantities are your own concave and convex functions?

You write them in cvxpy, as functions of one variable W, the weights (buyers, sellers); a conic solver does the rest:

    maximise over W in Omega   sum_i v_i(W) - sum_j c_j f_j(W_:j)                   [Fan25, eq. 1]

with v_i concave, f_j convex, 0 or more, and 0 where seller j's column is. The costs are parameters of one problem that
is compiled once (DPP), and so is who stays away: an absent seller's column is constrained to 0, which is f_j = 0 itself
and no large cost. Whatever Omega is, the market maximises welfare, so `threshold` and `vcg` agree and truth is a
dominant strategy (the envelope theorem; E-000-02 in docs/errata.md), to the solver's accuracy.

Every question but `allocate` and `value` is answered by solving again.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem
from evenhand.market import FullMarket, checked_costs
from evenhand.records import Allocation, Array

_GAPS = ("tol_gap_abs", "tol_gap_rel")
WANTED = {**dict.fromkeys(_GAPS, 1e-12), "tol_feas": 1e-9}
"""Asked of the solver. Weights and quantities are off by about the root of the gap, welfare and VCG by the gap."""

ACCEPTED = {**dict.fromkeys(_GAPS, 1e-9), "tol_feas": 1e-8}
"""Good enough where the solver gets no further."""

ATTEMPTS: tuple[dict[str, float], ...] = (
    {**WANTED, **{f"reduced_{name}": bound for name, bound in ACCEPTED.items()}},
    ACCEPTED,
    {**ACCEPTED, "max_step_fraction": 0.9},
    {**ACCEPTED, "max_step_fraction": 0.8},
)
"""A solver of interior points may get stuck on one path and not on another."""

NOTHING = 1e-8
"""A seller without whom the welfare moves by less than this share of itself, or by less than the solver's gap, sells
nothing."""

SMALL = 1e-3
"""Only sellers whose weights are below this share of the largest, or of 1, are looked at for selling nothing."""


class Convex(FullMarket):
    """Buyers and sellers whose concave values and convex quantities are written in cvxpy.

    Args:
        weights: the variable, of shape (buyers, sellers), or (sellers,) for one buyer.
        values: one concave scalar a buyer, in money; what it is at weights of 0 is taken off.
        quantities: one convex scalar a seller, known to be 0 or more, of that seller's column alone and 0 only where
            the column is (`cvxpy.sum_squares(weights[:, j])`); a seller's cost is money per unit of it.
        constraints: what weights are feasible. Where no feasible weights do without a seller, payments that ask for the
            market without that seller are refused.

    Raises:
        OfferError: shapes disagree, or a function is not of its kind by the rules of disciplined convex programming;
            all are named. Later, from `allocate`: a report is out of bounds, no weights are feasible, the welfare has
            no bound, or the solver did not reach its accuracy.
        ModuleNotFoundError: cvxpy is not installed.

    One market is one problem with one set of parameters: do not share it between threads.

    >>> import cvxpy as cp
    >>> w = cp.Variable(2, nonneg=True)
    >>> market = Convex(w, [2 * cp.sqrt(1 + cp.sum(w))], [cp.square(w[0]), cp.square(w[1])])
    >>> market.allocate([1 / 12, np.inf]).weights.round(4)
    array([[3., 0.]])
    """

    maximises_welfare = True
    relative_error = 3e-6
    """How exact the quantities are; quadrature asks for no more."""

    def __init__(
        self, weights: Any, values: Sequence[Any], quantities: Sequence[Any], constraints: Sequence[Any] = ()
    ) -> None:
        cp = _cvxpy()
        problems = _bad_variable(cp, weights) or [
            *_bad_functions(cp, "values", values, 1 if weights.ndim == 1 else weights.shape[0], "buyer", weights),
            *_bad_functions(cp, "quantities", quantities, weights.shape[-1], "seller", weights),
            *_bad_constraints(constraints, weights),
        ]
        if problems:
            raise OfferError(problems)
        self.weights = weights
        self.values = tuple(values)
        self.quantities = tuple(quantities)
        self.constraints = tuple(constraints)
        self._shape = (len(self.values), len(self.quantities))
        self._at_zero = np.zeros(self._shape[0])
        self._at_zero = self._value(np.zeros(self._shape))
        if problems := [*_bad_origin(self._at_zero), *self._bad_columns()]:
            raise OfferError(problems)
        self._unit = self._money()

        self._costs, self._absent = (cp.Parameter(self._shape[1], nonneg=True) for _ in range(2))
        away = self._absent if weights.ndim == 1 else np.ones((self._shape[0], 1)) @ self._absent[None, :]
        spent = cp.sum(cp.multiply(self._costs, cp.hstack(self.quantities)))
        self._problem = cp.Problem(
            cp.Maximize(sum(self.values) / self._unit - spent), [*self.constraints, cp.multiply(away, weights) == 0]
        )

    def allocate(self, costs: Any) -> Allocation:
        """Say who shares how much: the weights that maximise welfare, to the solver's accuracy."""
        reports = checked_costs(costs, self._shape[1])
        away = ~np.isfinite(reports)
        asked = np.where(away, 0.0, reports)
        weights = self._solved(asked, away)
        value, quantity = self._value(weights), self._quantity(weights)
        return Allocation(quantity, weights, value, float(value.sum() - asked @ quantity))

    def value(self, weights: Any) -> Array:
        """Give the gross value to each buyer of taking `weights` (buyers, sellers): (buyers,)."""
        return self._value(weights)

    def _value(self, weights: Any) -> Array:
        return np.array([self._evaluated(value, weights) for value in self.values]) - self._at_zero

    def _quantity(self, weights: Array) -> Array:
        return np.maximum([self._evaluated(quantity, weights) for quantity in self.quantities], 0.0)

    def _welfare(self, weights: Array, costs: Array) -> float:
        return float(self._value(weights).sum() - costs @ self._quantity(weights))

    def _evaluated(self, expression: Any, weights: Any) -> float:
        self.weights.save_value(np.asarray(weights, dtype=np.float64).reshape(self.weights.shape))
        with np.errstate(all="ignore"):  # what is not a number is refused in words
            value = expression.value
        return np.nan if value is None else float(np.squeeze(value))

    def _solved(self, costs: Array, away: Array) -> Array:
        cp = _cvxpy()
        self._costs.value, self._absent.value = costs / self._unit, away.astype(np.float64)
        decided = (cp.OPTIMAL, cp.OPTIMAL_INACCURATE, cp.INFEASIBLE, cp.UNBOUNDED)
        for settings in ATTEMPTS:
            if (status := self._tried(settings)) in decided:
                break
        if status.startswith(cp.INFEASIBLE):  # what is feasible does not depend on costs
            self._costs.value = np.zeros(len(costs))
            status = status if self._tried(ACCEPTED).startswith(cp.INFEASIBLE) else cp.SOLVER_ERROR
        if status not in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE):  # inaccurate is within what is accepted
            raise OfferError(_no_answer(status, np.flatnonzero(away), len(away)))
        weights = np.array(self.weights.value, dtype=np.float64).reshape(self._shape)
        weights[:, away] = 0.0
        if not np.isfinite(self._welfare(weights, costs)):  # it may stop a rounding error outside of the domain
            weights[np.abs(weights) <= NOTHING * max(np.abs(weights).max(), 1.0)] = 0.0
        if not np.isfinite(self._welfare(weights, costs)):
            raise OfferError(_no_answer("a value is not finite", np.flatnonzero(away), len(away)))
        return self._without_noise(weights, costs)

    def _without_noise(self, weights: Array, costs: Array) -> Array:
        """Take out sellers without whom the welfare stays what it is."""
        welfare, size = self._welfare(weights, costs), np.abs(weights).max(axis=0)
        nothing = max(NOTHING * abs(welfare), WANTED["tol_gap_abs"] * self._unit)
        for seller in np.flatnonzero((size > 0) & (size < SMALL * max(size.max(), 1.0))):
            gone = weights.copy()
            gone[:, seller] = 0.0
            if abs(self._welfare(gone, costs) - welfare) <= nothing:
                weights = gone
        return weights

    def _tried(self, settings: dict[str, float]) -> str:
        cp = _cvxpy()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what cvxpy warns of is refused in words
                self._problem.solve(solver=cp.CLARABEL, warm_start=False, **settings)  # the same whatever came before
        except cp.SolverError:
            return str(cp.SOLVER_ERROR)
        return str(self._problem.status)

    def _money(self) -> float:
        """Give the unit in which the solver counts money: what a seller's data at weights of 1 typically change."""
        changes = []
        for seller in range(self._shape[1]):
            column = np.zeros(self._shape)
            column[:, seller] = 1.0
            changes.append(abs(self._value(column).sum()))
        seen = [change for change in changes if np.isfinite(change) and change > 0]
        return float(np.ldexp(1.0, int(np.frexp(np.median(seen))[1]))) if seen else 1.0

    def _bad_columns(self) -> list[Problem]:
        """Look at each quantity where its column is 0 and all others are not, and where it is the other way round."""
        problems = []
        for seller, quantity in enumerate(self.quantities):
            column = np.zeros(self._shape)
            column[:, seller] = 0.5
            alone, gone = self._evaluated(quantity, column), self._evaluated(quantity, 0.5 - column)
            if gone != 0:
                problems.append(
                    Problem(
                        f"quantities[{seller}]",
                        f"is {gone} where the column of seller {seller} is 0",
                        "who sells nothing has a quantity of 0",
                        "Write it as a function of that column alone that is 0 at 0.",
                    )
                )
            elif not alone > 0:
                problems.append(
                    Problem(
                        f"quantities[{seller}]",
                        f"is {alone} where the column of seller {seller} is 0.5",
                        "what is used is sold: a quantity is 0 only where the column is 0",
                        "Write it without a free part.",
                    )
                )
        return problems


def _cvxpy() -> Any:
    try:
        import cvxpy
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "a Convex market is written in cvxpy, which is not installed: pip install cvxpy"
        ) from None
    return cvxpy


def _no_answer(status: str, away: Array, sellers: int) -> Problem:
    if status.startswith("infeasible"):
        if not len(away):
            return Problem("constraints", "leave no weights", "a market has at least one allocation", "Drop some.")
        who = (
            "all sellers"
            if len(away) == sellers
            else f"{'sellers' if len(away) > 1 else 'seller'} " + ", ".join(str(seller) for seller in away)
        )
        return Problem(
            "constraints",
            f"leave no weights without {who}",
            "payments ask what the market does without a seller",
            "Give the buyers a way to do without: weights that sum to at most 1, say, instead of exactly 1.",
        )
    if status.startswith("unbounded"):
        return Problem(
            "values and quantities",
            "have a welfare without bound at these reports",
            "a market has a best allocation",
            "Report costs above 0, or let quantities grow faster than values.",
        )
    return Problem(
        "values and quantities",
        f'could not be solved to {ACCEPTED["tol_gap_rel"]:g}: the solver says "{status}"',
        "an answer of less accuracy is none",
        "Use units in which costs, weights and values are near 1.",
    )


def _bad_variable(cp: Any, weights: Any) -> list[Problem]:
    if not isinstance(weights, cp.Variable):
        found = f"is a {type(weights).__name__}"
        return [Problem("weights", found, "it is a cvxpy Variable", "Write cvxpy.Variable((buyers, sellers)).")]
    if weights.ndim not in (1, 2) or not weights.size:
        found = f"has shape {weights.shape}"
        return [Problem("weights", found, "it is (buyers, sellers), or (sellers,) for one buyer", "Shape it so.")]
    if weights.attributes["boolean"] or weights.attributes["integer"]:
        return [Problem("weights", "are whole numbers", "a convex market sells parts", "Use `Subsets` for whole ones.")]
    return []


def _bad_functions(cp: Any, name: str, functions: Any, count: int, owner: str, weights: Any) -> list[Problem]:
    if not isinstance(functions, Sequence) or len(functions) != count:
        found = f"has {len(functions)} entries" if isinstance(functions, Sequence) else "is no list"
        return [Problem(name, found, f"there are {count} {owner}s in weights", f"Give one expression a {owner}.")]
    problems = []
    for i, function in enumerate(functions):
        where = f"{name}[{i}]"
        if not isinstance(function, cp.Expression) or function.size != 1:
            shape = f" of shape {function.shape}" if isinstance(function, cp.Expression) else ""
            found = f"is a {type(function).__name__}{shape}"
            problems.append(Problem(where, found, "it is one number, a cvxpy Expression", "Sum it up."))
        elif name == "values" and not function.is_concave():
            found, bound = f"is {function.curvature.lower()} to cvxpy", "a value is concave"
            problems.append(Problem(where, found, bound, "Write it by the rules of dcp.stanford.edu."))
        elif name == "quantities" and not function.is_convex():
            found, bound = f"is {function.curvature.lower()} to cvxpy", "a quantity is convex"
            problems.append(Problem(where, found, bound, "Write it by the rules of dcp.stanford.edu."))
        elif name == "quantities" and not function.is_nonneg():
            found = f"is of sign {function.sign.lower()} to cvxpy"
            remedy = "Declare the variable with nonneg=True, or take squares or absolute values."
            problems.append(Problem(where, found, "a quantity is 0 or more", remedy))
        elif strange := _strange(function, weights):
            problems.append(Problem(where, *strange))
    return problems


def _bad_constraints(constraints: Any, weights: Any) -> list[Problem]:
    if not isinstance(constraints, Sequence):
        return [Problem("constraints", "is no list", "it is a list of cvxpy constraints", "Write [weights <= 1].")]
    problems = []
    for i, constraint in enumerate(constraints):
        where = f"constraints[{i}]"
        if not hasattr(constraint, "is_dcp"):
            found = f"is a {type(constraint).__name__}"
            problems.append(Problem(where, found, "it is a cvxpy constraint", "Write weights <= 1, say."))
        elif not constraint.is_dcp():
            remedy = "Write it by the rules of dcp.stanford.edu."
            problems.append(Problem(where, "is not convex to cvxpy", "feasible weights are a convex set", remedy))
        elif strange := _strange(constraint, weights):
            problems.append(Problem(where, *strange))
    return problems


def _strange(expression: Any, weights: Any) -> tuple[str, str, str] | None:
    """Say what else than the weights an expression depends on."""
    others = [variable.name() for variable in expression.variables() if variable.id != weights.id]
    if others:
        return f"depends on {', '.join(others)}", "all that is decided is the weights", "Write it in the weights alone."
    parameters = [parameter.name() for parameter in expression.parameters()]
    if parameters:
        return f"depends on {', '.join(parameters)}", "a market stays what it is", "Write the parameters as numbers."
    return None


def _bad_origin(at_zero: Array) -> list[Problem]:
    return [
        Problem(
            f"values[{buyer}]",
            f"is {at_zero[buyer]} at weights of 0",
            "a value is counted from what the buyer has without any data, a finite number",
            "Add what the buyer has already, as in log(1 + w).",
        )
        for buyer in np.flatnonzero(~np.isfinite(at_zero))
    ]
