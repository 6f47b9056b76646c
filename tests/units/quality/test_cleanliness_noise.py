"""Each kind of damage is found where it is, camouflage is worth no more than is said, and nothing crashes."""

import hashlib
import random
import re
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.errors import StoreError
from evenhand.plaintext import plain
from evenhand.quality.batch import Batch
from evenhand.quality.cleanliness import dictionaries, language, noise, paper, repetition, vocabulary
from evenhand.quality.cleanliness.boilerplate import ANCHORS, PHRASES
from evenhand.quality.cleanliness.dictionaries import READ
from evenhand.quality.cleanliness.noise import COUNTS, KINDS
from evenhand.quality.cleanliness.reading import readings
from evenhand.quality.cleanliness.spelling import FREQUENT_SLIPS, RARE_WORDS, lexicon
from evenhand.quality.text import count_tokens, tokens
from evenhand.records import Document

ENGLISH = (
    "In the morning the people of the town walked to the market, and some of them bought bread and fresh eggs there."
)

MORE = "When they had come back at noon, each one told what he had seen, and how much he had paid for it."


def notes_of(*texts):
    return noise.notes(Batch.of(map(Document, texts)))


def found(text):
    return {kind: number for kind, number in zip(KINDS, notes_of(text)["damage"][0].tolist(), strict=True) if number}


def score_of(*texts):
    return noise.score(noise.count(notes_of(*texts)))


@pytest.mark.parametrize(
    ("damaged", "kind"),
    [
        ("a \ufffd b", "character"),
        ("b\x00c", "character"),
        ("pаypal", "character"),
        ("itâ€™s", "mojibake"),
        ("infor-\nmation", "broken"),
        ("infor-\r\n    maton", "broken"),
        ("we l0ve it", "scan"),
        ("sooooon", "scan"),
        ("this &nbsp; that", "markup"),
        ('see <a href="x y z">this', "markup"),
        ("bold</b>", "markup"),
        ("we recieve it", "misspelling"),
        ("a wonderfull day", "misspelling"),
        ("the govermnent", "misspelling"),
        ("a well-knwon man", "misspelling"),
        ("his freind's house", "misspelling"),
        ("SYMTPOMS", "misspelling"),
        ("Symtpoms", "misspelling"),
        ("sym\u200btpoms", "misspelling"),
    ],
)
def test_one_damaged_token_is_one_error_of_its_kind(damaged, kind):
    assert found(f"{ENGLISH} {damaged} {MORE}") == {kind: 1}


@pytest.mark.parametrize(
    "clean",
    [
        "CYP2D6, 22q11.2, B2B, H2O, 1990s, x2, 3.5 mg/dL, p < 0.05, y = 2x + 1, <<80/100*10=8>>8",
        "np.log1p(x), recieve_mesage, recieveMesage, https://example.org/recieve, recieve@exmaple.org, recieve()",
        "blepharoconjunctivitis, glomerulonephritis, tetrahydrocannabinol, pneumoconiosis, adrenoleukodystrophy",
        "Krzysztof, Bjork, Xiaoming, Szymborska, Oyelaran and Thistlethwaite",
        "thou hast, he doth, banish'd, whate'er, ne'er, 'tis, o'er, wherefore art thou",
        "doesn't, we'll, they've, I'd, Jones's, rock'n'roll",
        "state-of-the-art, e-mail, co-operate, re-enter",
        "tab\tand\nnew line\r\nand\x0cform feed",
        "naïve café – “quoted” … 5 € 20 °C ½ ™ 👩‍👩‍👧 🇫🇷",
    ],
)
def test_what_somebody_intends_is_no_error(clean):
    assert found(f"{ENGLISH} {clean} {MORE}") == {}


SENTENCES = {
    "de": "Am Morgen gingen die Leute aus der Stadt zum großen Markt, und einige von ihnen kauften dort frisches Brot.",
    "en": ENGLISH,
    "es": "Por la mañana la gente del pueblo fue al mercado, y algunos de ellos compraron allí pan y huevos frescos.",
    "fr": "Le matin, les gens de la ville allaient au marché, et certains d'entre eux achetaient du pain et des œufs.",
    "it": "Al mattino la gente della città andava al mercato, e alcuni di loro compravano lì il pane e le uova.",
    "pt": "De manhã as pessoas da cidade foram ao mercado, e algumas delas compraram ali pão e ovos para a casa.",
}
SLIPS = {
    "de": "Geschcihte und kommmen",
    "en": "recieve and becuase",
    "es": "tiemmpo y siempree",
    "fr": "toujuors et maintenat",
    "it": "sempree e quesito tuttto",
    "pt": "semprre e tammbém",
}


