"""What are coalitions of sellers worth to buyers who estimate means? Many coalitions at a time.

Each coalition's market is decided anew among its members; its value is welfare plus the cost that it bears. Two ways of
`overlap.py` give both fast: systems of as many equations as members, or as dimensions. Each is taken while the greatest
|mu_j|^2 / (sigma_j^2 + c_j) leaves it enough digits. Beyond, coalitions are valued one at a time, with all care.
"""

import numpy as np

from evenhand.markets.mean_estimation.overlap import inverted, more_sellers, overlap
from evenhand.numerics.games import Masks
from evenhand.records import Array

FLOATS_MAX = 2**23
"""At most so many numbers are held at a time for a batch of coalitions: 64 MiB."""

FLOATS_NEAR = 2**18
"""Where a batch may as well be small: what stays near the processor, 2 MiB."""

DIRECTIONS_REACH, MEMBERS_REACH = 1e4, 1e10
"""Up to which |mu_j|^2 / (sigma_j^2 + c_j) values by directions, and by members, are right to ten digits or more."""

BLOCK = 64
"""So many arrivals of an order, or as many as dimensions, are valued together where many more arrive."""


def values(members: Masks, buyer_means: Array, means: Array, variances: Array, costs: Array) -> Array:
    """Value coalitions.

    Args:
        members: (coalitions, sellers).
        buyer_means: (buyers, d).
        means: (sellers, d).
        variances: (sellers,).
        costs: (sellers,) the reports, finite.

    Returns:
        (coalitions,) the value to all buyers.

    Raises:
        OfferError: the allocation is not unique in some coalition.
    """
    diagonal = variances + costs
    if not members.size:
        return np.zeros(len(members))
    if more_sellers(means.T, diagonal) and _within(DIRECTIONS_REACH, means, diagonal):
        return _values_by_directions(members, buyer_means, means, costs, diagonal)
    if _within(MEMBERS_REACH, means, diagonal):
        return _values_by_members(members, buyer_means @ means.T, means, costs, diagonal)
    places = [np.flatnonzero(row) for row in members]
    return np.array([_value_alone(place, buyer_means, means, variances, costs) for place in places])


