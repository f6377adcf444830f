"""Stamps and crests of the offices, in the administration: for administrators only.

No group can be given the permission (it is not registered), so only administrators have it.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.viewsets.model import ModelViewSet

from eservices.documents.models import OfficeStamp
from portal.core.pictures import small_png

# 26 mm and 18 mm on paper, at 600 dots to the inch
STAMP_PIXELS = 600
CREST_PIXELS = 450


def _picture(label: Any, help_text: Any) -> forms.FileField:
    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})
    return forms.FileField(label=label, help_text=help_text, required=False, widget=widget)


class StampForm(forms.ModelForm):
    """Two pictures: the stamp above the name of who signs, the crest at the head."""

    picture = _picture(
        _("Picture of the stamp"),
        _("PNG, JPEG or WebP, at most 2 MB. A transparent ground looks best."),
    )
    crest_picture = _picture(
        _("Picture of the crest"),
        _(
            "At the head of the documents of this office, and of the offices that are part of it "
            "and have none of their own."
        ),
    )

    class Meta:
        model = OfficeStamp
        fields = ["office"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].disabled = bool(self.instance.pk)

    def clean_picture(self) -> bytes:
        return self._small("picture", STAMP_PIXELS)

    def clean_crest_picture(self) -> bytes:
        return self._small("crest_picture", CREST_PIXELS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = data.get("picture") or data.get("crest_picture")
        if not (given or self.instance.pk or self.errors):
            self.add_error("picture", _("Choose the picture of a stamp, of a crest, or both."))
        return data

    def save(self, commit: bool = True) -> OfficeStamp:
        self.instance.image = self.cleaned_data["picture"] or self.instance.image
        self.instance.crest = self.cleaned_data["crest_picture"] or self.instance.crest
        return super().save(commit)

    def _small(self, name: str, pixels: int) -> bytes:
        upload = self.cleaned_data[name]
        return small_png(upload, width=pixels, height=pixels) if upload else b""


class StampViewSet(ModelViewSet):
    model = OfficeStamp
    name = "stamps"
    icon = "edit"
    menu_label = _("Stamps and crests")
    add_to_settings_menu = True
    list_display = [
        "office",
        BooleanColumn("image", label=_("Stamp"), accessor=lambda one: bool(one.image)),
        BooleanColumn("crest", label=_("Crest"), accessor=lambda one: bool(one.crest)),
        "updated_at",
    ]
    ordering = ["office__code"]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return StampForm


@hooks.register("register_admin_viewset")
def stamps() -> StampViewSet:
    return StampViewSet()
