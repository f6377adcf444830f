"""A long list in which the person types the first letters. Without JavaScript too: what is typed is
the label of an answer, in any language of the form, and the server finds the answer by it."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eservices.formdefs.controls import Control, join, tag
from eservices.formdefs.reading import fold, tidy
from eservices.formdefs.spec import Option, Question
from eservices.formdefs.types.base import Invalid
from portal.core.texts import pick

MAX_TYPED = 200


def find(options: Iterable[Option], raw: str) -> str:
    """Return the value of the option that `raw` names. :raises Invalid: with the closest labels."""
    listed = list(options)
    if any(option.value == raw for option in listed):
        return raw
    typed = fold(" ".join(tidy(raw[:MAX_TYPED]).split()))
    named: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    for option in listed:
        texts = option.label.values() if isinstance(option.label, dict) else [option.label]
        for text in texts:
            named.setdefault(fold(str(text)), set()).add(option.value)
        labels[fold(pick(option.label))] = pick(option.label)
    found = named.get(typed, set())
    if len(found) == 1:
        return found.pop()
    starting = {
        value for name, values in named.items() if name.startswith(typed) for value in values
    }
    if not found and typed and len(starting) == 1:
        return starting.pop()
    near = [labels[name] for name in get_close_matches(typed, labels, n=3, cutoff=0.6)]
    if near:
        raise Invalid(_("Choose an answer of the list. Did you mean: %s?") % ", ".join(near))
    raise Invalid(_("Choose one of the answers of the list."))


def control(question: Question, control: Control, offered: list[tuple[Option, bool]]) -> SafeString:
    """Return a text box with the browser's own list of suggestions."""
    labels = {option.value: pick(option.label, control.language) for option, _open in offered}
    raw = question.raw[:MAX_TYPED] if isinstance(question.raw, str) else ""
    list_id = f"{control.id}-list"
    box = control.input(
        type="text", value=labels.get(raw, raw), list=list_id, dir="auto", spellcheck="false",
        autocomplete="off",
    )  # fmt: skip
    lines = [
        tag(
            "option",
            {
                "value": labels[option.value],
                "data-value": option.value,
                "data-parent": option.parent if question.field.is_live else None,
                "disabled": not is_open,
            },
        )
        for option, is_open in offered
    ]
    return join([box, tag("datalist", {"id": list_id}, *lines)])
