"""Previews: what an officer looks at before approving is whole, images and all, and is what was prepared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from briefings.editorial.prepare import prepare
from briefings.editorial.preview import preview
from briefings.model.errors import Refused
from briefings.settings import CHECKOUT
from tests.editorial.town import LAMPS, NOW, town

IMAGE = CHECKOUT / "content" / "briefings" / "north" / "park-path-at-dusk.png"


@pytest.mark.parametrize("channel", ["email", "page"])
def test_an_image_is_shown_before_anything_is_published(tmp_path: Path, channel: str) -> None:
    with town(tmp_path) as place:
        shutil.copy(IMAGE, place.root / "content" / "briefings" / "east" / "lamps.png")
        place.write("question:", "images: [{src: lamps.png, alt: A lamp}]\nquestion:")

        shown = preview(place.desk, LAMPS, "en-GB", channel, NOW).decode()

        assert 'src="data:image/png;base64,' in shown
        assert "/media/" not in shown


@pytest.mark.parametrize("channel", ["text", "atom", "rss", "json"])
def test_every_other_channel_has_a_preview_too(tmp_path: Path, channel: str) -> None:
    with town(tmp_path) as place:
        shown = preview(place.desk, LAMPS, "pl", channel, NOW).decode()

        assert "Body one." in shown


def test_a_preview_is_of_what_was_prepared(tmp_path: Path) -> None:
    with town(tmp_path) as place:
        prepare(place.desk, [LAMPS], NOW)
        catalog = place.root / "locales" / "pl" / "LC_MESSAGES" / "content.po"
        catalog.parent.mkdir(parents=True)
        catalog.write_text('msgid ""\nmsgstr ""\n"Language: pl\\n"\n\nmsgid "Body one."\nmsgstr "Tekst pierwszy."\n')
        place.reread()

        shown = preview(place.desk, LAMPS, "pl", "page", NOW).decode()

        assert "Body one." in shown
        assert "Tekst pierwszy." not in shown


def test_a_locale_that_is_not_offered_is_refused(tmp_path: Path) -> None:
    with town(tmp_path) as place, pytest.raises(Refused, match="its locales are en-GB, pl"):
        preview(place.desk, LAMPS, "ta", "page", NOW)
