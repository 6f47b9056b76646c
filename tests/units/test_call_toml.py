"""A TOML file is read to its end, and nothing is waited for that never comes."""

import os
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from evenhand.call import toml
from evenhand.call.toml import read_toml
from evenhand.errors import OfferError


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    return tmp_path / "pipe.toml"


@pytest.fixture(autouse=True)
def _no_long_wait(monkeypatch):
    monkeypatch.setattr(toml, "PIPE_SECONDS", 0.2)


def in_time(path, of="market", *, seconds=20):
    """Read in a thread that may hang without hanging the tests."""
    said = []

    def read():
        try:
            said.append(read_toml(path, of=of))
        except OfferError as error:
            said.append(str(error))

    reader = Thread(target=read, daemon=True)
    reader.start()
    reader.join(seconds)
    if reader.is_alive():
        with suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))  # lets the thread go
        pytest.fail(f"still waiting after {seconds} seconds")
    return said[0]


@pytest.mark.parametrize("of", ["call", "market"])
def test_a_pipe_that_nobody_writes_to_is_refused_and_not_waited_for(pipe, of):
    bound = "a writer is waited for 0.2 seconds"
    assert in_time(pipe, of) == f"{pipe}: is a pipe that nobody writes to; {bound}. Name the {of}'s TOML file."


def test_a_pipe_is_read_to_its_end_however_slowly_it_is_written(pipe):
    def write():
        with open(pipe, "wb") as file:
            time.sleep(0.5)  # longer than one waits for a writer to come
            for part in (b"a = 1\n", b"b = ", b"2\n" + b"# much more\n" * 20_000):
                file.write(part)
                file.flush()
                time.sleep(0.1)

    Thread(target=write, daemon=True).start()
    assert in_time(pipe) == {"a": 1, "b": 2}


def test_a_pipe_whose_writer_is_gone_still_holds_what_was_written():
    reader, writer = os.pipe()
    try:
        os.write(writer, b"a = 1")
        os.close(writer)
        assert in_time(Path(f"/dev/fd/{reader}")) == {"a": 1}
    finally:
        os.close(reader)


def test_a_pipe_that_is_closed_unwritten_is_an_empty_file(pipe):
    Thread(target=lambda: open(pipe, "wb").close(), daemon=True).start()
    assert in_time(pipe) == {}


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="this system has no such devices")
def test_a_device_is_refused_for_it_may_have_no_end():
    said = f"{os.devnull}: is neither a file nor a pipe; a market is a file. Name the market's TOML file."
    assert in_time(Path(os.devnull)) == said


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path):
    assert "cannot be read (Is a directory)" in in_time(tmp_path)
    assert "cannot be read (No such file or directory)" in in_time(tmp_path / "none.toml")
