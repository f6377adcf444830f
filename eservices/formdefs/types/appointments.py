"""A slot at a place with working hours and a capacity: kept aside when chosen, booked when sent."""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eservices.formdefs import sources
from eservices.formdefs.controls import Control, tag
from eservices.formdefs.spec import FieldSpec, Question, State
from eservices.formdefs.types.base import Invalid, register
from eservices.formdefs.types.links import Kept
from eservices.formdefs.types.settings import Setting

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
MAX_SHOWN = 240


@register
class Appointment(Kept):
    """`resource` tells at which place, as a text or by an earlier answer."""

    key = "appointment"
    label = gettext_lazy("Appointment")
    description = gettext_lazy("A free slot of a counter: kept for some minutes, booked when sent.")
    settings = (
        Setting("resource", "expression", gettext_lazy("Where"), wanted=True),
        Setting("unique_by", "expression", gettext_lazy("One active appointment for each")),
    )
    waits = True
    blank_message = gettext_lazy("Choose a day and a time.")
    shape = {
        "properties": {
            "resource": {"type": "string", "minLength": 1},
            "starts_at": {"type": "string", "pattern": f"^{MOMENT.pattern}$"},
            "place": {"type": "string"},
            "person": {"type": "string"},
        },
        "required": ["resource", "starts_at", "place"],
        "additionalProperties": False,
    }

    def resource(self, field: FieldSpec, state: State) -> str:
        value = state.value(field.expressions["resource"])
        return value if isinstance(value, str) else ""

    def is_sound(self, value: Mapping[str, Any]) -> bool:
        return all(isinstance(value.get(part), str) for part in ("resource", "starts_at", "place"))

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        resource, world = self.resource(field, state), sources.current()
        if isinstance(raw, Mapping):
            moved = raw["resource"] != resource
            if moved or not world.is_held(resource, raw["starts_at"]):
                raise Invalid(_("This slot is no longer kept for you. Choose another one."))
            return raw
        place = world.place(resource)
        if place is None or not MOMENT.fullmatch(raw):
            raise Invalid(_("Choose a slot of the list."))
        try:
            unique = field.expressions.get("unique_by")
            person = state.value(unique) if unique else None
            world.hold(resource, raw, str(person or ""))
        except sources.NotAvailable as error:
            raise Invalid(str(error)) from None
        return {
            "resource": resource,
            "starts_at": raw,
            "place": place.name,
            **({"person": str(person)} if person else {}),
        }

    def control(self, question: Question, control: Control) -> SafeString:
        raw, chosen = question.raw, ""
        if isinstance(raw, str):
            chosen = raw
        elif isinstance(raw, Mapping):
            chosen = str(raw.get("starts_at") or "")
        place = sources.current().place(question.resource)
        slots = list(place.slots)[:MAX_SHOWN] if place else []
        lines = [tag("option", {"value": ""}, _("Choose"))]
        for day, found in groupby(slots, key=lambda slot: slot.starts_at[:10]):
            times = [
                tag(
                    "option",
                    {"value": slot.starts_at, "selected": slot.starts_at == chosen},
                    short(slot.starts_at),
                    *self.left(slot.free),
                )
                for slot in found
            ]
            lines.append(tag("optgroup", {"label": day_in_words(day)}, *times))
        if not slots:
            none = _(
                "No slot is free at the moment. Come back tomorrow: new days open each morning."
            )
            return tag("p", {"class": "g-notice g-notice--warning", "id": control.id}, none)
        name = tag("p", {"class": "g-small g-muted"}, place.name) if place else ""
        return tag("div", {}, name, tag("select", control.attributes(class_="g-select"), *lines))

    def left(self, free: int) -> list[str]:
        """The last place is told, so that nobody thinks it over for an hour."""
        if free > 1:
            return []
        return [" – ", ngettext("%d place left", "%d places left", free) % free]

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        if not isinstance(value, Mapping) or not self.is_sound(value):
            return "" if value is None else str(value)
        day, _sep, time = value["starts_at"].partition("T")
        return f"{day_in_words(day)}, {time} – {value['place']}"

    def to_search(self, field: FieldSpec, value: Any) -> str:
        return str(value.get("starts_at") or "")[:10] if isinstance(value, Mapping) else ""


def short(moment: str) -> str:
    """A closed list shows the chosen line only: the day stands in each."""
    day = parse_date(moment[:10])
    return f"{date_format(day, 'D j F')} – {moment[11:]}" if day else moment


def day_in_words(day: str) -> str:
    found = parse_date(day) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day) else None
    return date_format(found, "l j F Y") if found else day
