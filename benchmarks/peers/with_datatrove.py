"""Filter by Gopher's rules and sign with datatrove; run by ../how_fast_is_quality.py in an environment of its own.

Nothing of Evenhand is imported here. Reading the file is not timed.
"""

import json
import sys
import time
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter


def main():
    texts = [json.loads(line)["text"] for line in Path(sys.argv[1]).read_text().splitlines()]
    documents = [Document(text=text, id=str(number)) for number, text in enumerate(texts)]
    filters = GopherQualityFilter(), GopherRepetitionFilter()
    signer = MinhashDedupSignature("unused", config=MinhashConfig(num_buckets=16, hashes_per_bucket=8))
    work(documents[:20], filters, signer)  # what is loaded when it is first used
    start = time.process_time()
    work(documents, filters, signer)
    print(json.dumps({"seconds": time.process_time() - start}))


def work(documents, filters, signer):
    for document in documents:
        for each in filters:
            each.filter(document)
        shingles = signer.get_shingles(document.text)
        if len(shingles):
            signer.get_signature(shingles)


if __name__ == "__main__":
    main()
