"""Is a published round what it says? Replay it, measure it again, and name what was changed.

    replay.py    record to outcome: decided again, every published file must come out the same, byte for byte, anywhere
    folder.py    the folder against its listing
    data.py      data to record: read again, every digest must be the same; measured again, every score too, and the
                 coalition values, or these within one millionth where another platform made the record

What this cannot know: whether a record whose digest nobody else wrote down is the one that was first published, and
whether data that is not at hand is what the record says.
"""

from evenhand.verify.data import base_of, check_data
from evenhand.verify.folder import check_folder
from evenhand.verify.replay import Check, check_files, replayed

__all__ = ["Check", "base_of", "check_data", "check_files", "check_folder", "replayed"]
