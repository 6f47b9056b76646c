"""What does a round look like to people? Pages, charts and tables made from an `Outcome`, and from nothing else.

Every function here is pure: the same outcome gives the same text, in every locale and on every machine, so that a
report can be made again and compared byte for byte. Read in this order:

notation.py       how numbers and names are written: exact decimals, six digits a score, no hidden characters in a name
rows.py           the offers in the order in which the rule looked at them; what was spent; where the money ran out
reasons.py        why: the closed table of reasons, each with its sentence
cases.py          what one offer is judged by
places.py         at which place among the winners a loser could have sold
settlement.py     how a payment becomes cash and shares, step by step
arithmetic.py     one seller's decision step by step, every step recomputable
explain.py        the same decision in sentences, and in numbers for programs
checks.py         the promises of the round, each as one sentence that held or not
charts.py         where the marks of the two charts stand; `templates/charts.svg.j2` draws them
html.py           what all pages share: templates, style sheets by their hash, names as they are
page.py           report.html: one file, no script, nothing fetched; `templates/report.html.j2` and `report.css`
payments_csv.py   payments.csv, for a spreadsheet
terminal.py       the table of offers for a terminal

Apart from rounds:

sections.py       a heading, a table, sentences: what the terminal and pages lay out
pricing/          one market that was priced: tables, reasons, numbers
simulation/       a market that repeated: tables, page, files; `templates/simulation.html.j2` and `simulation.css`
linecharts.py     panels of curves as one SVG, drawn by matplotlib; `templates/linecharts.css` has their colours
reproductions/    the figures of the papers, computed again: one module a figure
"""
