"""The administrator's page for the face of the portal."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from portal.core import branding
from portal.core.models import Brand
from portal.core.pictures import small_png

CREST_HEIGHT = 144  # three times its size on the page: sharp on every telephone
CREST_WIDTH = 240


class BrandForm(forms.ModelForm):
    """The face of the portal, with a name and a line for each language."""

    new_crest = forms.FileField(
        label=gettext_lazy("Crest"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP, at most 2 MB. A transparent ground looks best."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    no_crest = forms.BooleanField(
        label=gettext_lazy("Go back to the crest of Guichet"), required=False
    )

    class Meta:
        model = Brand
        fields = ["colour", "accent", "letters", "corners"]
        widgets = {
            "colour": forms.TextInput(attrs={"type": "color"}),
            "accent": forms.TextInput(attrs={"type": "color"}),
        }
        help_texts = {
            "colour": gettext_lazy(
                "Header and buttons. Shades and the colour of the text on it are worked out, so "
                "that everything stays readable, in the dark too."
            ),
            "accent": gettext_lazy("Small marks: a line, a dot. Never a text."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, forms.Field] = {}
        for code, _name in settings.LANGUAGES:
            own[f"name_{code}"] = self._text(code, gettext_lazy("Name (%s)"), "name", 60)
        for code, _name in settings.LANGUAGES:
            own[f"tagline_{code}"] = self._text(
                code, gettext_lazy("Line under the name (%s)"), "tagline", 80
            )
        self.fields = own | self.fields

    def clean_new_crest(self) -> bytes:
        upload = self.cleaned_data["new_crest"]
        if not upload:
            return b""
        return small_png(upload, width=CREST_WIDTH, height=CREST_HEIGHT)

    def save(self, commit: bool = True) -> Brand:
        for name in ("name", "tagline"):
            texts = {
                code: self.cleaned_data[f"{name}_{code}"].strip() for code, _n in settings.LANGUAGES
            }
            setattr(self.instance, name, {code: text for code, text in texts.items() if text})
        if self.cleaned_data["no_crest"]:
            self.instance.crest = b""
        elif self.cleaned_data["new_crest"]:
            self.instance.crest = self.cleaned_data["new_crest"]
        return super().save(commit)

    def _text(self, code: str, label: Any, name: str, longest: int) -> forms.Field:
        return forms.CharField(
            label=label % get_language_info(code)["name_local"],
            required=name == "name" and code == settings.LANGUAGE_CODE,
            max_length=longest,
            initial=(getattr(self.instance, name) or {}).get(code, ""),
            widget=forms.TextInput(attrs={"lang": code, "dir": "auto"}),
        )


def edit(request: HttpRequest) -> HttpResponse:
    """Show the face of the portal and change it; the site shows the change on the next page."""
    if not request.user.has_perm("core.change_brand"):
        raise PermissionDenied
    brand = Brand.objects.first() or Brand(name={settings.LANGUAGE_CODE: settings.PORTAL_NAME})
    if request.method == "POST" and "reset" in request.POST:
        Brand.objects.all().delete()
        return _done(request, _("The portal has its first face again."))
    form = BrandForm(request.POST or None, request.FILES or None, instance=brand)
    if request.method == "POST" and form.is_valid():
        form.save()
        return _done(request, _("Saved. Everybody sees it within a minute."))
    context = {"form": form, "is_own": bool(brand.pk), "look": branding.current()}
    return render(request, "core/brand.html", context)


def _done(request: HttpRequest, message: str) -> HttpResponse:
    branding.forget()
    messages.success(request, message)
    return redirect("brand")
