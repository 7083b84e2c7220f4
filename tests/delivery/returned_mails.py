"""Mail as it comes back from real mail systems, written after what each of them sends.

`{to}` is the return path the mail came to, `{who}` the recipient that failed, `{copy}` the head of our mail.
"""

from __future__ import annotations

SECRET = b"a secret of the tests, long enough"
DOMAIN = "briefings.example"
WHO = "ana.popescu@example.org"

COPY = """\
Return-Path: <{to}>
Received: from mail.briefings.example (mail.briefings.example [192.0.2.10])
\tby mx.example.org with ESMTPS id 4Dk2; Fri, 20 Nov 2026 09:00:05 +0000 (UTC)
From: "Waltham Forest community safety" <briefings@briefings.example>
To: {who}
Subject: Community safety briefing
Message-ID: <5d41402abc4b2a76b9719d911017c592abcdef01@briefings.example>
List-Unsubscribe: <https://briefings.example/u/{unsubscribe}>, <mailto:unsubscribe+{unsubscribe}@briefings.example>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Content-Type: text/plain; charset="utf-8"
"""

POSTFIX = """\
Return-Path: <>
Received: by mx.example.org (Postfix) id 0A1B2C3D4E; Fri, 20 Nov 2026 09:00:07 +0000 (UTC)
Date: Fri, 20 Nov 2026 09:00:07 +0000 (UTC)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9F8E7D6C5B.1763629207/mx.example.org"
Content-Transfer-Encoding: 8bit
Message-Id: <20261120090007.0A1B2C3D4E@mx.example.org>

This is a MIME-encapsulated message.

--9F8E7D6C5B.1763629207/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{who}>: host imap.example.org[198.51.100.7] said: 550 5.1.1 <{who}>: Recipient
    address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command)

--9F8E7D6C5B.1763629207/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 9F8E7D6C5B
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Fri, 20 Nov 2026 09:00:05 +0000 (UTC)

Final-Recipient: rfc822; {who}
Original-Recipient: rfc822;{who}
Action: failed
Status: 5.1.1
Remote-MTA: dns; imap.example.org
Diagnostic-Code: smtp; 550 5.1.1 <{who}>: Recipient address rejected: User
    unknown in virtual mailbox table

--9F8E7D6C5B.1763629207/mx.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 8bit

{copy}
--9F8E7D6C5B.1763629207/mx.example.org--
"""

POSTFIX_DELAYED = (
    POSTFIX.replace("Undelivered Mail Returned to Sender", "Delayed Mail (still being retried)")
    .replace("550 5.1.1", "451 4.3.0")
    .replace("Status: 5.1.1", "Status: 4.3.0")
    .replace("Action: failed", "Action: delayed\nWill-Retry-Until: Wed, 25 Nov 2026 09:00:05 +0000 (UTC)")
)

POSTFIX_GAVE_UP = (
    POSTFIX.replace("550 5.1.1 <{who}>: Recipient address rejected: User", "connect to mx.example.org: timed out")
    .replace("Status: 5.1.1", "Status: 4.4.1")
    .replace("Diagnostic-Code: smtp; ", "Diagnostic-Code: X-Postfix; ")
)

POSTFIX_FULL = POSTFIX.replace("550 5.1.1", "552 5.2.2").replace("5.1.1", "5.2.2")

EXCHANGE = """\
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>
To: <{to}>
Date: Fri, 20 Nov 2026 09:00:11 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b7f9d2a1-0c4e-4a41-9d5c-e0f1a2b3c4d5"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: <8b6c0f1e-1111-4a0e-9e0b-aa0011223344@AM9PR01MB0001.example.org>
In-Reply-To: <5d41402abc4b2a76b9719d911017c592abcdef01@briefings.example>
Subject: Undeliverable: Community safety briefing
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
MIME-Version: 1.0

--b7f9d2a1-0c4e-4a41-9d5c-e0f1a2b3c4d5
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="c0ffee00-2222-4b1f-8c1d-000011112222"

--c0ffee00-2222-4b1f-8c1d-000011112222
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to {who} couldn't be delivered.
Unknown To address

--c0ffee00-2222-4b1f-8c1d-000011112222
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

<html><body><p>Your message to <a href=3D"mailto:{who}">{who}</a> couldn't be delivered.</p></body></html>

--c0ffee00-2222-4b1f-8c1d-000011112222--

--b7f9d2a1-0c4e-4a41-9d5c-e0f1a2b3c4d5
Content-Type: message/delivery-status

Reporting-MTA: dns;AM9PR01MB0001.eurprd01.prod.example.org
Received-From-MTA: dns;mail.briefings.example
Arrival-Date: Fri, 20 Nov 2026 09:00:09 +0000

Original-Recipient: rfc822;{who}
Final-Recipient: rfc822;{who}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {who} not found by SMTP address lookup

--b7f9d2a1-0c4e-4a41-9d5c-e0f1a2b3c4d5
Content-Type: message/rfc822

{copy}
--b7f9d2a1-0c4e-4a41-9d5c-e0f1a2b3c4d5--
"""

