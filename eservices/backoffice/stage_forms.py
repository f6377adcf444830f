"""What an agent writes to end a stage: its outcome, and why."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eservices.backoffice.casefile import CaseFile
from eservices.backoffice.forms import CaseForm, LongText
from eservices.cases.circuit import Stage, StageOutcome
from portal.core.texts import pick


class StageForm(CaseForm):
    """How the stage ends. Its names carry a prefix: a question of the stage may be called `reason`."""

    prefix = "stage"
    outcome = forms.ChoiceField(label=_("How does this stage end?"), widget=forms.RadioSelect)
    motive = forms.ChoiceField(
        label=_("Motive of the refusal"), widget=forms.RadioSelect, required=False
    )
    reason = LongText(label=_("Remarks"), required=False, rows=3)

    def __init__(
        self,
        file: CaseFile,
        stage: Stage,
        outcomes: list[StageOutcome],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(file, data)
        self.stage = stage
        self.outcomes = {one.key: one for one in outcomes}
        fields: Any = self.fields
        fields["outcome"].choices = [(one.key, one.text) for one in outcomes]
        if any(one.needs_motive for one in outcomes):
            # Whether it is needed depends on the outcome chosen: "optional" would be half the truth.
            fields["motive"].label = _("Motive of the refusal (if you refuse)")
            fields["motive"].choices = [(one["code"], pick(one["label"])) for one in file.motives]
        else:
            del self.fields["motive"]
        if any(one.needs_reason for one in outcomes):
            fields["reason"].label = _("Remarks (needed to refuse or to send back)")
        if any(one.goes_back for one in outcomes):
            fields["reason"].help_text = _("If the request goes back, the applicant reads this.")

    @property
    def refusing(self) -> str:
        """The only outcome that refuses; empty when there is none, or a choice."""
        found = [one.key for one in self.outcomes.values() if one.needs_motive]
        return found[0] if len(found) == 1 else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = self.outcomes.get(cleaned.get("outcome", ""))
        if chosen is None:
            return cleaned
        if chosen.needs_reason and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", gettext("Say why."))
        if not chosen.needs_motive:
            cleaned["motive"] = ""
        elif not cleaned.get("motive") and "motive" not in self.errors:
            self.add_error("motive", gettext("Choose the motive of the refusal."))
        return cleaned
