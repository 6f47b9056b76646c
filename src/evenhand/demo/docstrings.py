"""What does an installed package say of itself? Its docstrings, read from the source files without importing it.

Python source is read with `ast`; Cython source, where compiled modules keep their documentation, line by line.
"""

import ast
import inspect
import os
import re
import sysconfig
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from platform import python_version

from evenhand.records import Document

CHARACTERS_MIN = 300
"""A shorter docstring says too little of its subject to be sold as a document."""

PYTHON = "python"
"""Stands for the standard library among the names of packages."""

_LEFT_OUT = {
    "test",
    "tests",
    "testing",
    "conftest.py",
    "_examples",  # for the authors, not for readers
    "vendored",
    "_vendor",
    "_lib",
    "_click",
    "externals",  # the work of others
    "idlelib",
    "lib2to3",
    "turtledemo",
    "ensurepip",
    "site-packages",
    "dist-packages",
}


def documentation(package: str) -> list[Document]:
    """Read what an installed package says of itself: its docstrings of at least `CHARACTERS_MIN` characters.

    Tests and vendored code are left out, and so is a text that is not Unicode. Sorted by name; empty where the
    package is not installed or has no source files.
    """
    found = _locate(package)
    if found is None:
        return []
    folder, version = found
    parent = folder if package == PYTHON else folder.parent
    documents = []
    for path in _source_files(folder):
        parts = path.relative_to(parent).with_suffix("").parts
        module = ".".join(part for part in parts if part != "__init__")
        for name, text in _READERS[path.suffix](path.read_bytes(), module):
            if len(text) >= CHARACTERS_MIN and _is_unicode(text):
                documents.append(Document(text, {"name": name, "package": package, "version": version}))
    return sorted(documents, key=lambda document: (document.metadata["name"], document.text))


def _locate(package: str) -> tuple[Path, str] | None:
    """Find the folder and the version of an installed package without importing it."""
    if package == PYTHON:
        return Path(sysconfig.get_path("stdlib")), python_version()
    try:
        distribution = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return None
    return Path(str(distribution.locate_file(package))), distribution.version


def _source_files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = set(folders) - _LEFT_OUT
        yield from (Path(place, file) for file in set(files) - _LEFT_OUT if Path(file).suffix in _READERS)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, written as an escape
        return False
    return True


def python_docstrings(source: bytes, module: str) -> Iterator[tuple[str, str]]:
    """Read the docstrings of a module, its classes and their functions, without running it.

    Functions that `add_newdoc` gives their docstring (numpy's compiled ones) are read from the call. Functions inside
    functions are nobody's documentation and left out.

    Yields:
        dotted name, cleaned docstring.

    >>> list(python_docstrings(b"class Stall:\\n    '''Where goods are sold.'''", "market"))
    [('market.Stall', 'Where goods are sold.')]
    """
    if b'"""' not in source and b"'''" not in source:
        return  # no text of several lines; most of the time goes into parsing
    try:
        with warnings.catch_warnings():  # of escapes in other people's strings
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError):  # a template, or written for another Python; ValueError: a null byte, in 3.11.3
        return
    yield from _walk(tree, module)


def _walk(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Module | _NAMED):
        docstring = ast.get_docstring(node)
        if docstring:
            yield name, docstring
    if isinstance(node, ast.Expr):
        for added, text in _added(node.value):
            if added.split(".")[0] == name.split(".")[0]:  # others who call a function so mean something else
                yield added, text
    elif isinstance(node, _HOLDS_NAMES):
        for child in ast.iter_child_nodes(node):
            yield from _walk(child, f"{name}.{child.name}" if isinstance(child, _NAMED) else name)


_NAMED = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
_HOLDS_NAMES = ast.Module | ast.ClassDef | ast.If | ast.Try | ast.ExceptHandler | ast.With


def _added(call: ast.expr) -> Iterator[tuple[str, str]]:
    """Read `add_newdoc(place, name, docs)`, where docs is a text, a pair (method, text) or a list of such pairs."""
    match call:
        case ast.Call(func=ast.Name("add_newdoc"), args=[ast.Constant(str(place)), ast.Constant(str(name)), docs, *_]):
            for method, text in _pairs(docs):
                yield ".".join(part for part in (place, name, method) if part), inspect.cleandoc(text)


def _pairs(docs: ast.expr) -> Iterator[tuple[str, str]]:
    match docs:
        case ast.Constant(str(text)):
            yield "", text
        case ast.Tuple([ast.Constant(str(method)), ast.Constant(str(text))]):
            yield method, text
        case ast.List(pairs):
            for pair in pairs:
                yield from _pairs(pair)


_CYTHON_HEADER = re.compile(r"( *)(?:cdef |cpdef )?(?:class|def) (\w+)\s*[(:]")


def cython_docstrings(source: bytes, module: str) -> Iterator[tuple[str, str]]:
    """Read the docstrings of the classes and functions of Cython source, where a compiled module has its words.

    Yields:
        dotted name, cleaned docstring.

    >>> source = b"cdef class Stall:\\n    def open(self,\\n             day):\\n        ___Sell.___"
    >>> list(cython_docstrings(source.replace(b"_", b'"'), "market"))
    [('market.Stall.open', 'Sell.')]
    """
    lines = source.decode("utf-8", errors="replace").splitlines()
    scopes: list[tuple[int, str]] = []  # indentation and name, the outermost first
    for number, line in enumerate(lines):
        header = _CYTHON_HEADER.match(line)
        if header is None:
            continue
        scopes = [scope for scope in scopes if scope[0] < len(header[1])] + [(len(header[1]), header[2])]
        while number < len(lines) and not lines[number].rstrip().endswith(":"):  # a header may take several lines
            number += 1
        text = _triple_quoted(lines, number + 1)
        if text:
            yield ".".join([module, *(name for _, name in scopes)]), inspect.cleandoc(text)


def _triple_quoted(lines: Sequence[str], number: int) -> str:
    """Read the text in triple double quotes that begins on this line; "" where none does."""
    if number >= len(lines) or not lines[number].lstrip().startswith(('"""', 'r"""')):
        return ""
    parts = [lines[number].partition('"""')[2]]
    while '"""' not in parts[-1]:
        number += 1
        if number == len(lines):
            return ""
        parts.append(lines[number])
    return "\n".join(parts).partition('"""')[0]


_READERS: dict[str, Callable[[bytes, str], Iterator[tuple[str, str]]]] = {
    ".py": python_docstrings,
    ".pyx": cython_docstrings,
    ".pxi": cython_docstrings,
}
