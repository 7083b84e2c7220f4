"""Briefing bodies as Markdown: one parser for everybody, CommonMark without HTML or images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).disable("image")


def inline_texts(body: str) -> list[str]:
    """Return the inline texts of a body in order: paragraphs, list items and headings, as Markdown."""
    return [token.content for token in PARSER.parse(body) if token.type == "inline"]


def tokens_with(body: str, texts: Iterable[str]) -> list[Token]:
    """Return the body's tokens with its inline texts replaced, one by one, and parsed again.

    Raises ValueError where the number of texts is not that of the body.
    """
    tokens = PARSER.parse(body)
    inline = [token for token in tokens if token.type == "inline"]
    for token, text in zip(inline, texts, strict=True):
        token.content = text
        token.children = PARSER.parseInline(text)[0].children
    return tokens


def body_html(body: str, texts: Iterable[str]) -> str:
    """Render a body with these inline texts as HTML; everything in it is escaped."""
    rendered: str = PARSER.renderer.render(tokens_with(body, texts), PARSER.options, {})
    return rendered


def _plain(tokens: Sequence[Token]) -> str:
    out: list[str] = []
    link, start = "", 0
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                out.append(token.content)
            case "softbreak" | "hardbreak":
                out.append(" ")
            case "link_open":
                link, start = str(token.attrGet("href") or ""), len(out)
            case "link_close":
                shown = "".join(out[start:])
                if link.removeprefix("mailto:").removeprefix("tel:") != shown:
                    out.append(f" ({link})")
            case _:
                pass
    return "".join(out)


def body_plain(body: str, texts: Iterable[str]) -> str:
    """Render a body with these inline texts as plain text: a blank line between blocks, `- ` and `1. ` lists."""
    blocks: list[str] = []
    lists: list[int | None] = []
    marker = ""
    for token in tokens_with(body, texts):
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                number = lists[-1]
                marker = "- " if number is None else f"{number}. "
                if number is not None:
                    lists[-1] = number + 1
            case "inline":
                indent = "  " * max(len(lists) - 1, 0)
                blocks.append(f"{indent}{marker}{_plain(token.children or [])}")
                marker = ""
            case "fence" | "code_block":
                blocks.append(token.content.rstrip())
            case _:
                pass
    return _joined(blocks)


def _joined(blocks: Sequence[str]) -> str:
    """Join blocks with blank lines, list items that follow each other with single ones."""
    out = ""
    for before, block in zip(["", *blocks], blocks, strict=False):
        if out:
            both_items = _is_item(before) and _is_item(block)
            out += "\n" if both_items else "\n\n"
        out += block
    return out


def _is_item(block: str) -> bool:
    start = block.lstrip()
    return start.startswith("- ") or start.partition(". ")[0].isdigit()
