"""Which tokens are the frame of a page, and not what it says?

Phrases of navigation, cookie notices, subscriptions and legal notices, as they stand on pages in six languages. Each is
long enough to be no part of a sentence that means something else; the tokens of the phrase are counted, not the line.
The list is part of the profile: a change here is another profile.
"""

import re
from collections.abc import Iterator

PHRASES = {
    "de": (
        "alle cookies akzeptieren",
        "alle cookies ablehnen",
        "diese (?:website|webseite|seite) verwendet cookies",
        "wir verwenden cookies",
        "alle rechte vorbehalten",
        "zum (?:haupt)?inhalt springen",
        "bitte aktivieren sie javascript",
        "(?:unseren )?newsletter abonnieren",
    ),
    "en": (
        "accept (?:all )?cookies",
        "reject all cookies",
        "manage cookie (?:settings|preferences)",
        "(?:this|our) (?:web ?)?site uses cookies",
        "we use cookies",
        "you (?:agree|consent) to our use of cookies",
        "all rights reserved",
        "skip to (?:main )?content",
        "skip to navigation",
        "click here to (?:subscribe|unsubscribe|download|register|log in|sign up)",
        "subscribe to our newsletter",
        "sign up for our newsletter",
        "share (?:this )?on (?:facebook|twitter|linkedin|whatsapp)",
        "follow us on (?:facebook|twitter|instagram|linkedin|youtube)",
        "please enable javascript",
        "javascript (?:is|must be) (?:disabled|enabled) in your browser",
        "terms of (?:service|use) (?:[|·•-] )?privacy policy",
        "privacy policy (?:[|·•-] )?terms of (?:service|use)",
    ),
    "es": (
        "aceptar (?:todas )?las cookies",
        "rechazar (?:todas )?las cookies",
        "(?:este sitio|esta página) (?:web )?(?:usa|utiliza) cookies",
        "todos los derechos reservados",
        "(?:saltar|ir) al contenido(?: principal)?",
        "suscríbe[nt]?e a nuestr[ao] (?:newsletter|boletín)",
    ),
    "fr": (
        "accepter (?:tous )?les cookies",
        "refuser (?:tous )?les cookies",
        "ce site (?:web )?utilise des cookies",
        "tous droits réservés",
        "aller au contenu(?: principal)?",
        "abonnez-vous à notre newsletter",
    ),
    "it": (
        "accetta (?:tutti )?i cookie",
        "rifiuta (?:tutti )?i cookie",
        "questo sito (?:web )?(?:usa|utilizza) (?:i )?cookie",
        "tutti i diritti riservati",
        "vai al contenuto(?: principale)?",
        "iscriviti alla (?:nostra )?newsletter",
    ),
    "pt": (
        "aceitar (?:todos )?os cookies",
        "rejeitar (?:todos )?os cookies",
        "este (?:site|sítio) (?:usa|utiliza) cookies",
        "todos os direitos reservados",
        "(?:ir|pular) para o conteúdo(?: principal)?",
        "(?:assine|subscreva) a nossa newsletter",
    ),
}

# A document is only searched if one of its tokens is one of these; each phrase has one
_ANCHORS = """
    cookie cookies vorbehalten springen javascript newsletter reserved skip click privacy
    facebook twitter linkedin whatsapp instagram youtube
    derechos contenido boletín droits contenu diritti contenuto direitos conteúdo
    """
ANCHORS = frozenset(_ANCHORS.split())

_PHRASE = re.compile(
    r"(?<!\w)(?:"
    + "|".join(phrase.replace(" ", r"\s{1,20}") for listed in PHRASES.values() for phrase in listed)
    + r")(?!\w)",
    re.IGNORECASE,
)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Give where a text holds such phrases: (first, past the last) character.

    >>> [text[a:b] for text in ["Fresh eggs. © 2020. All rights reserved."] for a, b in spans(text)]
    ['All rights reserved']
    """
    return (match.span() for match in _PHRASE.finditer(text))
