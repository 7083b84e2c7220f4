"""Facts that changed places, and idioms in which a figure becomes a word."""

from __future__ import annotations

import pytest

from briefings.translation.checks import check_segment

CALLS = "Call 999 if someone is in danger. If nobody is in danger, call 101."
LINKS = "See [the map](https://a.example.org/map) or [the form](https://a.example.org/form)."
OVER_NIGHT = "The park is closed from 6pm to 9am."
VAN = "The van is here from Monday 23 November to Friday 27 November."
WEEK = "The line is open 7 days a week."
DAY_AND_NIGHT = "Call the 24-hour line."
ALWAYS = "Open 24 hours a day, 7 days a week."
AT_20_30 = "It happened at 8.30pm."
WIN = "You could win £500."

ORDER = [
    ("ro", None, CALLS,
     "Sunați la 999 dacă cineva este în pericol. Dacă nimeni nu este în pericol, sunați la 101."),
    ("ro", "blocks", CALLS,
     "Sunați la 101 dacă cineva este în pericol. Dacă nimeni nu este în pericol, sunați la 999."),
    ("es", None, CALLS,
     "Llame al 999 si alguien está en peligro. Si nadie está en peligro, llame al 101."),
    ("es", "blocks", CALLS,
     "Llame al 101 si alguien está en peligro. Si nadie está en peligro, llame al 999."),
    ("ur", None, CALLS,
     "اگر کوئی خطرے میں ہو تو 999 پر فون کریں۔ اگر کوئی خطرے میں نہ ہو تو 101 پر فون کریں۔"),
    ("ur", "blocks", CALLS,
     "اگر کوئی خطرے میں ہو تو 101 پر فون کریں۔ اگر کوئی خطرے میں نہ ہو تو 999 پر فون کریں۔"),
    ("pl", None, CALLS,
     "Zadzwoń pod 999, jeśli ktoś jest w niebezpieczeństwie. Gdy nikt nie jest w niebezpieczeństwie, zadzwoń pod 101."),
    ("pl", "blocks", CALLS,
     "Zadzwoń pod 101, jeśli ktoś jest w niebezpieczeństwie. Gdy nikt nie jest w niebezpieczeństwie, zadzwoń pod 999."),
    ("ro", None, LINKS,
     "Vezi [harta](https://a.example.org/map) sau [formularul](https://a.example.org/form)."),
    ("ro", "warns", LINKS,
     "Vezi [harta](https://a.example.org/form) sau [formularul](https://a.example.org/map)."),
    ("es", None, OVER_NIGHT, "El parque cierra de 18:00 a 9:00."),
    ("es", "blocks", OVER_NIGHT, "El parque cierra de 9:00 a 18:00."),
    ("es", "blocks", OVER_NIGHT, "El parque cierra de 9 de la mañana a 6 de la tarde."),
    ("ur", None, OVER_NIGHT, "پارک شام 6 بجے سے صبح 9 بجے تک بند ہے۔"),
    ("ur", "blocks", OVER_NIGHT, "پارک صبح 9 بجے سے شام 6 بجے تک بند ہے۔"),
    ("pl", "blocks", OVER_NIGHT, "Park jest zamknięty w godz. 9:00–18:00."),
    ("ta", "blocks", OVER_NIGHT, "பூங்கா 9:00 முதல் 18:00 வரை மூடப்பட்டிருக்கும்."),
    ("ta", None, OVER_NIGHT, "பூங்கா 18:00 முதல் 9:00 வரை மூடப்பட்டிருக்கும்."),
    ("ro", None, OVER_NIGHT, "Parcul este închis de la 18 la 9."),
    ("es", None, VAN,
     "La furgoneta está aquí del lunes 23 de noviembre al viernes 27 de noviembre."),
    ("es", "blocks", VAN,
     "La furgoneta está aquí del lunes 27 de noviembre al viernes 23 de noviembre."),
    ("ur", "blocks", VAN, "گاڑی پیر 27 نومبر سے جمعہ 23 نومبر تک یہاں ہے۔"),
    ("ur", None, VAN, "گاڑی پیر 23 نومبر سے جمعہ 27 نومبر تک یہاں ہے۔"),
    ("tr", None, VAN, "Araç 23 Kasım Pazartesi gününden 27 Kasım Cuma gününe kadar burada."),
    ("tr", "blocks", VAN, "Araç 27 Kasım Pazartesi gününden 23 Kasım Cuma gününe kadar burada."),
    ("ta", None, VAN, "நவம்பர் 23, திங்கட்கிழமை முதல் நவம்பர் 27, வெள்ளிக்கிழமை வரை."),
    ("ta", "blocks", VAN, "நவம்பர் 27, திங்கட்கிழமை முதல் நவம்பர் 23, வெள்ளிக்கிழமை வரை."),
    ("pl", "blocks", VAN, "Od poniedziałku 27 listopada do piątku 23 listopada."),
    ("pl", None, VAN, "Od poniedziałku 23 do piątku 27 listopada."),
    ("bg", "blocks", VAN, "От понеделник, 27 ноември, до петък, 23 ноември."),
    ("pt-PT", "blocks", VAN, "De segunda-feira, 27 de novembro, a sexta-feira, 23 de novembro."),
    ("pt-PT", None, VAN, "De segunda-feira, 23 de novembro, a sexta-feira, 27 de novembro."),
    ("es", "blocks", "Closed from Monday 23 to Friday 27 November.",
     "Cerrado del lunes 27 al viernes 23 de noviembre."),
    ("ro", "warns", "Walk from Hoe Street to Forest Road.",
     "Mergeți de pe Forest Road pe Hoe Street."),
    ("pl", "warns", "Take the A104 and then the A112.", "Weź A112, a potem A104."),
]  # fmt: skip

