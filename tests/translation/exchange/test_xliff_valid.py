"""The XLIFF that we write is XLIFF 2.1: OASIS's own schema of the core, and the rules a schema cannot say.

The schema comes with Debian's php-symfony-translation; 2.1 changed nothing in the core's namespace. The
constraints are those of the standard's sections 4 and 5, written down here once more and independently of
the writer; the modules' schemas are in no package, so their structure is part of these constraints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from lxml import etree

from briefings.model.edition import SegmentState
from briefings.translation.exchange import xliff
from briefings.translation.exchange.units import Unit
from tests.conftest import missing
from tests.translation.exchange.material import LOCALES, NOW, shipped, units

SCHEMA = Path("/usr/share/php/Symfony/Component/Translation/Resources/schemas/xliff-core-2.0.xsd")
XLF = "{urn:oasis:names:tc:xliff:document:2.0}"
MTC = "{urn:oasis:names:tc:xliff:matches:2.0}"
MDA = "{urn:oasis:names:tc:xliff:metadata:2.0}"
STATES = ("initial", "translated", "reviewed", "final")
Node = ElementTree.Element

CHILDREN = {
    # element: its children in their order; + at least one, * any number, ? at most one
    f"{XLF}xliff": f"({XLF}file )+",
    f"{XLF}file": f"({XLF}unit )+",
    f"{XLF}unit": f"({MTC}matches )?({MDA}metadata )?({XLF}notes )?({XLF}originalData )?({XLF}segment )+",
    f"{XLF}notes": f"({XLF}note )+",
    f"{XLF}originalData": f"({XLF}data )+",
    f"{XLF}segment": f"{XLF}source ({XLF}target )?",
    f"{XLF}source": f"({XLF}(ph|cp) )*",
    f"{XLF}target": f"({XLF}(ph|cp) )*",
    f"{MTC}matches": f"({MTC}match )+",
    f"{MTC}match": f"{XLF}source {XLF}target ",
    f"{MDA}metadata": f"({MDA}metaGroup )+",
    f"{MDA}metaGroup": f"({MDA}meta )+",
}
ATTRIBUTES = {
    # element: attributes it must have, and those it may have
    f"{XLF}xliff": ({"version", "srcLang"}, {"trgLang"}),
    f"{XLF}file": ({"id"}, {"{http://www.w3.org/XML/1998/namespace}space"}),
    f"{XLF}unit": ({"id"}, set()),
    f"{XLF}segment": (set(), {"id", "state", "subState"}),
    f"{XLF}note": (set(), {"category"}),
    f"{XLF}data": ({"id"}, set()),
    f"{XLF}ph": ({"id"}, {"dataRef", "equiv"}),
    f"{XLF}cp": ({"hex"}, set()),
    f"{MTC}match": ({"ref"}, {"similarity"}),
    f"{MDA}metaGroup": (set(), {"category"}),
    f"{MDA}meta": ({"type"}, set()),
}


def faults(data: bytes) -> Iterator[str]:
    """Yield every constraint of XLIFF 2.1 that a file breaks."""
    root = ElementTree.fromstring(data)
    if root.tag != f"{XLF}xliff" or root.get("version") != "2.1":
        yield f"root is {root.tag} {root.get('version')}"
    for node in root.iter():
        required, optional = ATTRIBUTES.get(node.tag, (set(), set()))
        if not required <= set(node.keys()) <= required | optional:
            yield f"attributes of {node.tag}: {sorted(node.keys())}"
        order = "".join(f"{child.tag} " for child in node)
        if not re.fullmatch(re.sub(r"\{(\S+?)\}", r"\\{\1\\}", CHILDREN.get(node.tag, "")), order):
            yield f"children of {node.tag}: {order}"
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{4})?(-[A-Z]{2})?", root.get("srcLang", "")):
        yield "srcLang is no BCP 47 tag"
    if root.find(f".//{XLF}segment/{XLF}target") is not None and not root.get("trgLang"):
        yield "targets without trgLang"
    for file in root:
        yield from repeated("unit", [unit.get("id") for unit in file])
        for unit in file:
            yield from faults_of_unit(unit)


def faults_of_unit(unit: Node) -> Iterator[str]:
    data = {each.get("id"): each for each in unit.iterfind(f"{XLF}originalData/{XLF}data")}
    yield from repeated("data", [each.get("id") for each in unit.iterfind(f"{XLF}originalData/{XLF}data")])
    inline = [code.get("id") for code in unit.iterfind(f"{XLF}segment/{XLF}source/{XLF}ph")]
    segments = [segment.get("id") for segment in unit.iterfind(f"{XLF}segment")]
    yield from repeated("source code or segment", [*inline, *segments])
    for segment in unit.iterfind(f"{XLF}segment"):
        state, sub_state = segment.get("state"), segment.get("subState")
        if state is not None and state not in STATES:
            yield f"state {state}"
        if sub_state is not None and (state is None or not re.fullmatch(r"[^\s:]+:[^\s:]+", sub_state)):
            yield f"subState {sub_state} needs a state and a prefix"
        if sub_state is not None and sub_state.startswith("xlf:"):
            yield "the prefix xlf is OASIS's own"
        of_source = {code.get("id"): code for code in segment.iterfind(f"{XLF}source/{XLF}ph")}
        of_target = list(segment.iterfind(f"{XLF}target/{XLF}ph"))
        yield from repeated("target code", [code.get("id") for code in of_target])
        for code in of_target:
            twin = of_source.get(code.get("id"))
            if twin is not None and twin.attrib != code.attrib:
                yield f"code {code.get('id')} is another one in the target"
            if twin is None and code.get("id") in segments:
                yield f"code {code.get('id')} has the id of something else"
    for code in unit.iterfind(f"{XLF}segment/*/{XLF}ph"):
        if code.get("dataRef") not in data:
            yield f"dataRef {code.get('dataRef')} is not there"
    for match in unit.iterfind(f"{MTC}matches/{MTC}match"):
        if (match.get("ref") or "").removeprefix("#") not in segments:
            yield f"a match for {match.get('ref')}, which is not there"
        if not 0 <= float(match.get("similarity", "0")) <= 100:
            yield f"similarity {match.get('similarity')}"


def repeated(what: str, ids: list[str | None]) -> Iterator[str]:
    yield from (f"{what} id {each} is there twice" for each in set(ids) if each is None or ids.count(each) > 1)
    yield from (f"{what} id {each} is no NMTOKEN" for each in ids if not re.fullmatch(r"[\w.:-]+", each or ""))


def official() -> etree.XMLSchema:
    """Return OASIS's schema, with its import of xml.xsd led to the copy beside it."""
    if not SCHEMA.is_file():
        missing("the XLIFF schema is not installed (Debian package php-symfony-translation)")
    beside = SCHEMA.with_name("xml.xsd").as_uri()
    text = re.sub(r'schemaLocation="[^"]*xml\.xsd"', f'schemaLocation="{beside}"', SCHEMA.read_text(encoding="utf-8"))
    return etree.XMLSchema(etree.fromstring(text.encode()))


