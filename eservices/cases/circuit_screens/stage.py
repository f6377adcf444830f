"""One stage in plain controls: title, kind, office, role, condition, delay, reminders, questions."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.cases.circuit_screens import elsewhere, outcomes
from eservices.cases.circuit_screens.editor import CircuitBase
from eservices.cases.circuit_screens.elsewhere import ANSWER, Asked
from eservices.catalog.builder import controls
from eservices.catalog.builder.access import existing
from eservices.catalog.builder.controls import HOLDERS, Control
from eservices.catalog.builder.fields import new_field, sorted_types
from eservices.catalog.builder.spec_form import SpecForm
from eservices.catalog.builder.type_cards import card
from eservices.catalog.circuits import drawing, editing
from eservices.catalog.circuits.model import KINDS, with_desk_steps
from portal.accounts.models import Office

OWN, PARENT, TOP = "", "@parent", "@top"
RELATIVES = {PARENT: "parent", TOP: "top"}
UNITS = (("hours", gettext_lazy("hours")), ("working_days", gettext_lazy("working days")))
SILENCES = (
    ("record", gettext_lazy("is recorded, the request goes on")),
    ("accept", gettext_lazy("is an acceptance")),
    ("refuse", gettext_lazy("is a refusal")),
)
Entry = dict[str, Any]


def stage_controls(offices: list[tuple[str, str]], named: list[Control]) -> list[Control]:
    own = (OWN, _("The office that has the request"))
    above = ((PARENT, _("The level above")), (TOP, _("The highest level")))
    return [
        controls.text("title", _("Title"), _("As agents and applicants read it."), required=True),
        controls.choice("kind", _("Kind"), [(key, drawing.KINDS[key]) for key in KINDS]),
        controls.choice("role", _("Who does it"), list(drawing.ROLES.items())),
        controls.choice("office_choice", _("In which office"), [own, *above, *offices]),
        named[0],
        Control(
            "show_if", "condition", _("When does a request go through this stage?"),
            none_label=_("Always"),
        ),
        controls.whole("deadline_value", _("To be done within"), 1, 9999),
        controls.choice("deadline_unit", _("Unit"), UNITS),
        controls.whole("remind", _("Reminder after (hours)"), 1, 9999),
        controls.whole("escalate", _("The chief is told after (hours)"), 1, 9999),
        controls.whole("silence", _("Silence counts after (hours)"), 1, 9999),
        controls.choice("silence_do", _("Silence"), SILENCES),
        Control(
            "amount", "formula", _("Amount to pay"),
            _("Only for a payment: an answer of this or an earlier stage, or a formula such as surface * 500."),
        ),
        Control(
            "sees", "lines", _("What another office may read"),
            _("Keys of steps, questions and pieces, one per line. Empty: everything."),
        ),
        *named[1:],
    ]  # fmt: skip


class StageView(CircuitBase):
    """Change one stage, add a question to it, or delete it."""

    def get(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        stored = outcomes.show(self._stage(key).get("outcomes"), self.languages, self._earlier(key))
        return self._form_page(self._bound(key, None), key, stored)

    def post(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        stage = self._stage(key)
        name = str(stage.get("key"))
        if "_delete" in request.POST:
            changed = editing.delete(self.definition, key)
            return self.save(changed, _("Stage “%s” deleted") % name, self.at("edit"))
        if "_question" in request.POST:
            return self._add_question(request, stage)
        form = self._bound(key, request.POST)
        if "_control" in request.POST:
            return HttpResponse(str(form[request.POST["_control"]].editor))
        typed = outcomes.read(
            request.POST, self.languages, self._earlier(key), stage.get("outcomes")
        )
        if form.is_valid():
            form["registry_send"].errors += elsewhere.faults(form.values, self._known(key))
        if not form.is_valid() or typed.errors or typed.wants_more:
            more = form.wants_more or typed.wants_more
            return self._form_page(form, key, typed, 200 if more else 422)
        entry = elsewhere.from_screen(from_screen(form.apply(), stage), stage, self._asked(key))
        entry.pop("outcomes", None)
        if typed.entries and "outcome.row" in request.POST:
            entry["outcomes"] = typed.entries
        if entry.get("kind") != "payment":
            entry.pop("amount", None)
        changed = editing.replace(self.definition, key, entry)
        return self.save(changed, _("Stage “%s” changed") % name, self.at("edit"))

    def _add_question(self, request: HttpRequest, stage: Mapping[str, Any]) -> HttpResponse:
        label = request.POST.get("question", "").strip()[:200]
        kind = request.POST.get("question_type", "")
        fields = [one for one in stage.get("fields") or [] if isinstance(one, Mapping)]
        if label:
            taken = set(self.known_subjects) | {str(one.get("key")) for one in fields}
            known = {card.key for card in _question_types()}
            question = new_field(kind if kind in known else "text", label, taken)
            changed = editing.replace(
                self.definition, str(stage["key"]), {**stage, "fields": [*fields, question]}
            )
            there = self.at("question", stage["key"], question["key"])
            return self.save(changed, _("Question “%s” added") % label, there)
        messages.error(request, _("Write the question."))
        return redirect(self.at("stage", stage["key"]))

    def _earlier(self, key: str) -> list[tuple[str, str]]:
        """The stages that this one may send a request back to."""
        if self.circuit is None:
            return []
        return [(one.key, one.title_in()) for one in self.circuit.earlier(key)]

    def _known(self, key: str) -> set[str]:
        return {one.path for one in self.subjects_before(key)}

    def _asked(self, key: str) -> list[Asked]:
        """The questions that are answered when a request gets to this stage."""
        definition = self.definition if self.shape_faults else with_desk_steps(self.definition)
        return elsewhere.asked_before(definition, self._known(key))

    def _stage(self, key: str) -> Mapping[str, Any]:
        found = existing(editing.find(self.definition, key))
        stage: Mapping[str, Any] = found[1]
        return stage

    def _bound(self, key: str, data: Any) -> SpecForm:
        stage, asked = self._stage(key), self._asked(key)
        offices = elsewhere.office_choices(asked)
        offices += [(one.code, one.name_in()) for one in Office.objects.open()]
        return SpecForm(
            stage_controls(offices, elsewhere.stage_controls(asked, stage)),
            to_screen(stage) | elsewhere.to_screen(stage),
            languages=self.languages,
            subjects=self.subjects_before(key),
            data=data,
        )

    def _form_page(
        self, form: SpecForm, key: str, table: outcomes.OutcomeTable, status: int = 200
    ) -> HttpResponse:
        stage = self._stage(key)
        found = self.circuit.find(key) if self.circuit else None
        usual = found.outcomes if found and not found.has_own_outcomes else ()
        return self.page(
            "circuit_stage",
            status,
            form=form,
            stage=stage,
            outcomes=table,
            usual=", ".join(one.text for one in usual),
            is_decider=bool(found and self.circuit and found is self.circuit.decider)
            or stage.get("kind") == "delivery",
            errors=[*form.errors, *table.errors],
            questions=[
                (one, card(str(one.get("type"))))
                for one in stage.get("fields") or []
                if isinstance(one, Mapping) and one.get("key")
            ],
            question_types=_question_types(),
        )


def _question_types() -> list[Any]:
    """The types of answer that make sense at a desk: all but what holds other questions."""
    return [one for one in sorted_types() if one.key not in HOLDERS]


class BlockView(CircuitBase):
    """How many branches of a block must finish, and its title."""

    def get(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        return self._form_page(self._bound(key, None), key)

    def post(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        form = self._bound(key, request.POST)
        if not form.is_valid():
            return self._form_page(form, key, 422)
        values = form.apply()
        join = values.get("join")
        if isinstance(join, str) and join.isdecimal():
            values["join"] = int(join)
        changed = editing.replace_block(self.definition, key, values)
        return self.save(changed, _("Circuit changed"), self.at("edit"))

    def _bound(self, key: str, data: Any) -> SpecForm:
        node = existing(editing.block(self.definition, key))[1]
        count = len(node["branches"])
        numbers = [(str(n), str(n)) for n in range(2, count)]
        wanted = [
            ("all", _("All the branches")),
            ("any", _("One branch, the first that finishes")),
            *numbers,
        ]
        again = [
            ("unfinished", _("Only the branches that had not finished")),
            ("all", _("All the branches, again")),
        ]
        entry = {**node, "join": str(node.get("join", "all"))}
        screen = [
            controls.text("title", _("Title")),
            controls.choice("join", _("How many must finish?"), wanted),
            controls.choice("again", _("After a step back, who works again?"), again),
        ]
        return SpecForm(screen, entry, languages=self.languages, data=data)

    def _form_page(self, form: SpecForm, key: str, status: int = 200) -> HttpResponse:
        node = existing(editing.block(self.definition, key))[1]
        return self.page("circuit_block", status, form=form, node=node)


# --- Between the entry of a definition and the controls ------------------------------------------
def to_screen(stage: Mapping[str, Any]) -> Entry:
    """Return the stage with one value for each control."""
    entry = dict(stage)
    entry.setdefault("role", "agent")
    office = stage.get("office")
    if isinstance(office, Mapping) and "relative" in office:
        relative = {name: sign for sign, name in RELATIVES.items()}
        entry["office_choice"] = relative.get(str(office["relative"]), "@kept")
    elif isinstance(office, Mapping) and set(office) == {"var"}:
        entry["office_choice"] = f"{ANSWER}{office['var']}"
    else:
        entry["office_choice"] = office if isinstance(office, str) else "@kept" if office else OWN
    deadline = stage.get("deadline") or {}
    for unit, value in deadline.items() if isinstance(deadline, Mapping) else ():
        entry["deadline_unit"], entry["deadline_value"] = unit, value
    for timer in _hour_timers(stage):
        name = timer["do"] if timer["do"] in ("remind", "escalate") else "silence"
        entry[name] = timer["after"]["hours"]
        if name == "silence":
            entry["silence_do"] = timer["do"]
    return entry


def from_screen(entry: Entry, stage: Mapping[str, Any]) -> Entry:
    """Return the stage that the controls say; what they cannot say is kept as it was."""
    changed = dict(entry)
    chosen = changed.pop("office_choice", OWN) or OWN
    if chosen in RELATIVES:
        changed["office"] = {"relative": RELATIVES[chosen]}
    elif chosen.startswith(ANSWER):
        changed["office"] = {"var": chosen.removeprefix(ANSWER)}
    elif chosen == OWN and not isinstance(stage.get("office"), Mapping):
        changed.pop("office", None)
    elif chosen not in (OWN, "@kept"):
        changed["office"] = chosen
    value, unit = changed.pop("deadline_value", None), changed.pop("deadline_unit", None)
    changed.pop("deadline", None)
    if value:
        changed["deadline"] = {unit or "hours": value}
    timers = [one for one in stage.get("timers") or [] if one not in _hour_timers(stage)]
    silence = changed.pop("silence_do", None) or "record"
    for name, do in (("remind", "remind"), ("escalate", "escalate"), ("silence", silence)):
        if hours := changed.pop(name, None):
            timers.append({"after": {"hours": hours}, "do": do})
    changed.pop("timers", None)
    if timers:
        order = ("remind", "escalate", "record", "accept", "refuse")
        changed["timers"] = sorted(timers, key=lambda one: order.index(one["do"]))
    return changed


def _hour_timers(stage: Mapping[str, Any]) -> list[Any]:
    """Return the timers that the plain controls can show: in hours, one of each."""
    found: dict[str, Any] = {}
    for timer in stage.get("timers") or []:
        after = timer.get("after") if isinstance(timer, Mapping) else None
        if isinstance(after, Mapping) and set(after) == {"hours"} and "day" not in timer:
            name = timer.get("do")
            found.setdefault(name if name in ("remind", "escalate") else "silence", timer)
    return list(found.values())
