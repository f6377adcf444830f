"""A circuit drawn as SVG on the server: one column, readable on a telephone, with its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from eservices.catalog.circuits.model import Block, Circuit, Stage, Timer
from eservices.formdefs.subjects import Subject
from eservices.formdefs.wording import condition_words
from portal.core.texts import pick

WIDTH = 340
LINE, PAD, GAP = 19, 12, 26
SIGNS = 38  # on a line of a card; fewer in a branch
KINDS: dict[str, Promise] = {
    "review": gettext_lazy("Examination"),
    "visa": gettext_lazy("Visa"),
    "opinion": gettext_lazy("Opinion"),
    "hearing": gettext_lazy("Hearing"),
    "payment": gettext_lazy("Payment"),
    "signature": gettext_lazy("Signature"),
    "delivery": gettext_lazy("Handing over"),
}
ROLES: dict[str, Promise] = {
    "agent": gettext_lazy("Agent"),
    "chief": gettext_lazy("Chief of service"),
    "cashier": gettext_lazy("Cashier"),
}
FILLS = {"signature": "#26317c", "delivery": "#12633a", "hearing": "#744600", "opinion": "#1c4f94"}
INK, MUTED, PAPER, LINE_COLOUR, TINT = "#191c2e", "#4d5268", "#ffffff", "#858aa1", "#f1f2f7"


@dataclass
class Words:
    """What a drawing needs besides the circuit: names of offices, questions, the language."""

    offices: Mapping[str, str] = field(default_factory=dict)
    subjects: Mapping[str, Subject] = field(default_factory=dict)
    language: str = "fr"
    marks: Mapping[str, str] = field(default_factory=dict)  # by stage: "done", "skipped"

    def office(self, stage: Stage) -> str:
        rule = stage.office
        if rule is None:
            return ""
        if isinstance(rule, str):
            return self.offices.get(rule, rule)
        if "relative" in rule:
            word = str(rule["relative"])
            return _("Level above") if word == "parent" else _("Highest level")
        return _("Office according to the answers")


def words_of(stage: Stage, words: Words) -> list[str]:
    """Return what one stage says, a line for each: who, by when, if what, where it may lead."""
    who = [str(KINDS[stage.kind]), str(ROLES.get(stage.role, stage.role)), words.office(stage)]
    if stage.actor == "superior":
        who[1] = _("The applicant's superior")
    lines = [" · ".join(part for part in who if part)]
    if stage.deadline:
        lines.append(_("Within %(time)s") % {"time": span(stage.deadline)})
    if stage.show_if is not None:
        told = condition_words(stage.show_if, words.subjects)
        lines.append(_("Only if %(condition)s") % {"condition": told})
    if stage.fields:
        count = len(stage.fields)
        lines.append(ngettext("%(n)d question", "%(n)d questions", count) % {"n": count})
    if stage.outside is not None:
        lines.append(_("Answered by a link, without an account"))
    if stage.registry is not None:
        lines.append(_("Checked with a register"))
    lines += [
        _("“%(outcome)s” goes back") % {"outcome": one.text}
        for one in stage.outcomes
        if one.goes_back and one.to != "same" and stage.has_own_outcomes
    ]
    lines += [timer_words(timer) for timer in stage.timers]
    return lines


def span(after: Mapping[str, int]) -> str:
    """Return a delay in words."""
    if hours := after.get("hours"):
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = after.get("working_days", 0)
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}


def timer_words(timer: Timer) -> str:
    """Return what the clock does at a stage."""
    texts = {
        "remind": _("After %(time)s: reminder"),
        "escalate": _("After %(time)s: the chief is told"),
        "record": _("After %(time)s: silence is recorded, it goes on"),
        "accept": _("After %(time)s: silence accepts"),
        "refuse": _("After %(time)s: silence refuses"),
    }
    time = span(timer.after)
    if timer.day is not None:
        time = _("the day that the request names, or else %(time)s") % {"time": time}
    return texts[timer.do] % {"time": time}


def join_words(block: Block) -> str:
    if block.join == "all":
        return _("Goes on when all have finished")
    if block.join == "any":
        return _("Goes on when one has finished")
    return _("Goes on when %(n)s have finished") % {"n": block.join}


def draw(circuit: Circuit, title: str, words: Words) -> str:
    """Return the drawing. Its description says in words what the boxes show."""
    pen = _Pen(words.language)
    for position, node in enumerate(circuit.nodes):
        if position:
            pen.arrow()
        if isinstance(node, Block):
            _draw_block(pen, node, words)
        else:
            _draw_stage(pen, node, words, x=0, width=WIDTH)
    body = "".join(pen.parts)
    label = f"<title>{escape(title)}</title><desc>{escape(describe(circuit, words))}</desc>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {WIDTH + 4} {pen.y + 4}"'
        f' width="100%" role="img" font-family="system-ui, sans-serif" direction="{pen.direction}">'
        f"{label}{body}</svg>"
    )


def describe(circuit: Circuit, words: Words) -> str:
    """Return the circuit in sentences, for those who do not see the drawing."""
    sentences = []
    for number, node in enumerate(circuit.nodes, start=1):
        if isinstance(node, Block):
            parts = "; ".join(_sentence(stage, words) for stage in node.stages)
            title = pick(node.title, words.language) or _("At the same time")
            sentences.append(f"{number}. {title}: {parts}. {join_words(node)}.")
        else:
            sentences.append(f"{number}. {_sentence(node, words)}.")
    return " ".join(sentences)


def _sentence(stage: Stage, words: Words) -> str:
    return f"{stage.title_in(words.language)} ({', '.join(words_of(stage, words))})"


class _Pen:
    """Draws downwards; knows where it is and which way the language is written."""

    def __init__(self, language: str) -> None:
        self.parts: list[str] = []
        self.y = 0
        self.direction = "rtl" if get_language_info(language)["bidi"] else "ltr"

    def rect(self, x: int, y: int, width: int, height: int, **more: Any) -> None:
        extra = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in more.items())
        self.parts.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8"{extra}/>'
        )

    def text(self, x: int, width: int, y: int, text: str, *, size: int, **more: Any) -> None:
        start = x + width - PAD if self.direction == "rtl" else x + PAD
        extra = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in more.items())
        self.parts.append(
            f'<text x="{start}" y="{y}" font-size="{size}"{extra}>{escape(text)}</text>'
        )

    def arrow(self) -> None:
        middle, top = WIDTH // 2, self.y
        self.parts.append(
            f'<path d="M{middle} {top + 3}V{top + GAP - 4}m-5 -6l5 6l5 -6" fill="none"'
            f' stroke="{LINE_COLOUR}" stroke-width="2"/>'
        )
        self.y += GAP


def _draw_stage(pen: _Pen, stage: Stage, words: Words, *, x: int, width: int) -> None:
    signs = SIGNS * width // WIDTH
    title = wrap(stage.title_in(words.language), signs - 3)
    lines = [part for line in words_of(stage, words) for part in wrap(line, signs + 6)]
    height = PAD * 2 + LINE * len(title) + (LINE - 2) * len(lines) - 6
    skipped = words.marks.get(stage.key) == "skipped"
    dash = {"stroke_dasharray": "5 4"} if stage.show_if is not None else {}
    colour = FILLS.get(stage.kind, INK)
    fill = TINT if skipped else PAPER
    pen.rect(x, pen.y, width, height, fill=fill, stroke=colour, stroke_width="1.5", **dash)
    y = pen.y + PAD + 12
    for text in title:
        pen.text(x, width, y, text, size=15, font_weight="700", fill=colour)
        y += LINE
    for text in lines:
        pen.text(x, width, y, text, size=13, fill=MUTED)
        y += LINE - 2
    pen.y += height


def _draw_block(pen: _Pen, block: Block, words: Words) -> None:
    top, place = pen.y, len(pen.parts)
    title = pick(block.title, words.language) or _("At the same time")
    pen.y += 24
    for text in wrap(title, SIGNS - 2):
        pen.text(0, WIDTH, pen.y, text, size=15, font_weight="700", fill=INK)
        pen.y += LINE
    for branch in block.branches:
        pen.y += 2
        for number, stage in enumerate(branch):
            pen.y += 4 if number else 0
            _draw_stage(pen, stage, words, x=16, width=WIDTH - 32)
        pen.y += 8
    for text in wrap(join_words(block), SIGNS + 4):
        pen.text(0, WIDTH, pen.y + 12, text, size=13, fill=MUTED)
        pen.y += LINE
    pen.y += 4
    frame = _Pen(words.language)
    frame.rect(0, top, WIDTH, pen.y - top, fill=TINT, stroke=LINE_COLOUR)
    pen.parts[place:place] = frame.parts


def wrap(text: str, signs: int) -> list[str]:
    """Return `text` in lines of at most `signs`, broken between words."""
    lines: list[str] = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > signs:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
