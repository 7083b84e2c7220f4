"""Corrupt one fact of a good translation at a time: every corruption blocks, and nothing else does."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from briefings.model.language import cldr
from briefings.translation.checks import check_segment

MEETING = "Officers will be at Highams Park library on Thursday 26 November from 6:30pm to 8pm."
FIGURES = "There were 14 reports, 5 fewer than in October."
CALL = "Call 101, or 999 in an emergency."
ANONYMOUS = (
    "**Without giving your name:** call Crimestoppers on 0800 555 111 or visit the [website](https://example.org/a1)."
)
TEXTPHONE = "Textphone users can call 18001 101. You can also text 61016."
WRITE = "Write to communitysafety@example.gov.uk or visit https://www.example.gov.uk/safety."
PLACE = "Near E17 4JF, 3 of 10 bikes were marked. One was found on the A104."
MONEY = "Goods worth up to £1,250 were given back."
PATROLS = "Officers patrolled on 6 evenings, between 4 and 7pm, until 31 January 2027."
GREETING = "Hello {name}, you asked for {0} updates."
CLOSED = (
    "The road has been closed since 3:45pm on Friday 20 November. We expect to open it by 8am on Saturday 21 November."
)

PAIRS = [
    ("ro", MEETING,
     "Polițiștii vor fi la biblioteca din Highams Park joi, 26 noiembrie, între orele 18:30 și 20:00."),
    ("bg", MEETING,
     "Служителите ще бъдат в библиотеката в Highams Park в четвъртък, 26 ноември, от 18:30 до 20:00 ч."),
    ("ur", MEETING, "پولیس اہلکار جمعرات 26 نومبر کو 18:30 سے 20:00 تک Highams Park کی لائبریری میں ہوں گے۔"),
    ("ta", MEETING, "நவம்பர் 26, வியாழக்கிழமை 18:30 முதல் 20:00 வரை Highams Park நூலகத்தில் காவலர்கள் இருப்பார்கள்."),
    ("pa", MEETING, "ਅਫ਼ਸਰ ਵੀਰਵਾਰ 26 ਨਵੰਬਰ ਨੂੰ 18:30 ਤੋਂ 20:00 ਵਜੇ ਤੱਕ Highams Park ਲਾਇਬ੍ਰੇਰੀ ਵਿੱਚ ਹੋਣਗੇ।"),
    ("pl", MEETING, "Policjanci będą w bibliotece w Highams Park w czwartek 26 listopada w godz. 18.30–20.00."),
    ("tr", MEETING,
     "Polisler 26 Kasım Perşembe günü saat 18:30'dan 20:00'ye kadar Highams Park kütüphanesinde olacak."),
    ("es", MEETING,
     "Los agentes estarán en la biblioteca de Highams Park el jueves 26 de noviembre, de 18:30 a 20:00."),
    ("pt-PT", MEETING,
     "Os agentes estarão na biblioteca de Highams Park na quinta-feira, 26 de novembro, das 18h30 às 20h."),
    ("it", MEETING,
     "Gli agenti saranno alla biblioteca di Highams Park giovedì 26 novembre, dalle 18.30 alle 20.00."),
    ("ro", FIGURES, "Au fost 14 sesizări, cu 5 mai puține decât în octombrie."),
    ("pl", FIGURES, "Było 14 zgłoszeń, o 5 mniej niż w październiku."),
    ("ta", FIGURES, "14 புகார்கள் வந்தன. இது அக்டோபரை விட 5 குறைவு."),
    ("tr", FIGURES, "14 bildirim vardı; bu, Ekim ayından 5 eksik."),
    ("ur", FIGURES, "14 شکایات آئیں، جو اکتوبر سے 5 کم ہیں۔"),
    ("bg", CALL, "Обадете се на 101, а при спешен случай – на 999."),
    ("tr", CALL, "101'i arayın, acil durumda 999'u arayın."),
    ("pa", CALL, "101 'ਤੇ ਫ਼ੋਨ ਕਰੋ, ਜਾਂ ਐਮਰਜੈਂਸੀ ਵਿੱਚ 999 'ਤੇ।"),
    ("ta", CALL, "101-ஐ அழையுங்கள், அவசரநிலையில் 999-ஐ அழையுங்கள்."),
    ("ur", CALL, "101 پر فون کریں، یا ہنگامی صورتِ حال میں 999 پر۔"),
    ("es", ANONYMOUS,
     "**Sin dar su nombre:** llame a Crimestoppers al 0800 555 111 o visite la [web](https://example.org/a1)."),
    ("ur", ANONYMOUS,
     "**نام بتائے بغیر:** Crimestoppers کو 0800 555 111 پر فون کریں یا [ویب سائٹ](https://example.org/a1) دیکھیں۔"),
    ("bg", ANONYMOUS,
     "**Без да казвате името си:** обадете се на Crimestoppers на 0800 555 111 или вижте [сайта](https://example.org/a1)."),
    ("it", TEXTPHONE, "Chi usa un telefono testuale può chiamare il 18001 101. Si può anche scrivere al 61016."),
    ("pa", TEXTPHONE, "ਟੈਕਸਟਫ਼ੋਨ ਵਾਲੇ 18001 101 'ਤੇ ਫ਼ੋਨ ਕਰ ਸਕਦੇ ਹਨ। ਤੁਸੀਂ 61016 'ਤੇ ਸੁਨੇਹਾ ਵੀ ਭੇਜ ਸਕਦੇ ਹੋ।"),
    ("tr", WRITE,
     "communitysafety@example.gov.uk adresine yazın veya https://www.example.gov.uk/safety adresine bakın."),
    ("ta", WRITE,
     "communitysafety@example.gov.uk-க்கு எழுதுங்கள் அல்லது https://www.example.gov.uk/safety பக்கத்தைப் பாருங்கள்."),
    ("pl", WRITE, "Napisz na communitysafety@example.gov.uk lub wejdź na https://www.example.gov.uk/safety."),
    ("pt-PT", PLACE, "Perto de E17 4JF, 3 de 10 bicicletas foram marcadas. Uma foi encontrada na A104."),
    ("ur", PLACE, "E17 4JF کے قریب 10 میں سے 3 سائیکلوں پر نشان لگایا گیا۔ ایک A104 پر ملی۔"),
    ("bg", PLACE, "Близо до E17 4JF бяха маркирани 3 от 10 велосипеда. Един беше намерен на A104."),
    ("ro", MONEY, "Au fost returnate bunuri în valoare de până la 1.250 £."),
    ("pl", MONEY, "Zwrócono towary o wartości do 1250 £."),
    ("bg", MONEY, "Върнати бяха стоки на стойност до £1 250."),
    ("it", MONEY, "Sono stati restituiti beni per un valore fino a £1.250."),
    ("ta", MONEY, "£1,250 வரை மதிப்புள்ள பொருட்கள் திருப்பித் தரப்பட்டன."),
    ("ro", PATROLS, "Polițiștii au patrulat în 6 seri, între orele 16:00 și 19:00, până la 31 ianuarie 2027."),
    ("pl", PATROLS, "Policjanci patrolowali przez 6 wieczorów w godzinach 16:00–19:00, do 31 stycznia 2027 r."),
    ("pa", PATROLS, "ਅਫ਼ਸਰਾਂ ਨੇ 31 ਜਨਵਰੀ 2027 ਤੱਕ 6 ਸ਼ਾਮਾਂ ਨੂੰ 16:00 ਤੋਂ 19:00 ਵਜੇ ਤੱਕ ਗਸ਼ਤ ਕੀਤੀ।"),
    ("ur", PATROLS, "اہلکاروں نے 31 جنوری 2027 تک 6 شاموں کو شام 4 سے 7 بجے تک گشت کیا۔"),
    ("es", PATROLS, "Los agentes patrullaron 6 tardes, de 16:00 a 19:00, hasta el 31/01/2027."),
    ("es", GREETING, "Hola, {name}: pidió {0} avisos."),
    ("ta", GREETING, "வணக்கம் {name}, நீங்கள் {0} அறிவிப்புகளைக் கேட்டீர்கள்."),
    ("ur", GREETING, "السلام علیکم {name}، آپ نے {0} خبریں مانگیں۔"),
    ("tr", CLOSED,
     "Yol, 20 Kasım Cuma günü saat 15:45'ten beri kapalı. 21 Kasım Cumartesi saat 08:00'e kadar açmayı bekliyoruz."),
    ("pl", CLOSED,
     "Droga jest zamknięta od piątku 20 listopada od 15:45. Otworzymy ją w sobotę 21 listopada do godziny 8:00."),
    ("bg", CLOSED,
     "Пътят е затворен от 15:45 ч. в петък, 20 ноември. Очакваме да го отворим до 8:00 ч. в събота, 21 ноември."),
    ("pa", CLOSED,
     "ਸੜਕ ਸ਼ੁੱਕਰਵਾਰ 20 ਨਵੰਬਰ ਨੂੰ 15:45 ਵਜੇ ਤੋਂ ਬੰਦ ਹੈ। ਅਸੀਂ ਇਸ ਨੂੰ ਸ਼ਨਿੱਚਰਵਾਰ 21 ਨਵੰਬਰ ਨੂੰ 8:00 ਵਜੇ ਤੱਕ ਖੋਲ੍ਹਾਂਗੇ।"),
    ("ur", CLOSED,
     "سڑک جمعہ 20 نومبر کو 15:45 سے بند ہے۔ ہمیں امید ہے کہ یہ ہفتہ 21 نومبر کو 8:00 بجے تک کھل جائے گی۔"),
    ("ta", CLOSED,
     "நவம்பர் 20, வெள்ளிக்கிழமை 15:45 முதல் சாலை மூடப்பட்டுள்ளது. நவம்பர் 21, சனிக்கிழமை 8:00 மணிக்குள் திறப்போம்."),
]  # fmt: skip

EXACT = re.compile(r"https?://[^\s)]+[a-z0-9]|\S+@[a-z.]+[a-z]|E17 4JF|A104|\{\w+\}|0800 555 111|18001 101")


def corruptions(locale: str, target: str) -> Iterator[str]:
    """Yield the text with one fact changed: each digit, each character of an exact fact, each month and weekday."""
    for match in re.finditer(r"\d", target):
        for step in (1, 5):
            digit = str((int(match[0]) + step) % 10)
            yield target[: match.start()] + digit + target[match.end() :]
        if match[0] != "0" or target[match.start() - 1].isdigit():
            yield target[: match.start()] + target[match.end() :]  # not a leading zero: 8:00 is 08:00
        yield target[: match.start()] + match[0] * 2 + target[match.end() :]
    for fact in EXACT.finditer(target):
        for place in range(fact.start(), fact.end()):
            yield target[:place] + ("x" if target[place] != "x" else "y") + target[place + 1 :]
        yield target[: fact.start()] + target[fact.end() :]
    months, days = cldr(locale).months["format"]["wide"], cldr(locale).days["format"]["wide"]
    for names, count in ((months, 12), (days, 7)):
        ordered = list(names.values())
        for place, name in enumerate(ordered):
            # only beside a figure, as a month alone is compared leniently; Romanian "mai" is "more" too
            for match in re.finditer(
                rf"(?<=\d ){name}|(?<=\d de ){name}|{name}(?=,? \d)", target if len(name) > 3 else ""
            ):
                yield target[: match.start()] + ordered[(place + 1) % count] + target[match.end() :]


@pytest.mark.parametrize(("locale", "source", "target"), PAIRS)
def test_a_good_translation_passes(locale: str, source: str, target: str) -> None:
    findings = check_segment(source, target, locale)

    assert [finding.message for finding in findings] == []


@pytest.mark.parametrize(("locale", "source", "target"), PAIRS)
def test_every_corruption_of_a_fact_blocks(locale: str, source: str, target: str) -> None:
    corrupted = list(corruptions(locale, target))

    passed = [text for text in corrupted if not any(f.blocks for f in check_segment(source, text, locale))]

    assert passed == []
    assert corrupted


def test_facts_swapped_with_those_of_another_text_block() -> None:
    by_locale = {(locale, source): target for locale, source, target in PAIRS}
    swapped = [
        (locale, source, other)
        for locale, source in by_locale
        for (other_locale, other_source), other in by_locale.items()
        if other_locale == locale and other_source != source
    ]

    passed = [pair for pair in swapped if not any(f.blocks for f in check_segment(pair[1], pair[2], pair[0]))]

    assert passed == []


def test_a_briefing_of_sixty_texts_in_ten_locales_takes_less_than_half_a_second() -> None:
    check_segment(*PAIRS[0][1:], PAIRS[0][0])
    start = time.process_time()

    for index in range(600):
        locale, source, target = PAIRS[index % len(PAIRS)]
        check_segment(source, target, locale)

    assert time.process_time() - start < 0.5