@pytest.mark.parametrize("name", READ)
def test_each_language_is_recognised_read_clean_and_its_slips_found(name):
    text = SENTENCES[name]
    (reading,) = readings([text])
    assert [READ[place] for place in np.flatnonzero(reading.languages[0])] == [name]
    assert found(text) == {}
    assert notes_of(text)["unread"][0] == 0
    assert found(f"{text} {SLIPS[name]}") == {"misspelling": 2}


UNREAD = {
    "nl": "De kinderen speelden gisteren in het park terwijl hun ouders koffie dronken op een bankje bij de vijver.",
    "sv": "Barnen lekte i parken igår medan deras föräldrar drack kaffe på en bänk vid dammen.",
    "ca": "Els nens jugaven ahir al parc mentre els seus pares prenien cafè en un banc a prop de l'estany.",
    "gl": "Os nenos xogaban onte no parque mentres os seus pais tomaban café nun banco preto do estanque.",
    "pl": "Dzieci bawiły się wczoraj w parku, podczas gdy ich rodzice pili kawę na ławce.",
    "la": "Gallia est omnis divisa in partes tres, quarum unam incolunt Belgae, aliam Aquitani.",
    "ru": "Съешь ещё этих мягких французских булок, да выпей чаю.",
    "zh": "快速的棕色狐狸跳过懒狗。",
    "ja": "吾輩は猫である。名前はまだ無い。",
}


@pytest.mark.parametrize("name", UNREAD)
def test_a_language_that_is_not_read_is_said_to_be_unread_and_not_punished(name):
    noted = notes_of(UNREAD[name])
    assert found(UNREAD[name]) == {}
    lettered = [token for token in tokens(UNREAD[name]) if any(map(str.isalpha, token))]
    assert noted["unread"].tolist() == [len(lettered)]


def test_two_languages_in_one_document_are_both_read():
    both = f"{SENTENCES['en']} {SENTENCES['fr']}"
    (reading,) = readings([both])
    assert [READ[place] for place in np.flatnonzero(reading.languages[0])] == ["en", "fr"]
    assert found(both) == {}


def test_of_a_document_that_is_read_what_is_no_word_is_unread():
    assert notes_of(f"{ENGLISH} snake_case x2y 42 ...")["unread"].tolist() == [2]


@pytest.mark.parametrize(("name", "phrase"), [(name, phrase) for name in PHRASES for phrase in PHRASES[name]])
def test_every_phrase_of_boilerplate_has_an_anchor(name, phrase):
    # what is optional left out, and each choice taken
    bare = re.sub(r"\(\?:[^()]*\)\?", "", phrase).replace("[nt]?", "").replace("[ao]", "a")
    choices = [part.removeprefix("(?:").removesuffix(")").split("|") for part in re.split(r" (?![^()]*\))", bare)]
    for words in product(*choices):
        text = " ".join(" ".join(words).split())
        assert set(text.split()) & ANCHORS, text
        assert found(f"Eggs. {text}.").get("boilerplate") == len(text.split()), text


def test_a_sentence_about_such_things_is_no_boilerplate():
    assert (
        found(f"{ENGLISH} The cookies are fresh; all the rights of the town are reserved to it. Click the button.")
        == {}
    )


def numbered(count, salt=0):
    rng = random.Random(salt)
    words = ENGLISH.lower().replace(",", "").replace(".", "").split()
    return [" ".join(rng.choices(words, k=20)) for _ in range(count)]


