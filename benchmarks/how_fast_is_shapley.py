"""How fast are Shapley payments of a mean-estimation market, exact and sampled, and how fast are other libraries?

    python benchmarks/how_fast_is_shapley.py [--peers]

Times the values of all coalitions that grow in one order of arrival, beside one solution for each of them; exact values
of 16 sellers, beside one solution with NumPy for each coalition; and estimates to a given error of a game whose exact
values are known. With --peers the estimates are made by shapiq and pyDVL too, each downloaded by pip into an
environment of its own, in a temporary folder, on the same plain NumPy game (`peers/game.py`). Environments differ in
their NumPy, so what compares is the ratio to plain NumPy in the same environment. A peer that cannot be installed is
passed over and named.
"""

import argparse
import json
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import timing
from peers.game import SHARE, Game, by_plain_numpy, measure

from evenhand import payments
from evenhand.markets import MeanEstimation

BUYERS = 5
PEERS = {"shapiq==1.4.1": "with_shapiq.py", "pyDVL==0.10.0": "with_pydvl.py"}
"""package and version -> what runs in its environment."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true", help="time the other libraries too, which are downloaded")
    arguments = parser.parse_args()
    print(timing.machine())
    print("\none order of arrival: the values of all its prefixes, beside one solution for each (its time / ours)")
    for sellers, dimensions in ((200, 20), (200, 300), (1000, 20)):
        print_order(sellers, dimensions)
    print("\nexact values of 16 sellers, beside one solution for each coalition, NumPy (its time / ours)")
    for dimensions in (20, 5):
        print_exact(16, dimensions)
    print(f"\n16 sellers, 20 dimensions: estimates to a mean absolute error of {SHARE:.0%} of the mean value")
    with TemporaryDirectory() as name:
        path = Path(name) / "market.npz"
        market, costs = draw(16, 20)
        save(path, market, costs)
        print_estimates("Evenhand", own_estimates(path, market, costs))
        for package in PEERS if arguments.peers else ():
            print_estimates(package, peer_estimates(package, path, Path(name)))


def draw(sellers, dimensions):
    """Means around a common one, variances and reports of the order of the means' squares."""
    rng = np.random.default_rng(0)
    means = rng.normal(1, 1, (sellers, dimensions))
    market = MeanEstimation(rng.normal(1, 1, (BUYERS, dimensions)), means, rng.random(sellers) * dimensions)
    return market, rng.uniform(1, 10, sellers)


def print_order(sellers, dimensions):
    market, costs = draw(sellers, dimensions)
    rng = np.random.default_rng(1)
    orders = [rng.permutation(sellers) for _ in range(101)]
    some = np.unique(np.linspace(1, sellers, 20).astype(int))  # the sizes at which separate solutions are timed

    def ours(k):
        return market.clear(costs).prefix_values(orders[k][None])[0]

    def prefix(k, size):
        absent = np.full(sellers, np.inf)
        absent[orders[k][:size]] = costs[orders[k][:size]]
        return absent

    np.testing.assert_allclose(ours(0)[some - 1], [numpy_value(market, prefix(0, size)) for size in some], rtol=1e-9)
    order, again, plain = timing.seconds(
        ours,
        lambda k: [market.allocate(prefix(k, size)) for size in some],
        lambda k: [numpy_value(market, prefix(k, size)) for size in some],
        repeats=21,
        at_most=8.0,
    )
    scale = sellers / len(some) / order
    print(
        f"  {sellers:>5} sellers, {dimensions:>3} dimensions   {timing.readable(order):>8}"
        f"   our allocate {again * scale:>5.0f}x   NumPy {plain * scale:>5.0f}x"
    )


def print_exact(sellers, dimensions):
    market, costs = draw(sellers, dimensions)
    some = np.random.default_rng(2).integers(0, 2, (200, sellers)).astype(bool)
    ours, plain = timing.seconds(
        lambda _: payments.shapley(market, costs),
        lambda _: [numpy_value(market, np.where(inside, costs, np.inf)) for inside in some],
        repeats=5,
    )
    ratio = plain / len(some) * 2**sellers / ours
    print(f"  {dimensions:>3} dimensions   {timing.readable(ours):>8}   {ratio:>5.0f}x")


def numpy_value(market, costs):
    """Value those who are present by one system of equations [Fan25, eq. 6]."""
    here = np.isfinite(costs)
    means, asked = market.seller_means[here], costs[here]
    products = means @ market.buyer_means.T
    weights = np.linalg.solve(means @ means.T + np.diag(market.variances[here] + asked), products)
    return (weights * (products + asked[:, None] * weights)).sum()


# -- to a given error -----------------------------------------------------------------------------------------------


def save(path, market, costs):
    """Write the game for all environments, with its exact values."""
    np.savez(
        path,
        seller_means=market.seller_means,
        buyer_means=market.buyer_means,
        variances=market.variances,
        costs=costs,
        exact=payments.shapley(market, costs),
    )


class PlainGame:
    """The plain NumPy game as a market: all that estimates ask of one."""

    def __init__(self, game):
        self.game = game

    def coalition_values(self, costs, masks):
        return self.game(masks)


def own_estimates(path, market, costs):
    """Estimate in this environment; give a line of JSON a way."""

    def by(market_of):
        def estimate(game, budget, seed):
            orders = max(2, budget // game.sellers)
            paid = payments.shapley_estimate(market_of(game), costs, orders, np.random.default_rng(seed))
            game.asked = paid.budget
            return paid.value

        return estimate

    def exactly(game, budget, seed):
        game.asked = 2**game.sellers
        return payments.shapley(market, costs)

    ways = {
        "plain NumPy, orders": by_plain_numpy,
        "shapley_estimate, plain game": by(PlainGame),
        "shapley_estimate, our market": by(lambda game: market),
        "shapley, our market, all coalitions": exactly,
    }
    with redirect_stdout(StringIO()) as said:
        measure(Game(path), ways)
    return said.getvalue()


def peer_estimates(package, path, folder):
    """Install a peer into an environment of its own and let it estimate; give a line of JSON a way, or None."""
    home = folder / package.partition("=")[0]
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    script = Path(__file__).parent / "peers" / PEERS[package]
    steps = {
        "made no environment": [sys.executable, "-m", "venv", home],
        "could not be installed": [python, "-m", "pip", "install", "--quiet", package],
        "failed": [python, "-W", "ignore", script, path],
    }
    for complaint, command in steps.items():
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no word why"])[-1]
            print(f"\n  {package} is passed over: it {complaint}. {reason}")
            return None
    return done.stdout


def print_estimates(environment, lines):
    """Print each way's time, and its ratio to plain NumPy in the same environment."""
    if lines is None:
        return
    ways = [json.loads(line) for line in lines.splitlines()]
    plain = next(way["seconds"] for way in ways if way["way"].startswith("plain"))
    print(f"\n  {environment + ', in its own environment':<40}{'error':>7}{'coalitions':>12}{'time':>10}{'/ NumPy':>9}")
    for way in ways:
        note = "" if way["reached"] else "   not reached"
        print(
            f"    {way['way']:<38}{way['error']:>7.1%}{way['coalitions']:>12,}{timing.readable(way['seconds']):>10}"
            f"{way['seconds'] / plain:>9.2f}{note}"
        )


if __name__ == "__main__":
    main()
