"""Compute statistics with data-juicer; run by ../how_fast_is_quality.py in an environment of its own.

Nothing of Evenhand is imported here. Reading the file is not timed. The filters are called document by document, as
its own executor calls them, but without what datasets adds around them.
"""

import json
import sys
import time
from pathlib import Path

from data_juicer.ops.filter import (
    AlphanumericFilter,
    AverageLineLengthFilter,
    CharacterRepetitionFilter,
    MaximumLineLengthFilter,
    SpecialCharactersFilter,
    TextLengthFilter,
    WordRepetitionFilter,
    WordsNumFilter,
)
from data_juicer.utils.constant import Fields

FILTERS = (
    AlphanumericFilter,
    AverageLineLengthFilter,
    CharacterRepetitionFilter,
    MaximumLineLengthFilter,
    SpecialCharactersFilter,
    TextLengthFilter,
    WordRepetitionFilter,
    WordsNumFilter,
)


def main():
    texts = [json.loads(line)["text"] for line in Path(sys.argv[1]).read_text().splitlines()]
    filters = [each() for each in FILTERS]
    work(texts[:20], filters)
    start = time.process_time()
    work(texts, filters)
    print(json.dumps({"seconds": time.process_time() - start}))


def work(texts, filters):
    batch = {"text": texts, Fields.stats: [{} for _ in texts]}
    for each in filters:
        batch = each.compute_stats_batched(batch)
    assert len(batch[Fields.stats]) == len(texts)
    assert batch[Fields.stats][0], "statistics are computed"


if __name__ == "__main__":
    main()
