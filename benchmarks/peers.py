"""Peers in sending: postfix's smtp-source, and the two SMTP clients of Python with a message built for each."""

from __future__ import annotations

import asyncio
import smtplib
import time

import aiosmtplib

from benchmarks.building import standard_message
from benchmarks.forty import PAYLOAD
from benchmarks.measured import Measured, measure
from benchmarks.sinks import postfix_tool
from briefings.rendering.email import EmailRendering

MAIL_FROM = "bounce@briefings.example"
CONNECTIONS = 16


def smtp_source(port: int, messages: int) -> Measured:
    """Send with smtp-source: the same bytes again and again, nothing kept, over CONNECTIONS that stay open."""
    options = ["-d", "-s", str(CONNECTIONS), "-l", str(PAYLOAD), "-m", str(messages), "-M", "bench.example"]
    return measure([postfix_tool("smtp-source"), *options, f"127.0.0.1:{port}"])


def aiosmtplib_rate(port: int, mail: EmailRendering, messages: int) -> float:
    """Return messages/s of aiosmtplib, over CONNECTIONS, each message built for its recipient."""

    async def one(numbers: range) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for number in numbers:
                message = standard_message(mail, number)
                await client.send_message(message, sender=MAIL_FROM, recipients=[message["To"]])

    async def all_of_them() -> None:
        await asyncio.gather(*(one(range(place, messages, CONNECTIONS)) for place in range(CONNECTIONS)))

    start = time.perf_counter()
    asyncio.run(all_of_them())
    return messages / (time.perf_counter() - start)


def smtplib_rate(port: int, mail: EmailRendering, messages: int) -> float:
    """Return messages/s of smtplib, over one connection, each message built for its recipient."""
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(messages):
            message = standard_message(mail, number)
            client.send_message(message, MAIL_FROM, [message["To"]])
    return messages / (time.perf_counter() - start)