def test_a_text_may_say_again_three_tokens_in_ten_and_no_more():
    passage, rest = numbered(1)[0], numbered(4, salt=1)
    assert found("\n".join([passage, *rest, passage])) == {}
    again = "\n".join([passage, *rest[:1], *[passage] * 4])
    assert found(again) == {"repetition": 80 - 120 * 3 // 10}


def test_what_nobody_sees_hides_no_repetition():
    passage = numbered(1)[0]
    hidden = passage.replace(" ", " \u200b ")
    assert found("\n".join([passage, hidden, passage])) == {"repetition": 40 - 60 * 3 // 10}


@pytest.mark.parametrize("loop", ["ha", "buy now", "one two three four five six seven"])
def test_a_loop_leaves_nothing(loop):
    assert score_of(" ".join([loop] * 400)) < 5_000


def test_a_token_counts_once_under_the_first_kind():
    assert found("\ufffdl0ve&amp;\x00IIII\ufffd fine \ufffd") == {"character": 2}
    assert sum(found(f"{ENGLISH} recieve&amp;\n" * 40).values()) <= count_tokens(f"{ENGLISH} recieve&amp; " * 40)


# The score


@given(st.integers(1, 10**12), st.data())
def test_every_error_lowers_the_share_of_whole_sentences(count, data):
    errors = data.draw(st.integers(0, count - 1))
    none = dict.fromkeys(COUNTS, 0)
    exact = Fraction(count - errors, count) ** 20
    assert noise.score(none | {"tokens": count, "scan": errors}) == round(exact * 10**6)
    assert Fraction(count - errors - 1, count) ** 20 < exact


def test_the_score_tells_noise_apart_where_the_papers_is_zero():
    none = dict.fromkeys(COUNTS, 0) | {"tokens": 1000}
    rates = [0, 1, 5, 10, 20, 50, 100, 200, 400]
    ours = [noise.score(none | {"scan": errors}) for errors in rates]
    assert all(high > low for high, low in pairwise(ours))
    assert [paper.score_section7(none | {"scan": errors}) for errors in rates[4:]] == [0] * 5


def test_no_token_and_more_errors_than_tokens_score_nothing():
    none = dict.fromkeys(COUNTS, 0)
    assert noise.score(none) == noise.score(none | {"tokens": 2, "scan": 9}) == 0


def test_the_worst_documents_come_first_with_their_reasons():
    noted = notes_of(ENGLISH, f"{ENGLISH} recieve l0ve", "a \ufffd", f"{ENGLISH} becuase l0ve")
    assert noise.worst(noted) == [
        (1, {"scan": 1, "misspelling": 1}),
        (3, {"scan": 1, "misspelling": 1}),
        (2, {"character": 1}),
    ]
    assert noise.worst(noted, most=1) == noise.worst(noted)[:1]


def test_examples_name_each_damaged_token_once():
    text = f"{ENGLISH} We recieve it, recieve it, becuase of l0ve &amp; infor-\nmation"
    assert noise.examples(text) == [
        ("misspelling", "recieve"),
        ("misspelling", "becuase"),
        ("scan", "l0ve"),
        ("markup", "&amp;"),
        ("broken", "infor-"),
    ]
    assert noise.examples(ENGLISH) == noise.examples("") == []


# A document's notes are its own


def same(first, second):
    return all(np.array_equal(first[name], second[name]) for name in ("tokens", "damage", "unread"))


MIXED = [
    *SENTENCES.values(),
    *UNREAD.values(),
    "",
    " ",
    "\u200b",
    f"{ENGLISH} recieve &amp; l0ve",
    "a\ufffd " * 50,
    "-\nx",
]


def test_the_notes_do_not_depend_on_the_batch_or_on_what_was_read_before(monkeypatch):
    whole = notes_of(*MIXED)
    order = random.Random(1).sample(range(len(MIXED)), len(MIXED))
    vocabulary.vocabulary().forget()
    shuffled = notes_of(*(MIXED[place] for place in order))
    assert same({name: whole[name][order] for name in whole}, shuffled)
    monkeypatch.setattr(vocabulary, "TOKENS_MAX", 5)
    monkeypatch.setattr("evenhand.quality.cleanliness.reading._GROUP_DOCUMENTS", 2)
    monkeypatch.setattr("evenhand.quality.cleanliness.reading._PIECE_CHARACTERS", 7)
    assert same(whole, notes_of(*MIXED))
    notes_of(ENGLISH)
    assert len(vocabulary.vocabulary()) <= len(ENGLISH.split())  # and no more is kept than is allowed
    alone = [notes_of(text) for text in MIXED]
    assert same(whole, {name: np.concatenate([one[name] for one in alone]) for name in whole})


def test_tokens_are_those_of_the_plain_text():
    assert notes_of(*MIXED)["tokens"].tolist() == [count_tokens(plain(text)) for text in MIXED]


def test_each_thread_has_a_vocabulary_of_its_own():
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(vocabulary.vocabulary).result() is not vocabulary.vocabulary()


def test_threads_note_the_same():
    texts = numbered(300) + MIXED
    alone = notes_of(*texts)
    vocabulary.vocabulary().forget()
    with ThreadPoolExecutor(2) as pool:
        assert all(same(alone, noted) for noted in pool.map(lambda _: notes_of(*texts), range(4)))


def test_no_document_gives_no_row():
    noted = notes_of()
    assert noted["tokens"].shape == (0,)
    assert noted["damage"].shape == (0, len(KINDS))
    assert noise.count(noted) == dict.fromkeys(COUNTS, 0)


@settings(max_examples=150)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_no_text_has_more_damage_than_tokens(texts):
    noted = notes_of(*texts)
    assert noted["damage"].dtype == noted["tokens"].dtype == np.int64
    assert (noted["damage"].sum(axis=1) <= noted["tokens"]).all()
    assert (noted["unread"] <= noted["tokens"]).all()
    assert 0 <= noise.score(noise.count(noted)) <= 1_000_000
    for text in texts:
        noise.examples(text)


def test_binary_junk_and_code_points_of_every_kind_are_read_to_the_end():
    junk = random.Random(2).randbytes(40_000)
    codes = (*range(0x3000), *range(0x3000, sys.maxunicode + 1, 17))
    everything = "".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000)
    noted = notes_of(
        junk.decode("latin-1"), junk.decode("utf-8", "replace"), everything, "e" + "\u0301" * 50_000, "\ud800"
    )
    assert (noted["damage"].sum(axis=1) > 0).tolist() == [True, True, True, False, True]


@pytest.mark.parametrize(
    "unit",
    [
        "x",
        "word ",
        "-\n",
        "&amp;",
        "<div ",
        "l0",
        "a'",
        "a-",
        "é",
        "Ã",
        "cookies ",
        "accept all ",
        "市",
        "\ufffd",
        "\u200b ",
    ],
)
def test_the_time_is_linear_in_one_long_line(unit):
    def spent(characters):
        text = unit * (characters // len(unit))
        start = time.process_time()
        notes_of(text)
        return time.process_time() - start

    spent(20_000)
    assert spent(400_000) < 30 * max(spent(40_000), 0.004)


# The red team


def test_a_slip_does_not_become_right_by_being_repeated():
    slip = f"{ENGLISH} The symtpoms of it are many. "
    rare = notes_of(slip)["damage"][0, KINDS.index("misspelling")]
    often = notes_of(*[f"{slip} {line} symtpoms" for line in numbered(50)])["damage"][:, KINDS.index("misspelling")]
    assert rare == 1
    assert (often == 2).all()


def test_cutting_letters_off_words_lowers_the_score():
    words = " ".join(numbered(20)).split()
    cut = " ".join(word[:1] + word[2:] if len(word) > 4 else word for word in words)
    assert score_of(cut) < score_of(" ".join(words)) / 10


@pytest.mark.parametrize("change", [str.upper, str.title, lambda word: f"“{word}”,", lambda word: "\u200b".join(word)])
def test_a_slip_in_capitals_signs_or_with_hidden_characters_stays_a_slip(change):
    assert found(f"{ENGLISH} {change('symtpoms')} {MORE}") == {"misspelling": 1}


def test_a_slip_dressed_as_an_identifier_is_no_error_but_the_counts_show_it():
    slips = [f"sym{number % 10}tpoms_recieve" for number in range(50)]
    counts = noise.count(notes_of(f"{ENGLISH} {' '.join(slips)}"))
    assert counts["misspelling"] == 0
    assert counts["unread"] == 50


def test_words_of_no_language_are_no_errors_but_the_counts_show_that_nobody_read_them():
    counts = noise.count(notes_of(" ".join(f"{word}zq" for word in f"{ENGLISH} {MORE}".split())))
    assert noise.score(counts) == 1_000_000
    assert counts["unread"] == counts["tokens"]


def test_padding_with_clean_words_buys_no_more_than_its_share():
    noisy = f"{ENGLISH} recieve becuase"
    padded = notes_of(noisy, *numbered(3))
    assert noise.count(padded)["misspelling"] == 2
    looped = noise.count(notes_of(f"{noisy} {'the market day ' * 200}"))
    assert noise.score(looped) < score_of(noisy)  # padding by repeating is damage itself


# The dictionary


def test_a_dictionary_that_was_changed_is_refused(monkeypatch):
    monkeypatch.setitem(dictionaries._SHA256, "small_nl", "0" * 64)
    with pytest.raises(StoreError, match="small_nl has SHA-256"):
        dictionaries.frequencies("small_nl")


def test_a_missing_dictionary_names_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(dictionaries, "find_spec", lambda name: None)
    with pytest.raises(StoreError, match=r"pip install --force-reinstall 'wordfreq==3\.1\.1'"):
        dictionaries.frequencies("small_nl")


def test_the_lists_are_those_that_scores_were_measured_with():
    listed = "".join(f"{name} {sha}\n" for name, sha in sorted(dictionaries._SHA256.items()))
    lists = hashlib.sha256(listed.encode()).hexdigest()
    assert lists == "6bdebb04a13ef107167f6d9b84357722e3dfda591436508529b66288a9cc1a49"
    assert len(language.LANGUAGES) == 28


def test_the_words_that_stand_apart_are_small_and_no_word_is_both():
    assert not FREQUENT_SLIPS & RARE_WORDS
    assert all(word.isalpha() and word.islower() for word in FREQUENT_SLIPS | RARE_WORDS)
    english = lexicon("en")
    assert all(english.is_misspelt(word) for word in FREQUENT_SLIPS)
    assert not any(english.is_misspelt(word) for word in RARE_WORDS)


def test_repeated_passages_are_those_that_a_plain_search_finds():
    rng = np.random.default_rng(5)
    for _ in range(30):
        lengths = rng.integers(0, 60, 3)
        sequence = np.concatenate([np.tile(rng.integers(0, 9, 20), 3)[:length] for length in lengths]).astype(np.uint64)
        expected = []
        for part in np.split(sequence, np.cumsum(lengths)[:-1]):
            seen, marked, listed = set(), [False] * len(part), part.tolist()
            for start in range(len(listed) - 15):
                run = tuple(listed[start : start + 16])
                if run in seen:
                    marked[start : start + 16] = [True] * 16
                seen.add(run)
            expected += marked
        assert repetition.repeated(sequence, lengths).tolist() == expected


@given(st.integers(1, 10**6), st.data())
def test_what_is_said_again_costs_its_share_of_what_has_to_be_new_and_thins_out_nothing_else(count, data):
    """A slip costs twenty times its share, for twenty tokens hold twenty; a passage that comes again is one."""
    none = dict.fromkeys(COUNTS, 0) | {"tokens": count}
    excess = data.draw(st.integers(0, count * 7 // 10))
    errors = data.draw(st.integers(0, count - count * 7 // 10))
    new = count - Fraction(10 * excess, 7)
    whole = max(new - errors, Fraction(0))
    expected = new / count * (whole / new) ** 20 if whole else 0
    found = noise.score(none | {"repetition": excess, "scan": errors})
    assert found == round(expected * 10**6)
    assert found <= noise.score(none | {"scan": errors})


# -- what nobody sees --------------------------------------------------------------------------------------------------

UNSEEN = ["\u200b", "\u00ad", "\ufe0f", "\u17b4", "\u2060"]
DAMAGED = ["the l0ve of it", "IIII of it", "a&amp;b", "so <br> it", "please accept all cookies now", "we recieve it"]


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("text", DAMAGED)
def test_what_nobody_sees_hides_no_damage_wherever_it_stands(text, unseen):
    plain = noise.notes(Batch.of([Document(text)]))
    assert plain["damage"].sum() > 0
    for place in range(len(text) + 1):
        hidden = noise.notes(Batch.of([Document(text[:place] + unseen + text[place:])]))
        assert {name: column.tolist() for name, column in hidden.items()} == {
            name: column.tolist() for name, column in plain.items()
        }


def test_a_cut_word_is_seen_behind_what_nobody_sees():
    noted = noise.notes(Batch.of([Document("the ship-\u200b\nping of it")]))
    assert noted["damage"][0].tolist()[noise.KINDS.index("broken")] == 1


@pytest.mark.parametrize("text", ["がぎぐげご パン", "한국어 시장의 날", "naïve café über"])
def test_either_form_of_unicode_has_the_same_tokens(text):
    forms = [Document(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")]
    (one, other) = noise.notes(Batch.of(forms))["tokens"].tolist()
    assert one == other == count_tokens(plain(text))


@pytest.mark.parametrize("half", ["Ã", "Â", "Ð"])
def test_half_of_a_letter_that_was_read_wrongly_is_damage_though_nobody_sees_the_other(half):
    noted = noise.notes(Batch.of([Document(f"a v{half}\u00addeo here")]))
    assert noted["damage"][0].tolist()[noise.KINDS.index("mojibake")] == 1


def test_a_soft_hyphen_is_no_damage():
    assert noise.notes(Batch.of([Document("The Grieß\u00adbrei and ship\u00adping of it")]))["damage"].sum() == 0
