"""The rows of a guide that a machine can compare: one class of CPSV-AP each."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, PageChooserPanel
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from portal.core.money import EXPONENTS, Money

CURRENCIES = [(code, code) for code in EXPONENTS]


class GuideRow(TranslatableMixin, Orderable):
    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        abstract = True


class Requirement(GuideRow):
    """A condition to meet (cv:Requirement)."""

    page = ParentalKey(
        "cms_pages.ProcedurePage", on_delete=models.CASCADE, related_name="requirements"
    )
    text = models.CharField(_("condition"), max_length=400)

    panels = [FieldPanel("text")]

    def __str__(self) -> str:
        return self.text


class Evidence(GuideRow):
    """A piece to attach or to bring (cv:Evidence), always or in one situation."""

    class Presentation(models.TextChoices):
        SCAN = "scan", _("Photo or scan")
        ORIGINAL = "original", _("Original")
        COPY = "copy", _("Simple copy")
        CERTIFIED = "certified", _("Certified copy")

    page = ParentalKey(
        "cms_pages.ProcedurePage", on_delete=models.CASCADE, related_name="evidences"
    )
    label = models.CharField(_("piece"), max_length=250)
    situation = models.CharField(
        _("only in this case"), max_length=160, blank=True, help_text=_("Empty: always.")
    )
    presentation = models.CharField(
        _("form"), max_length=12, choices=Presentation.choices, blank=True
    )
    is_mandatory = models.BooleanField(_("mandatory"), default=True)
    max_age_months = models.PositiveSmallIntegerField(_("months at most"), null=True, blank=True)
    note = models.CharField(_("good to know"), max_length=300, blank=True)
    obtained_by = models.ForeignKey(
        "wagtailcore.Page",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("guide that explains how to get it"),
    )

    panels = [
        FieldPanel("label"),
        FieldPanel("situation"),
        FieldRowPanel([FieldPanel("presentation"), FieldPanel("max_age_months")]),
        FieldPanel("is_mandatory"),
        FieldPanel("note"),
        PageChooserPanel("obtained_by", "cms_pages.ProcedurePage"),
    ]

    def __str__(self) -> str:
        return self.label

    @property
    def obtained_path(self) -> str:
        return self.obtained_by.url_path if self.obtained_by else ""


class Cost(GuideRow):
    """A price (cv:Cost). With an e-service the page shows the e-service's own price instead."""

    page = ParentalKey("cms_pages.ProcedurePage", on_delete=models.CASCADE, related_name="costs")
    label = models.CharField(_("for what"), max_length=200, blank=True)
    amount = models.PositiveIntegerField(
        _("amount"), null=True, blank=True, help_text=_("0 is free. Empty: only the note is shown.")
    )
    amount_max = models.PositiveIntegerField(_("up to"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="XOF")
    note = models.CharField(_("note"), max_length=300, blank=True)

    panels = [
        FieldPanel("label"),
        FieldRowPanel([FieldPanel("amount"), FieldPanel("amount_max"), FieldPanel("currency")]),
        FieldPanel("note"),
    ]

    class Meta(GuideRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_max__isnull=True)
                | models.Q(amount_max__gte=models.F("amount")),
                name="cost_max_not_below",
                violation_error_message=_("The second amount is lower than the first."),
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The price in words; empty when only the note says something."""
        if self.amount is None:
            return ""
        if self.amount == 0 and not self.amount_max:
            return str(_("Free"))
        low = Money(self.amount, self.currency)
        return f"{low} – {Money(self.amount_max, self.currency)}" if self.amount_max else str(low)


class Channel(GuideRow):
    """A way to make the request (cv:Channel)."""

    class Kind(models.TextChoices):
        ONLINE = "online", _("Online")
        COUNTER = "counter", _("At the counter")
        PHONE = "phone", _("By phone")
        MAIL = "mail", _("By post")
        EMAIL = "email", _("By mail")
        CONSULATE = "consulate", _("At the consulate")

    page = ParentalKey("cms_pages.ProcedurePage", on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(_("way"), max_length=12, choices=Kind.choices, default=Kind.COUNTER)
    eservice = models.ForeignKey(
        "catalog.EService",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("e-service"),
    )
    url = models.URLField(_("or an address outside"), blank=True)
    label = models.CharField(_("name"), max_length=200, blank=True)
    address = models.TextField(_("address"), blank=True)
    hours = models.CharField(_("opening hours"), max_length=250, blank=True)
    phone = models.CharField(_("phone"), max_length=80, blank=True)

    panels = [
        FieldPanel("kind"),
        FieldPanel("eservice"),
        FieldPanel("url"),
        FieldPanel("label"),
        FieldPanel("address"),
        FieldRowPanel([FieldPanel("hours"), FieldPanel("phone")]),
    ]
    override_translatable_fields = [SynchronizedField("phone")]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()


class Output(GuideRow):
    """What the applicant receives (cv:Output)."""

    page = ParentalKey("cms_pages.ProcedurePage", on_delete=models.CASCADE, related_name="outputs")
    name = models.CharField(_("document"), max_length=200)
    validity = models.CharField(_("how long it is valid"), max_length=160, blank=True)

    panels = [FieldPanel("name"), FieldPanel("validity")]

    def __str__(self) -> str:
        return self.name


class LegalResource(GuideRow):
    """A text that the procedure rests on (eli:LegalResource)."""

    page = ParentalKey(
        "cms_pages.ProcedurePage", on_delete=models.CASCADE, related_name="legal_resources"
    )
    title = models.CharField(_("text"), max_length=300)
    url = models.URLField(_("address"), blank=True)

    panels = [FieldPanel("title"), FieldPanel("url")]

    def __str__(self) -> str:
        return self.title


class StepRow(GuideRow):
    """One thing to do on the way to something, with the guide that explains it."""

    title = models.CharField(_("step"), max_length=160)
    text = models.TextField(_("text"), blank=True)
    guide = models.ForeignKey(
        "wagtailcore.Page",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("guide"),
    )

    class Meta(GuideRow.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.title


class LifeEventStep(StepRow):
    """One thing to think of in a life event."""

    page = ParentalKey("cms_pages.LifeEventPage", on_delete=models.CASCADE, related_name="steps")
    when = models.CharField(_("when"), max_length=80, blank=True)

    panels = [
        FieldPanel("title"),
        FieldPanel("when"),
        FieldPanel("text"),
        PageChooserPanel("guide", "cms_pages.ProcedurePage"),
    ]


class PathStep(StepRow):
    """One step on the way to a goal: the next one, or another part of the same."""

    class Joins(models.TextChoices):
        THEN = "then", _("Then: the next step")
        AND = "and", _("And: at the same step")
        OR = "or", _("Or: instead of the line before")

    page = ParentalKey("cms_pages.StepByStepPage", on_delete=models.CASCADE, related_name="steps")
    joins = models.CharField(_("place"), max_length=4, choices=Joins.choices, default=Joins.THEN)
    condition = models.CharField(
        _("only if"),
        max_length=200,
        blank=True,
        help_text=_("In words, such as: you rent the premises. Empty: for everybody."),
    )
    eservice = models.ForeignKey(
        "catalog.EService",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("e-service"),
        help_text=_("Only when no guide leads to it."),
    )
    url = models.URLField(_("or an address outside"), blank=True)

    panels = [
        FieldPanel("joins"),
        FieldPanel("title"),
        FieldPanel("condition"),
        FieldPanel("text"),
        PageChooserPanel("guide", "cms_pages.ProcedurePage"),
        FieldPanel("eservice"),
        FieldPanel("url"),
    ]


class FeaturedGuide(GuideRow):
    """A guide that the home page offers first."""

    page = ParentalKey("cms_pages.HomePage", on_delete=models.CASCADE, related_name="featured")
    guide = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="+", verbose_name=_("guide")
    )

    panels = [PageChooserPanel("guide", "cms_pages.ProcedurePage")]

    def __str__(self) -> str:
        return str(self.guide_id)
