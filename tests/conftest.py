"""What every test may count on: where the real tables are, and which examples hypothesis draws.

Tests on real text read Parquet tables from the folder named by EVENHAND_DATA. Where the variable is not set, a folder
named shared/data beside the checkout is taken; where there is none either, these tests are skipped, and the last
lines of the run say so.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
DATA = "EVENHAND_DATA"
BESIDE = ROOT.parent / "shared" / "data"

if DATA not in os.environ and BESIDE.is_dir():
    os.environ[DATA] = str(BESIDE)

settings.register_profile("home", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "home")


def pytest_configure(config):
    """Refuse a folder that is not there: a typing error must not turn tests off."""
    if DATA in os.environ and not Path(os.environ[DATA]).is_dir():
        raise pytest.UsageError(f'{DATA} is "{os.environ[DATA]}", which is no folder. Correct it, or unset it.')


def pytest_collection_modifyitems(items):
    """Refuse a test whose name holds an address: two processes that share the tests out would not agree on it."""
    moving = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if moving:
        raise pytest.UsageError("\n".join(["A name changes from run to run; give these tests ids:", *moving]))


def pytest_terminal_summary(terminalreporter):
    if DATA not in os.environ:
        terminalreporter.write_line(
            f"Real tables were absent: set {DATA} to a folder of them to run the rest.", yellow=True
        )


@pytest.fixture(scope="session")
def data_folder():
    """The folder of real tables (Parquet)."""
    if DATA not in os.environ:
        pytest.skip(f"{DATA} is not set: no real tables")
    return Path(os.environ[DATA])
