"""The glossary file and the checks on it: terms in any case form, forbidden words, names letter by letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefings.model.errors import InvalidInput
from briefings.translation.checks import Severity, check_segment
from briefings.translation.glossary import NO_GLOSSARY, Glossary, Term, TermKind, read_glossary


def preferred(locale: str, source: str, *targets: str) -> Glossary:
    return Glossary(locale, (Term(TermKind.PREFERRED, source, targets),))


def forbidden(locale: str, source: str, *targets: str) -> Glossary:
    return Glossary(locale, (Term(TermKind.FORBIDDEN, source, targets, "it means something else"),))


def names(locale: str, *sources: str) -> Glossary:
    return Glossary(locale, tuple(Term(TermKind.NEVER_TRANSLATE, source) for source in sources))


def found(source: str, target: str, glossary: Glossary) -> list[str]:
    findings = check_segment(source, target, glossary.locale, glossary=glossary)
    return [finding.check for finding in findings if finding.check.startswith("glossary.")]


KEPT = [
    (
        preferred("pl", "ward panel", "panel dzielnicowy"),
        "Two ward panels meet.",
        "Spotykają się dwa panele dzielnicowe.",
    ),
    (preferred("pl", "council", "rada dzielnicy"), "The Council's lamps", "Lampy rady dzielnicy"),
    (
        preferred("ro", "shop theft", "furt din magazine"),
        "Shop thefts rose.",
        "Furturile din multe magazine au crescut.",
    ),
    (preferred("bg", "burglary", "кражба от дом", "взлом"), "Burglaries fell.", "Взломовете намаляха."),
    (preferred("bg", "patrol", "патрул"), "Evening patrols continue.", "Вечерните патрули продължават."),
    (preferred("tr", "officer", "polis memuru"), "Officers came.", "Polis memurlarımız geldi."),
    (preferred("es", "burglary", "robo en vivienda"), "Burglaries fell.", "Bajaron los robos en las viviendas."),
    (preferred("it", "bike marking", "punzonatur*"), "Free bike marking", "Punzonature gratuite delle bici"),
    (preferred("ur", "patrol", "گشت"), "Patrols continue.", "گشت جاری ہے۔"),
    (preferred("ur", "meeting", "جلسہ"), "The meeting is here.", "جلسے کی جگہ یہ ہے۔"),
    (preferred("pa", "council", "ਕੌਂਸਲ"), "The council's lamps", "ਕੌਂਸਲ ਦੀਆਂ ਬੱਤੀਆਂ"),
    (preferred("ta", "council", "நகராட்சி"), "The council's lamps", "நகராட்சியின் விளக்குகள்"),
    (preferred("ta", "meeting", "கூட்டம்"), "At the meeting", "கூட்டத்தில்"),
    (forbidden("ro", "council", "consilier*"), "The council met.", "Consiliul s-a întrunit."),
    (forbidden("pl", "officer", "policja"), "The officer came.", "Przyszedł policjant dzielnicowy."),
    (forbidden("ur", "officer", "افسر"), "The panel met.", "افسر آیا۔"),
    (names("bg", "Hoe Street"), "In Hoe Street", "На Hoe Street"),
    (names("ta", "Hoe Street"), "In Hoe Street", "Hoe Street-இல்"),
    (names("tr", "Crimestoppers"), "Call Crimestoppers.", "Crimestoppers'ı arayın."),
    (names("ur", "Hoe Street"), "In Hoe Street", "Hoe\u00a0Street میں"),
    (names("pa", "Valley"), "In the valley", "ਘਾਟੀ ਵਿੱਚ"),
]

BROKEN = [
    (preferred("pl", "ward panel", "panel dzielnicowy"), "The ward panel meets.", "Spotyka się rada.", "preferred"),
    (preferred("bg", "burglary", "взлом"), "Burglaries fell.", "Кражбите намаляха.", "preferred"),
    (preferred("ur", "patrol", "گشت"), "Patrols continue.", "پہرہ جاری ہے۔", "preferred"),
    (preferred("ta", "council", "நகராட்சி"), "The council's lamps", "ஊராட்சியின் விளக்குகள்", "preferred"),
    (preferred("pa", "council", "ਕੌਂਸਲ"), "The council's lamps", "ਸਭਾ ਦੀਆਂ ਬੱਤੀਆਂ", "preferred"),
    (forbidden("ro", "council", "consilier*"), "The council met.", "Consilierii s-au întrunit.", "forbidden"),
    (forbidden("bg", "officer", "полицай"), "The officer came.", "Дойде полицаят.", "forbidden"),
    (forbidden("ur", "*", "افسر"), "The police came.", "افسر آیا۔", "forbidden"),
    (forbidden("pa", "officer", "ਸਿਪਾਹੀ"), "The officer came.", "ਸਿਪਾਹੀ ਆਇਆ।", "forbidden"),
    (forbidden("ta", "officer", "சிப்பாய்"), "The officer came.", "சிப்பாய்கள் வந்தார்கள்.", "forbidden"),
    (names("es", "Hoe Street"), "In Hoe Street", "En la calle Hoe", "never-translate"),
    (names("bg", "Hoe Street"), "In Hoe Street", "На Хоу Стрийт", "never-translate"),
    (names("ur", "Hoe Street"), "In Hoe Street", "ہو اسٹریٹ میں", "never-translate"),
    (names("ta", "Crimestoppers"), "Call Crimestoppers.", "கிரைம்ஸ்டாப்பர்ஸை அழையுங்கள்.", "never-translate"),
]


@pytest.mark.parametrize(("glossary", "source", "target"), KEPT)
def test_a_term_in_any_case_form_passes(glossary: Glossary, source: str, target: str) -> None:
    assert found(source, target, glossary) == []


@pytest.mark.parametrize(("glossary", "source", "target", "kind"), BROKEN)
def test_a_term_that_is_not_kept_is_flagged(glossary: Glossary, source: str, target: str, kind: str) -> None:
    assert found(source, target, glossary) == [f"glossary.{kind}"]


def test_names_and_forbidden_words_block_and_preferred_terms_warn() -> None:
    glossary = Glossary(
        "ro",
        (
            Term(TermKind.PREFERRED, "patrol", ("patrulă",)),
            Term(TermKind.FORBIDDEN, "patrol", ("pază",), "private security"),
            Term(TermKind.NEVER_TRANSLATE, "Hoe Street"),
        ),
    )

    findings = check_segment("The patrol in Hoe Street", "Paza din strada Hoe", "ro", glossary=glossary)

    assert [(found.check, found.severity, found.token) for found in findings] == [
        ("glossary.preferred", Severity.WARNS, "patrol"),
        ("glossary.forbidden", Severity.BLOCKS, "pază"),
        ("glossary.never-translate", Severity.BLOCKS, "Hoe Street"),
    ]
    assert "“patrulă”" in findings[0].message
    assert "private security" in findings[1].message


def test_the_longest_term_of_a_text_wins() -> None:
    glossary = Glossary(
        "ro",
        (
            Term(TermKind.PREFERRED, "team", ("echipă",)),
            Term(TermKind.PREFERRED, "Safer Neighbourhood Team", ("echipa de siguranță a cartierului", "SNT")),
        ),
    )

    terms = glossary.preferred_in("Your safer neighbourhood teams. A team of two.")

    assert terms == {"Safer Neighbourhood Team": "echipa de siguranță a cartierului", "team": "echipă"}
    assert glossary.preferred_in("Teamwork at https://team.example.org") == {}


def test_names_of_places_are_found_as_they_are_written_only() -> None:
    glossary = NO_GLOSSARY.with_names(["Hoe Street", "Leyton", "Hale End & Highams Park South", "Hoe Street"])

    kept = [term.source for term in glossary.terms]

    assert kept == ["Hoe Street", "Leyton", "Hale End & Highams Park South"]
    assert [term.source for term in glossary.found_in("In Hoe Street, not in hoe street's forest")] == ["Hoe Street"]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "glossary.csv"
    path.write_bytes(text.encode())
    return path


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    text = (
        "\ufeffkind,source,target,note\r\npreferred,ward panel,panel | consiliu,\r\n"
        'forbidden,*,poliți*,"a, b"\r\n\r\nforbidden,*,pază\r\nnever-translate,Hoe Street,,\r\n'
    )

    glossary = read_glossary(write(tmp_path, text), "ro")

    assert glossary.terms == (
        Term(TermKind.PREFERRED, "ward panel", ("panel", "consiliu")),
        Term(TermKind.FORBIDDEN, "*", ("poliți*",), "a, b"),
        Term(TermKind.FORBIDDEN, "*", ("pază",)),
        Term(TermKind.NEVER_TRANSLATE, "Hoe Street"),
    )
    assert read_glossary(tmp_path / "none.csv", "ro") == Glossary("ro")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("favoured,a,b,", "kind “favoured” is unknown"),
        ("preferred,,b,", "has no source term"),
        ("preferred,a,|,", "“a” has no target"),
        ("preferred,*,b,", "only a forbidden term"),
        ("never-translate,Hoe Street,Strada Hoe,", "has no target"),
        ("preferred,a,b,c,d", "has 5 columns"),
        ("preferred,a,…,", "has no words"),
        ("preferred,Fine,b,", "is here twice"),
        ('preferred,"a,b', "not a CSV line"),
    ],
)
def test_a_bad_row_is_named_with_file_and_line(tmp_path: Path, row: str, says: str) -> None:
    path = write(tmp_path, f"kind,source,target,note\npreferred,fine,bine,\n{row}\n")

    with pytest.raises(InvalidInput) as error:
        read_glossary(path, "ro")

    assert [(problem.path, problem.line) for problem in error.value.problems] == [(str(path), 3)]
    assert says in str(error.value)


@pytest.mark.parametrize("data", [b"", b"source,target\na,b\n", b"kind,source,target,note\npreferred,a,\xff\n"])
def test_a_file_that_is_no_glossary_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "glossary.csv"
    path.write_bytes(data)

    with pytest.raises(InvalidInput):
        read_glossary(path, "ro")


def test_the_shipped_glossaries_can_be_read() -> None:
    folder = Path(__file__).parents[2] / "locales"

    glossaries = [read_glossary(path, path.parent.name.replace("_", "-")) for path in folder.glob("*/glossary.csv")]

    assert len(glossaries) == 10
    assert all(len(glossary.terms) >= 30 for glossary in glossaries)
