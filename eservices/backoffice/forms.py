"""What an agent writes when acting on a case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eservices.backoffice.casefile import CaseFile
from eservices.backoffice.reading import REASONS
from eservices.cases.models import Outcome
from eservices.catalog import local
from portal.accounts.models import Office
from portal.core import faults
from portal.core.texts import labelled, pick


class LongText(forms.CharField):
    """Sentences. A text that is too long is refused with its length, never cut by the browser."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        errors = {
            "required": _("Write a few words here."),
            "max_length": _(
                "This text has %(show_value)d signs, %(limit_value)d at most. Shorten it, or send it in two parts."
            ),
        }
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        super().__init__(max_length=5000, error_messages=errors, widget=widget, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


def _long_text(
    label: Any, *, help_text: Any = "", required: bool = True, rows: int = 4
) -> forms.CharField:
    return LongText(label=label, help_text=help_text, required=required, rows=rows)


class CaseForm(forms.Form):
    """A form about one case; `file` tells what the e-service allows."""

    def __init__(self, file: CaseFile, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.file = file

    def summary(self) -> list[dict[str, str]]:
        """Return the faults for the box above the form, each with a link to its field."""
        return faults.summary(self)


class TakeForm(CaseForm):
    reason = _long_text(
        _("Why do you take this request before the older ones?"),
        help_text=_("Your chief of service reads this."),
        rows=2,
    )

    def __init__(self, file: CaseFile, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(file, data)
        if not file.older_waiting:
            del self.fields["reason"]


class ReleaseForm(CaseForm):
    reason = _long_text(_("Why do you give it back?"), help_text=_("For your colleagues only."))


class ReturnForm(CaseForm):
    reason = _long_text(
        _("What must be examined again?"),
        help_text=_("Whoever examines it again reads this, and so does the applicant."),
    )


class ActReasonForm(CaseForm):
    reason = _long_text(
        _("Why?"),
        help_text=_("The person reads this, and it stays in the register."),
        rows=3,
    )


class MotiveForm(CaseForm):
    """A motive from the e-service's own list, and why in this case."""

    motive = forms.ChoiceField(label=_("Motive"), widget=forms.RadioSelect)
    reason = _long_text(
        _("Explanation for the applicant"),
        help_text=_("Say what is missing or wrong, and what the person can do."),
    )

    def __init__(self, file: CaseFile, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(file, data)
        choices = [(one["code"], pick(one["label"])) for one in file.motives]
        self.fields["motive"].choices = choices  # type: ignore[attr-defined]
        proposal = file.proposal
        if proposal is not None and proposal.outcome == Outcome.REFUSED:
            self.initial = {"motive": proposal.motive, "reason": proposal.reason}


class ProposeForm(MotiveForm):
    outcome = forms.ChoiceField(label=_("Your proposal"), widget=forms.RadioSelect)
    field_order = ("outcome", "motive", "reason")

    def __init__(self, file: CaseFile, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(file, data)
        choices = [(Outcome.GRANTED.value, _("Grant")), (Outcome.REFUSED.value, _("Refuse"))]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        self.fields["motive"].required = False
        self.fields["motive"].label = _("Motive, if you propose to refuse")
        self.fields["reason"].required = False
        self.fields["reason"].label = _("Remarks for whoever signs")
        self.fields["reason"].help_text = _("If you propose to refuse, the applicant reads them.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") != Outcome.REFUSED:
            cleaned["motive"] = ""
        elif not cleaned.get("motive") and "motive" not in self.errors:
            self.add_error("motive", gettext("Choose the motive of the refusal."))
        return cleaned


class GrantForm(CaseForm):
    reason = _long_text(_("Remark in the file"), required=False, rows=2)


class TransferForm(CaseForm):
    office = forms.ModelChoiceField(Office.objects.none(), label=_("To which office"))
    reason = _long_text(
        _("Why this office is competent"), help_text=_("The applicant reads this."), rows=3
    )

    def __init__(self, file: CaseFile, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(file, data)
        offices = Office.objects.open().filter(code__in=local.office_codes(file.case.version))
        field: Any = self.fields["office"]
        home = file.case.office
        field.queryset = offices.filter(is_training=home.is_training).exclude(pk=home.pk)
        field.label_from_instance = Office.name_in


class ReadForm(forms.Form):
    """Why an agent opens a file that is not his or her work; the citizen reads it."""

    why = forms.ChoiceField(
        label=_("Why do you open this file?"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why you open this file.")},
    )
    details = forms.CharField(label=_("In a few words"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("why") == "other" and not cleaned.get("details"):
            self.add_error("details", gettext("Say why you open this file."))
        return cleaned

    @property
    def reason(self) -> str:
        label = str(dict(REASONS)[self.cleaned_data["why"]])
        details = self.cleaned_data["details"]
        if self.cleaned_data["why"] == "other":
            return details
        return labelled(label, details) if details else label


@dataclass(frozen=True)
class AskedItem:
    """One answer or piece that can be sent back: its box, its reason, its note."""

    key: str  # "field:last_name", "piece:id_document"
    label: str
    text: str
    box: BoundWidget
    reason: BoundField | None
    note: BoundField


class AskForm(CaseForm):
    """Which answers and pieces the applicant must correct, each with its reason."""

    ask = forms.MultipleChoiceField(
        label=_("What must be corrected"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one answer or one piece to correct.")},
    )
    message = _long_text(
        _("Message to the applicant"),
        help_text=_("Say simply what to send and where to find it. The applicant reads this text."),
        required=False,
        rows=3,
    )

    def __init__(self, file: CaseFile, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(file, data)
        self.reasons = [(one["code"], pick(one["label"])) for one in file.reasons]
        self.texts = dict(_askable(file))
        self.fields["ask"].choices = [(key, label) for key, (label, _text) in self.texts.items()]  # type: ignore[attr-defined]
        for key in self.texts:
            if self.reasons:
                self.fields[f"reason-{key}"] = forms.ChoiceField(
                    label=_("Reason"), required=False, choices=[("", _("Choose")), *self.reasons]
                )
            self.fields[f"note-{key}"] = forms.CharField(
                label=_("What to correct"), required=False, max_length=300
            )

    def fields_asked(self) -> list[AskedItem]:
        return [item for item in self._items if item.key.startswith("field:")]

    def pieces_asked(self) -> list[AskedItem]:
        return [item for item in self._items if item.key.startswith("piece:")]

    @cached_property
    def _items(self) -> list[AskedItem]:
        return [
            AskedItem(
                key, label, text, box, self[f"reason-{key}"] if self.reasons else None,
                self[f"note-{key}"],
            )
            for (key, (label, text)), box in zip(self.texts.items(), self["ask"], strict=True)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for key in cleaned.get("ask", []):
            label = {"label": self.texts[key][0]}
            if self.reasons and not cleaned.get(f"reason-{key}"):
                text = gettext("Choose what is wrong with “%(label)s”.") % label
                self.add_error(f"reason-{key}", text)
            elif not self.reasons and not cleaned.get(f"note-{key}"):
                self.add_error(
                    f"note-{key}", gettext("Say what to correct in “%(label)s”.") % label
                )
        return cleaned

    def items(self) -> list[dict[str, str]]:
        """Return what is asked, as a complement keeps it."""
        found = []
        for chosen in self.cleaned_data["ask"]:
            kind, _colon, key = chosen.partition(":")
            reason = self.cleaned_data.get(f"reason-{chosen}", "")
            note = self.cleaned_data.get(f"note-{chosen}", "")
            found.append({"kind": kind, "key": key, "reason": reason, "note": note})
        return found


def _askable(file: CaseFile) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield what can be sent back, with its label and what the applicant gave."""
    for section in file.sections:
        for row in section.rows:
            if file.is_asked(row.key):
                yield f"field:{row.key}", (row.label, row.text or file.flat(row))
    for piece in file.pieces:
        yield f"piece:{piece.key}", (piece.label, ", ".join(one.name for one, _new in piece.files))
