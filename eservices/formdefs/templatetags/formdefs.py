"""`{% form_fields form %}` and `{% error_summary form %}`."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from eservices.formdefs import standing
from eservices.formdefs.forms import StepForm
from portal.core.texts import pick

register = template.Library()


@register.simple_tag
def form_fields(form: StepForm) -> SafeString:
    """All questions of the form, with their errors."""
    return form.as_fields()


@register.filter
def capacity_words(way: str) -> str:
    """By what right somebody files for another person; nothing for oneself."""
    return standing.in_words(way)


@register.inclusion_tag("formdefs/error_summary.html")
def error_summary(form: StepForm) -> dict[str, Any]:
    """The box at the top of a page with errors: each line leads to its question."""
    errors = form.errors if form.is_bound or form.is_objected else {}
    lines = [
        {
            "id": one.html_id,
            "label": pick(one.field.config.get("label"), form.language),
            "text": text,
            "is_question": pick(one.field.config.get("label"), form.language).endswith(("?", "؟")),
        }
        for one in form.shown
        for text in errors.get(one.path, ())
    ]
    return {"lines": lines, "loose": errors.get("__all__", [])}
