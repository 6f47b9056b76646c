"""Which licence of the SPDX list does a name or an address mean? Two tables; what is in neither stays as it is written.

A name without a version ("gpl", "cc", "bsd") means no licence in particular, so it is not here. "gpl-3.0" is read as
the narrower of the two that it may mean, GPL-3.0-only, as the SPDX list reads it.
"""

import re

_SAME = """
    AFL-3.0 Apache-2.0 Artistic-2.0 BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear BSL-1.0 C-UDA-1.0 CC-BY-2.0 CC-BY-2.5
    CC-BY-3.0 CC-BY-4.0 CC-BY-NC-2.0 CC-BY-NC-3.0 CC-BY-NC-4.0 CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-2.0
    CC-BY-NC-SA-3.0 CC-BY-NC-SA-4.0 CC-BY-ND-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDLA-Permissive-1.0
    CDLA-Permissive-2.0 CDLA-Sharing-1.0 ECL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 ISC LPPL-1.3c MIT MPL-2.0 MS-PL NCSA
    OFL-1.1 OSL-3.0 PostgreSQL Unlicense WTFPL Zlib etalab-2.0
    """

IDS = {name.lower(): name for name in _SAME.split()} | {
    "agpl-3.0": "AGPL-3.0-only",
    "c-uda": "C-UDA-1.0",
    "gpl-2.0": "GPL-2.0-only",
    "gpl-3.0": "GPL-3.0-only",
    "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-3.0": "LGPL-3.0-only",
    "lgpl-lr": "LGPLLR",
    "odbl": "ODbL-1.0",
    "odc-by": "ODC-By-1.0",
    "pddl": "PDDL-1.0",
}
"""How Hugging Face names licences -> SPDX."""

ADDRESSES = {
    "apache.org/licenses/license-2.0": "Apache-2.0",
    "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
    "gnu.org/licenses/agpl-3.0": "AGPL-3.0-only",
    "gnu.org/licenses/gpl-3.0": "GPL-3.0-only",
    "mozilla.org/en-us/mpl/2.0": "MPL-2.0",
    "mozilla.org/mpl/2.0": "MPL-2.0",
    "opendatacommons.org/licenses/by/1-0": "ODC-By-1.0",
    "opendatacommons.org/licenses/odbl/1-0": "ODbL-1.0",
    "opendatacommons.org/licenses/pddl/1-0": "PDDL-1.0",
    "opensource.org/license/mit": "MIT",
    "opensource.org/licenses/mit": "MIT",
    "unlicense.org": "Unlicense",
}
"""Address without its beginning and end -> SPDX."""

_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/licenses/(by(?:-nc)?(?:-sa|-nd)?)/([1-4]\.[05])")
_LISTED = re.compile(r"(?:spdx\.org/licenses|choosealicense\.com/licenses)/([0-9a-z.+-]{1,60})")
_ENDS = re.compile(r"^https?://(?:www\.)?|/?(?:(?:deed|legalcode)(?:\.[a-z-]{2,7})?)?/?(?:\.(?:html|json|txt))?/?$")


def spdx(stated: str) -> str:
    """Give the SPDX name of a licence that is named or linked to; what is not known stays as it is.

    >>> spdx("cc-by-4.0"), spdx("https://creativecommons.org/licenses/by-sa/4.0/deed.de"), spdx("gpl"), spdx("other")
    ('CC-BY-4.0', 'CC-BY-SA-4.0', 'gpl', 'other')
    """
    text = stated.strip()
    folded = text.lower()
    if folded in IDS:
        return IDS[folded]
    if not folded.startswith(("http://", "https://")) or len(folded) > 200:
        return text
    address = _ENDS.sub("", folded)
    if found := _CREATIVE_COMMONS.fullmatch(address):
        return f"CC-{found[1].upper()}-{found[2]}"
    if found := _LISTED.fullmatch(address):
        return IDS.get(found[1], stated.rstrip("/").rsplit("/", 1)[-1].removesuffix(".html").removesuffix(".json"))
    return ADDRESSES.get(address, text)
