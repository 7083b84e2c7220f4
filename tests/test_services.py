"""The composition root: which adapters a mode picks, and what it refuses."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from briefings.model.errors import Refused
from briefings.services import Services, clock
from briefings.settings import DeliveryMode, Settings
from tests.delivery.dkim_records import write_key

LONDON = ZoneInfo("Europe/London")


def services(folder: Path, **options: Any) -> Services:
    return Services(Settings(_env_file=None, data_dir=folder, **options))


def test_the_sandbox_makes_a_key_once_and_keeps_it_to_itself(tmp_path: Path) -> None:
    first = services(tmp_path).secret

    second = services(tmp_path).secret

    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


def test_outside_the_sandbox_a_key_must_be_set(tmp_path: Path) -> None:
    live = services(tmp_path, delivery_mode=DeliveryMode.LIVE, smtp_url="smtp://mail.example.org")

    with pytest.raises(Refused, match="BRIEFINGS_SECRET_KEY"):
        _ = live.secret


@pytest.mark.parametrize("url", ["smtp://mail.example.org:25", "smtp://192.0.2.1", "smtp://[2001:db8::1]"])
def test_the_sandbox_mails_to_this_machine_only(tmp_path: Path, url: str) -> None:
    with pytest.raises(Refused, match="BRIEFINGS_DELIVERY_MODE"):
        services(tmp_path, smtp_url=url).desk.mail_server()


def test_the_rate_is_that_of_the_settings_until_a_command_sets_another(tmp_path: Path) -> None:
    given = services(tmp_path, smtp_rate=20)
    desk = given.desk

    of_the_settings = desk.mail_server().rate
    given.limit_rate(5)

    assert (of_the_settings, desk.mail_server().rate) == (20, 5)


def test_the_sandbox_never_posts_on_another_machine(tmp_path: Path) -> None:
    desk = services(tmp_path, x_api_url="https://api.x.com").desk

    with pytest.raises(Refused, match="live mode only"):
        desk.open_x()


def test_posting_live_needs_keys(tmp_path: Path) -> None:
    live = services(tmp_path, delivery_mode=DeliveryMode.LIVE, smtp_url="smtp://mail.example.org", secret_key="k" * 32)

    with pytest.raises(Refused, match="BRIEFINGS_X_"):
        live.desk.open_x()


def test_the_allow_list_names_addresses_and_domains(tmp_path: Path) -> None:
    trial = services(
        tmp_path, delivery_mode=DeliveryMode.ALLOW_LIST, smtp_url="smtp://mail.example.org", secret_key="k" * 32,
        allow_list="Me@Example.org, @comms.example",
    )  # fmt: skip

    may = trial.desk.may_mail

    assert may("me@example.org")
    assert may("anyone@COMMS.example")
    assert not may("you@example.org")
    assert not may("you@sub.comms.example")


def test_a_time_without_a_zone_is_wall_time_in_the_borough() -> None:
    summer = clock("2026-07-01T09:00", LONDON)()

    assert summer == datetime(2026, 7, 1, 8, tzinfo=UTC)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(Refused, match="2026-11-20T09:00"):
        clock("yesterday", LONDON)


def test_an_unknown_engine_is_named(tmp_path: Path) -> None:
    desk = services(tmp_path, engines="babelfish").desk

    with pytest.raises(Refused, match="babelfish"):
        desk.open_drafting(desk.engine_names)


def test_every_engine_can_be_picked_in_any_order(tmp_path: Path) -> None:
    names = "chat, deepl,azure, libretranslate, apertium, pseudo"
    keys = {"deepl_key": "k", "azure_key": "k", "chat_url": "http://127.0.0.1:1/v1", "chat_model": "a-model"}

    desk = services(tmp_path, engines=names, libretranslate_url="http://127.0.0.1:1", **keys).desk

    drafting = desk.open_drafting(desk.engine_names)
    assert [engine.name for engine in drafting.able("en-GB", "es")] == [name.strip() for name in names.split(",")]


@pytest.mark.parametrize(
    ("name", "setting"),
    [("libretranslate", "LIBRETRANSLATE_URL"), ("deepl", "DEEPL_KEY"), ("azure", "AZURE_KEY"), ("chat", "CHAT_URL")],
)
def test_an_engine_without_its_setting_is_refused(tmp_path: Path, name: str, setting: str) -> None:
    desk = services(tmp_path, engines=name).desk

    with pytest.raises(Refused, match=f"BRIEFINGS_{setting} must be set"):
        desk.open_drafting([name])


def test_the_stand_ins_of_another_folder_are_not_ours(tmp_path: Path) -> None:
    ours = services(tmp_path / "ours", sandbox_smtp_port=free_port(), sandbox_x_port=free_port())
    theirs = services(
        tmp_path / "theirs",
        sandbox_smtp_port=ours.settings.sandbox_smtp_port,
        sandbox_x_port=ours.settings.sandbox_x_port,
    )

    with ours.stand_ins(), theirs.stand_ins():
        endpoints = [one.desk.mail_server().endpoint.port for one in (ours, theirs)]

    assert endpoints[0] == ours.settings.sandbox_smtp_port
    assert endpoints[1] != endpoints[0]


def test_stand_ins_that_run_for_our_folder_are_used(tmp_path: Path) -> None:
    first = services(tmp_path, sandbox_smtp_port=free_port(), sandbox_x_port=free_port())
    second = services(tmp_path, sandbox_smtp_port=1, sandbox_x_port=1)

    with first.stand_ins(), second.stand_ins() as started:
        port = second.desk.mail_server().endpoint.port

    assert started is None
    assert port == first.settings.sandbox_smtp_port


def test_mail_is_signed_for_the_domain_of_its_sender_or_the_one_that_is_set(tmp_path: Path) -> None:
    key = write_key(tmp_path / "key.pem", Ed25519PrivateKey.generate())
    keys = {"dkim_key": str(key), "dkim_selector": "autumn"}

    signers = [
        services(tmp_path, **keys).signer,
        services(tmp_path, **keys, sender='"News" <news@safety.example>').signer,
        services(tmp_path, **keys, sender="news@safety.example", dkim_domain="mail.example").signer,
    ]

    domains = ["briefings.example", "safety.example", "mail.example"]
    assert [one.records[0].name for one in signers if one] == [f"autumn._domainkey.{domain}" for domain in domains]
    assert services(tmp_path).signer is None


def test_two_keys_give_two_signatures(tmp_path: Path) -> None:
    first = write_key(tmp_path / "rsa.pem", generate_private_key(65537, 2048))
    second = write_key(tmp_path / "ed25519.pem", Ed25519PrivateKey.generate())

    signer = services(
        tmp_path, dkim_key=str(first), dkim_selector="a", dkim_ed25519_key=str(second), dkim_ed25519_selector="b"
    ).signer

    assert signer is not None
    assert [record.value.partition(";")[2][:7] for record in signer.records] == [" k=rsa;", " k=ed25"]


@pytest.mark.parametrize(
    ("given", "setting"),
    [
        ({"dkim_key": "key.pem"}, "BRIEFINGS_DKIM_SELECTOR"),
        ({"dkim_selector": "autumn"}, "BRIEFINGS_DKIM_KEY"),
        ({"dkim_key": "missing.pem", "dkim_selector": "autumn"}, "BRIEFINGS_DKIM_KEY"),
        ({"dkim_ed25519_selector": "winter"}, "BRIEFINGS_DKIM_ED25519_KEY"),
        ({"dkim_ed25519_key": "key.pem"}, "BRIEFINGS_DKIM_ED25519_SELECTOR"),
        ({"dkim_ed25519_key": "key.pem", "dkim_ed25519_selector": "winter"}, "BRIEFINGS_DKIM_ED25519_KEY"),
        ({"dkim_key": "key.pem", "dkim_selector": "autumn", "dkim_domain": "no domain"}, "BRIEFINGS_DKIM_DOMAIN"),
    ],
)
def test_half_a_signature_is_refused_before_any_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], setting: str
) -> None:
    write_key(tmp_path / "key.pem", generate_private_key(65537, 2048))
    monkeypatch.chdir(tmp_path)

    with pytest.raises(Refused, match=f"{setting}\\b"):
        services(tmp_path / "var", **given).desk.letterhead()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize("url", ["https://hub.example/", "http://192.0.2.7/hub"])
def test_in_the_sandbox_no_hub_elsewhere_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(Refused, match=r"hub\.example|192\.0\.2\.7"):
        _ = services(tmp_path, websub_hub=url).desk

    assert services(tmp_path, websub_hub="http://127.0.0.1:8100/hub").desk.hub == "http://127.0.0.1:8100/hub"


@pytest.mark.parametrize("url", ["hub.example", "ftp://hub.example/", "http://", "http://[::1", "https://h/<>", "x:y"])
def test_what_is_no_address_of_a_hub_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(Refused, match="BRIEFINGS_WEBSUB_HUB"):
        _ = services(tmp_path, websub_hub=url).desk
