"""The README does what it says: its map is the house, its commands run, its Python runs.

A line of a ```console block that begins with "$ evenhand" is run, in the order of the page, in a folder that holds
nothing but copies of tests/corpus and of the markets in examples; it must exit with 0, or with the N of "# exits with
N" behind it. The ```python block runs there too, and the ```toml block as a call beside the corpus. A "$ make" line
must name a target of the Makefile.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language):
    """The fenced blocks of one language, in the order of the page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands(program):
    """The lines of console blocks that begin with this program, with the exit code that is promised."""
    lines = [line for block in blocks("console") for line in block.splitlines() if line.startswith(f"$ {program} ")]
    assert lines, f"the README shows no {program}"
    return [(line[2:].partition("  #")[0], int((re.findall(r"# exits with (\d+)", line) or [0])[0])) for line in lines]


@pytest.fixture
def folder(tmp_path):
    """An empty folder with copies of the corpus and of the markets where the checkout has them."""
    shutil.copytree(ROOT / "tests" / "corpus", tmp_path / "tests" / "corpus")
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path


def run(arguments, folder):
    environment = os.environ | {"NO_COLOR": "1", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_every_command_runs_and_exits_as_promised(folder):
    for command, promised in commands("evenhand"):
        done = run(["-m", "evenhand", *shlex.split(command)[1:]], folder)
        assert done.returncode == promised, f"$ {command}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("name", ["score", "price"])
def test_what_is_shown_is_what_the_command_prints(folder, name):
    pattern = rf"<!-- begin {name} -->\n```console\n\$ (.*?)\n```\n\n```text\n(.*?)^```\n<!-- end {name} -->"
    ((command, shown),) = re.findall(pattern, README, flags=re.MULTILINE | re.DOTALL)
    printed = iter(run(["-m", "evenhand", *shlex.split(command)[1:]], folder).stdout.splitlines())
    wanted = [line for line in shown.splitlines() if line.strip() not in ("", "...")]
    assert len(wanted) > 10
    for line in wanted:  # in this order, some left out
        assert any(line == other.rstrip() for other in printed), f"not printed, or not in this place: {line}"


def test_the_python_of_the_contributing_page_runs(folder):
    page = (ROOT / "CONTRIBUTING.md").read_text()
    (snippet,) = re.findall(r"^ *```python\n(.*?)^ *```$", page, flags=re.MULTILINE | re.DOTALL)
    done = run(["-c", textwrap.dedent(snippet)], folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("True") == 5


PRINTED = (
    r"^hollybank .* selected [1-9].* EUR$",
    r"^tokens \[.*\] 100000$",
    r"^truthful False Witness\(seller=",
    r"^paid \[3\. +0\.75 +1\.25",
)
"""A line that each python block prints."""


def test_the_python_runs_and_prints_what_it_says(folder):
    for snippet, line in zip(blocks("python"), PRINTED, strict=True):
        done = run(["-c", snippet], folder)
        assert done.returncode == 0, done.stderr
        assert re.search(line, done.stdout, flags=re.MULTILINE), done.stdout


def test_the_table_of_mechanisms_is_the_table():
    from evenhand.mechanisms import MECHANISMS

    wanted = [
        f"| `{name}` | {', '.join(row.claims) or '–'} | {', '.join(row.refuted) or '–'} |"
        for name, row in MECHANISMS.items()
    ]
    (shown,) = re.findall(r"<!-- begin mechanisms -->\n(.*?)<!-- end mechanisms -->", README, flags=re.DOTALL)
    assert shown.splitlines()[2:] == wanted


def test_the_call_runs(folder):
    call, policy = blocks("toml")
    call = call.replace("[[offers]]", f"{policy}\n[[offers]]", 1)
    path = folder / "tests" / "corpus" / "README.toml"
    path.write_text(call)
    done = run(["-m", "evenhand", "run", str(path), "--out", "out/readme"], folder)
    assert done.returncode == 0, done.stderr


def test_every_make_target_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert {shlex.split(command)[1] for command, _ in commands("make")} <= targets


def mapped():
    """The paths of the map, relative to src/evenhand: two spaces a floor, the name first."""
    (house,) = (block for block in blocks("text") if block.startswith("src/evenhand/"))
    folders = []
    for line in house.splitlines()[1:]:
        depth, name = len(line) - len(line.lstrip()), line.split()[0]
        folders = [*folders[: depth // 2 - 1], name]
        yield "".join(folders)


def test_every_path_of_the_map_exists():
    assert [path for path in mapped() if not (ROOT / "src" / "evenhand" / path).exists()] == []


def test_every_module_is_on_the_map():
    house = (ROOT / "src" / "evenhand").iterdir()
    modules = {path.name + "/" * path.is_dir() for path in house if path.suffix == ".py" or any(path.rglob("*.py"))}
    assert modules - set(mapped()) == set()