def every_kind() -> list[Unit]:
    """Return units in every state, with suggestions, codes that repeat, move and come anew, and odd characters."""
    first, *others = shipped("ur")
    text = "{who} and {who}: https://example.org/{who}."
    return [
        *others,
        *(
            replace(first, source=f"{first.source} {state}", state=state, author="A", made_at=NOW)
            for state in SegmentState
        ),
        Unit("Nearly", suggestion=("Nearly so", "قریب", 88), note="a & b", places=("north/a#title",)),
        Unit(text, "{new} {who} https://example.org/{who} \x01\ufffe", SegmentState.MACHINE, origin="engine"),
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_shipped_translations_keep_every_constraint(locale: str) -> None:
    assert list(faults(xliff.write(shipped(locale), locale, "en-GB"))) == []


@given(sent=units)
@settings(max_examples=100, deadline=None)
def test_whatever_goes_out_keeps_every_constraint(sent: list[Unit]) -> None:
    assert list(faults(xliff.write(sent, "ur", "en-GB"))) == []


@pytest.mark.parametrize("sent", [every_kind(), []], ids=["every kind", "nothing"])
def test_the_schema_of_oasis_accepts_what_we_write(sent: list[Unit]) -> None:
    schema = official()

    schema.assertValid(etree.fromstring(xliff.write(sent, "ur", "en-GB")))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('state="translated"', 'state="done"', "state done"),
        ('subState="briefings:machine"', 'subState="machine"', "subState machine"),
        ('<unit id="u2">', '<unit id="u1">', "unit id u1 is there twice"),
        ("<source>", "<target/><source>", "children of"),
        ('dataRef="d1"', 'dataRef="d9"', "dataRef d9"),
        (' trgLang="ur"', "", "targets without trgLang"),
    ],
)
def test_the_constraints_notice_what_is_wrong(old: str, new: str, said: str) -> None:
    data = xliff.write(every_kind(), "ur", "en-GB").decode()

    found = list(faults(data.replace(old, new, 1).encode()))

    assert any(said in fault for fault in found), found


def test_codes_hold_the_placeholders_and_addresses() -> None:
    """An editor that locks codes cannot lose them: what is left outside holds none."""
    root = ElementTree.fromstring(xliff.write(shipped("ta"), "ta", "en-GB"))

    plain = [
        "".join([node.text or "", *(child.tail or "" for child in node)])
        for tag in ("source", "target")
        for node in root.iter(f"{XLF}{tag}")
    ]

    assert len(list(root.iter(f"{XLF}ph"))) >= 4
    assert [text for text in plain if re.search(r"https?://|\{\w*\}", text)] == []
