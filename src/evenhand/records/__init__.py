"""What the stages hand on to each other: small frozen records.

Read them in the order of the flow: a buyer's `Call` asks for data; sellers make `Offer`s of a `Dataset` of `Document`s;
the stages write `Manifest`, `Scores` and `CoalitionValues`; a `Record` holds all of it as plain integers and strings;
an `Outcome` is what follows from the record, one `Decision` a seller, with a `Finding` for every promise.

    units.py       in what is counted, and how it is written
    watch.py       who is told how far the work is
    offered.py     Call, Offer, Dataset, Document
    measured.py    Manifest, Scores, Copies, CoalitionValues, Record
    decided.py     Allocation, Finding, Decision, Outcome

Units: scores are integer millionths, money is integer minor units, `quantity` is how much a seller sells.
"""

from evenhand.numerics.games import Interval as Interval
from evenhand.records.decided import OUTCOME_SCHEMA as OUTCOME_SCHEMA
from evenhand.records.decided import Allocation as Allocation
from evenhand.records.decided import Decision as Decision
from evenhand.records.decided import Entered as Entered
from evenhand.records.decided import Estimate as Estimate
from evenhand.records.decided import Finding as Finding
from evenhand.records.decided import Outcome as Outcome
from evenhand.records.decided import Without as Without
from evenhand.records.decided import Witness as Witness
from evenhand.records.measured import AS_ONE as AS_ONE
from evenhand.records.measured import COPIES as COPIES
from evenhand.records.measured import RECORD_SCHEMA as RECORD_SCHEMA
from evenhand.records.measured import SHARED as SHARED
from evenhand.records.measured import CoalitionValues as CoalitionValues
from evenhand.records.measured import Copies as Copies
from evenhand.records.measured import Manifest as Manifest
from evenhand.records.measured import Material as Material
from evenhand.records.measured import Record as Record
from evenhand.records.measured import RecordedOffer as RecordedOffer
from evenhand.records.measured import Scores as Scores
from evenhand.records.measured import Terms as Terms
from evenhand.records.offered import MEASURES as MEASURES
from evenhand.records.offered import BuiltReference as BuiltReference
from evenhand.records.offered import Call as Call
from evenhand.records.offered import Dataset as Dataset
from evenhand.records.offered import Document as Document
from evenhand.records.offered import Offer as Offer
from evenhand.records.offered import ReferenceFolder as ReferenceFolder
from evenhand.records.offered import Source as Source
from evenhand.records.offered import offer_of as offer_of
from evenhand.records.units import MILLION as MILLION
from evenhand.records.units import WRITTEN_MAX as WRITTEN_MAX
from evenhand.records.units import Array as Array
from evenhand.records.units import Number as Number
from evenhand.records.units import in_millionths as in_millionths
from evenhand.records.units import millionths as millionths
from evenhand.records.units import shortly as shortly
from evenhand.records.watch import Watch as Watch
from evenhand.records.watch import unwatched as unwatched
