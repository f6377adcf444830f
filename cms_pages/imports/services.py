"""Bring a catalogue of procedures into the site: once, or as often as the source changes."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

from cms_pages import models
from cms_pages.imports import sources
from cms_pages.imports.facts import BadRow, Facts, read
from cms_pages.models.rows import GuideRow
from cms_pages.sample_texts import blocks, rows
from portal.core.errors import PortalError

ROWS: dict[str, type[GuideRow]] = {
    "requirements": models.Requirement,
    "evidences": models.Evidence,
    "costs": models.Cost,
}
Progress = Callable[[int, int], None]


class NoSite(PortalError):
    code = "no_site"


@dataclass
class Report:
    """What an import did: how many of each outcome, what was refused, what the source left out."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, str]] = field(default_factory=list)
    incomplete: list[tuple[str, str, list[str]]] = field(default_factory=list)

    @property
    def missing(self) -> Counter[str]:
        return Counter(name for _identifier, _title, names in self.incomplete for name in names)


def import_catalogue(path: Path, *, prefix: str, progress: Progress = lambda *_: None) -> Report:
    """Import the file or folder `path` and report. A bad row is refused, the others go on.

    Run again, it changes only what the source changed; a guide that an editor has opened and saved
    here is left alone. :raises sources.BadSource, NoSite:
    """
    source = sources.open_source(path)
    importer = _Importer(prefix)
    importer.organisations(source.organisations)
    importer.themes(source.themes)
    for done, row in enumerate(source.procedures, start=1):
        importer.procedure(row)
        progress(done, len(source.procedures))
    importer.life_events(source.life_events)
    return importer.report


class _Importer:
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.report = Report()
        self.locale = Locale.get_default()
        site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        index = models.ThemeIndexPage.objects.filter(locale=self.locale)
        self.index = index.descendant_of(site.root_page).first() if site else None
        if site is None or self.index is None:
            raise NoSite("The site has no list of themes yet. Run: manage.py load_sample_pages")
        self.root = site.root_page
        themes = models.ThemePage.objects.descendant_of(self.index)
        self.by_slug: dict[tuple[str, str], models.ThemePage] = {}
        for theme in themes:
            parent = theme.get_parent()
            above = parent.slug if parent.pk != self.index.pk else ""
            self.by_slug[above, theme.slug] = theme

    def organisations(self, entries: Iterable[Any]) -> None:
        for row in entries:
            name, code = _word(row, "name", 200), _word(row, "slug", 80)
            if not name or not code:
                self.report.refused.append((str(row)[:60], "administration without name or slug"))
                continue
            values = {"name": name, "territory": _word(row, "city", 120)}
            values |= {"acronym": _word(row, "acronym", 40), "kind": _word(row, "type", 120)}
            values |= {"address": _word(row, "address", 500), "phone": _word(row, "phone", 80)}
            _organisation, made = models.Organisation.objects.get_or_create(
                code=f"{self.prefix.lower()}-{code}"[:80], locale=self.locale, defaults=values
            )
            self.report.outcomes["administrations made"] += made

    def themes(self, entries: Iterable[Any]) -> None:
        for row in entries:
            if isinstance(row, dict) and row.get("is_main"):
                self._theme("", _word(row, "slug", 80), _word(row, "name", 255), row)
                for sub in row.get("subcategories") or []:
                    name, slug = _word(sub, "name", 255), _word(sub, "slug", 80)
                    self._theme(_word(row, "slug", 80), slug, name, sub)

    def _theme(self, above: str, slug: str, title: str, row: dict[str, Any]) -> models.ThemePage:
        theme = self.by_slug.get((above, slug))
        if theme is None:
            summary = _word(row, "description", 300)
            theme = models.ThemePage(title=title or slug, slug=slug, summary=summary)
            theme.search_description = summary
            parent = self.by_slug["", above] if above else self.index
            self._add(parent, theme)
            self.by_slug[above, slug] = theme
            self.report.outcomes["themes made"] += 1
        return theme

    def procedure(self, row: Any) -> None:
        name = f"{row.get('id', '?')} {row.get('title', '')}"[:80] if isinstance(row, dict) else "?"
        try:
            facts = read(row, prefix=self.prefix)
            with transaction.atomic():
                outcome = self._save(facts)
        except (BadRow, ValidationError, DatabaseError) as exc:
            self.report.refused.append((name, str(exc)))
            return
        self.report.outcomes[f"guides {outcome}"] += 1
        if facts.missing:
            self.report.incomplete.append((facts.identifier, facts.title, facts.missing))

    def _save(self, facts: Facts) -> str:
        known = models.ProcedurePage.objects.filter(
            identifier=facts.identifier, locale=self.locale
        ).first()
        if known is not None and known.latest_revision_id is not None:
            return "left to their editors"
        page = known or models.ProcedurePage(identifier=facts.identifier)
        before = _snapshot(known) if known else None
        page.title = facts.title
        page.search_description = facts.fields["summary"]
        page.is_incomplete = bool(facts.missing)
        for name, value in facts.fields.items():
            setattr(page, name, value)
        if before is not None and before == _snapshot_of(facts):
            return "unchanged"
        page.body = blocks(page, "body", list(facts.body), self.locale.language_code)
        for name, model in ROWS.items():
            setattr(page, name, rows(model, facts.rows[name], self.locale, None))
        if known is None:
            parent = self._parent(facts)
            page.slug = _free_slug(parent, facts.slug, facts.identifier)
            self._add(parent, page)
            return "made"
        page.save()
        return "updated"

    def _parent(self, facts: Facts) -> models.ThemePage:
        slug = slugify(facts.theme_slug) or "autres-demarches"
        theme = self.by_slug.get(("", slug)) or self._theme("", slug, facts.theme_title, {})
        return self.by_slug.get((theme.slug, facts.subtheme_slug), theme)

    def _add(self, parent: Page, page: Page) -> None:
        page.locale = self.locale
        page.live = True
        page.first_published_at = page.last_published_at = timezone.now()
        parent.add_child(instance=page)

    def life_events(self, entries: Iterable[Any]) -> None:
        """Make life events as drafts: which guides belong to them is guessed from keywords."""
        index = models.LifeEventIndexPage.objects.descendant_of(self.root).first()
        for row in entries if index else []:
            slug, title = _word(row, "slug", 80), _word(row, "title", 255)
            if not slug or models.LifeEventPage.objects.child_of(index).filter(slug=slug).exists():
                continue
            page = models.LifeEventPage(title=title, slug=slug, locale=self.locale, live=False)
            page.summary = _word(row, "description", 300) or title
            page.steps = rows(
                models.LifeEventStep, _guessed_steps(row, self.prefix), self.locale, None
            )
            index.add_child(instance=page)
            self.report.outcomes["life events made as drafts"] += 1


