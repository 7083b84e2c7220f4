"""X's reading of a text: length, links, language, signature."""

from __future__ import annotations

import pytest

from briefings.sandbox.x_language import language_of
from briefings.sandbox.x_oauth import Credentials, signature
from briefings.sandbox.x_text import links, weighted_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("plain", 5),
        ("é", 1),
        ("e\u0301", 1),
        ("محلہ", 4),
        ("ਪਾਰਕ", 4),
        ("字", 2),
        ("“quoted” – dash…", 17),
        ("👍🏽", 2),
        ("👩‍👧‍👦", 2),
        ("🇬🇧", 2),
        ("1️⃣", 2),
        ("https://borough.example/ro/a/very/long/path/that/goes/on?x=1", 23),
        ("see police.uk, or gov.uk/report.", 4 + 23 + 5 + 23 + 1),
        ("e.g. 10.30am at 1.5 miles", 25),
        ("mail team@police.uk", 19),
        ("http://127.0.0.1:8000/ur/north/", 23),
    ],
)
def test_length_is_counted_as_x_counts_it(text: str, length: int) -> None:
    assert weighted_length(text) == length


def test_a_sentences_last_mark_is_not_part_of_its_link() -> None:
    text = "(https://a.example/x). https://b.example/y(z)، https://c.example/ی۔"

    assert [link.address for link in links(text)] == [
        "https://a.example/x",
        "https://b.example/y(z)",
        "https://c.example/",
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What your local police did this week, and what you told us", "en"),
        ("Ce a făcut poliția din zona dumneavoastră în această săptămână", "ro"),
        ("Co zrobiła policja w Państwa okolicy i o co Państwo prosili", "pl"),
        ("Bu hafta bölgenizde polis ne yaptı ve siz ne dediniz", "tr"),
        ("Qué hizo la policía de su zona esta semana y lo que nos dijo", "es"),
        ("O que a polícia fez na sua zona esta semana e o que nos disse", "pt"),
        ("Che cosa ha fatto la polizia nella sua zona questa settimana", "it"),
        ("Какво направи полицията във вашия район тази седмица", "bg"),
        ("اس ہفتے آپ کے علاقے میں پولیس نے کیا کیا", "ur"),
        ("ماذا فعلت الشرطة في منطقتك هذا الأسبوع", "ar"),
        ("ਇਸ ਹਫ਼ਤੇ ਤੁਹਾਡੇ ਇਲਾਕੇ ਵਿੱਚ ਪੁਲਿਸ ਨੇ ਕੀ ਕੀਤਾ", "pa"),
        ("இந்த வாரம் உங்கள் பகுதியில் காவல்துறை என்ன செய்தது", "ta"),
        ("https://borough.example/ 999", "und"),
    ],
)
def test_the_language_of_a_post_is_told(text: str, language: str) -> None:
    assert language_of(text) == language


def test_the_signature_is_that_of_xs_published_example() -> None:
    # https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a/creating-a-signature
    credentials = Credentials(
        "xvz1evFS4wEEPTGEFPHBog",
        "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
    parameters = [
        ("status", "Hello Ladies + Gentlemen, a signed OAuth request!"),
        ("include_entities", "true"),
        ("oauth_consumer_key", credentials.consumer_key),
        ("oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "1318622958"),
        ("oauth_token", credentials.access_token),
        ("oauth_version", "1.0"),
    ]

    signed = signature("POST", "https://api.twitter.com/1.1/statuses/update.json", parameters, credentials)

    assert signed == "hCtSmYh+iHYCEqBWrE7C7hYmtUk="
