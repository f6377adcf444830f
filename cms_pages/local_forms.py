"""The one form that opens a commune, and that its webmaster changes later."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import FileExtensionValidator, RegexValidator
from django.forms.boundfield import BoundField
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms_pages.models import LocalSite, ProcedurePage
from cms_pages.opening import Offer, Order
from eservices.catalog import local
from eservices.catalog.models import EService
from portal.accounts import services as accounts
from portal.accounts.hours_fields import hours_fields, week_typed
from portal.accounts.models import Office, Territory
from portal.accounts.policies import accepts_staff_email

LARGEST_CREST = 2_000_000
HOST = RegexValidator(
    r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
    gettext_lazy("Write a domain name such as parakou.example, in small letters."),
)
OFFICE_COLUMNS = ("address", "phone", "email", "latitude", "longitude")


class LocalSiteForm(forms.Form):
    """A commune: what it is called, where its counter is and when it opens, what it offers."""

    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=gettext_lazy("Commune"), required=False
    )
    name = forms.CharField(
        label=gettext_lazy("Or a commune that is not in the list"), max_length=80, required=False
    )
    department = forms.ModelChoiceField(
        Territory.objects.filter(kind=Territory.Kind.DEPARTMENT),
        label=gettext_lazy("Its department"),
        required=False,
    )
    crest = forms.ImageField(
        label=gettext_lazy("Crest"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP, 2 MB at most."),
        validators=[FileExtensionValidator(["png", "jpg", "jpeg", "webp"])],
    )
    welcome = forms.CharField(
        label=gettext_lazy("Words of welcome"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    host = forms.CharField(
        label=gettext_lazy("Own domain name"),
        required=False,
        validators=[HOST],
        help_text=gettext_lazy("Empty: an address of the national site."),
    )
    office_name = forms.CharField(
        label=gettext_lazy("Name of the office"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty: the town hall, called after the commune."),
    )
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=gettext_lazy("Mail"), required=False)
    latitude = forms.DecimalField(
        label=gettext_lazy("Latitude"), required=False, min_value=-90, max_value=90,
        max_digits=8, decimal_places=5,
    )  # fmt: skip
    longitude = forms.DecimalField(
        label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180,
        max_digits=8, decimal_places=5,
    )  # fmt: skip
    additions = forms.CharField(
        label=gettext_lazy("What you add to national guides"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One line each: SV-01: Bring two photos."),
    )
    webmaster_name = forms.CharField(
        label=gettext_lazy("Name of the webmaster"), max_length=200, required=False
    )
    webmaster_email = forms.EmailField(
        label=gettext_lazy("Mail of the webmaster"),
        required=False,
        help_text=gettext_lazy("This person will see the pages of this commune and nothing else."),
    )

    def __init__(self, *args: Any, site: LocalSite | None, by_webmaster: bool = False, **kw: Any):
        self.site = site
        super().__init__(*args, **kw)
        office = site.office if site else None
        self.fields |= hours_fields(office)
        self.eservices = list(self._offerable())
        for eservice in self.eservices:
            self._add_offer_fields(eservice, office)
        if site is None:
            free = Territory.objects.filter(site=None).select_related("parent")
            self.fields["territory"].queryset = free  # type: ignore[attr-defined]
        else:
            for name in ("territory", "name", "department"):
                del self.fields[name]
            self._show(site)
        if by_webmaster:
            for name in ("host", "webmaster_name", "webmaster_email"):
                del self.fields[name]

    def clean_crest(self) -> Any:
        crest = self.cleaned_data["crest"]
        if crest is not None and crest.size > LARGEST_CREST:
            raise forms.ValidationError(_("This picture is too heavy: 2 MB at most."))
        return crest

    def clean_additions(self) -> dict[str, str]:
        """Return the notes by the identifier of their guide."""
        notes = {}
        for line in filter(None, map(str.strip, self.cleaned_data["additions"].splitlines())):
            identifier, colon, note = line.partition(":")
            known = ProcedurePage.objects.filter(identifier=identifier.strip())
            if not (colon and note.strip() and known.exists()):
                text = _("“%(line)s”: begin with the identifier of a guide, such as SV-01:")
                raise forms.ValidationError(text % {"line": line[:40]})
            notes[identifier.strip()] = note.strip()[:1000]
        return notes

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"])
        others = LocalSite.objects.filter(host=host).exclude(
            pk=self.site.pk if self.site and self.site.pk else 0
        )
        if host and others.exists():
            raise forms.ValidationError(_("Another site has this domain name."))
        return host

    def clean_webmaster_email(self) -> str:
        email = str(self.cleaned_data["webmaster_email"])
        if email and not accepts_staff_email(email):
            raise forms.ValidationError(_("Staff accounts need an official e-mail address."))
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.site is None:
            self._check_territory(cleaned)
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", _("Give both a latitude and a longitude, in degrees."))
        if cleaned.get("webmaster_email") and not cleaned.get("webmaster_name"):
            self.add_error("webmaster_name", _("Write the name of this person."))
        for eservice in self.eservices:
            if cleaned.get(f"service_{eservice.pk}"):
                self._check_offer(eservice, cleaned)
        return cleaned

    def order(self) -> Order:
        """Return what was typed, ready to be opened; the form is valid."""
        typed = self.cleaned_data
        return Order(
            territory=self.site.territory if self.site else self._territory(),
            office_name=typed["office_name"],
            office={name: typed[name] for name in OFFICE_COLUMNS},
            week=week_typed(typed),
            closures=typed["closures"],
            welcome=typed["welcome"],
            host=typed.get("host", self.site.host if self.site else ""),
            crest=typed["crest"],
            notes=typed["additions"],
            offers=[self._offer(e) for e in self.eservices if typed.get(f"service_{e.pk}")],
        )

    def sections(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Return the fields by the heading they stand under."""
        hours = [f"hours_{day}" for day in range(7)]
        offers = [name for name in self.fields if name.startswith(("service_", "fee_", "delib"))]
        groups = [
            (_("The commune"), ["territory", "name", "department", "crest", "welcome", "host"]),
            (_("The town hall"), ["office_name", *OFFICE_COLUMNS]),
            (_("Opening hours"), [*hours, "closures"]),
            (_("Services offered"), offers),
            (_("National guides"), ["additions"]),
            (_("Webmaster"), ["webmaster_name", "webmaster_email"]),
        ]
        for heading, names in groups:
            if present := [self[name] for name in names if name in self.fields]:
                yield heading, present

    def _offerable(self) -> Iterator[EService]:
        published = EService.objects.exclude(current=None).select_related("current")
        country = self.site.territory.country if self.site else None
        for eservice in published.defer("definition"):
            is_local = bool(eservice.current and eservice.current.spec.get("local"))
            if is_local and country in {None, eservice.country}:
                yield eservice

    def _add_offer_fields(self, eservice: EService, office: Office | None) -> None:
        offers = local.offers_for(eservice.pk, [office.code]) if office else []
        own = offers[0].fees if offers else {}
        self.fields[f"service_{eservice.pk}"] = forms.BooleanField(
            label=f"{eservice.title_in()} ({eservice.country})",
            required=False,
            initial=bool(offers),
        )
        fees = local.fees_to_set(eservice.current) if eservice.current else []
        for fee in fees:
            self.fields[f"fee_{eservice.pk}_{fee.code}"] = forms.IntegerField(
                label=fee.label,
                required=False,
                min_value=0,
                initial=own.get(fee.code),
                help_text=_("Empty: the national fee. The ceiling is %(ceiling)s.")
                % {"ceiling": fee.ceiling_text},
            )
        if fees:
            self.fields[f"deliberation_{eservice.pk}"] = forms.CharField(
                label=_("Deliberation that sets these fees"),
                max_length=200,
                required=False,
                initial=offers[0].deliberation if offers else "",
                help_text=_("Such as: deliberation no. 12 of 3 March 2026."),
            )

    def _show(self, site: LocalSite) -> None:
        office = site.office
        home = site.pages.filter(locale__language_code=settings.LANGUAGE_CODE).first()
        known = {name: getattr(office, name) for name in OFFICE_COLUMNS}
        known |= {"office_name": office.name_in(settings.LANGUAGE_CODE), "host": site.host}
        known["additions"] = "\n".join(f"{a.identifier}: {a.note}" for a in site.additions.all())
        known["welcome"] = home.summary if home else ""
        for name, value in known.items():
            self.fields[name].initial = value

    def _check_territory(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("territory") is not None:
            return
        if not cleaned.get("name"):
            self.add_error("territory", _("Choose a commune, or write the name of a new one."))
        elif cleaned.get("department") is None:
            self.add_error("department", _("Say in which department the new commune is."))
        elif Territory.objects.filter(code=self._new_code(cleaned)).exists():
            self.add_error("name", _("This commune exists already: choose it in the list."))

    def _new_code(self, cleaned: dict[str, Any]) -> str:
        return slugify(f"{cleaned['department'].country}-{cleaned['name']}")

    def _territory(self) -> Territory:
        typed = self.cleaned_data
        if typed["territory"] is not None:
            return typed["territory"]
        return accounts.save_territory(
            self._new_code(typed),
            name={settings.LANGUAGE_CODE: typed["name"]},
            kind=Territory.Kind.COMMUNE,
            country=typed["department"].country,
            parent=typed["department"],
        )

    def _check_offer(self, eservice: EService, cleaned: dict[str, Any]) -> None:
        offer = self._offer(eservice)
        faults = local.faults_of(eservice, fees=offer.fees, deliberation=offer.deliberation)
        for code, text in faults.items():
            name = f"deliberation_{eservice.pk}"
            if code != "deliberation":
                name = f"fee_{eservice.pk}_{code}" if code else f"service_{eservice.pk}"
            self.add_error(name if name in self.fields else None, text)
        place = cleaned.get("territory") or cleaned.get("department")
        if place is not None and place.country != eservice.country:
            text = _("This request belongs to another country than the commune.")
            self.add_error(f"service_{eservice.pk}", text)

    def _offer(self, eservice: EService) -> Offer:
        beginning = f"fee_{eservice.pk}_"
        fees = {
            name.removeprefix(beginning): value
            for name, value in self.cleaned_data.items()
            if name.startswith(beginning) and value is not None
        }
        return Offer(eservice, fees, self.cleaned_data.get(f"deliberation_{eservice.pk}") or "")
