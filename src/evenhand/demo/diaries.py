"""What does a seller offer who has nothing that the buyer asks for? Travel diaries, put together from phrases.

Which phrase stands where is read from the SHA-256 of the diary's number, so they are the same on every machine.
"""

import hashlib
from collections.abc import Sequence

from evenhand.records import Document


def diaries(count: int) -> list[Document]:
    """Make short travel diaries, all different, on nothing that the buyer asks for.

    >>> diaries(1)[0].text.startswith("Day ")
    True
    """
    return [Document(_diary(number), {"name": f"diary {number}"}) for number in range(1, count + 1)]


def _diary(number: int) -> str:
    def pick(slot: str, words: Sequence[str]) -> str:
        return words[int.from_bytes(hashlib.sha256(f"{number} {slot}".encode()).digest()[:8]) % len(words)]

    words = {slot: pick(slot, choices) for slot, choices in _PHRASES.items()}
    sentences = [pick(f"sentence {place}", choices) for place, choices in enumerate(_SENTENCES)]
    return f"Day {number}. " + " ".join(sentences).format_map(words)


_PHRASES = {
    "place": (
        "the harbour",
        "the old mill",
        "the ferry steps",
        "a village above the lake",
        "the salt market",
        "the pass",
        "the railway inn",
        "the lighthouse",
        "the monastery garden",
        "the fishing quay",
        "a tea house by the weir",
    ),
    "weather": (
        "a thin rain",
        "a warm wind from the south",
        "fog as thick as wool",
        "the first frost",
        "a low red sun",
        "thunder far away",
        "clear cold light",
        "snow that did not settle",
        "heat before noon",
    ),
    "food": (
        "lentil soup and black bread",
        "grilled sardines",
        "dumplings with plum jam",
        "smoked trout",
        "goat cheese",
        "pancakes with buckwheat honey",
        "figs and walnuts",
        "onion pie",
        "rice with saffron",
    ),
    "person": (
        "a retired ferryman",
        "two sisters with a donkey",
        "a boy selling maps",
        "the keeper of the toll gate",
        "a beekeeper",
        "an old shepherd",
        "the baker",
        "a violin maker",
    ),
    "thing": ("my left boot", "the lantern", "a borrowed umbrella", "the blue tent", "a tin cup", "the walking stick"),
    "beast": ("a heron", "three goats", "a fox", "the grey cat of the inn", "an owl", "a limping dog", "an otter"),
    "road": ("the river path", "the mule track", "the coast road", "the long stairs", "the forest ride"),
}

_SENTENCES = (
    ("We left {place} early, in {weather}.", "In {weather} I walked to {place}.", "Woke to {weather} over {place}."),
    ("On {road} I met {person}, who knew my village.", "Half way along {road} we shared a bench with {person}."),
    ("Lunch was {food}.", "We ate {food} with our feet in the water.", "They gave us {food}, and we asked for more."),
    ("I lost {thing} and found it again under the table.", "Traded {thing} for a night under a dry roof."),
    ("Before sleep {beast} came close, and went away again.", "Tomorrow the boat, if there is a boat."),
)
