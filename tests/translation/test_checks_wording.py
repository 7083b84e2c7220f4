"""Good and bad wording in five scripts: endings, length, script, language, repetition, invisible characters."""

from __future__ import annotations

import time

import pytest

from briefings.translation.checks import CHECKS, Severity, check_segment

NEXT = "We will check the lamps in the park again next week."
ASK = "Can you help us to find the owner of this bike?"
LAMPS = "The council will repair the lamps near the school."
LONG = (
    "Officers in uniform will walk between the market and the station every evening this month, "
    "and the council will repair the lamps."
)

GOOD = [
    ("ro", NEXT, "Vom verifica din nou felinarele din parc săptămâna viitoare."),
    ("bg", NEXT, "Следващата седмица отново ще проверим лампите в парка."),
    ("ur", NEXT, "ہم اگلے ہفتے پارک کی بتیوں کا دوبارہ معائنہ کریں گے۔"),
    ("pa", NEXT, "ਅਸੀਂ ਅਗਲੇ ਹਫ਼ਤੇ ਪਾਰਕ ਦੀਆਂ ਬੱਤੀਆਂ ਦੀ ਦੁਬਾਰਾ ਜਾਂਚ ਕਰਾਂਗੇ।"),
    ("ta", NEXT, "பூங்காவில் உள்ள விளக்குகளை அடுத்த வாரம் மீண்டும் சரிபார்ப்போம்."),
    ("ur", ASK, "کیا آپ اس سائیکل کے مالک کو ڈھونڈنے میں ہماری مدد کر سکتے ہیں؟"),
    ("el", "Did you see it?", "Το είδατε;"),
    ("ar", "Did you see it?", "هل رأيته؟"),
    ("zh", "Did you see it?", "你看到了吗？"),
    ("th", "Lock your door.", "ล็อกประตูของคุณ"),
    ("es", "Did you see it?", "¿Lo vio?"),
    ("tr", "Have your say", "Siz ne düşünüyorsunuz?"),
    ("pl", "The camera comes in May 2027", "Kamera pojawi się w maju 2027 r."),
    ("pl", "Meeting from 10 a.m.", "Spotkanie od 10:00"),
    ("bg", "It starts at 6:30pm.", "Начало в 18:30 ч."),
    ("tr", "Cross the road slowly.", "Yoldan yavaş yavaş geçin."),
    ("pa", "We spoke to different groups.", "ਅਸੀਂ ਵੱਖ ਵੱਖ ਸਮੂਹਾਂ ਨਾਲ ਗੱਲ ਕੀਤੀ।"),
    ("ur", "They came from different places.", "وہ الگ الگ جگہوں سے آئے۔"),
    ("pt-PT", "Ask whether they feel well.", "Pergunte se se sentem bem."),
    ("bg", "Walthamstow Town Hall", "Кметство Walthamstow Town Hall"),
    ("ur", "Crimestoppers", "Crimestoppers"),
    ("sr-Latn", "Lock your door.", "Zaključajte vrata."),
    ("sr", "Lock your door.", "Закључајте врата."),
]

