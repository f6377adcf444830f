"""Dress the widgets of plain Django forms (accounts, desk) in the portal's classes."""

from django import template
from django.forms import CheckboxInput, FileInput, Select, Textarea
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

CLASSES = ((CheckboxInput, "g-choice__input"), (FileInput, "g-file"), (Textarea, "g-textarea"))


@register.simple_tag
def styled_widget(field: BoundField) -> SafeString:
    """Render the field's widget with its class; Django 5.2 adds the links to help and errors."""
    widget = field.field.widget
    attrs: dict[str, str | bool] = {
        "class": f"{widget.attrs.get('class', '')} {_class_of(field)}".strip()
    }
    widget.attrs.pop("placeholder", None)  # the label is always visible, it need not be said twice
    return field.as_widget(attrs=attrs)


@register.simple_tag
def styled_option(option: BoundWidget) -> SafeString:
    """Render one radio button or box of a group, without the label Django wraps around it."""
    option.data["wrap_label"] = False
    option.data["attrs"]["class"] = "g-choice__input"
    return format_html("{}", option.tag())


def _class_of(field: BoundField) -> str:
    widget = field.field.widget
    if widget.attrs.get("autocomplete") == "one-time-code":
        return "g-input g-input--code"
    if isinstance(widget, Select):
        return "g-select"
    return next((name for kind, name in CLASSES if isinstance(widget, kind)), "g-input")
