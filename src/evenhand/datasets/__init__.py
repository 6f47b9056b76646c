"""What is offered? Documents read from files, one at a time, and a manifest of what they are.

    readers/        a path (file, folder or pattern) -> `Dataset`: JSONL, CSV, TSV, Parquet, plain text, gzip, Zstandard
    manifest.py     a `Dataset` -> `Manifest`: digests and counts by which anyone can tell it again

Only `readers` touches files; `manifest` is pure. Start with `open_dataset`, then `describe`:

    >>> from evenhand.records import Dataset
    >>> describe(Dataset.of(["Market day", "Harvest"])).documents
    2
"""

from evenhand.datasets.manifest import describe as describe
from evenhand.datasets.manifest import survey as survey
from evenhand.datasets.readers import dataset_files as dataset_files
from evenhand.datasets.readers import open_dataset as open_dataset

__all__ = ["dataset_files", "describe", "open_dataset", "survey"]
