"""Times beside words for a part of the day, noon and midnight, and hours as people say them."""

from __future__ import annotations

import pytest

from briefings.translation.checks import check_segment

CLOSED_AT_6 = "The road will be closed from 6am on Monday 23 November."
CLOSED_AT_18 = "The road will be closed from 6pm on Monday 23 November."
NOON_ON_FRIDAY = "The meeting is at noon on Friday."
MIDNIGHT = "The meeting is at midnight on Friday."
AT_7 = "We meet at 7 on Friday evening."
AT_SEVEN = "We meet at seven on Friday evening."
BY_5 = "Call by 5 o'clock on Friday."
HALF_PAST_SIX = "The meeting starts at half past six."
HALF_PAST_FOUR = "It was stolen at half past four on Tuesday afternoon."
QUARTER_TO_7 = "It opens at a quarter to 7."
AT_6_30 = "We meet at 6:30 on Friday evening."
DAYS_3_TO_7 = "From 3 to 7 November there are 5 patrols."

PARTS_OF_DAY = [
    ("ro", None, CLOSED_AT_6, "Drumul va fi închis de la 6 dimineața luni, 23 noiembrie."),
    ("ro", "blocks", CLOSED_AT_6, "Drumul va fi închis de la 6 seara luni, 23 noiembrie."),
    ("ro", None, CLOSED_AT_18, "Drumul va fi închis de la 6 seara luni, 23 noiembrie."),
    ("ro", "blocks", CLOSED_AT_18, "Drumul va fi închis de la 6 dimineața luni, 23 noiembrie."),
    ("ro", None, CLOSED_AT_6, "Drumul va fi închis luni, 23 noiembrie, dimineața, de la ora 6."),
    ("ro", "blocks", CLOSED_AT_6, "Drumul va fi închis luni, 23 noiembrie, seara, de la ora 6."),
    ("ro", None, CLOSED_AT_18, "Drumul va fi închis luni, 23 noiembrie, seara, de la ora 6."),
    ("ro", "blocks", CLOSED_AT_18,
     "Drumul va fi închis luni, 23 noiembrie, dimineața, de la ora 6."),
    ("ur", None, CLOSED_AT_6, "سڑک پیر 23 نومبر کو صبح 6 بجے سے بند ہوگی۔"),
    ("ur", "blocks", CLOSED_AT_6, "سڑک پیر 23 نومبر کو شام 6 بجے سے بند ہوگی۔"),
    ("ur", None, CLOSED_AT_18, "سڑک پیر 23 نومبر کو شام 6 بجے سے بند ہوگی۔"),
    ("ur", "blocks", CLOSED_AT_18, "سڑک پیر 23 نومبر کو صبح 6 بجے سے بند ہوگی۔"),
    ("bg", None, CLOSED_AT_6, "Пътят ще бъде затворен от 6 сутринта в понеделник, 23 ноември."),
    ("bg", "blocks", CLOSED_AT_6, "Пътят ще бъде затворен от 6 вечерта в понеделник, 23 ноември."),
    ("bg", None, CLOSED_AT_18, "Пътят ще бъде затворен от 6 вечерта в понеделник, 23 ноември."),
    ("bg", "blocks", CLOSED_AT_18,
     "Пътят ще бъде затворен от 6 сутринта в понеделник, 23 ноември."),
    ("pl", None, CLOSED_AT_6, "Droga będzie zamknięta od 6 rano w poniedziałek 23 listopada."),
    ("pl", "blocks", CLOSED_AT_6,
     "Droga będzie zamknięta od 6 wieczorem w poniedziałek 23 listopada."),
    ("pl", None, CLOSED_AT_18,
     "Droga będzie zamknięta od 6 wieczorem w poniedziałek 23 listopada."),
    ("pl", "blocks", CLOSED_AT_18,
     "Droga będzie zamknięta od 6 rano w poniedziałek 23 listopada."),
    ("tr", None, CLOSED_AT_6, "Yol 23 Kasım Pazartesi sabah 6'dan itibaren kapalı."),
    ("tr", "blocks", CLOSED_AT_6, "Yol 23 Kasım Pazartesi akşam 6'dan itibaren kapalı."),
    ("tr", None, CLOSED_AT_18, "Yol 23 Kasım Pazartesi akşam 6'dan itibaren kapalı."),
    ("tr", "blocks", CLOSED_AT_18, "Yol 23 Kasım Pazartesi sabah 6'dan itibaren kapalı."),
    ("es", None, CLOSED_AT_6,
     "La calle estará cerrada desde las 6 de la mañana del lunes 23 de noviembre."),
    ("es", "blocks", CLOSED_AT_6,
     "La calle estará cerrada desde las 6 de la tarde del lunes 23 de noviembre."),
    ("es", None, CLOSED_AT_18,
     "La calle estará cerrada desde las 6 de la tarde del lunes 23 de noviembre."),
    ("es", "blocks", CLOSED_AT_18,
     "La calle estará cerrada desde las 6 de la mañana del lunes 23 de noviembre."),
    ("es", None, CLOSED_AT_6,
     "La calle estará cerrada el lunes 23 de noviembre por la mañana, desde las 6."),
    ("es", "blocks", CLOSED_AT_6,
     "La calle estará cerrada el lunes 23 de noviembre por la tarde, desde las 6."),
    ("es", None, CLOSED_AT_18,
     "La calle estará cerrada el lunes 23 de noviembre por la tarde, desde las 6."),
    ("es", "blocks", CLOSED_AT_18,
     "La calle estará cerrada el lunes 23 de noviembre por la mañana, desde las 6."),
    ("pt-PT", None, CLOSED_AT_6,
     "A rua fecha a partir das 6 da manhã de segunda-feira, 23 de novembro."),
    ("pt-PT", "blocks", CLOSED_AT_6,
     "A rua fecha a partir das 6 da tarde de segunda-feira, 23 de novembro."),
    ("pt-PT", None, CLOSED_AT_18,
     "A rua fecha a partir das 6 da tarde de segunda-feira, 23 de novembro."),
    ("pt-PT", "blocks", CLOSED_AT_18,
     "A rua fecha a partir das 6 da manhã de segunda-feira, 23 de novembro."),
    ("pa", None, CLOSED_AT_6, "ਸੜਕ ਸੋਮਵਾਰ 23 ਨਵੰਬਰ ਨੂੰ ਸਵੇਰੇ 6 ਵਜੇ ਤੋਂ ਬੰਦ ਰਹੇਗੀ।"),
    ("pa", "blocks", CLOSED_AT_6, "ਸੜਕ ਸੋਮਵਾਰ 23 ਨਵੰਬਰ ਨੂੰ ਸ਼ਾਮ 6 ਵਜੇ ਤੋਂ ਬੰਦ ਰਹੇਗੀ।"),
    ("pa", None, CLOSED_AT_18, "ਸੜਕ ਸੋਮਵਾਰ 23 ਨਵੰਬਰ ਨੂੰ ਸ਼ਾਮ 6 ਵਜੇ ਤੋਂ ਬੰਦ ਰਹੇਗੀ।"),
    ("pa", "blocks", CLOSED_AT_18, "ਸੜਕ ਸੋਮਵਾਰ 23 ਨਵੰਬਰ ਨੂੰ ਸਵੇਰੇ 6 ਵਜੇ ਤੋਂ ਬੰਦ ਰਹੇਗੀ।"),
    ("it", None, CLOSED_AT_6, "La strada sarà chiusa dalle 6 di mattina di lunedì 23 novembre."),
    ("it", "blocks", CLOSED_AT_6, "La strada sarà chiusa dalle 6 di sera di lunedì 23 novembre."),
    ("it", None, CLOSED_AT_18, "La strada sarà chiusa dalle 6 di sera di lunedì 23 novembre."),
    ("it", "blocks", CLOSED_AT_18,
     "La strada sarà chiusa dalle 6 di mattina di lunedì 23 novembre."),
    ("ta", None, CLOSED_AT_6, "நவம்பர் 23, திங்கட்கிழமை காலை 6 மணி முதல் சாலை மூடப்படும்."),
    ("ta", "blocks", CLOSED_AT_6, "நவம்பர் 23, திங்கட்கிழமை மாலை 6 மணி முதல் சாலை மூடப்படும்."),
    ("ta", None, CLOSED_AT_18, "நவம்பர் 23, திங்கட்கிழமை மாலை 6 மணி முதல் சாலை மூடப்படும்."),
    ("ta", "blocks", CLOSED_AT_18, "நவம்பர் 23, திங்கட்கிழமை காலை 6 மணி முதல் சாலை மூடப்படும்."),
    ("ar", None, CLOSED_AT_6, "سيغلق الطريق من الساعة 6 صباحا يوم الاثنين 23 نوفمبر."),
    ("ar", "blocks", CLOSED_AT_6, "سيغلق الطريق من الساعة 6 مساء يوم الاثنين 23 نوفمبر."),
    ("ar", None, CLOSED_AT_18, "سيغلق الطريق من الساعة 6 مساء يوم الاثنين 23 نوفمبر."),
    ("ar", "blocks", CLOSED_AT_18, "سيغلق الطريق من الساعة 6 صباحا يوم الاثنين 23 نوفمبر."),
    ("lt", None, CLOSED_AT_6, "Kelias bus uždarytas nuo 6 ryto pirmadienį, lapkričio 23 d."),
    ("lt", "blocks", CLOSED_AT_6, "Kelias bus uždarytas nuo 6 vakaro pirmadienį, lapkričio 23 d."),
    ("lt", None, CLOSED_AT_18, "Kelias bus uždarytas nuo 6 vakaro pirmadienį, lapkričio 23 d."),
    ("lt", "blocks", CLOSED_AT_18, "Kelias bus uždarytas nuo 6 ryto pirmadienį, lapkričio 23 d."),
]  # fmt: skip

