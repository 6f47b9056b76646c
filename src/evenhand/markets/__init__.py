"""Who sells how much?

mean_estimation.py      buyers estimate their means from sellers' estimates
procurement.py          buying whole datasets under a budget: the market, on floats and exact
proportional_share.py   its default rule: buy in the order of cost per worth while everyone's share of the budget
                        covers the cost
"""

from evenhand.markets.mean_estimation import MeanEstimation
from evenhand.markets.procurement import ExactProcurement, Procurement

__all__ = ["ExactProcurement", "MeanEstimation", "Procurement"]
