"""Settings: the only reader of the environment. Every option stands in `.env.example`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent


class DeliveryMode(StrEnum):
    SANDBOX = "sandbox"
    ALLOW_LIST = "allow-list"
    LIVE = "live"


class Settings(BaseSettings):
    """What differs between installations. Environment or `.env`, prefix `BRIEFINGS_`."""

    model_config = SettingsConfigDict(env_prefix="BRIEFINGS_", env_file=".env", extra="ignore")

    root: Path = Field(
        CHECKOUT, description="Folder with content/, and its own locales/ and templates/ where it has them."
    )
    data_dir: Path = Field(Path("var"), description="Folder for the database, caught mail and Prefect's files.")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the data folder.")
    public_url: str = Field("http://127.0.0.1:8000", description="Address under which residents reach the site.")
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs links, hashes suppressed addresses. Empty in the sandbox: one is made and kept.",
    )
    delivery_mode: DeliveryMode = Field(
        DeliveryMode.SANDBOX, description="sandbox (built-in stand-ins), allow-list (only BRIEFINGS_ALLOW_LIST), live."
    )
    allow_list: str = Field(
        "", description="Addresses and @domains, comma-separated, that may be mailed in allow-list mode."
    )
    smtp_url: str = Field(
        "",
        description="smtp://[user:password@]host:port, or smtps://. Empty: the sandbox's mail catcher.",
    )
    smtp_connections: int = Field(4, ge=1, le=64, description="SMTP connections kept open while sending.")
    smtp_timeout: float = Field(30.0, gt=0, description="Seconds any one SMTP command may take.")
    smtp_rate: float = Field(0.0, ge=0, description="Mails a second at most, of one process that sends; 0: no limit.")
    senders: int = Field(1, ge=1, le=16, description="How many flow runs share one large mailing; PostgreSQL only.")
    share_above: int = Field(20_000, ge=0, description="A mailing is shared when more mails than this wait.")
    smtp_dot_timeout: float = Field(
        120.0, gt=0, description="Seconds a mail server may take to accept a message, once it has all of it."
    )
    smtp_domain_connections: int = Field(
        0, ge=0, description="Messages to one mail domain that may be on their way at once; 0: as many as connections."
    )
    smtp_domain_rate: float = Field(0.0, ge=0, description="Messages a second to one mail domain; 0: no limit.")
    letters_per_hour: int = Field(
        2000, ge=1, description="Letters about sign-ups, links and moves at most in an hour; what is over waits."
    )
    lease: float = Field(
        60.0, ge=1, description="Seconds after which a sender that is silent loses what it has claimed to another one."
    )
    sender: str = Field(
        "", description="From address of the newsletters. Empty: the borough's name at the reply domain."
    )
    reply_domain: str = Field(
        "briefings.example", description="Mail domain of replies and bounces (return path, Message-ID, List-Id)."
    )
    lmtp_port: int = Field(
        0, ge=0, le=65535, description="Port on 127.0.0.1 where `serve` takes returned mail by LMTP; 0: none."
    )
    imap_url: SecretStr = Field(
        SecretStr(""), description="Mailbox of returned mail: imaps://user:password@host[:port]/Folder. Empty: none."
    )
    imap_timeout: float = Field(30.0, gt=0, description="Seconds any one IMAP call may take.")
    dkim_domain: str = Field(
        "", description="Domain that signs mail (DKIM). Empty: the domain of the From address, as DMARC wants it."
    )
    dkim_selector: str = Field("", description="Name of the DKIM key in the DNS, such as autumn2026.")
    dkim_key: str = Field(
        "", description="PEM file with the DKIM private key, RSA of 2048 bits or more, or Ed25519. Empty: no signature."
    )
    dkim_ed25519_selector: str = Field("", description="Name of the second DKIM key in the DNS.")
    dkim_ed25519_key: str = Field("", description="PEM file with a second DKIM private key, Ed25519.")
    x_api_url: str = Field(
        "", description="Base address of the X API. Empty: the sandbox's stand-in, or api.x.com when live."
    )
    x_consumer_key: SecretStr = Field(SecretStr(""), description="X API consumer key.")
    x_consumer_secret: SecretStr = Field(SecretStr(""), description="X API consumer secret.")
    x_access_token: SecretStr = Field(SecretStr(""), description="X access token of the posting account.")
    x_access_token_secret: SecretStr = Field(SecretStr(""), description="X access token secret of the posting account.")
    x_timeout: float = Field(20.0, gt=0, description="Seconds any one call to the X API may take.")
    websub_hub: str = Field(
        "", description="WebSub hub that is told of changed feeds, its http or https address. Empty: none."
    )
    security_contact: str = Field(
        "", description="Where to report a weakness of the site (security.txt): an email address or a web address."
    )
    trusted_proxies: str = Field(
        "",
        description="Proxies before the site, as addresses or networks, comma-separated: they say who asks.",
    )
    web_port: int = Field(0, ge=0, le=65535, description="Port of the web site; 0: the port in BRIEFINGS_PUBLIC_URL.")
    sandbox_smtp_port: int = Field(8025, description="Port of the sandbox's mail catcher.")
    sandbox_x_port: int = Field(8026, description="Port of the sandbox's stand-in for the X API.")
    engines: str = Field(
        "",
        description="Translation engines for text nobody has translated, in order, comma-separated: "
        "apertium, libretranslate, deepl, azure, chat, pseudo.",
    )
    engine_timeout: float = Field(60.0, gt=0, description="Seconds any one call to a translation engine may take.")
    engine_deadline: float = Field(
        300.0, gt=0, description="Seconds all engines together may take for one briefing in one locale."
    )
    engine_budget: int = Field(
        200_000, ge=0, description="Characters of source text each engine may be given on one day (UTC); 0: none."
    )
    apertium_command: str = Field("apertium", description="The apertium command, on the PATH or with its folder.")
    libretranslate_url: str = Field("", description="Base address of a LibreTranslate server.")
    libretranslate_key: SecretStr = Field(SecretStr(""), description="Its API key, where it asks for one.")
    deepl_key: SecretStr = Field(SecretStr(""), description="DeepL API key.")
    deepl_url: str = Field("", description="Address of the DeepL API; empty: the public one that goes with the key.")
    chat_url: str = Field("", description="Base address of an OpenAI-compatible API, up to and with /v1.")
    chat_key: SecretStr = Field(SecretStr(""), description="Its API key, where it asks for one.")
    chat_model: str = Field("", description="Name of the chat model that translates.")
    azure_key: SecretStr = Field(SecretStr(""), description="Key of an Azure Translator resource.")
    azure_url: str = Field("", description="Address of Azure Translator; empty: the public one.")
    azure_region: str = Field("", description="Region of the Azure resource; empty for a global one.")
    prefect_port: int = Field(4200, description="Port of the Prefect server that `briefings up` starts.")


def env_example() -> str:
    """Return the text of `.env.example`: every setting with what it is for and its default, none of them set."""
    lines = ["# Written by `python -m briefings.settings`. Copy to .env and take the # away where you set something."]
    for name, field in Settings.model_fields.items():
        value = field.default
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        shown = "." if value == CHECKOUT else str(value)  # the checkout, for those who start from there
        lines += ["", f"# {field.description}", f"#BRIEFINGS_{name.upper()}={shown}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(env_example())
