"""Mails and articles with an interface in brackets: no English is left that nobody could translate."""

from __future__ import annotations

import pytest

from briefings.model.briefing import Severity
from briefings.model.delivery import Purpose
from briefings.rendering.email import render_email
from briefings.rendering.page import render_article, render_feed_content
from tests.rendering.editions import TEMPLATES, sample_briefing
from tests.rendering.pseudo_locale import not_translated, pseudo_edition, pseudo_site, seen_and_heard

SITE = pseudo_site()


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("purpose", list(Purpose))
def test_no_part_of_a_mail_has_text_that_was_never_given_to_a_translator(purpose: Purpose, severity: Severity) -> None:
    briefing = sample_briefing(severity)

    mail = render_email(pseudo_edition(briefing), SITE, TEMPLATES, purpose)

    said = (mail.subject, mail.preheader, seen_and_heard(mail.html), seen_and_heard(mail.large_print), mail.text)
    assert [not_translated(part, briefing) for part in said] == [[]] * 5


@pytest.mark.parametrize("severity", list(Severity))
def test_no_article_or_feed_item_has_text_that_was_never_given_to_a_translator(severity: Severity) -> None:
    briefing = sample_briefing(severity)
    edition = pseudo_edition(briefing)

    pages = (render_article(edition, SITE, TEMPLATES), render_feed_content(edition, SITE, TEMPLATES))

    assert [not_translated(seen_and_heard(page.article_html), briefing) for page in pages] == [[], []]


@pytest.mark.parametrize(
    ("forgotten", "words"),
    [
        ("<p>⟦Éméñt⟧ Read this</p>", ["Read", "this"]),
        ('<img alt="Two lamps">', ["Two", "lamps"]),
        ("<p><a href='/' aria-label='Read more'>⟦Réàd⟧</a></p>", ["Read", "more"]),
        ("<meta name='description' content='What we did'>", ["What", "we", "did"]),
    ],
)
def test_a_forgotten_text_is_found_wherever_it_stands(forgotten: str, words: list[str]) -> None:
    page = f"<html>{forgotten}<p lang='en-GB'>Exampleton, Old Mill · ⟦Évéñtš⟧ 0800 555 111 a@b.example</p></html>"

    found = not_translated(seen_and_heard(page), sample_briefing())

    assert found == words
