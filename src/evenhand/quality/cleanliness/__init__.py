"""How much of the text is damaged?

noise.py         READ FIRST: damaged tokens by kind, and the chance that a sentence is whole
visible.py       damage that shows on the text, in any language and without a dictionary
spelling.py      is this word a slip of another?
language.py      which language is a document in?
dictionaries.py  the frozen lists of words, named by their SHA-256
vocabulary.py    what is known of each distinct token, looked up once a process
repetition.py    tokens of passages that the document has had before
boilerplate.py   lines of navigation, cookie notices and legal notices
paper.py         the two formulas of the paper, as printed
"""

from evenhand.quality.cleanliness.noise import COUNTS, KINDS, count, examples, notes, score, worst

__all__ = ["COUNTS", "KINDS", "count", "examples", "notes", "score", "worst"]
