"""Consultations: a text or questions, dates, contributions that are moderated, and what came of it."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail_localize.fields import SynchronizedField

from cms_pages import linked_data
from cms_pages.blocks import BodyBlock
from cms_pages.models.base import SitePage
from cms_pages.models.search import GuideIndex
from cms_pages.search.text import plain_words

LONGEST_CONTRIBUTION = 4000
SHOWN = 100


class ConsultationQuerySet(PageQuerySet):
    def under(self, path: str) -> "ConsultationQuerySet":
        """Live consultations below the page at tree path `path`, those that end last first."""
        found = self.filter(path__startswith=path, live=True).defer("body", "questions")
        return found.order_by("-ends_at", "-pk")


class ConsultationIndexPage(SitePage):
    """All consultations: open, to come, over."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    template = "cms_pages/consultation_index_page.html"
    parent_page_types = ["cms_pages.HomePage", "cms_pages.LocalHomePage"]
    subpage_types = ["cms_pages.ConsultationPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of consultations")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        pages = ConsultationPage.objects.under(self.path)
        return super().get_context(request, *args, **kwargs) | {"consultations": pages}


class ConsultationPage(SitePage):
    """One consultation, from its opening to what was decided."""

    summary = models.CharField(_("summary"), max_length=300)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))
    questions = models.TextField(
        _("questions"), blank=True, help_text=_("One a line. Empty: one free contribution.")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    synthesis = StreamField(BodyBlock(), blank=True, verbose_name=_("synthesis"))
    decision = StreamField(BodyBlock(), blank=True, verbose_name=_("what was decided"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
        FieldPanel("body"),
        FieldPanel("questions"),
        MultiFieldPanel(
            [FieldPanel("synthesis"), FieldPanel("decision")], heading=_("What came of it")
        ),
    ]
    template = "cms_pages/consultation_page.html"
    parent_page_types = ["cms_pages.ConsultationIndexPage"]
    subpage_types: list[str] = []
    override_translatable_fields = [SynchronizedField("starts_at"), SynchronizedField("ends_at")]
    index_kind = GuideIndex.Kind.PAGE

    objects = PageManager.from_queryset(ConsultationQuerySet)()

    class Meta:
        verbose_name = _("consultation")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")),
                name="consultation_in_order",
                violation_error_message=_("It ends after it starts."),
            )
        ]

    @property
    def state(self) -> str:
        """One of to_come, open, over, decided."""
        now = timezone.now()
        if self.decision:
            return "decided"
        if now < self.starts_at:
            return "to_come"
        return "open" if now < self.ends_at else "over"

    @property
    def question_list(self) -> list[str]:
        return [line.strip() for line in self.questions.splitlines() if line.strip()]

    def searchable_text(self) -> dict[str, str]:
        text = f"{plain_words(self.body)} {plain_words(self.synthesis)} {self.questions}"
        return {"title": self.title, "keywords": "", "summary": self.summary, "text": text}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        published = Contribution.objects.published().about(self)
        context = super().get_context(request, *args, **kwargs)
        return context | {
            "contributions": published[:SHOWN],
            "number": published.count(),
            "linked_data": linked_data.consultation(self, context),
        }

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer until the consultation opens or ends."""
        response = super().serve(request, *args, **kwargs)
        dates = [date for date in (self.starts_at, self.ends_at) if date > timezone.now()]
        response.true_until = min(dates, default=None)
        return response


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def published(self) -> Self:
        return self.filter(status=Contribution.Status.PUBLISHED)

    def about(self, page: ConsultationPage) -> Self:
        """What was contributed in any language."""
        return self.filter(page__translation_key=page.translation_key)


class Contribution(models.Model):
    """What somebody says in a consultation. Shown once a moderator has read it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("To read")
        PUBLISHED = "published", _("Published")
        REFUSED = "refused", _("Refused")

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    # A name that the author chose to show; empty is anonymous. Nothing else is known of anybody.
    signature = models.CharField(_("signature"), max_length=120, blank=True)
    answers = models.JSONField(default=list)  # [[question, answer], …]
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.WAITING
    )
    refusal = models.CharField(_("why it is refused"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(refusal=""),
                name="contribution_refused_with_reason",
                violation_error_message=_("Say why it is refused."),
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def text(self) -> str:
        return "\n\n".join(f"{question}\n{answer}".strip() for question, answer in self.answers)
