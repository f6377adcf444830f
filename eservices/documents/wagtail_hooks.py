"""Stamps of the offices, in the administration: for administrators only.

No group can be given the permission (it is not registered), so only administrators have it.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from eservices.documents.models import OfficeStamp
from portal.core.pictures import small_png

STAMP_PIXELS = 600  # 26 mm on paper, at 600 dots to the inch


class StampForm(forms.ModelForm):
    """The picture of a stamp; the document shows it above the name of who signs."""

    picture = forms.FileField(
        label=_("Picture of the stamp"),
        required=False,
        help_text=_("PNG, JPEG or WebP, at most 2 MB. A transparent ground looks best."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    class Meta:
        model = OfficeStamp
        fields = ["office"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["office"].disabled = True
        else:
            self.fields["picture"].required = True

    def clean_picture(self) -> bytes:
        upload = self.cleaned_data["picture"]
        return small_png(upload, width=STAMP_PIXELS, height=STAMP_PIXELS) if upload else b""

    def save(self, commit: bool = True) -> OfficeStamp:
        if self.cleaned_data["picture"]:
            self.instance.image = self.cleaned_data["picture"]
        return super().save(commit)


class StampViewSet(ModelViewSet):
    model = OfficeStamp
    name = "stamps"
    icon = "edit"
    menu_label = _("Stamps")
    add_to_settings_menu = True
    list_display = ["office", "updated_at"]
    ordering = ["office__code"]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return StampForm


@hooks.register("register_admin_viewset")
def stamps() -> StampViewSet:
    return StampViewSet()