BAD = [
    ("ur", NEXT, "ہم اگلے ہفتے پارک کی بتیوں کا دوبارہ معائنہ کریں گے.", "text.ending"),
    ("pa", NEXT, "ਅਸੀਂ ਅਗਲੇ ਹਫ਼ਤੇ ਪਾਰਕ ਦੀਆਂ ਬੱਤੀਆਂ ਦੀ ਦੁਬਾਰਾ ਜਾਂਚ ਕਰਾਂਗੇ.", "text.ending"),
    ("ur", "Did you see it?", "کیا آپ نے اسے دیکھا?", "text.ending"),
    ("el", "Did you see it?", "Το είδατε?", "text.ending"),
    ("bg", "Did you see it?", "Видяхте го.", "text.ending"),
    ("ro", "What to do", "Ce trebuie să faceți.", "text.ending"),
    ("ta", "Lock your door.", "கதவைப் பூட்டுங்கள்", "text.ending"),
    ("it", "Phone:", "Telefono", "text.ending"),
    ("ro", LONG, "Polițiștii vor patrula în fiecare seară.", "text.length"),
    ("bg", LONG, "Полицаите ще обикалят всяка вечер.", "text.length"),
    ("ur", LONG, "پولیس ہر شام گشت کرے گی۔", "text.length"),
    ("pa", LONG, "ਪੁਲਿਸ ਹਰ ਸ਼ਾਮ ਗਸ਼ਤ ਕਰੇਗੀ।", "text.length"),
    ("ta", LONG, "காவலர்கள் தினமும் மாலை ரோந்து செல்வார்கள்.", "text.length"),
    ("ur", "Lock your door.", "Darwaza band rakhen۔", "text.script"),
    ("bg", "Lock your door.", "Zakliuchete vratata.", "text.script"),
    ("pa", "Lock your door.", "دروازہ بند رکھو۔", "text.script"),
    ("ta", "Lock your door.", "दरवाज़ा बंद रखें.", "text.script"),
    ("ro", "Lock your door.", "Заключете вратата.", "text.script"),
    ("pl", "Lock your door.", "Zamknij drzwi nа klucz.", "text.script"),  # Cyrillic а
    ("ro", "Lock the door.", "Încuiați ușa ușa.", "text.repeated"),
    ("bg", "Lock the door.", "Заключете вратата вратата.", "text.repeated"),
    ("ur", "Lock the door now.", "ابھی دروازہ بند ابھی دروازہ بند کریں۔", "text.repeated"),
    ("pa", "Lock the door.", "ਦਰਵਾਜ਼ਾ ਦਰਵਾਜ਼ਾ ਦਰਵਾਜ਼ਾ ਬੰਦ ਕਰੋ।", "text.repeated"),
    ("ta", "Lock the door. Call us.", "கதவைப் பூட்டுங்கள் இப்போது. எங்களை அழையுங்கள். கதவைப் பூட்டுங்கள் இப்போது.", "text.repeated"),
    ("ro", "Stay safe.", "Aveți\u200b grijă.", "text.hidden"),
    ("bg", "Stay safe.", "Пазете\u2060 се.", "text.hidden"),
    ("ur", "Stay safe.", "محفوظ\u2067 رہیں۔", "text.bidi"),
    ("ta", "Stay safe.", "பாதுகாப்பாக\u202d இருங்கள்.", "text.bidi"),
]  # fmt: skip

LANGUAGES = [
    ("ro", LAMPS, "Il Comune riparerà i lampioni vicino alla scuola."),
    ("bg", LAMPS, "Совет отремонтирует фонари возле школы на этой неделе."),
    ("ur", LAMPS, "شورا این هفته چراغ‌های نزدیک مدرسه را تعمیر می‌کند."),
    ("ta", LAMPS, "The local authority is going to mend those lights soon."),
]  # fmt: skip


@pytest.mark.parametrize(("locale", "source", "target"), GOOD)
def test_a_text_written_as_its_language_does_passes(locale: str, source: str, target: str) -> None:
    findings = check_segment(source, target, locale)

    assert findings == []


@pytest.mark.parametrize(("locale", "source", "target", "check"), BAD)
def test_odd_wording_is_flagged_with_its_token(locale: str, source: str, target: str, check: str) -> None:
    findings = [found for found in check_segment(source, target, locale) if found.check.startswith("text.")]

    assert [found.check for found in findings] == [check]
    assert findings[0].message
    assert findings[0].blocks == (check in {"text.hidden", "text.bidi"})


@pytest.mark.parametrize(("locale", "source", "target"), LANGUAGES)
def test_a_thorough_check_tells_the_language(locale: str, source: str, target: str) -> None:
    quick = {found.check for found in check_segment(source, target, locale)}
    thorough = {found.check for found in check_segment(source, target, locale, thorough=True)}

    assert "text.language" not in quick
    assert "text.language" in thorough


@pytest.mark.parametrize(("locale", "source", "target"), [row for row in GOOD if row[1] in {NEXT, ASK}])
def test_the_right_language_passes_a_thorough_check(locale: str, source: str, target: str) -> None:
    findings = check_segment(source, target, locale, thorough=True)

    assert findings == []


def test_every_check_is_listed_once_with_its_severity_and_a_sentence() -> None:
    ids = [check.id for check in CHECKS]

    assert len(ids) == len(set(ids))
    assert all(check.explanation.endswith(".") and "." in check.id for check in CHECKS)
    assert {check.severity for check in CHECKS} == set(Severity)


HOSTILE = [
    "1 ",
    "A1",
    "+1",
    "12:",
    "4 to 7pm ",
    "1 may ",
    "a.",
    "[a](",
    "**a",
    "<a",
    "a@",
    "www.",
    "_",
    "ma",
    "no ",
    "ாத",
    "ab cd ",
    "at 7 evening. ",
    "Hoe Street 999. ",
    "monday 1 ",
    "noon ",
    "é",
    "aй",
]


@pytest.mark.parametrize("locale", ["ro", "tr", "ta"])
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_of_20_000_characters_is_compared_in_time(piece: str, locale: str) -> None:
    text = piece * (20_000 // len(piece))
    start = time.process_time()

    check_segment("Do not come at 4pm on 1 May, nor at noon.", text, locale)
    check_segment(text, "Nu veniți.", locale)

    assert time.process_time() - start < 2
