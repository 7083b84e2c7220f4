"""Sign-offs: a name, whole texts and right facts, or nothing is signed; and a changed text is not signed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from briefings.model.errors import Refused
from briefings.model.message import PHRASES
from briefings.settings import CHECKOUT
from briefings.translation.catalogs import Catalogs
from briefings.translation.glossary import Glossaries
from briefings.translation.message_texts import KindTexts, kind_texts
from briefings.translation.resources import LanguageResources
from briefings.translation.sign_offs import faults, sign, signed
from tests.translation.messages import LOCALES, NOW, TEMPLATES, spoilt

SHIPPED = Catalogs([CHECKOUT / "locales"])


def romanian(catalogs: Catalogs = SHIPPED) -> dict[str, KindTexts]:
    return kind_texts(TEMPLATES, "ro", catalogs)


@pytest.mark.parametrize("locale", LOCALES)
def test_all_that_ships_could_be_signed(locale: str) -> None:
    check = LanguageResources("en-GB", SHIPPED, glossaries=Glossaries([CHECKOUT / "locales"])).check

    kinds = kind_texts(TEMPLATES, locale, SHIPPED)

    assert {kind: found for kind, texts in kinds.items() if (found := faults(texts, check))} == {}
    assert set(kinds) == {*TEMPLATES.kinds, PHRASES}


def test_a_sign_off_is_kept_with_its_name_and_its_time(engine: Engine) -> None:
    kinds = romanian()

    made = sign(engine, [kinds["all-clear"], kinds[PHRASES]], "ro", "  Ana   Pop ", NOW)

    found = signed(engine, "ro")
    assert {one.kind for one in found.values()} == {"all-clear", PHRASES}
    assert list(found.values()) == made or list(found.values()) == made[::-1]
    assert {(one.reviewer, one.signed_at) for one in found.values()} == {("Ana Pop", NOW)}
    assert kinds["all-clear"].signed_by(found) is not None
    assert kinds["appeal"].signed_by(found) is None
    assert signed(engine, "pl") == {}


@pytest.mark.parametrize("name", ["", "   ", "...", "\u200b\u00a0", "–"])
def test_nobody_signs_without_a_name(engine: Engine, name: str) -> None:
    with pytest.raises(Refused, match="needs the name of the person"):
        sign(engine, list(romanian().values()), "ro", name, NOW)

    assert signed(engine, "ro") == {}


def test_a_word_that_the_glossary_forbids_cannot_be_signed(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "ro").mkdir()
    (tmp_path / "ro" / "glossary.csv").write_text("kind,source,target,note\nforbidden,*,zonă,for this test\n")
    check = LanguageResources("en-GB", SHIPPED, glossaries=Glossaries([tmp_path])).check

    with pytest.raises(Refused, match="zonă"):
        sign(engine, [romanian()["avoid-area"]], "ro", "Ana Pop", NOW, check)

    assert signed(engine, "ro") == {}


def test_an_incomplete_kind_is_refused_and_nothing_beside_it_is_signed(engine: Engine, tmp_path: Path) -> None:
    entry = 'msgid "Thank you for your patience."'
    kinds = romanian(spoilt(tmp_path, "ro", {entry: f"#, fuzzy\n{entry}"}))

    with pytest.raises(Refused, match="all-clear: not translated into ro, or marked fuzzy: “Thank you"):
        sign(engine, [kinds["appeal"], kinds["all-clear"]], "ro", "Ana Pop", NOW)

    assert signed(engine, "ro") == {}


@pytest.mark.parametrize(
    ("old", "new", "token"),
    [
        ("Crimestoppers, la 0800 555 111", "Crimestoppers, la 0800 555 112", "0800 555 111"),
        ("{reference}", "{referinta}", "{reference}"),
        ("{call}", "", "{call}"),
    ],
)
def test_a_kind_that_changes_a_fact_or_loses_a_slot_is_refused(
    engine: Engine, tmp_path: Path, old: str, new: str, token: str
) -> None:
    catalog = (CHECKOUT / "locales/ro/LC_MESSAGES/urgent.po").read_text(encoding="utf-8")
    changes = {
        line: line.replace(old, new) for line in catalog.split("\n") if line.startswith("msgstr") and old in line
    }
    kinds = romanian(spoilt(tmp_path, "ro", changes))

    with pytest.raises(Refused, match="nothing was signed off") as refused:
        sign(engine, [kinds["appeal"]], "ro", "Ana Pop", NOW)

    assert token in str(refused.value)
    assert "appeal: section/1/" in str(refused.value)


def test_a_changed_text_is_not_signed_and_is_again_when_it_is_as_it_was(engine: Engine, tmp_path: Path) -> None:
    before = romanian()["all-clear"]
    sign(engine, [before], "ro", "Ana Pop", NOW)
    thanks = next(target for _key, source, target in before.texts if source.startswith("Thank"))
    after = romanian(spoilt(tmp_path, "ro", {thanks: "Vă mulțumim."}))["all-clear"]

    holding = signed(engine, "ro")
    changed = after.signed_by(holding)
    sign(engine, [after], "ro", "Ion Dan", NOW + timedelta(days=1))

    assert changed is None
    assert [by.reviewer for texts in (before, after) if (by := texts.signed_by(signed(engine, "ro")))] == [
        "Ana Pop",
        "Ion Dan",
    ]


def test_people_who_sign_the_same_texts_at_one_moment_do_not_hinder_each_other(engine: Engine) -> None:
    kinds = list(romanian().values())
    names = [f"Reader {letter}" for letter in "ABCDEFGH"]

    with ThreadPoolExecutor(len(names)) as pool:
        # every other one signs in the opposite order
        calls = [
            pool.submit(sign, engine, kinds[:: -1 if n % 2 else 1], "ro", name, NOW) for n, name in enumerate(names)
        ]
        made = [call.result(timeout=30) for call in calls]

    found = signed(engine, "ro")
    assert [len(one) for one in made] == [len(kinds)] * len(names)
    assert len(found) == len(kinds)
    assert {one.reviewer for one in found.values()} <= set(names)


def test_who_signs_the_same_texts_last_answers_for_them(engine: Engine) -> None:
    kind = romanian()["all-clear"]

    sign(engine, [kind], "ro", "demo reviewer", NOW)
    sign(engine, [kind], "ro", "Ana Pop", NOW + timedelta(days=1))

    assert [one.reviewer for one in signed(engine, "ro").values()] == ["Ana Pop"]
