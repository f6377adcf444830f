"""What the page of a stage shows of other places: a register, an outside person, a hearing."""

from functools import cached_property
from typing import Any

from eservices.backoffice.casefile import CaseFile
from eservices.backoffice.elsewhere_forms import EnlistForm, OutsideForm
from eservices.cases.circuit import Stage
from eservices.cases.models import CaseTask, HearingItem, OutsideRequest, RegistryCheck
from eservices.cases.scope import scope
from portal.core.expressions import evaluate


class Elsewhere:
    def __init__(self, file: CaseFile, stage: Stage, task: CaseTask) -> None:
        self.file, self.stage, self.task = file, stage, task

    @cached_property
    def checks(self) -> list[RegistryCheck]:
        return list(self.task.checks.select_related("asked_by")[:10])

    @cached_property
    def asked(self) -> list[OutsideRequest]:
        return list(self.task.asked_outside.all()[:10])

    @cached_property
    def item(self) -> HearingItem | None:
        return HearingItem.objects.filter(task=self.task).select_related("hearing").first()

    @property
    def is_hearing(self) -> bool:
        return self.stage.kind == "hearing"

    def outside_form(self) -> OutsideForm:
        """Return the form with the person whom the answers name, if they do."""
        form = OutsideForm(self.file)
        values = scope(self.file.case, self.file.standing.tasks)
        rules: Any = self.stage.outside or {}
        form.initial = {key: evaluate(rules.get(key), values) or "" for key in ("name", "phone")}
        return form

    def enlist_form(self) -> EnlistForm:
        return EnlistForm(self.file, self.task)