NOON = [
    ("es", None, NOON_ON_FRIDAY, "La reunión es al mediodía del viernes."),
    ("es", "blocks", NOON_ON_FRIDAY, "La reunión es a medianoche del viernes."),
    ("es", None, MIDNIGHT, "La reunión es a medianoche del viernes."),
    ("es", "blocks", MIDNIGHT, "La reunión es al mediodía del viernes."),
    ("ro", None, NOON_ON_FRIDAY, "Întâlnirea este vineri la amiază."),
    ("ro", "blocks", NOON_ON_FRIDAY, "Întâlnirea este vineri la miezul nopții."),
    ("ro", None, MIDNIGHT, "Întâlnirea este vineri la miezul nopții."),
    ("ro", "blocks", MIDNIGHT, "Întâlnirea este vineri la amiază."),
    ("pl", None, NOON_ON_FRIDAY, "Spotkanie jest w piątek w południe."),
    ("pl", "blocks", NOON_ON_FRIDAY, "Spotkanie jest w piątek o północy."),
    ("pl", None, MIDNIGHT, "Spotkanie jest w piątek o północy."),
    ("pl", "blocks", MIDNIGHT, "Spotkanie jest w piątek w południe."),
    ("bg", None, NOON_ON_FRIDAY, "Срещата е в петък на обяд."),
    ("bg", "blocks", NOON_ON_FRIDAY, "Срещата е в петък в полунощ."),
    ("bg", None, MIDNIGHT, "Срещата е в петък в полунощ."),
    ("bg", "blocks", MIDNIGHT, "Срещата е в петък на обяд."),
    ("ur", None, NOON_ON_FRIDAY, "ملاقات جمعہ کو دوپہر کو ہے۔"),
    ("ur", "blocks", NOON_ON_FRIDAY, "ملاقات جمعہ کو آدھی رات کو ہے۔"),
    ("ur", None, MIDNIGHT, "ملاقات جمعہ کو آدھی رات کو ہے۔"),
    ("ur", "blocks", MIDNIGHT, "ملاقات جمعہ کو دوپہر کو ہے۔"),
    ("it", None, NOON_ON_FRIDAY, "La riunione è venerdì a mezzogiorno."),
    ("it", "blocks", NOON_ON_FRIDAY, "La riunione è venerdì a mezzanotte."),
    ("it", None, MIDNIGHT, "La riunione è venerdì a mezzanotte."),
    ("it", "blocks", MIDNIGHT, "La riunione è venerdì a mezzogiorno."),
    ("pt-PT", None, NOON_ON_FRIDAY, "A reunião é na sexta-feira ao meio-dia."),
    ("pt-PT", "blocks", NOON_ON_FRIDAY, "A reunião é na sexta-feira à meia-noite."),
    ("pt-PT", None, MIDNIGHT, "A reunião é na sexta-feira à meia-noite."),
    ("pt-PT", "blocks", MIDNIGHT, "A reunião é na sexta-feira ao meio-dia."),
    ("tr", None, NOON_ON_FRIDAY, "Toplantı Cuma günü öğlen."),
    ("tr", "blocks", NOON_ON_FRIDAY, "Toplantı Cuma günü gece yarısı."),
    ("tr", None, MIDNIGHT, "Toplantı Cuma günü gece yarısı."),
    ("tr", "blocks", MIDNIGHT, "Toplantı Cuma günü öğlen."),
    ("pa", None, NOON_ON_FRIDAY, "ਮੀਟਿੰਗ ਸ਼ੁੱਕਰਵਾਰ ਨੂੰ ਦੁਪਹਿਰ ਵੇਲੇ ਹੈ।"),
    ("pa", "blocks", NOON_ON_FRIDAY, "ਮੀਟਿੰਗ ਸ਼ੁੱਕਰਵਾਰ ਨੂੰ ਅੱਧੀ ਰਾਤ ਨੂੰ ਹੈ।"),
    ("pa", None, MIDNIGHT, "ਮੀਟਿੰਗ ਸ਼ੁੱਕਰਵਾਰ ਨੂੰ ਅੱਧੀ ਰਾਤ ਨੂੰ ਹੈ।"),
    ("pa", "blocks", MIDNIGHT, "ਮੀਟਿੰਗ ਸ਼ੁੱਕਰਵਾਰ ਨੂੰ ਦੁਪਹਿਰ ਵੇਲੇ ਹੈ।"),
    ("ta", None, NOON_ON_FRIDAY, "கூட்டம் வெள்ளிக்கிழமை நண்பகலில்."),
    ("ta", "blocks", NOON_ON_FRIDAY, "கூட்டம் வெள்ளிக்கிழமை நள்ளிரவில்."),
    ("ta", None, MIDNIGHT, "கூட்டம் வெள்ளிக்கிழமை நள்ளிரவில்."),
    ("ta", "blocks", MIDNIGHT, "கூட்டம் வெள்ளிக்கிழமை நண்பகலில்."),
    ("es", None, NOON_ON_FRIDAY, "La reunión es el viernes a las 12:00."),
    ("es", None, MIDNIGHT, "La reunión es el viernes a las 0:00."),
    ("es", "blocks", MIDNIGHT, "La reunión es el viernes a las 12:00."),
    ("es", "warns", NOON_ON_FRIDAY, "La reunión es el viernes."),
    ("es", None, MIDNIGHT, "La reunión es el viernes a las 12 de la noche."),
    ("es", "blocks", MIDNIGHT, "La reunión es el viernes a las 12."),
    ("es", None, NOON_ON_FRIDAY, "La reunión es el viernes a las 12."),
    ("ur", None, MIDNIGHT, "ملاقات جمعہ کو رات 12 بجے ہے۔"),
]  # fmt: skip

