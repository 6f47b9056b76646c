"""What do the figures of [FairShare25] show when they are computed again? Named fairshare-2, fairshare-3 ...

questions.py          texts for sale, put together from phrases: the paper's question sets do not come along
scores.py             what one text is worth to an n-gram model: in place of language models
repeated.py           the simulations: setup, runs, panels
figure_2.py           cumulative utility and participation; profit over the price
figure_3.py           what is kept over the price paid
figure_4.py           utilities, profits and participation over time
figure_6.py           the same for three discount factors, and t* for all participation functions
figures_9_to_11.py    as figure 4, for three models, on each of three tasks
figures_12_and_13.py  datasets bought over time, high and low budget

Left out, for they need language models trained on a GPU: 5 and 8, how well models do that were tuned on what was
bought, and 7, influence scores against a step of training. Figure 1 is a drawing of the idea.
"""

from functools import partial

from evenhand.reports.reproductions.fairshare import (
    figure_2,
    figure_3,
    figure_4,
    figure_6,
    figures_9_to_11,
    figures_12_and_13,
)
from evenhand.reports.reproductions.figure import Recipe

__all__ = ["FAIRSHARE"]

FAIRSHARE: dict[str, Recipe] = {
    "fairshare-2": figure_2.recompute,
    "fairshare-3": figure_3.recompute,
    "fairshare-4": figure_4.recompute,
    "fairshare-6": figure_6.recompute,
    **{
        f"fairshare-{number}": partial(figures_9_to_11.recompute, config=figures_9_to_11.Config(task))
        for task, number in figures_9_to_11.NUMBERED.items()
    },
    **{
        f"fairshare-{number}": partial(figures_12_and_13.recompute, config=figures_12_and_13.Config(budget))
        for budget, number in figures_12_and_13.NUMBERED.items()
    },
}
"""name -> recipe, by the paper's numbers."""
