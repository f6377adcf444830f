"""Load the sample site: what is missing is made, what exists is left as its editors want it."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale, Page, ReferenceIndex, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from cms_pages import models, roles
from cms_pages.models.base import SitePage
from cms_pages.sample_texts import blocks, in_language, rows
from eservices.catalog.models import EService

SAMPLE_DIR = settings.BASE_DIR / "sample_content" / "cms"
GUIDE_FIELDS = ["identifier", "title", "summary", "keywords", "audiences", "who", "reviewed_on"]
PAGE_FIELDS = ["title", "summary", "headline", "published_on", *GUIDE_FIELDS, "time_note"]
ROWS = {
    "requirements": models.Requirement,
    "evidences": models.Evidence,
    "costs": models.Cost,
    "channels": models.Channel,
    "outputs": models.Output,
    "legal_resources": models.LegalResource,
}
STEPS = {"LifeEventPage": models.LifeEventStep, "StepByStepPage": models.PathStep}


@transaction.atomic
def load_sample_pages(directory: Path = SAMPLE_DIR) -> int:
    """Make the sample site in every language and return how many pages were made.

    Run again it makes nothing twice and overwrites nothing. Guides meet their e-service by its code:
    import the e-services first, or load again after.
    """
    # Wagtail would look for references at every row of every page: half of the time of a load.
    with disable_reference_index_auto_update():
        site = _SampleSite(directory)
        made = site.load()
    for page in site.pages:
        ReferenceIndex.create_or_update_for_object(page)
    return made


class _SampleSite:
    def __init__(self, directory: Path) -> None:
        self.site = _read(directory / "site.yaml")
        self.guides = [_read(path) for path in sorted((directory / "guides").glob("*.yaml"))]
        self.made = 0
        self.pages: list[SitePage] = []
        codes = [code for code, _name in settings.LANGUAGES]
        self.locales = [Locale.objects.get_or_create(language_code=code)[0] for code in codes]
        self.eservices = {eservice.code: eservice for eservice in EService.objects.all()}

    def load(self) -> int:
        self._organisations()
        home = self._home()
        roles.install(Page.objects.get(pk=home.pk).get_root())
        for section in self.site["sections"]:
            self._section(home, section)
        for guide in self.guides:
            self._guide(guide)
        for section in self.site["sections"]:
            self._steps(section.get("children", []))
        self._featured(home)
        self._connect_eservices()
        return self.made

    def _organisations(self) -> None:
        for spec in self.site["organisations"]:
            source: models.Organisation | None = None
            for locale in self.locales:
                values: dict[str, Any] = in_language(spec, locale.language_code)
                key: dict[str, Any] = {}
                if source is not None:
                    key["translation_key"] = source.translation_key
                organisation, _created = models.Organisation.objects.get_or_create(
                    code=spec["code"], locale=locale, defaults=values | key
                )
                source = source or organisation

    def _home(self) -> models.HomePage:
        spec = self.site["home"]
        default = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        known = models.HomePage.objects.filter(locale=self.locales[0]).first()
        home = self._translations(Page.get_first_root_node(), models.HomePage, spec, at_root=True)
        if known is None:
            _open_site(default, home)
        return home

    def _section(self, parent: Page, spec: dict[str, Any]) -> None:
        model = getattr(models, spec["type"])
        page = self._translations(parent, model, spec)
        for child in spec.get("children", []):
            self._section(page, child)

    def _guide(self, spec: dict[str, Any]) -> None:
        theme = models.ThemePage.objects.get(slug=spec["theme"], locale=self.locales[0])
        self._translations(theme, models.ProcedurePage, spec)

    def _translations(
        self, parent: Page, model: type[SitePage], spec: dict[str, Any], *, at_root: bool = False
    ) -> Any:
        """Make the page below `parent` and its translations below those of `parent`."""
        source: Any = None
        for locale in self.locales:
            above = parent if at_root else _translation(parent, locale)
            is_source = locale == self.locales[0]
            slug = (
                spec["slug"]
                if is_source or not at_root
                else f"{spec['slug']}-{locale.language_code}"
            )
            page = model.objects.child_of(above).filter(slug=slug).first()
            if page is None:
                page = self._page(model, spec, locale, source)
                page.slug = slug
                above.add_child(instance=page)
                self.made += 1
                self.pages.append(page)
            source = source or page
        return source

    def _page(
        self, model: type[SitePage], spec: dict[str, Any], locale: Locale, source: Any
    ) -> SitePage:
        code = locale.language_code
        now = timezone.now()
        fields = [name for name in PAGE_FIELDS if name in spec and hasattr(model, name)]
        page = model(
            **{name: in_language(spec[name], code) for name in fields},
            locale=locale,
            live=True,
            show_in_menus=spec.get("menu", False),
            first_published_at=now,
            last_published_at=now,
        )
        page.search_description = in_language(spec.get("summary", ""), code)
        if source is not None:
            page.translation_key = source.translation_key
        if "body" in spec:
            page.body = blocks(page, "body", spec["body"], code)
        if isinstance(page, models.ProcedurePage):
            self._guide_facts(page, spec, locale, source)
        return page

    def _guide_facts(
        self, page: models.ProcedurePage, spec: dict[str, Any], locale: Locale, source: Any
    ) -> None:
        time = spec.get("time", {})
        page.time_min, page.time_max = time.get("min"), time.get("max")
        page.time_unit = time.get("unit", page.time_unit)
        page.authority = models.Organisation.objects.get(code=spec["authority"], locale=locale)
        steps = [{"step": step} for step in spec.get("steps", [])]
        page.steps = blocks(page, "steps", steps, locale.language_code)
        for name, model in ROWS.items():
            specs = [row | self._eservice(row) for row in spec.get(name, [])]
            setattr(page, name, rows(model, specs, locale, source and getattr(source, name).all()))

    def _eservice(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"eservice": self.eservices.get(row["eservice"])} if "eservice" in row else {}

    def _steps(self, specs: list[dict[str, Any]]) -> None:
        """Give their steps to life events and step by step pages, now that the guides exist."""
        for spec in (spec for spec in specs if "steps" in spec):
            model = getattr(models, spec["type"])
            steps = [
                step | {"guide": self._guide_page(step.get("guide"))} for step in spec["steps"]
            ]
            source: Any = None
            for locale in self.locales:
                page = model.objects.filter(slug=spec["slug"], locale=locale).first()
                if page is not None and not page.steps.exists():
                    sources = source.steps.all() if source else None
                    page.steps = rows(STEPS[spec["type"]], steps, locale, sources)
                    page.save()
                source = source or page

    def _featured(self, home: models.HomePage) -> None:
        pages = models.HomePage.objects.filter(translation_key=home.translation_key)
        for page in pages.filter(featured__isnull=True).select_related("locale"):
            specs = [{"guide": self._guide_page(code)} for code in self.site["home"]["featured"]]
            page.featured = rows(models.FeaturedGuide, specs, page.locale, None)
            page.save()

    def _guide_page(self, identifier: str | None) -> Page | None:
        guides = models.ProcedurePage.objects.filter(locale=self.locales[0])
        guide = guides.filter(identifier=identifier).first()
        return guide.page_ptr if guide else None

    def _connect_eservices(self) -> None:
        """Give their e-service to the online ways of guides loaded before it existed."""
        for guide in self.guides:
            code = next((r["eservice"] for r in guide.get("channels", []) if "eservice" in r), None)
            eservice = self.eservices.get(code or "")
            waiting = models.Channel.objects.filter(
                page__identifier=guide["identifier"], kind="online", eservice=None, url=""
            )
            if eservice and waiting.update(eservice=eservice):
                for page in models.ProcedurePage.objects.filter(identifier=guide["identifier"]):
                    page.save()


def _read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _translation(page: Page, locale: Locale) -> Page:
    return Page.objects.get(translation_key=page.translation_key, locale=locale)


def _open_site(site: Site | None, home: models.HomePage) -> None:
    """Make `home` the root of the default site; drop the page Wagtail was born with."""
    welcome = site.root_page if site else None
    site = site or Site(hostname="localhost", is_default_site=True)
    site.root_page = home
    site.site_name = settings.PORTAL_NAME
    site.save()
    if welcome is not None and welcome.content_type.model == "page":
        welcome.delete()
