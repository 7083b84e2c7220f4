"""TMX: other tools' memories are read, and ours is TMX 1.4b to a grammar and to Perl's XML::TMX."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree

from briefings.model.edition import SegmentState
from briefings.model.errors import InvalidInput
from briefings.translation.exchange import tmx
from briefings.translation.exchange.units import Unit
from tests.conftest import missing
from tests.translation.exchange.material import LOCALES, NOW, sample, shipped, units

OTHER = sample("other-tool.tmx")
GRAMMAR = Path(__file__).with_name("tmx14.rng")

PERL = r"""
use strict; use warnings; use XML::TMX::Reader; use JSON::PP;
my @found;
XML::TMX::Reader->new($ARGV[0])->for_tu(sub {
    my $unit = shift;
    my @languages = grep { ref $unit->{$_} eq 'HASH' && exists $unit->{$_}{-seg} } keys %$unit;
    push @found, { map { $_ => $unit->{$_}{-seg} } @languages };
});
print JSON::PP->new->utf8->encode(\@found);
"""


def test_a_memory_of_another_tool_is_read_in_our_language_pair() -> None:
    (bicycle, french, street), problems = tmx.read(OTHER.encode(), "a.tmx", "ro", "en-GB")

    assert (bicycle.source, bicycle.target) == ("Lock your <b>bicycle</b>.", "Încuiați <b>bicicleta</b>.")
    assert (bicycle.author, bicycle.made_at) == ("AGENCY", datetime(2025, 3, 1, 10, 15, tzinfo=UTC))
    assert (bicycle.state, bicycle.line) == (SegmentState.TRANSLATED, 7)
    assert (french.source, french.target) == ("Only in French", "")
    assert (street.source, street.target) == ("Street name", "Numele străzii")
    assert [str(problem) for problem in problems] == ["a.tmx:17: has two translations into ro: keep one"]


def test_a_memory_without_our_language_is_refused_in_one_line() -> None:
    with pytest.raises(InvalidInput) as refused:
        tmx.read(OTHER.encode(), "a.tmx", "bg", "en-GB")

    said = "a.tmx:3: has no translation from en-GB into bg: its languages are EN-US, FR, RO-RO, en, fr, ro"
    assert str(refused.value) == said


def test_a_changed_translation_loses_what_was_said_of_the_old_one() -> None:
    unit = Unit("Park", "Parc", SegmentState.MACHINE, origin="engine", author="pseudo", reviewer="Ion", made_at=NOW)
    sent = tmx.write([unit], "ro", "en-GB").decode()

    (same,), _ = tmx.read(sent.encode(), "a.tmx", "ro", "en-GB")
    (changed,), _ = tmx.read(sent.replace("Parc", "Parcul").encode(), "a.tmx", "ro", "en-GB")

    assert replace(same, line=0) == unit
    assert (changed.state, changed.origin, changed.reviewer) == (SegmentState.TRANSLATED, "", "")


def grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(GRAMMAR))


@given(sent=units)
@settings(max_examples=100, deadline=None)
def test_whatever_goes_out_is_tmx(sent: list[Unit]) -> None:
    grammar().assertValid(etree.fromstring(tmx.write(sent, "ur", "en-GB")))


@pytest.mark.parametrize(
    ("old", "new"), [("<seg>b</seg>", ""), ("20261120T090000Z", "2026-11-20"), (' xml:lang="ur"', "")]
)
def test_the_grammar_notices_what_is_wrong(old: str, new: str) -> None:
    data = tmx.write([Unit("a", "b", SegmentState.REVIEWED, made_at=NOW)], "ur", "en-GB").decode()

    assert grammar().validate(etree.fromstring(data.encode()))
    assert not grammar().validate(etree.fromstring(data.replace(old, new).encode()))


@pytest.mark.parametrize("locale", LOCALES)
def test_perl_reads_the_shipped_translations(locale: str, tmp_path: Path) -> None:
    sent = shipped(locale)
    path = tmp_path / "out.tmx"
    path.write_bytes(tmx.write(sent, locale, "en-GB"))
    perl = shutil.which("perl")
    there = (
        perl and subprocess.run([perl, "-MXML::TMX::Reader", "-e1"], capture_output=True, check=False).returncode == 0
    )
    if not perl or not there:
        missing("XML::TMX is not installed (Debian package libxml-tmx-perl)")

    read = subprocess.run(
        [str(perl), "-e", PERL, path],
        capture_output=True,
        check=True,
        timeout=60,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )

    assert json.loads(read.stdout) == [{"en-GB": unit.source, locale: unit.target} for unit in sent]
