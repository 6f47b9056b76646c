"""What happens in a market, as a file states it? MARKET.toml, read with every mistake in it named at once.

There are three kinds of market; `kind` says which. One at posted prices, for `evenhand price`:

    [market]
    name = "medical notes"
    kind = "posted_prices"

    [[sellers]]                     # each with one dataset; they arrive in the order of the file
    name = "archive"
    price = "9.00 EUR"              # on sale before anyone arrives; left out for one who arrives and asks the best
    cost = "2.00 EUR"               # what offering the dataset costs, however many buy; 0 if left out

    [[buyers]]
    name = "alder"
    budget = "10.00 EUR"            # no limit if left out
    utility = { archive = "10.00 EUR", clinic = "8.00 EUR" }    # each dataset adds its own; 0 if left out
    together = { "archive + clinic" = "-7.50 EUR" }             # what a pair adds, below 0 for data that repeats itself
    # bundles = { "archive" = "10.00 EUR", "archive + clinic" = "10.50 EUR" }    # in place of both; see below

    [arrival]                       # order, grid
    order = ["clinic"]              # who arrives, first to last
    grid = ["5.00 EUR", "7.50 EUR"] # the only prices that may be asked; then nobody prices again

    [repricing]                     # tick, rounds_max
    tick = "0.50 EUR"               # the smallest step: sellers price again in multiples of it

A bundle that `bundles` leaves out is worth as much as the best listed bundle inside it; "" is what a buyer has
without any. One with royalties, where buyers pay with a part of what their models earn, for `evenhand price`:

    kind = "royalties"              # sellers have a rate = 0.3 for a price; a buyer has a rate_max = 0.5 for a budget,
                                    # and outside = "0.85 EUR", what they have without any data

One that repeats, for `evenhand simulate`:

    kind = "repeated"
    sellers = 10                    # how many
    periods = 100
    utilities = "same_for_all"      # uniform on [0, 1), or "each_their_own", or a list of one number a seller
    costs = 0.05                    # of selling in a period: one for all, or a list of one a seller
    # buying = "final"              # or "reconsidered"; given_away = false

    [[buyers]]
    name = "high budget"
    budget = [0.95, 1.0]            # lowest and highest, in parts of what all datasets of a period are worth to them

    [participation]                 # how likely a seller is to stay when paid less than the ideal price
    name = "exponential"            # exp(-k (1 - p / p*)), or "linear", "square_root", "grim_trigger"
    k = 2.5
    away = 5                        # for this many periods; for good if left out

    [simulation]
    replications = 1000
    seed = 7
    discounts = [0.99, 0.98]        # tables and charts are of the first
    regimes = [                     # up to 8; charts show the first four
        "fairshare",                # or "random", "reduced", "current", "auction"
        { name = "reduced", part = 0.25 },                          # "current" has a part too; 0.5 if left out
        { name = "most", regime = "reduced", part = 0.75 },         # under a name of its own, beside another
        { name = "auction", rule = "proportional_share", compared_with = "cost" },
    ]

An auction buys for one buyer, by a rule under which the truth is a seller's best report; costs are then private. Its
rule is "proportional_share", "best_single", "single_or_share", "prune_and_pack" or "gifts". Before leaving, a seller
compares what is paid with the "cost", or with the "ideal_price": the utility of the dataset to the buyer, or the
budget where that is less.

Amounts are money in quotes, all of one currency, or plain numbers without a unit, as in theory; never both in one file.
Either way they are exact: cents, or the last decimal that any amount in the file has. In a market that repeats amounts
are plain numbers, since its utilities are drawn.
"""

from evenhand.market_file.file import read_experiment as read_experiment
from evenhand.market_file.file import read_market as read_market

__all__ = ["read_experiment", "read_market"]
