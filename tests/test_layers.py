"""Imports point down, stages do not know one another, and only the rims touch the world.

The table below is the one home of these rules. A module may import the floors under its own and its own package;
a module that is not in the table, and a file that reads the clock inside a pure stage, is named with a remedy.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "evenhand"

FLOORS = (
    # the ground first; what shares a line stands side by side and does not import its neighbours
    ("errors",),
    ("money", "canonical", "numerics", "plaintext", "kinds", "spdx"),
    ("records",),
    ("market",),
    ("datasets", "quality", "valuation", "markets", "payments", "properties", "learners"),
    ("mechanisms",),
    ("acceptance", "decisions"),
    ("round",),
    ("random_markets", "scorecard", "comparison", "planning", "simulation"),
    ("pricing", "experiment"),
    ("reports", "storage", "call", "progress"),
    ("publication", "market_file"),
    ("verify", "demo"),
    ("console", "options"),
    ("cli",),
    ("__main__", "__init__"),
)

RIMS = (
    "datasets.readers",
    "quality.cleanliness.dictionaries",
    "quality.novelty.folder",
    "valuation.shelf",
    "storage",
    "call",
    "market_file",
    "progress",
    "publication",
    "verify",
    "demo",
    "console",
    "options",
    "cli",
)
"""The only modules, or packages of modules, that may touch files, the clock, the network or a process."""

WORLD = {
    "the clock": {"time"},
    "files": {"os", "pathlib", "shutil", "tempfile"},
    "the network": {"http", "requests", "socket", "urllib"},
    "chance": {"random", "secrets", "uuid"},
    "processes": {"asyncio", "multiprocessing", "subprocess", "threading"},
}
"""What a pure stage does not touch, and the modules through which it would."""

APART = {"threading.local"}
"""What keeps something apart for each thread, and starts none; imported on a line of its own."""

SEEDED = {"BitGenerator", "Generator", "PCG64", "PCG64DXSM", "Philox", "SFC64", "SeedSequence", "default_rng"}
"""What may be used of numpy.random; the rest is the global state that `np.random.seed` sets."""

FLOOR_OF = {name: height for height, names in enumerate(FLOORS) for name in names}


def complaints(module: str, source: str) -> list[str]:
    """Everything that a module, named without the leading `evenhand.`, does against the table."""
    top = module.partition(".")[0]
    if top not in FLOOR_OF:
        return [
            f"{module}: not in the table. Add `{top}` to FLOORS in tests/test_layers.py, as low as its imports allow."
        ]
    tree = ast.parse(source)
    found = [*_upward(top, tree), *_relative(tree)]
    if not any(module == rim or module.startswith(f"{rim}.") for rim in RIMS):
        found += _worldly(tree)
    return [f"{module}, line {line}: {text}" for line, text in sorted(set(found))]


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every module imported absolutely, wherever the import stands; of `from a import b` both `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif _is_call(node, "import_module") and node.args and isinstance(node.args[0], ast.Constant):
            yield node.lineno, str(node.args[0].value)


def _is_call(node: ast.AST, *names: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    return getattr(called, "attr", getattr(called, "id", None)) in names


def _upward(top: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    own = FLOOR_OF[top]
    for line, name in _imported(tree):
        root, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if root != "evenhand" or other == top or not other:
            continue
        if other not in FLOOR_OF:
            yield (
                line,
                f"imports `{other}`, no module of the table. Name the module that defines it, or add it to FLOORS.",
            )
        elif FLOOR_OF[other] > own:
            yield line, f"imports `{other}`, which is above it. Take what is needed as an argument."
        elif FLOOR_OF[other] == own:
            yield line, f"imports `{other}`, which stands beside it. They meet at records: take it as an argument."


def _relative(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "imports relatively. Write the full name, from evenhand on."


def _worldly(tree: ast.Module) -> Iterator[tuple[int, str]]:
    remedy = "Let a rim do it and hand over the result."
    imported = list(_imported(tree))
    apart = {line for line, name in imported if name in APART}
    for line, name in imported:
        root = name.partition(".")[0]
        for part, modules in WORLD.items():
            if root in modules and line not in apart:
                yield line, f"touches {part} through `{root}`, and is not a rim. {remedy}"
        if name.startswith("numpy.random.") and name.removeprefix("numpy.random.") not in SEEDED:
            yield line, f"uses `{name}`, which has global state. Take a numpy.random.Generator."
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("np.random", "numpy.random"):
            if node.attr not in SEEDED:
                yield (
                    node.lineno,
                    f"uses `np.random.{node.attr}`, which has global state. Take a numpy.random.Generator.",
                )
        elif _is_call(node, "default_rng") and not (node.args or node.keywords):
            yield node.lineno, "draws a seed from the machine. Take a numpy.random.Generator."
        elif _is_call(node, "now", "utcnow", "today"):
            yield node.lineno, f"reads the clock. {remedy}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
            yield node.lineno, f"opens a file. {remedy}"


def _modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts), path


def test_imports_point_down_and_only_rims_touch_the_world():
    modules = list(_modules())
    assert len(modules) > 4, f"found no package at {PACKAGE}"
    found = [complaint for module, path in modules for complaint in complaints(module, path.read_text())]
    assert not found, "\n" + "\n".join(found)


def test_every_rim_stands_on_a_floor():
    assert {rim.partition(".")[0] for rim in RIMS} <= set(FLOOR_OF)


@pytest.mark.parametrize(
    ("module", "source", "word"),
    [
        ("records", "from evenhand.market import Market", "above"),
        ("records", "def late():\n    import evenhand.round", "above"),
        ("quality.batch", "from threading import Thread", "processes"),
        ("records", "from evenhand import market", "above"),
        ("records", "import importlib\nimportlib.import_module('evenhand.cli')", "above"),
        ("round", "from evenhand import run_round", "no module"),
        ("payments.threshold", "from evenhand.markets.procurement import Procurement", "beside"),
        ("learners.ngram", "import evenhand.valuation.values", "beside"),
        ("payments.threshold", "from . import charges", "relatively"),
        ("helpers", "", "not in the table"),
        ("quality.novelty", "import os", "not a rim"),
        ("quality.novelty", "def late():\n    from pathlib import Path", "not a rim"),
        ("quality.novelty", "import urllib.request", "not a rim"),
        ("quality.novelty", "import numpy as np\nnp.random.seed(1)", "global state"),
        ("quality.novelty", "from numpy.random import rand", "global state"),
        ("quality.novelty", "import numpy as np\nrng = np.random.default_rng()", "machine"),
        ("quality.novelty", "from datetime import date\ndate.today()", "clock"),
        ("quality.novelty", "open('x')", "opens a file"),
        ("datasets.manifest", "import pathlib", "not a rim"),
    ],
)
def test_the_guard_complains_of(module, source, word):
    found = complaints(module, source)
    assert len(found) == 1, found
    assert word in found[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("records", "from evenhand.money import Money\nfrom evenhand.errors import Problem"),
        ("payments.threshold", "from evenhand.payments import charges\nfrom evenhand import records"),
        ("round", "from datetime import date\nimport numpy as np\nnp.random.default_rng(7)\nnp.random.Generator"),
        ("datasets.readers.jsonl", "import os\nopen('x')"),
        ("cli", "import time\nfrom evenhand import round"),
    ],
)
def test_the_guard_lets_pass(module, source):
    assert complaints(module, source) == []
