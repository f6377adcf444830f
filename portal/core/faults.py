"""What is wrong with a form, for the box above it."""

from django.forms import BaseForm

from portal.core.texts import labelled


def summary(form: BaseForm) -> list[dict[str, str]]:
    """Return each fault with the name of its field and the link that leads there."""
    lines = [{"href": "", "text": str(text)} for text in form.non_field_errors()]
    for field in form:
        for text in field.errors:
            is_question = field.label.rstrip().endswith(("?", "؟"))
            named = f"{field.label} {text}" if is_question else labelled(field.label, text)
            # A group of choices has no field of its own name: its first choice is the place.
            lines.append({"href": f"#{field.id_for_label or f'{field.auto_id}_0'}", "text": named})
    return lines
