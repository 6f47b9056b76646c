"""What texts are on sale where the paper sells MedQA, MathQA and PIQA? Questions put together from phrases of ours.

The paper's question sets do not come with Evenhand, and its scores come from language models. A text here follows one
of a task's patterns, with phrases drawn for its gaps; it is made from a seed alone, on any machine. It asks what the
task asks, and knows no answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.random import PCG64, Generator, SeedSequence

Phrases = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked about: patterns with gaps, and what may stand in each gap."""

    stands_for: str
    """the paper's question set."""
    patterns: tuple[str, ...]
    phrases: Phrases


MEDICINE = Task(
    "MedQA",
    (
        "A {age}-year-old {who} comes to the {place} because of {symptom} for {number} days. There is also {symptom}. "
        "Examination shows {sign}. Which {asked} is most likely?",
        "A {age}-year-old {who} with a history of {illness} takes {drug} every day. After {number} days there is "
        "{symptom}, and examination shows {sign}. What explains this best?",
        "A {who} is brought to the {place} with {symptom} and {symptom}. The temperature is 3{digit}.{digit}°C and the "
        "pulse is {number}0/min. Treatment with {drug} is begun. Which {asked} has to be watched for?",
        "Which {asked} is seen most often in {illness}, a {age}-year-old {who} asks at the {place}?",
    ),
    {
        "age": ("27", "34", "45", "53", "61", "72"),
        "who": ("man", "woman", "student", "farmer", "nurse"),
        "place": ("emergency department", "clinic", "practice of a physician"),
        "symptom": (
            "fever",
            "a dry cough",
            "pain in the chest",
            "nausea and vomiting",
            "a headache",
            "weakness of an arm",
            "shortness of breath",
            "a rash on both legs",
        ),
        "sign": (
            "a murmur over the heart",
            "swelling of both legs",
            "a stiff neck",
            "yellow skin",
            "crackles over both lungs",
            "a tender abdomen",
        ),
        "illness": ("diabetes", "high blood pressure", "asthma", "gout", "anaemia", "an overactive thyroid"),
        "drug": ("metformin", "aspirin", "an inhaled steroid", "lisinopril", "allopurinol", "penicillin"),
        "asked": ("diagnosis", "cause", "risk factor", "side effect", "finding in the blood"),
        "number": ("2", "3", "5", "7", "9"),
        "digit": ("7", "8", "9"),
    },
)

MATHEMATICS = Task(
    "MathQA",
    (
        "A {vehicle} running at a speed of {number} km/hr crosses a {thing} in {small} seconds. What is the length of "
        "the {vehicle}?",
        "The average age of {number} {people} is {number} years. When {small} {people} leave, the average rises by "
        "{small} years. What is the average age of those who left?",
        "A sum of {number}00 at {small} % per annum for {small} years gives how much {interest} interest?",
        "If {small} {people} finish a {work} in {number} days, in how many days do {number} {people} finish it?",
        "What is the ratio of {people} to {people}, if there are {number} of the first and {number} of the second?",
    ),
    {
        "vehicle": ("train", "bus", "boat"),
        "thing": ("pole", "bridge", "platform", "tunnel"),
        "number": ("12", "18", "20", "36", "48", "60", "75"),
        "small": ("2", "3", "4", "5", "8", "9"),
        "people": ("men", "students", "workers", "girls", "boys", "teachers"),
        "interest": ("simple", "compound"),
        "work": ("wall", "road", "piece of work", "field"),
    },
)

HOUSEKEEPING = Task(
    "PIQA",
    (
        "How do I clean {object} at home? Wipe it with {stuff} and a {tool}, then let it dry in {spot}.",
        "How do I ready {object} for its new place? Cover it with {stuff} and put a {tool} beside it.",
        "What keeps {stuff} from sticking to {object}? Rub it with a {tool} before it is put in {spot}.",
        "To mend {object}, hold it with a {tool}, put {stuff} on the crack and leave it in {spot} for an hour.",
        "Where do I store {stuff}? Keep it in {spot}, away from {object}, with the {tool} on top.",
    ),
    {
        "object": ("a pan", "a wooden table", "the cage of a guinea pig", "a bicycle chain", "a glass jar",
                   "a leather shoe", "the kitchen sink"),
        "stuff": ("vinegar", "ripped paper", "warm water", "baking soda", "olive oil", "candle wax", "flour"),
        "tool": ("soft brush", "sponge", "dry cloth", "wooden spoon", "toothbrush", "bucket"),
        "spot": ("the sun", "a cool room", "the oven", "a drawer", "the shade"),
    },
)  # fmt: skip

TASKS = {"medicine": MEDICINE, "mathematics": MATHEMATICS, "housekeeping": HOUSEKEEPING}
"""name -> task."""


def questions(task: str, count: int, *, seed: int) -> list[str]:
    """Make texts of a task, no two alike; a longer list begins with the shorter one.

    Args:
        task: a key of `TASKS`.
        count: how many, 0 or more; some thousands can be had.
        seed: a whole number, 0 or more.

    >>> for text in questions("mathematics", 2, seed=0):
    ...     print(text)
    A sum of 7500 at 9 % per annum for 5 years gives how much simple interest?
    What is the ratio of students to teachers, if there are 75 of the first and 12 of the second?
    """
    asked = TASKS[task]
    rng = Generator(PCG64(SeedSequence((seed, list(TASKS).index(task)))))
    made: dict[str, None] = {}
    while len(made) < count:
        made[_filled(asked, rng)] = None
    return list(made)


def _filled(task: Task, rng: Generator) -> str:
    """Draw a pattern, and then a phrase for each of its gaps, from left to right."""
    text, *rest = task.patterns[rng.integers(len(task.patterns))].split("{")
    for piece in rest:
        gap, after = piece.split("}")
        choices = task.phrases[gap]
        text += choices[rng.integers(len(choices))] + after
    return text
