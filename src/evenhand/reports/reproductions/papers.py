"""Which papers are the figures about? What a page says of each before its figures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as a page of figures names it."""

    title: str
    citation: str
    lead: str
    """what its figures are, and how they can differ from what it prints."""


PAPERS = {
    "Fan25": Paper(
        "Do data valuations make good data prices?",
        "D. Fan, T. J. Rotello, S. P. Karimireddy. Do data valuations make good data prices? arXiv:2504.05563, 2025.",
        "What the figures of the paper show, and what comes out when they are computed again from its equations, with "
        "exact payments and whole integrals. The paper states no seeds for its random markets, so the curves here are "
        "of the same kind and not the same.",
    ),
    "Ayyoubzadeh25": Paper(
        "Designing DSIC mechanisms for data sharing in the era of large language models",
        "S. M. Ayyoubzadeh, K. Shahnazari, M. Keshtparvar, M. Fazli. Designing DSIC mechanisms for data sharing in the "
        "era of large language models. arXiv:2506.05379, 2025.",
        "The paper has no experiments. Where it claims what can be computed, its mechanisms are run here as printed, "
        "beside what corrects them, on random markets of our own: what they pay, what they buy, and what lies gain.",
    ),
    "FairShare25": Paper(
        "Fairshare data pricing via data valuation for large language models",
        "L. Zhang, C. Jiao, B. Li, C. Xiong. Fairshare data pricing via data valuation for large language models. "
        "NeurIPS 2025; arXiv:2502.00198.",
        "The figures on posted prices and on markets that repeat, computed again on texts of our own, valued by "
        "n-gram models. The paper leaves much of its simulations open; what is assumed here stands with each figure. "
        "Figures 5 and 8 (how well models do that were tuned on what was bought) and 7 (influence scores) need "
        "language models trained on a GPU, and are left out; figure 1 is a drawing of the idea.",
    ),
}
"""key in docs/bibliography.md -> what is told of it: [Fan25], [Ayyoubzadeh25], [FairShare25]."""