SPOKEN = [
    ("es", None, AT_7, "Nos reunimos el viernes a las 19:00."),
    ("es", None, AT_7, "Nos reunimos el viernes a las 7 de la tarde."),
    ("es", "blocks", AT_7, "Nos reunimos el viernes a las 7 de la mañana."),
    ("es", "blocks", AT_7, "Nos reunimos el viernes a las 7:00."),
    ("es", "blocks", AT_7, "Nos reunimos el viernes a las 20:00."),
    ("es", None, AT_7, "El viernes por la tarde nos reunimos a las 7."),
    ("es", "blocks", AT_7, "Nos reunimos el viernes por la tarde."),
    ("es", None, AT_SEVEN, "Nos reunimos el viernes a las 19:00."),
    ("es", None, AT_SEVEN, "Nos reunimos el viernes a las siete de la tarde."),
    ("es", None, AT_SEVEN, "Nos reunimos el viernes a las 7 de la tarde."),
    ("es", "blocks", AT_SEVEN, "Nos reunimos el viernes a las 7 de la mañana."),
    ("es", "blocks", AT_SEVEN, "Nos reunimos el viernes a las 8 de la tarde."),
    ("es", None, BY_5, "Llame el viernes antes de las 17:00."),
    ("es", None, BY_5, "Llame el viernes antes de las 5."),
    ("es", "blocks", BY_5, "Llame el viernes antes de las 18:00."),
    ("bg", None, BY_5, "Обадете се до 17 часа в петък."),
    ("ur", None, BY_5, "جمعہ کو 17:00 تک فون کریں۔"),
    ("ta", None, BY_5, "வெள்ளிக்கிழமை 17:00 மணிக்குள் அழையுங்கள்."),
    ("ta", "blocks", BY_5, "வெள்ளிக்கிழமை 16:00 மணிக்குள் அழையுங்கள்."),
    ("pl", None, BY_5, "Proszę zadzwonić w piątek do 17."),
    ("pl", "blocks", BY_5, "Proszę zadzwonić w piątek do 16."),
    ("ro", None, HALF_PAST_SIX, "Întâlnirea începe la 18:30."),
    ("ro", None, HALF_PAST_SIX, "Întâlnirea începe la șase și jumătate."),
    ("ro", "blocks", HALF_PAST_SIX, "Întâlnirea începe la 19:30."),
    ("es", None, HALF_PAST_SIX, "La reunión empieza a las 6 y media."),
    ("pl", None, HALF_PAST_SIX, "Spotkanie zaczyna się o 18.30."),
    ("pl", "blocks", HALF_PAST_SIX, "Spotkanie zaczyna się o 19.30."),
    ("ur", None, HALF_PAST_SIX, "ملاقات ساڑھے چھ بجے شروع ہوگی۔"),
    ("pa", None, HALF_PAST_SIX, "ਮੀਟਿੰਗ ਸਾਢੇ ਛੇ ਵਜੇ ਸ਼ੁਰੂ ਹੋਵੇਗੀ।"),
    ("pa", "blocks", HALF_PAST_SIX, "ਮੀਟਿੰਗ ਸਾਢੇ ਸੱਤ ਵਜੇ ਸ਼ੁਰੂ ਹੋਵੇਗੀ।"),
    ("bg", None, HALF_PAST_SIX, "Срещата започва в 18:30 ч."),
    ("ro", None, HALF_PAST_FOUR, "A fost furat marți la 16:30."),
    ("es", None, HALF_PAST_FOUR, "Lo robaron el martes a las 4 y media de la tarde."),
    ("es", "blocks", HALF_PAST_FOUR, "Lo robaron el martes a las 4:30."),
    ("es", "blocks", HALF_PAST_FOUR, "Lo robaron el martes a las 4 de la tarde y media hora 5."),
    ("tr", None, HALF_PAST_FOUR, "Salı günü saat 16:30'da çalındı."),
    ("es", None, QUARTER_TO_7, "Abre a las 6:45."),
    ("es", None, QUARTER_TO_7, "Abre a las 7 menos cuarto."),
    ("es", None, QUARTER_TO_7, "Abre a las 18:45."),
    ("es", "blocks", QUARTER_TO_7, "Abre a las 7:15."),
    ("ur", None, QUARTER_TO_7, "یہ پونے سات بجے کھلتا ہے۔"),
    ("es", None, AT_6_30, "Nos reunimos el viernes a las 18:30."),
    ("es", "blocks", AT_6_30, "Nos reunimos el viernes a las 19:30."),
    ("ro", None, AT_6_30, "Ne întâlnim vineri seara la 6:30."),
    ("ro", None, "Patrols are between 4 and 7 on Fridays.",
     "Patrulele sunt între 16:00 și 19:00 vinerea."),
    ("pl", None, DAYS_3_TO_7, "Między 3 a 7 listopada jest 5 patroli."),
    ("pl", "blocks", DAYS_3_TO_7, "Między 3 a 8 listopada jest 5 patroli."),
    ("ro", None, "Meet us tonight at 8.", "Vino diseară la 20:00."),
]  # fmt: skip


# What the length, the ending and the negation of a text say is tested elsewhere.
_OTHERS = {"text.length", "text.ending", "meaning.negation"}


def strongest(source: str, target: str, locale: str) -> str | None:
    severities = {str(found.severity) for found in check_segment(source, target, locale) if found.check not in _OTHERS}
    return min(severities, default=None)  # "blocks" comes before "warns"


@pytest.mark.parametrize(("locale", "severity", "source", "target"), PARTS_OF_DAY)
def test_an_hour_in_another_part_of_the_day_blocks(locale: str, severity: str | None, source: str, target: str) -> None:
    assert strongest(source, target, locale) == severity


@pytest.mark.parametrize(("locale", "severity", "source", "target"), NOON)
def test_noon_that_became_midnight_blocks(locale: str, severity: str | None, source: str, target: str) -> None:
    assert strongest(source, target, locale) == severity


@pytest.mark.parametrize(("locale", "severity", "source", "target"), SPOKEN)
def test_an_hour_as_people_say_it_may_be_written_in_24_hours(
    locale: str, severity: str | None, source: str, target: str
) -> None:
    assert strongest(source, target, locale) == severity