IDIOMS = [
    ("ro", None, WEEK, "Linia este deschisă 7 zile din 7."),
    ("it", None, WEEK, "La linea è attiva 7 giorni su 7."),
    ("ur", None, WEEK, "لائن ہفتے کے ساتوں دن کھلی ہے۔"),
    ("es", None, WEEK, "La línea abre 7 días a la semana."),
    ("es", "blocks", WEEK, "La línea abre 6 días a la semana."),
    ("es", "warns", WEEK, "La línea abre."),
    ("bg", None, DAY_AND_NIGHT, "Обадете се на денонощната линия."),
    ("pl", None, DAY_AND_NIGHT, "Zadzwoń na całodobową linię."),
    ("tr", None, DAY_AND_NIGHT, "7/24 açık hattı arayın."),
    ("pl", "blocks", DAY_AND_NIGHT, "Zadzwoń na 12-godzinną linię."),
    ("pl", "warns", DAY_AND_NIGHT, "Zadzwoń na linię."),
    ("ta", None, DAY_AND_NIGHT, "24 மணி நேர தொலைபேசியை அழையுங்கள்."),
    ("tr", None, ALWAYS, "7/24 açıktır."),
    ("bg", None, ALWAYS, "Отворено денонощно, седем дни в седмицата."),
    ("ur", None, AT_20_30, "یہ رات ساڑھے آٹھ بجے ہوا۔"),
    ("ur", "blocks", AT_20_30, "یہ رات ساڑھے نو بجے ہوا۔"),
    ("ur", "blocks", AT_20_30, "یہ صبح ساڑھے آٹھ بجے ہوا۔"),
    ("pa", None, AT_20_30, "ਇਹ ਰਾਤ ਸਾਢੇ ਅੱਠ ਵਜੇ ਹੋਇਆ।"),
    ("pa", "blocks", AT_20_30, "ਇਹ ਰਾਤ ਸਵਾ ਅੱਠ ਵਜੇ ਹੋਇਆ।"),
    ("ur", None, AT_20_30, "یہ رات ساڑھے 8 بجے ہوا۔"),
    ("es", "warns", WIN, "Puede ganar 500 libras."),
    ("es", "blocks", WIN, "Puede ganar 500."),
    ("ur", "warns", WIN, "آپ 500 پاؤنڈ جیت سکتے ہیں۔"),
    ("es", "blocks", WIN, "Puede ganar 500 euros."),
    ("bg", "warns", WIN, "Може да спечелите 500 лири."),
    ("pl", "blocks", WIN, "Możesz wygrać 500 €."),
]  # fmt: skip


# What the length, the ending and the negation of a text say is tested elsewhere.
_OTHERS = {"text.length", "text.ending", "meaning.negation"}


def strongest(source: str, target: str, locale: str) -> str | None:
    severities = {str(found.severity) for found in check_segment(source, target, locale) if found.check not in _OTHERS}
    return min(severities, default=None)  # "blocks" comes before "warns"


@pytest.mark.parametrize(("locale", "severity", "source", "target"), ORDER)
def test_facts_that_changed_places_are_flagged(locale: str, severity: str | None, source: str, target: str) -> None:
    assert strongest(source, target, locale) == severity


@pytest.mark.parametrize(("locale", "severity", "source", "target"), IDIOMS)
def test_a_natural_idiom_passes_and_a_wrong_figure_does_not(
    locale: str, severity: str | None, source: str, target: str
) -> None:
    assert strongest(source, target, locale) == severity
