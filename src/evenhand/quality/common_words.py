"""Which words say nothing of what a text is about?

Words of four letters and more that stand in almost every text of a language: without this list any two English texts
look alike. Part of the profile: a change here is another profile. Texts in a language that is not here keep such words
and look less diverse than they are; the English list is tried on real text, the others are not.
"""

_BY_LANGUAGE = {
    "de": """
        aber alle allem allen aller alles also andere anderen auch beim bereits damit dann dass dein denn deren
        dessen diese diesem diesen dieser dieses doch durch eine einem einen einer eines etwas euch gegen habe haben
        hatte hatten hier ihre ihrem ihren ihrer immer jede jedem jeden jeder jedes jedoch kann kein keine keinen
        können mehr mein muss nach nicht nichts noch oder ohne schon sehr sein seine seinem seinen seiner seit sich
        sind sogar soll sondern unter viele waren wegen weil welche wenn werde werden wieder wird wirklich wurde
        wurden zwischen über
        """,
    "en": """
        about above after again against almost along already also although always among another because been before
        behind being below best better between both cannot come comes could does doing done down during each either
        else enough even ever every everything first from further gave give given goes gone have having hence here
        hers herself himself however indeed instead into itself just least less like likely made make makes making
        many might more most much must myself neither never next none nothing often once only other others otherwise
        ours over perhaps quite rather really same several shall should since some something sometimes soon still
        such take than that their theirs them themselves then there therefore these they thing things this those
        though through thus together told took toward towards under until upon used uses using usually various very
        want were what when where whether which while whom whose will with within without would your yours yourself
        """,
    "es": """
        algo algunas algunos ante antes aquel aquella aunque cada casi como contra cual cuando cuya cuyo cómo desde
        después donde durante ella ellas ellos entre eran esas esos esta estaba estas este esto estos está están
        fueron había hacia hasta mientras misma mismo mucho muchos nada nosotros nuestra nuestro otra otras otro
        otros para pero poco porque puede pueden pues quien quién según sido siempre siendo sobre solo sólo también
        tanto tenía tiene tienen toda todas todo todos usted vosotros
        """,
    "fr": """
        afin ainsi alors après aussi autre autres avait avant avec avoir cela celle celles celui cependant ceux
        chaque chez comme comment contre dans depuis donc dont elle elles encore entre faire fait leur leurs lors
        lorsque mais moins même mêmes notre nous parce pendant peut peuvent plus plusieurs pour pourquoi quand quel
        quelle quelles quelque quels quoi sans selon sera seront soit sont sous souvent suis tant tous tout toute
        toutes très vers votre vous étaient était étant être
        """,
    "it": """
        alcuni alla alle allo altra altre altri altro anche ancora avere aveva bene come contro cosa così dagli
        dalla dalle dallo degli della delle dello dopo dove durante ella erano essere fino hanno loro mentre molto
        negli nella nelle nello nostra nostro ogni ognuno oltre perché però poco proprio quale quali quando quanto
        quella quelle quelli quello questa queste questi questo quindi sempre senza siamo sono stata state stati
        stato sulla sulle tanto tutta tutte tutti tutto verso vostro
        """,
    "nl": """
        alle alles altijd andere daar daarom deze doen door echter eens geen haar hadden hebben heeft heel hier iets
        jullie kunnen maar meer mijn moet naar niet niets onder onze over reeds samen sinds sommige steeds tegen
        toch toen tussen vaak veel voor waar wanneer want waren werd werden worden wordt zeer zich zijn zoals zonder
        zullen
        """,
    "pt": """
        ainda alguns antes apenas aquela aquele assim cada como contra depois desde deve dois durante elas eles
        embora enquanto entre eram essa essas esse esses esta estas estava este estes estou está estão foram havia
        isso isto mais mesma mesmo muito muitos nada nossa nosso onde outra outras outro outros para pela pelas pelo
        pelos pode podem porque qual quando quem sempre sendo seria sobre também tanto tinha toda todas todo todos
        vocês
        """,
}

COMMON_WORDS = frozenset(word for listed in _BY_LANGUAGE.values() for word in listed.split())
