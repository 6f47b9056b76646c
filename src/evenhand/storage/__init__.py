"""Where does a result stay when the program ends? In folders that are written whole or not at all.

folders     write a round, or a comparison, a reproduction, a simulation: all of its files, or none
rounds      read a round, and check it against its listing
occupied    may a folder take this place? asked before an hour of measuring, and again before writing
listing     the names of a folder's files and their SHA-256; its own name says what the folder holds
disk        folders and files made durable, and what is said when the disk refuses
"""

from evenhand.storage.folders import refuse_taken, write_folder
from evenhand.storage.listing import LISTING, LISTINGS
from evenhand.storage.rounds import ListingCheck, check_listing, holds_round, read_round

__all__ = [
    "LISTING",
    "LISTINGS",
    "ListingCheck",
    "check_listing",
    "holds_round",
    "read_round",
    "refuse_taken",
    "write_folder",
]
