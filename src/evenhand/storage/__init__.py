"""Where does a round stay when the program ends? In folders that are written whole or not at all, as simulations are.

rounds      write a round, read it, check it against its listing
standing    may a round take this place? asked before an hour of measuring, and again before writing
listing     the names of a round's files and their SHA-256
disk        folders and files made durable, and what is said when the disk refuses
"""

from evenhand.storage.listing import LISTING
from evenhand.storage.rounds import ListingCheck, check_listing, holds_round, read_round, refuse_taken, write_round

__all__ = ["LISTING", "ListingCheck", "check_listing", "holds_round", "read_round", "refuse_taken", "write_round"]
