"""The circuit drawn, its stages in a list, and what keeps it from being published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.catalog.builder import circuit_words
from eservices.catalog.builder.access import EServiceView
from eservices.catalog.builder.findings import gap_words
from eservices.catalog.circuits import drawing, editing, lint, staffing
from eservices.catalog.circuits.model import KINDS, Block, Circuit, with_desk_steps
from eservices.formdefs import engine
from eservices.formdefs.editing import new_key
from eservices.formdefs.subjects import Subject, subjects
from portal.accounts.models import Office


@dataclass(frozen=True)
class Row:
    """One line of the list: a stage, alone or in a block, or the head of a block."""

    key: str
    title: str
    words: str
    kind: str
    is_block: bool = False
    is_inside: bool = False
    is_first: bool = False
    is_last: bool = False
    is_after_something: bool = False


class CircuitBase(EServiceView):
    """What the screens of a circuit share."""

    section = "circuit"

    def at(self, name: str, *args: Any) -> str:
        return reverse(f"circuit:{name}", args=[self.eservice.pk, *args])

    @cached_property
    def shape_faults(self) -> list[str]:
        return lint.shape(self.definition.get("circuit"))

    @cached_property
    def circuit(self) -> Circuit | None:
        """The circuit, when it can be read at all."""
        return None if self.shape_faults else Circuit.of(self.definition)

    @cached_property
    def words(self) -> drawing.Words:
        offices = {office.code: office.name_in() for office in Office.objects.only("code", "name")}
        return drawing.Words(offices, self.known_subjects, get_language() or "fr")

    @cached_property
    def known_subjects(self) -> dict[str, Subject]:
        """The questions that conditions read: those of the form, then those of the stages."""
        return {one.path: one for one in self.subjects_before("")}

    def subjects_before(self, key: str) -> list[Subject]:
        definition = self.definition if self.shape_faults else with_desk_steps(self.definition)
        before = f"step/stage_{key}" if key else None
        return subjects(definition, before=before)


class CircuitView(CircuitBase):
    """Add, move, delete stages; see the drawing follow."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(
            "circuit_edit",
            rows=self._rows,
            drawing=self._drawing,
            faults=[circuit_words.told(one, self.definition) for one in self._faults],
            gaps=self._gaps,
            has_exception=bool((self.definition.get("circuit") or {}).get("same_person")),
            kinds=[(kind, drawing.KINDS[kind]) for kind in KINDS],
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        act, _sep, key = request.POST.get("act", "").partition(":")
        changes = {
            "up": lambda: editing.move(self.definition, key, by=-1),
            "down": lambda: editing.move(self.definition, key, by=1),
            "together": lambda: editing.together(self.definition, key),
            "apart": lambda: editing.apart(self.definition, key),
        }
        if act == "add":
            return self._add(request)
        if act == "no_exception" and isinstance(self.definition.get("circuit"), Mapping):
            circuit = dict(self.definition["circuit"])
            circuit.pop("same_person", None)
            changed = {**self.definition, "circuit": circuit}
            return self.save(changed, _("Circuit changed"), self.at("edit"))
        if act in changes and isinstance(self.definition.get("circuit"), Mapping):
            return self.save(changes[act](), _("Circuit changed"), self.at("edit"))
        return self.save(self.definition, _("Circuit changed"), self.at("edit"))

    def _add(self, request: HttpRequest) -> HttpResponse:
        title = request.POST.get("title", "").strip()[:200] or _("New stage")
        kind = request.POST.get("kind", "")
        taken = {str(stage.get("key")) for _place, stage in editing.places(self.definition)}
        key = new_key(title, taken)[:40]
        stage = {
            "key": key,
            "kind": kind if kind in KINDS else "review",
            "role": "chief" if kind == "signature" else "agent",
            "title": {"fr": title},
        }
        changed = editing.add(self.definition, stage)
        return self.save(changed, _("Stage “%s” added") % title, self.at("stage", key))

    @cached_property
    def _rows(self) -> list[Row]:
        if self.circuit is None:
            return []
        rows: list[Row] = []
        last = len(self.circuit.nodes) - 1
        for at, node in enumerate(self.circuit.nodes):
            is_block = isinstance(node, Block)
            if isinstance(node, Block):
                title = node.title_in() if node.title else _("At the same time")
                rows.append(
                    Row(
                        node.key,
                        title,
                        drawing.join_words(node),
                        "",  # type: ignore[arg-type]
                        is_block=True,
                        is_first=at == 0,
                        is_last=at == last,
                    )
                )
            for stage in node.stages:
                said = " · ".join(drawing.words_of(stage, self.words)[:3])
                rows.append(
                    Row(
                        stage.key,
                        stage.title_in(),
                        said,
                        stage.kind,
                        is_inside=is_block,
                        is_first=at == 0 and not is_block,
                        is_last=at == last and not is_block,
                        is_after_something=at > 0,
                    )
                )
        return rows

    @property
    def _drawing(self) -> SafeString:
        if self.circuit is None:
            return SafeString("")
        title = _("Circuit of “%s”") % self.eservice.title_in()
        return mark_safe(drawing.draw(self.circuit, title, self.words))  # noqa: S308 - escaped there

    @cached_property
    def _faults(self) -> list[str]:
        if self.shape_faults:
            return self.shape_faults
        keys = {
            str(field["key"])
            for step in engine.expand(self.definition)["steps"]
            for field in step.get("fields") or []
            if field.get("key")
        }
        return lint.faults(self.definition, keys)

    @property
    def _gaps(self) -> list[str]:
        """Where requests would stop for want of people; it holds the publication too."""
        if self._faults or not self.definition.get("offices"):
            return []
        return [gap_words(one) for one in staffing.gaps(self.definition)]