GMAIL = """\
Return-Path: <>
Received: from mail-wm1-f44.example.net; Fri, 20 Nov 2026 01:00:08 -0800 (PST)
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: {to}
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <5d41402abc4b2a76b9719d911017c592abcdef01@briefings.example>
Message-ID: <6560a1b2.050a0220.1234.GMR@mx.googlemail.example>
Date: Fri, 20 Nov 2026 01:00:08 -0800 (PST)
MIME-Version: 1.0
Content-Type: multipart/report; boundary="000000000000f0e1d206"; report-type=delivery-status

--000000000000f0e1d206
Content-Type: multipart/related; boundary="000000000000f0e6f707"

--000000000000f0e6f707
Content-Type: multipart/alternative; boundary="000000000000f0e6f908"

--000000000000f0e6f908
Content-Type: text/plain; charset="UTF-8"


** Address not found **

Your message wasn't delivered to {who} because the address couldn't be found, or is unable to receive mail.

--000000000000f0e6f908--
--000000000000f0e6f707--
--000000000000f0e1d206
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example
Arrival-Date: Fri, 20 Nov 2026 01:00:07 -0800 (PST)
X-Original-Message-ID: <5d41402abc4b2a76b9719d911017c592abcdef01@briefings.example>

Final-Recipient: rfc822; {who}
Action: failed
Status: 5.0.0
Remote-MTA: dns; gmail-smtp-in.l.google.example. (192.0.2.27, the server for the domain.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550-5.1.1 double-checking the recipient's email address for typos or
 550 5.1.1 unnecessary spaces. ffacd0b85a97d-42cb7 - gsmtp
Last-Attempt-Date: Fri, 20 Nov 2026 01:00:08 -0800 (PST)

--000000000000f0e1d206
Content-Type: message/rfc822

{copy}
--000000000000f0e1d206--
"""

EXIM = """\
Return-path: <>
Received: from Debian-exim by mx.example.org with local (Exim 4.69) id 1kfz3A-0001Zz-Qe
X-Failed-Recipients: {who}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example.org>
To: {to}
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1kfz3A-0001Zz-Qe@mx.example.org>
Date: Fri, 20 Nov 2026 09:00:12 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {who}
    SMTP error from remote mail server after RCPT TO:<{who}>:
    host imap.example.org [198.51.100.7]: 550 No such user here

------ This is a copy of the message, including all the headers. ------

{copy}
In an emergency call 999. The office is on 020 5550 1234. 550 5.7.1 is what a policy would say.
"""

EXIM_NO_CODE = EXIM.replace(
    "    SMTP error from remote mail server after RCPT TO:<{who}>:\n"
    "    host imap.example.org [198.51.100.7]: 550 No such user here\n",
    "    all relevant MX records point to non-existent hosts\n",
)

EXIM_WARNING = """\
Return-path: <>
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example.org>
To: {to}
Subject: Warning: message 1kfz3A-0001Zz-Qe delayed 24 hours
Date: Sat, 21 Nov 2026 09:00:12 +0000

This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.org.

  {who}
    host imap.example.org [198.51.100.7]: 451 Temporary local problem - please try later

No action is required on your part.
"""

QMAIL = """\
Return-Path: <>
Received: (qmail 4711 invoked for bounce); 20 Nov 2026 09:00:10 -0000
Date: 20 Nov 2026 09:00:10 -0000
From: MAILER-DAEMON@mx.example.org
To: {to}
Subject: failure notice

Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{who}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{copy}
"""

QMAIL_GAVE_UP = QMAIL.replace(
    "Sorry, no mailbox here by that name. (#5.1.1)",
    "CNAME lookup failed temporarily. (#4.4.3)\nI'm not going to try again; it has been in the queue too long.",
)

SENDMAIL = """\
Return-Path: <MAILER-DAEMON@old.example.org>
Date: Fri, 20 Nov 2026 10:00:10 +0100
From: Mail Delivery Subsystem <MAILER-DAEMON@old.example.org>
To: <{to}>
Subject: Returned mail: User unknown

The original message was received at Fri, 20 Nov 2026 10:00:09 +0100
from mail.briefings.example [192.0.2.10]

   ----- The following addresses had permanent fatal errors -----
<{who}>

   ----- Transcript of session follows -----
550 <{who}>... User unknown

   ----- Original message follows -----

{copy}
"""