def _guessed_steps(row: dict[str, Any], prefix: str) -> list[dict[str, Any]]:
    keywords = [word for word in row.get("keywords") or [] if isinstance(word, str)][:20]
    guides = models.ProcedurePage.objects.filter(identifier__startswith=f"{prefix}-", live=True)
    found: dict[int, models.ProcedurePage] = {}
    for word in keywords:
        for guide in guides.filter(title__icontains=word.strip())[:3]:
            found.setdefault(guide.pk, guide)
    chosen = list(found.values())[:8]
    return [{"title": guide.title[:160], "guide": guide.page_ptr} for guide in chosen]


def _snapshot(page: models.ProcedurePage) -> dict[str, Any]:
    """Return what an import may have written in `page`, to compare with what it would write."""
    kept = {name: getattr(page, name) for name in ("title", "summary", "time_min", "time_max")}
    kept["requirements"] = [row.text for row in page.requirements.all()]
    kept["evidences"] = [(row.label, row.situation) for row in page.evidences.all()]
    kept["costs"] = [(row.amount, row.amount_max, row.note) for row in page.costs.all()]
    kept["body"] = [(block.block_type, str(block.value)) for block in page.body]
    return kept


def _snapshot_of(facts: Facts) -> dict[str, Any]:
    kept: dict[str, Any] = {"title": facts.title, "summary": facts.fields["summary"]}
    kept |= {name: facts.fields.get(name) for name in ("time_min", "time_max")}
    kept["requirements"] = [row["text"] for row in facts.rows["requirements"]]
    kept["evidences"] = [(row["label"], row["situation"]) for row in facts.rows["evidences"]]
    costs = facts.rows["costs"]
    kept["costs"] = [(c.get("amount"), c.get("amount_max"), c.get("note", "")) for c in costs]
    kept["body"] = [(name, text) for block in facts.body for name, text in block.items()]
    return kept


def _free_slug(parent: Page, slug: str, identifier: str) -> str:
    taken = Page.objects.child_of(parent).filter(slug=slug).exists()
    return f"{slug[:60]}-{identifier.lower()}" if taken else slug


def _word(row: Any, key: str, limit: int) -> str:
    value = row.get(key) if isinstance(row, dict) else None
    return " ".join(value.replace("\x00", "").split())[:limit] if isinstance(value, str) else ""