def prefixes(orders: Array, buyer_means: Array, means: Array, variances: Array, costs: Array) -> Array:
    """Value the coalitions that grow as the same sellers arrive in several orders.

    Args:
        orders: (orders, arriving) places of sellers whose reports are finite; each row holds the same.
        buyer_means: (buyers, d).
        means: (sellers, d).
        variances: (sellers,).
        costs: (sellers,) the reports.

    Returns:
        (orders, arriving).

    Raises:
        OfferError: the allocation is not unique in some coalition.
    """
    if not orders.size:
        return np.zeros(orders.shape)
    count, arriving = orders.shape
    dimensions, buyers = means.shape[1], len(buyer_means)
    here = orders[0]
    diagonal = variances[here] + costs[here]
    if not _within(MEMBERS_REACH, means[here], diagonal):
        grown = [[row[:end] for end in range(1, arriving + 1)] for row in orders]
        return np.array([[_value_alone(part, buyer_means, means, variances, costs) for part in row] for row in grown])
    block = arriving
    if arriving >= max(2 * BLOCK, 4 * dimensions) and _within(DIRECTIONS_REACH, means[here], diagonal):
        block = max(BLOCK, dimensions)
    floats = 6 * block**2 + (block < arriving) * dimensions * (block * buyers + 3 * dimensions)
    batch = max(1, FLOATS_NEAR // floats)
    rows = [orders[start : start + batch] for start in range(0, count, batch)]
    return np.concatenate([_grown(some, block, buyer_means, means, variances, costs) for some in rows])


def _within(reach: float, means: Array, diagonal: Array) -> bool:
    return bool(((means**2).sum(axis=1) <= reach * diagonal).all() and diagonal.min(initial=1.0) > 0)


def _values_by_directions(members: Masks, buyer_means: Array, means: Array, costs: Array, diagonal: Array) -> Array:
    """Value coalitions by systems of d equations, more sellers than dimensions."""
    dimensions, buyers = means.shape[1], len(buyer_means)
    scaled, products = means / diagonal[:, None], buyer_means @ means.T
    outer = (means[:, :, None] * scaled[:, None, :]).reshape(len(means), -1)
    batch = max(1, FLOATS_MAX // (dimensions**2 + 3 * buyers * len(means)))
    values = []
    for start in range(0, len(members), batch):
        inside = members[start : start + batch]
        systems = np.eye(dimensions) + (inside @ outer).reshape(-1, dimensions, dimensions)
        towards = np.linalg.solve(systems, np.broadcast_to(buyer_means.T, (len(inside), dimensions, buyers)))
        weights = np.matrix_transpose(towards) @ scaled.T * inside[:, None, :]
        values.append((weights * (products + costs * weights)).sum(axis=(1, 2)))
    return np.concatenate(values) if values else np.zeros(0)


def _values_by_members(members: Masks, products: Array, means: Array, costs: Array, diagonal: Array) -> Array:
    """Value coalitions by systems of as many equations as members, all coalitions of one size together."""
    gram = means @ means.T + np.diag(diagonal)
    sizes = members.sum(axis=1)
    values = np.zeros(len(members))
    for size in np.unique(sizes[sizes > 0]):
        rows = np.flatnonzero(sizes == size)
        batch = max(1, FLOATS_MAX // int(size * (2 * size + 3 * len(products))))
        for start in range(0, len(rows), batch):
            chosen = rows[start : start + batch]
            inside = np.nonzero(members[chosen])[1].reshape(-1, size)
            systems = gram[inside[:, :, None], inside[:, None, :]]
            wanted = np.moveaxis(products[:, inside], 0, -1)  # (coalitions, members, buyers)
            weights = np.linalg.solve(systems, wanted)
            values[chosen] = (weights * (wanted + costs[inside][:, :, None] * weights)).sum(axis=(1, 2))
    return values


def _value_alone(places: Array, buyer_means: Array, means: Array, variances: Array, costs: Array) -> float:
    """Value one coalition with all care."""
    columns, asked = np.ascontiguousarray(means[places].T), costs[places]
    products = buyer_means @ columns
    weights = overlap(columns, buyer_means, products, variances[places], asked).weights
    return float((weights * (products + asked * weights)).sum())


def _grown(orders: Array, block: int, buyer_means: Array, means: Array, variances: Array, costs: Array) -> Array:
    """Value each prefix of some orders, a block of arrivals at a time.

    Those who came before a block are summed up in G^-1, S = sum of c mu mu' / D^2 and X = G^-1 B', G being 1 + the sum
    of mu mu' / D; before the first block these are 1, 0 and B'. Of the block, with U its means,

        D + U G^-1 U' = L L',      Z = L^-1 U X,      E = L^-1 U G^-1,

    and since leading blocks of L^-1 are inverses of those of L, after t arrivals of the block

        welfare has grown by |Z_t|^2,      X_t = X - E_t' Z_t,
        they bear sum over a, b <= t of (Z Z')_ab (L^-1 diag(c) L^-T)_ab, the earlier ones <X_t, S X_t>,

    the index t meaning the first t rows.
    """
    count, arriving = orders.shape
    towards = np.broadcast_to(buyer_means.T, (count, *buyer_means.T.shape))
    left: Array | None = None  # G^-1; None where it is 1
    spent = np.zeros((count, 1, 1))
    welfare = np.zeros((count, 1))
    values = np.empty(orders.shape)
    for start in range(0, arriving, block):
        part = orders[:, start : start + block]
        inside, asked, diagonal = means[part], costs[part], variances[part] + costs[part]
        places = np.arange(part.shape[1])
        reached = inside if left is None else inside @ left
        systems = reached @ np.matrix_transpose(inside)
        systems[:, places, places] += diagonal
        inverse = np.stack([inverted(factor) for factor in np.linalg.cholesky(systems)])
        reduced = inverse @ (inside @ towards)
        shared = (inverse * asked[:, None, :]) @ np.matrix_transpose(inverse)
        shared *= reduced @ np.matrix_transpose(reduced)
        steps = (reduced**2).sum(axis=2)
        borne = 2 * np.tril(shared, -1).sum(axis=2) + shared[:, places, places]
        grown = welfare + np.cumsum(steps + borne, axis=1)
        last = start + block >= arriving
        if left is not None or not last:
            bent = inverse @ reached
        if left is not None:
            moved = towards[:, None] - np.cumsum(bent[:, :, :, None] * reduced[:, :, None, :], axis=1)
            grown += (moved * (spent[:, None] @ moved)).sum(axis=(2, 3))
        values[:, start : start + block] = grown
        if not last:
            falling = np.matrix_transpose(bent)
            left = (np.eye(means.shape[1]) if left is None else left) - falling @ bent
            towards = towards - falling @ reduced
            spent = spent + np.matrix_transpose(inside) @ (inside * (asked / diagonal**2)[:, :, None])
            welfare = welfare + steps.sum(axis=1, keepdims=True)
    return values
