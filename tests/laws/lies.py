"""The best lie of one seller, over every true cost and every report: exact, by tracing the deal."""

from evenhand.properties.tracing import sweep


def best_lie(deal, stop):
    """Give (gain, true cost, report) of the lie that gains most; `deal` takes a report to (quantity, payment)."""
    pieces = list(sweep(deal, stop=stop, whole=False))
    return max(
        (paid - honest - true * (lie.quantity - truth.quantity), true, report)
        for truth in pieces
        for true, honest in truth.ends
        for lie in pieces
        for report, paid in lie.ends
    )


def deal_by_threshold(market, seller, costs):
    """A seller's deal at other reports, paid their threshold."""

    def deal(report):
        reports = [*costs[:seller], report, *costs[seller + 1 :]]
        return (1, market.threshold(seller, reports)) if seller in market.winners(reports) else (0, 0)

    return deal


def deal_by_rule(pay, market, seller, costs, clear):
    """A seller's deal at other reports, paid by a rule on the market cleared at them."""

    def deal(report):
        cleared = clear(market, [*costs[:seller], report, *costs[seller + 1 :]])
        return cleared.allocation.quantity[seller], pay(cleared)[seller]

    return deal