GERMAN = """\
Return-Path: <>
From: "Postmaster" <postmaster@mail.example.org>
To: <{to}>
Subject: Unzustellbare Nachricht
Date: Fri, 20 Nov 2026 10:00:10 +0100
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Ihre Nachricht konnte nicht an den folgenden Empf=E4nger zugestellt werden:

    {who}
    552 5.2.2 Das Postfach ist voll; Kontingent von 5.1.9 MB =FCberschritten
"""

JAPANESE = """\
Return-Path: <>
From: <MAILER-DAEMON@mx.example.org>
To: <{to}>
Subject: =?ISO-2022-JP?B?GyRCR1s/LiVhITwlaxsoQg==?=
Date: Fri, 20 Nov 2026 18:00:10 +0900
Content-Type: text/plain; charset=ISO-2022-JP

\x1b$B%a!<%k$OAw$l$^$;$s$G$7$?\x1b(B
<{who}>: 554 5.7.1 Message refused (spam)
"""

FORWARDED = (
    POSTFIX.replace("Status: 5.1.1\nRemote-MTA: dns; imap.example.org", "Status: 5.2.2\nRemote-MTA: dns; a.example.org")
    .replace("Diagnostic-Code: smtp; 550 5.1.1 <{who}>: Recipient address rejected: User\n    unknown in", "X-Note: in")
    .replace(
        "Final-Recipient: rfc822; {who}",
        "Final-Recipient: rfc822; work@example.net\nOriginal-Recipient: rfc822;{who}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\n\nFinal-Recipient: rfc822; home@example.net",
        1,
    )
)

UTF8 = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: <{to}>
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=global-delivery-status; boundary="=_utf8"

--=_utf8
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Съобщението не можа да бъде доставено.

--=_utf8
Content-Type: message/global-delivery-status
Content-Transfer-Encoding: 8bit

Reporting-MTA: dns; mx.example.org
Arrival-Date: Fri, 20 Nov 2026 09:00:09 +0000

Original-Recipient: utf-8;здравка@пример.example
Final-Recipient: utf-8;здравка@пример.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <здравка@пример.example>: няма такъв потребител

--=_utf8
Content-Type: message/global-headers
Content-Transfer-Encoding: 8bit

{copy}
--=_utf8--
"""

DELIVERED = POSTFIX.replace("Action: failed", "Action: delivered").replace("Status: 5.1.1", "Status: 2.0.0")

OUT_OF_OFFICE = """\
Return-Path: <>
From: Ana Popescu <{who}>
To: {to}
Subject: Automatic reply: Community safety briefing
Date: Fri, 20 Nov 2026 09:00:20 +0000
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
Content-Type: text/plain

I am away until 4.12.2026. In urgent cases call 550 1234 or write to 5.1.1@example.org.
"""

LETTER = """\
Return-Path: <{who}>
From: Ana Popescu <{who}>
To: {to}
Subject: Re: Community safety briefing
Date: Fri, 20 Nov 2026 19:00:20 +0000
Content-Type: text/plain

Thank you. Room 5.1.1 of the library has been broken into 3 times.
"""

ABUSE = """\
Return-Path: <>
From: <feedback@arf.mail.example.net>
To: <{to}>
Date: Sat, 21 Nov 2026 09:00:20 +0000
Subject: FW: Community safety briefing
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from IP 192.0.2.10 on Fri, 20 Nov 2026 09:00:05 +0000.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{path}>
Original-Rcpt-To: <{who}>
Arrival-Date: Fri, 20 Nov 2026 09:00:05 +0000
Reporting-MTA: dns; mx.example.net
Source-IP: 192.0.2.10
Reported-Domain: briefings.example

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

{copy}
--part1_13d.2e68ed54_boundary--
"""

REDACTED = (
    ABUSE.replace("Original-Mail-From: <{path}>\n", "")
    .replace("Original-Rcpt-To: <{who}>\n", "Original-Rcpt-To: <redacted-8f14e45f@example.net>\n")
    .replace("Content-Type: message/rfc822", "Content-Type: text/rfc822-headers")
)
"""A provider that blackens every address. `filled` blackens the return path of the copy as well."""

HUMAN_FORWARD = ABUSE.replace("Original-Mail-From: <{path}>", "Original-Mail-From: <friend@example.com>")
"""Somebody reports a mail of a friend, who had forwarded our newsletter in it."""


def filled(mail: str, to: str, *, path: str = "", unsubscribe: str = "x" * 48, copy: str = COPY) -> bytes:
    """Return a mail as it comes over the wire, its gaps filled; `path` is the return path of the copy."""
    inner = copy.format(to=path or to, who=WHO, unsubscribe=unsubscribe).rstrip("\n")
    text = mail.format(to=to, path=path or to, who=WHO, copy=inner)
    return text.replace("\n", "\r\n").encode()
