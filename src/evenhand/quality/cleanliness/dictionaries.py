"""Which words are there, and how common are they?

The lists of wordfreq 3.1.1 [Speer22], which is frozen: its author will not bring it up to date. They are read from the
installed package without importing it (that would take three times as long), and only if their SHA-256 is the one
that stands here: a score names its dictionary. The lists are CC BY-SA 4.0, so they are a dependency and no part of
this package.

A frequency is in hundredths of the Zipf scale, log10 of the uses in a thousand million words, 0 for a word that is
not listed: "the" 773, "market" 504, "marquetry" about 170. The lists end at 100.
"""

import gzip
import hashlib
from importlib.util import find_spec
from pathlib import Path

from evenhand.errors import Problem, StoreError

NAME = "wordfreq 3.1.1"
READ = ("de", "en", "es", "fr", "it", "pt")
"""The languages whose words are looked up."""
KNOWN_APART = (
    *("ca", "cs", "da", "fi", "fil", "hu", "id", "is", "lt", "lv", "ms"),
    *("nb", "nl", "pl", "ro", "sh", "sk", "sl", "sv", "tr", "vi"),
)
"""The languages in Latin letters that are told apart from those, but not read."""

_SHA256 = {
    "large_de": "8ef04d3f4a28fb48d800d25fa80a96d90a5f80c8496c9a453f99f887c6ad3c12",
    "large_en": "dffae8066b78dce0a6667cf5f58e567054f902674667090a7ac8a8a44628b05c",
    "large_es": "14f326b4f68d517f9b8b99c1e26ef56a508d2dc8d0ee7a9e6e8732ddab1aa65e",
    "large_fr": "6f16cd80b9b66c5698ed002becea83ae30d0584c3205f1cf01714ad562c00c8b",
    "large_it": "0b5500e425a50e0f1fefb256d9125e74f586ac6b2f2a6e41bc96634bd5613cc7",
    "large_pt": "7d764586bca6262f554d5fa77ad8e6841ef42534776e70558065140853660ce2",
    "small_ca": "13fa468e915d70f3b2991244f71fa5c160ab1d097d3f084546b8a7f15e8a5f03",
    "small_cs": "213812b32ab2b2cdb626e5e1ced308d0d89e2990ae1eb5cf183c5e1f16d52940",
    "small_da": "80db682ff7bb30e7c8fd3e5dac2b9fe8c12faa206c45438f1a799a048ab10d8b",
    "small_de": "2115b5bb4adb671a3352555a480b9c2f5b03493e9f7e4047997361d62310017a",
    "small_en": "f94a80cba6a3857b260d0666b5432bb7ea9b85315574dee9c306e87f61298247",
    "small_es": "ff5853040f65bcc9cb3ed3721d1d09d4405389c1741ebbf529612220829ff5af",
    "small_fi": "7c33d07743908b9ae43347d96f60e4d1d30fa3529f59fdefcbf16441040183d7",
    "small_fil": "e18224d2efa12c3ca6e8eaee76ec4eae0cf4c437988545e8e8dae36a1a7a940d",
    "small_fr": "8fbbf619ff2e6ff5b3d99d41e69c105daf5795771ce8ef36529f210d571abe6e",
    "small_hu": "84130f74f9ea8f097bfb25d3778d03d26449dba255df7e60f42bbef463fdc582",
    "small_id": "6fd891027cd6395b5c038c0e6402fa7e107ffd8973f862053246b897beb1bcd3",
    "small_is": "2c4d79aa407c827278c145d394e4843c6ce3b7c7d56847fba548b9170def87a4",
    "small_it": "07a4355d735d9cc864ce9fe679d94a13dee4cefa2495b6b013ecdb214b231c66",
    "small_lt": "36ea5906d64376a4ad1eef03b4d03f5f86b374a50018a1ac7b45dc49dd8f2044",
    "small_lv": "fa1996db4bb977099205d4fb57aa9181f320573cab9ac477c89b90cf4a67c639",
    "small_ms": "dca0d42e666ae1998b74685963570d35407fb3d7c4a4796b21b3cd33954ffc1a",
    "small_nb": "f979e2d16f41758572ce8c3992047f015cbef65c012702a86e7c416ab8d83659",
    "small_nl": "ae0d64f10e9d11898b2b9481c0b20698ec40c79b8025edfdd70856bd593ad4b0",
    "small_pl": "95691a55cc2afe0719c11f187fe55a8956bef0654ec476e945af3c495b4aa285",
    "small_pt": "fe4e551f6da739583d66cd5ef4fca28a1ccfa2ae5a53a5cbf48aa73dd7c91e0c",
    "small_ro": "c17fe82952ed209bb45b95c56cb5c7f077ca921a84578c3807d48ddc1dd842e2",
    "small_sh": "aea3996335662bd8101383ba69d49123f7b5bc82d7f907f69f477d040bf74d89",
    "small_sk": "ed772a1d7efd8125d025b2ee21736cfcf186847e059ada62ea3fd7ecf4437a71",
    "small_sl": "68fa0bfb6c083e90cef397435832fd744f7e7a6b90e60319ab969fb266124ae1",
    "small_sv": "a7c52a3d3576db1b7d4280be47aafccabdc70f9a56c5a40bc94b9139e271adf6",
    "small_tr": "10980704ee3ac5b52f226579251905412a04ead57092a12182dd0b8be6a765df",
    "small_vi": "bde76e2846f38fc8f4ad5112493d524c0c7f5e5545072b4de773d0a83159f15f",
}


def frequencies(name: str) -> dict[str, int]:
    """Read a list: word -> hundredths of the Zipf scale; the most frequent first, ties in order of the alphabet.

    Raises:
        StoreError: wordfreq is not installed, or the list is not the one of version 3.1.1.

    >>> len(frequencies("small_en")), frequencies("small_en")["the"]
    (28917, 773)
    """
    import msgpack

    packed = _file(f"{name}.msgpack.gz").read_bytes()
    found = hashlib.sha256(packed).hexdigest()
    if found != _SHA256[name]:
        raise _mend(f"its list {name} has SHA-256 {found[:12]}...", f"the scores follow from {_SHA256[name][:12]}...")
    _, *levels = msgpack.unpackb(gzip.decompress(packed))  # what the file says of itself; then level i: 10^(-i/100)
    return {word: 900 - level for level, words in enumerate(levels) for word in sorted(words)}


def _file(name: str) -> Path:
    spec = find_spec("wordfreq")
    for folder in (spec and spec.submodule_search_locations) or ():
        if (path := Path(folder) / "data" / name).is_file():
            return path
    raise _mend("is not installed whole", "misspelt words are told by its lists")


def _mend(found: str, bound: str) -> StoreError:
    return StoreError(Problem("wordfreq", found, bound, "Run: pip install --force-reinstall 'wordfreq==3.1.1'"))
