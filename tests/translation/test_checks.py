"""What the checks say about good and bad translations."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.model.errors import InvalidInput
from briefings.translation.catalogs import read_catalog
from briefings.translation.checks import Finding, Severity, check_plural_forms, check_segment


def blocks(source: str, target: str, locale: str) -> list[tuple[str, str]]:
    return [(found.check, found.token) for found in check_segment(source, target, locale) if found.blocks]


GOOD = [
    ("ro", "Most happened between 4pm and 7pm.", "Cele mai multe au avut loc între 16 și 19."),
    ("es", "Most happened between 4pm and 7pm.", "La mayoría ocurrió entre las 4 y las 7 de la tarde."),
    ("bg", "Most happened between 4pm and 7pm.", "Повечето станаха между 4 и 7 следобед."),
    ("pa", "Most happened between 4pm and 7pm.", "ਜ਼ਿਆਦਾਤਰ ਸ਼ਾਮ 4 ਵਜੇ ਤੋਂ 7 ਵਜੇ ਦੇ ਵਿਚਕਾਰ ਹੋਈਆਂ।"),
    ("ta", "Most happened between 4pm and 7pm.", "பெரும்பாலானவை மாலை 4 மணி முதல் 7 மணி வரை நடந்தன."),
    ("pl", "On Friday 13 November and Saturday 14 November.", "W piątek 13 i sobotę 14 listopada."),
    ("ur", "There were 14 reports from 10 streets.", "۱۰ سڑکوں سے ۱۴ شکایات آئیں۔"),
    ("ro", "They chose it for May 2027.", "Au ales-o pentru mai 2027."),
    ("tr", "25% more on the 1st day of the week.", "Haftanın 1. gününde %25 daha fazla."),
    ("pl", "from 26 to 28 November", "26.11–28.11"),
    ("es", "Come to the 20th meeting, on 5 May.", "Venga a la 20.ª reunión, el 5 de mayo, con los mayores."),
    ("it", "The counter is open 24 hours a day.", "Lo sportello è aperto 24 ore su 24."),
    ("ro", "Two of the three doors were open.", "2 din cele 3 uși erau deschise."),
    ("it", "From 10am to 12 noon.", "Dalle 10 a mezzogiorno."),
    ("pl", "From 10am to 12 noon.", "Od 10:00 do 12:00."),
    ("ro", "Friends of Example Park", "Friends of Example Park"),
    ("ro", "https://example.org/report", "https://example.org/report"),
]

BAD = [
    ("ro", "There are 27 homes.", "Sunt 72 de locuințe.", "facts.number", "27"),
    ("bg", "There are 27 homes.", "Има 27 жилища и 3 магазина.", "facts.number", "3"),
    ("ur", "Call 999.", "۹۹۹ پر فون کریں۔", "facts.phone", "999"),
    ("ta", "Use 18001 101.", "18001101 ஐப் பயன்படுத்துங்கள்.", "facts.phone", "18001 101"),
    ("pa", "Call 0800 555 111.", "0800-555-111 'ਤੇ ਫ਼ੋਨ ਕਰੋ।", "facts.phone", "0800 555 111"),
    ("pl", "It starts at 6:30pm.", "Początek o 6:30.", "facts.time", "18:30"),
    ("es", "It starts at 4pm.", "Empieza a las 4 de la mañana.", "facts.time", "16:00"),
    ("tr", "The meeting is on 26 November.", "Toplantı 26 Ekim'de.", "facts.date", "26 November"),
    ("pl", "26 November and 5 December", "5 listopada i 26 grudnia", "facts.date", "5 December"),
    ("pl", "Come on Wednesday.", "Przyjdź w sobotę.", "facts.weekday", "Wednesday"),
    ("ur", "Come on Friday.", "جمعرات کو آئیں۔", "facts.weekday", "Friday"),
    ("bg", "It is near E17 4JF.", "Близо е до Е17 4JF.", "facts.postcode", "E17 4JF"),  # Cyrillic Е
    ("pl", "On the A104.", "Na drodze A105.", "facts.code", "A104"),
    ("ro", "Write to a.b@example.org.", "Scrieți la ab@example.org.", "facts.email", "a.b@example.org"),
    ("it", "See example.org/a.", "Vedi example.org/b.", "facts.url", "example.org/a"),
    ("ro", "See [our page](https://example.org/a).", "Vezi [pagina](https://example.org/).", "facts.link", "https://example.org/a"),
    ("ta", "Hello {name}", "வணக்கம் {பெயர்}", "facts.placeholder", "{name}"),
    ("pl", "Worth £250.", "Wartość: 250.", "facts.money", "£"),
    ("ro", "See [our page](/a).", "Vezi pagina noastră (/a).", "markup.link", "[words](address)"),
    ("es", "Stay safe.", "Cuídese<script>.", "markup.html", "<script>"),
    ("ur", "Stay safe.", "محفوظ\u202e رہیں۔", "text.bidi", "U+202E"),
    ("tr", "Lock your doors now.", "Lock your doors now.", "text.untranslated", "Lock your doors now."),
]  # fmt: skip


@pytest.mark.parametrize(("locale", "source", "target"), GOOD)
def test_a_natural_way_to_write_the_same_fact_passes(locale: str, source: str, target: str) -> None:
    findings = check_segment(source, target, locale)

    assert findings == []


@pytest.mark.parametrize(("locale", "source", "target", "check", "token"), BAD)
def test_a_changed_fact_blocks_and_is_named(locale: str, source: str, target: str, check: str, token: str) -> None:
    findings = [found for found in check_segment(source, target, locale) if found.check == check]

    assert [found.severity for found in findings][:1] == [Severity.BLOCKS]
    assert token in [found.token for found in findings]
    assert findings[0].token in findings[0].message


def test_a_message_names_what_stands_there_instead_and_what_to_do() -> None:
    findings = check_segment("There are 27 homes.", "Sunt 72 de locuințe.", "ro")

    message = "number 27 is missing (the English has 27, this text has 72): write the same figure"
    assert findings == [Finding("facts.number", Severity.BLOCKS, "27", message)]


def test_what_cannot_be_proved_wrong_only_warns() -> None:
    pairs = [
        ("Reports rose in October.", "Sesizările au crescut luna trecută."),
        ("Every Friday we visit.", "Venim în fiecare săptămână."),
        ("**Call us**", "Sunați-ne"),
        ("25% more", "cu 25 la sută mai mult"),
    ]

    findings = [check_segment(source, target, "ro") for source, target in pairs]

    assert [[found.severity for found in each] for each in findings] == [[Severity.WARNS]] * len(pairs)


def test_a_word_that_is_also_a_weekday_proves_nothing() -> None:
    findings = check_segment("Within a week, on the market.", "ایک ہفتے میں، ہفتہ بازار میں۔", "ur")

    assert findings == []


def test_an_empty_translation_is_not_there_yet() -> None:
    findings = check_segment("Call 999.", "  ", "ro")

    assert findings == []


def test_locales_without_special_knowledge_are_compared_too() -> None:
    source = "The meeting is on Thursday 26 November at 6:30pm."

    lithuanian = check_segment(source, "Susitikimas vyks lapkričio 26 d., ketvirtadienį, 18:30.", "lt")
    arabic = check_segment(source, "الاجتماع يوم الخميس ٢٦ نوفمبر الساعة ١٨:٣٠.", "ar")

    assert lithuanian == arabic == []
    assert blocks(source, "Susitikimas vyks gruodžio 26 d., ketvirtadienį, 18:30.", "lt")
    assert blocks(source, "الاجتماع يوم الخميس ٢٦ نوفمبر الساعة ١٨:٣١.", "ar")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["ro", "ur", "ta", "pa", "bg", "tr"]))
def test_any_two_texts_can_be_compared(source: str, target: str, locale: str) -> None:
    findings = check_segment(source, target, locale)

    assert all(found.message and found.token for found in findings)


def catalog(header: str, body: str = "") -> Catalog:
    text = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {header}\\n"\n\n{body}'
    return read_po(io.BytesIO(text.encode()))


@pytest.mark.parametrize("locale", ["ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta", "lt", "ar", "cy"])
def test_a_catalog_that_babel_makes_has_the_right_plural_rule(locale: str) -> None:
    fresh = Catalog(locale=locale.replace("-", "_"))

    findings = check_plural_forms(fresh, locale)

    assert findings == []


def test_a_wrong_plural_rule_blocks() -> None:
    wrong_count = catalog("nplurals=2; plural=(n != 1);")
    wrong_rule = catalog("nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);")

    findings = check_plural_forms(wrong_count, "pl") + check_plural_forms(wrong_rule, "pl")

    assert [(found.check, found.severity) for found in findings] == [
        ("plurals.count", Severity.BLOCKS),
        ("plurals.rule", Severity.BLOCKS),
    ]


def test_missing_plural_forms_and_lost_placeholders_block() -> None:
    body = (
        'msgid "{n} vote"\nmsgid_plural "{n} votes"\nmsgstr[0] "{n} głos"\nmsgstr[1] "{n} głosy"\nmsgstr[2] ""\n\n'
        'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} dzień"\nmsgstr[1] "{n} dni"\nmsgstr[2] "dni"\n'
    )
    polish = catalog("nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);", body)

    findings = check_plural_forms(polish, "pl")

    assert [(found.check, found.token) for found in findings] == [
        ("plurals.missing", "{n} vote"),
        ("plurals.placeholder", "{n}"),
    ]


def test_a_plural_rule_that_gives_a_form_out_of_range_blocks() -> None:
    beyond = catalog("nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 3);")

    findings = check_plural_forms(beyond, "pl")

    assert [(found.check, found.severity) for found in findings] == [("plurals.rule", Severity.BLOCKS)]


def test_a_catalog_with_a_plural_form_too_many_is_refused(tmp_path: Path) -> None:
    forms = "".join(f'msgstr[{index}] "{{n}} voturi"\n' for index in range(4))
    header = "nplurals=3; plural=(n==1 ? 0 : n==0 || (n!=1 && n%100>=1 && n%100<=19) ? 1 : 2);"
    path = tmp_path / "content.po"
    path.write_text(
        f'msgid ""\nmsgstr ""\n"Plural-Forms: {header}\\n"\n\nmsgid "{{n}} vote"\nmsgid_plural "{{n}} votes"\n{forms}'
    )

    with pytest.raises(InvalidInput, match="not a PO catalog"):
        read_catalog(path, "ro")


def test_a_month_that_became_another_blocks() -> None:
    source = "We will check again in May 2027."

    replaced = check_segment(source, "Vom verifica din nou în iunie 2027.", "ro")
    two = blocks("On 13 November and 14 November.", "Il 13 novembre e il 14 febbraio.", "it")
    same = check_segment(source, "Vom verifica din nou în mai 2027.", "ro")

    assert [(found.check, found.token, found.blocks) for found in replaced] == [("facts.month", "May", True)]
    assert two == [("facts.month", "febbraio")]
    assert same == []


def test_an_hour_beside_a_24_hour_time_is_read_as_written() -> None:
    source = "Every evening between 5pm and 9pm."

    good = check_segment(source, "ہر شام 17:00 اور 21:00 بجے کے درمیان۔", "ur")
    wrong = blocks(source, "ہر شام 05:00 اور 21:00 بجے کے درمیان۔", "ur")

    assert good == []
    assert wrong == [("facts.time", "17:00")]
