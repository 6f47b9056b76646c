"""Tests are called the same in every process."""

from types import SimpleNamespace

import pytest

from tests.conftest import pytest_collection_modifyitems


def test_a_test_whose_name_holds_an_address_is_refused_by_its_name():
    named = [f"test_a.py::test_it[{value}]" for value in ("0x7f", "a hat 0.5", object(), print, lambda: None)]
    with pytest.raises(
        pytest.UsageError, match=r"(?s)give these tests ids:\n.*<object object at.*\n.*<lambda>"
    ) as told:
        pytest_collection_modifyitems([SimpleNamespace(nodeid=each) for each in named])
    assert str(told.value).count("test_it") == 2
