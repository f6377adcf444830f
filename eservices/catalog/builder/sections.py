"""The parts of an e-service beside its questions: what each screen asks, as data."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.catalog.builder.controls import (
    Control,
    choice,
    long_text,
    text,
    tick,
    whole,
)

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Section:
    """A screen: entries of the definition itself (`controls`), lists of entries, or both."""

    key: str
    label: Words
    icon: str
    controls: tuple[Control, ...] = ()
    lists: tuple["Entries", ...] = ()
    intro: Words = ""


@dataclass(frozen=True, slots=True)
class Entries:
    """A list of entries with a name each: pieces, fees, motives."""

    path: str  # where it stands in the definition
    name: str  # the entry's own name: key or code
    label: Words
    add: Words
    controls: tuple[Control, ...]
    start: tuple[tuple[str, object], ...] = ()
    icon: str = "list"

    @property
    def slug(self) -> str:
        return self.path.replace(".", "-")


LABEL = text("label", _("Name"), required=True)
HELP = long_text("help", _("Help"), _("What the document must be, where to get it."))
NAME = Control("key", "key", _("Key"), _("Left empty, it is made from the name."))
CODE = Control("code", "key", _("Key"), _("Left empty, it is made from the name."))
SHOWN = Control("show_if", "condition", _("When does it apply?"), none_label=_("Always"))
NOTE = Control(
    "note", "long", _("Note for editors"), _("Source, law article: people do not see it.")
)
FORMATS = (("pdf", "PDF"), ("jpeg", "JPEG"), ("png", "PNG"))

PIECES = Entries(
    path="pieces",
    name="key",
    label=_("Pieces to give"),
    add=_("Add a piece"),
    icon="clip",
    start=(("accept", ["pdf", "jpeg", "png"]), ("max_files", 1), ("max_mb", 5)),
    controls=(
        LABEL,
        HELP,
        Control("required", "obligation", _("Is it required?")),
        Control("show_if", "condition", _("When is it asked?"), none_label=_("Always")),
        Control(
            "accept",
            "many",
            _("Formats accepted"),
            _("Without a choice: PDF, JPEG and PNG."),
            choices=FORMATS,
        ),
        whole("max_files", _("Files, at most"), 1, 50, _("Empty: one file.")),
        whole("min_files", _("Files, at least"), 1, 50, _("Empty: one file.")),
        whole("max_mb", _("Megabytes per file, at most"), 1, 50, _("Empty: 5 MB.")),
        NAME,
        NOTE,
    ),
)
FEES = Entries(
    path="fees",
    name="code",
    label=_("What people pay"),
    add=_("Add a line"),
    icon="coins",
    start=(("unit", 0),),
    controls=(
        text("label", _("Name of the line"), _("As it stands on the receipt."), required=True),
        Control(
            "unit",
            "formula",
            _("Amount"),
            _("A whole amount in the currency of the e-service, or a formula."),
            required=True,
            width="half",
        ),
        Control(
            "quantity",
            "formula",
            _("Multiplied by"),
            _("Empty: once. Or the key of a question (copies), or nombre(documents)."),
            width="half",
        ),
        text("per", _("Per"), _("Shown in the tariff: “500 F per copy”.")),
        Control("show_if", "condition", _("When is it due?"), none_label=_("Always")),
        CODE,
        NOTE,
    ),
)
REASONS = Entries(
    path="complement.reasons",
    name="code",
    label=_("Reasons to ask for a complement"),
    add=_("Add a reason"),
    icon="info",
    controls=(text("label", _("What the person reads"), required=True), CODE),
)
MOTIVES = Entries(
    path="refusal.motives",
    name="code",
    label=_("Motives of refusal"),
    add=_("Add a motive"),
    icon="scales",
    controls=(
        text("label", _("What the person reads"), required=True),
        long_text(
            "help", _("What can be done now"), _("The way out: another request, another office.")
        ),
        CODE,
    ),
)
DOCUMENTS = Entries(
    path="documents",
    name="key",
    label=_("Documents issued"),
    add=_("Add a document"),
    icon="stamp",
    start=(("template", "generic"),),
    controls=(
        text("title", _("Title of the document"), required=True),
        Control(
            "template",
            "line",
            _("Model"),
            _(
                "The name of a model. A document that is written block by block needs none: leave “generic”."
            ),
            required=True,
        ),
        Control(
            "subject",
            "line",
            _("Issued to"),
            _("With the keys between braces: {last_name} {first_names}"),
        ),
        whole("validity_months", _("Valid for, in months"), 1, 600, _("Empty: without limit.")),
        choice(
            "language",
            _("Language of the document"),
            settings.LANGUAGES,
            _("Without a choice: French."),
        ),
        Control(
            "beside",
            "many",
            _("Also in"),
            _("A document written block by block says each block in these languages too."),
            choices=tuple(settings.LANGUAGES),
        ),
        SHOWN,
        tick(
            "controlled",
            _("Subject to control"),
            _(
                "The chiefs of the office above receive each act of this kind, "
                "and its cancellation or replacement; never the request nor its pieces."
            ),
        ),
        text("data.ministry", _("Authority"), _("At the head, under the name of the State.")),
        text("data.signer_title", _("Title of the signer")),
        Control(
            "data.paragraphs",
            "passages",
            _("Paragraphs"),
            _("Answers stand between braces: {last_name}. What is left empty goes away."),
        ),
        Control(
            "data.lines",
            "facts",
            _("Facts"),
            _("A name, then what it is: “Born on”, {birth_date}."),
        ),
        long_text("data.closing", _("Last sentence")),
        Control(
            "data",
            "values",
            _("Values of the model"),
            _("Only for models that name them; tables are told once for each entry of a group."),
        ),
        NAME,
    ),
)

WHO = (
    ("self", _("The person concerned")),
    ("minor_child", _("The parent of a minor")),
    ("ward", _("The guardian of the person")),
    ("ascendant", _("A child or grandchild of the person")),
    ("spouse", _("The husband or wife")),
    ("proxy", _("A proxy, with a power of attorney")),
    ("other", _("Anybody else")),
)

SECTIONS = {
    one.key: one
    for one in [
        Section(
            "service",
            _("Presentation"),
            "info",
            controls=(
                text("title", _("Title"), _("What people come to do, in plain words."), required=True),
                long_text("summary", _("Summary"), _("One or two sentences: for whom, what they get.")),
                Control("languages", "many", _("Languages"), choices=tuple(settings.LANGUAGES), required=True),
                Control(
                    "who.ways",
                    "many",
                    _("Who may ask"),
                    _("With several, people say first for whom they ask. Nothing ticked: it is not asked."),
                    choices=WHO,
                ),
                whole("delay.working_days", _("Delay, in working days"), 1, 9999),
                whole("delay.hours", _("Or delay, in hours"), 1, 9999),
                whole("quota", _("Requests, at most"), 1, 10_000_000, _("Empty: no limit.")),
                Control("code", "line", _("Code"), required=True, most=20, width="half"),
                Control("slug", "slug", _("Address"), _("Fixed once published."), width="half"),
                Control("country", "line", _("Country"), _("Two letters."), required=True, most=2, width="half"),
                Control("currency", "currency", _("Currency"), width="half"),
            ),
        ),
        Section("pieces", _("Pieces"), "clip", lists=(PIECES,)),
        Section(
            "fees",
            _("Fee"),
            "coins",
            lists=(FEES,),
            controls=(text("fee_note", _("Note below the price")),),
            intro=_("Without a line the request is free. Each line is an amount, multiplied or not."),
        ),
        Section(
            "offices",
            _("Offices"),
            "building",
            controls=(
                Control("offices", "offices", _("Offices that handle it"), required=True),
                Control("routing", "routing", _("Which of them receives a request?")),
            ),
        ),
        Section(
            "decisions",
            _("Decisions"),
            "scales",
            lists=(REASONS, MOTIVES),
            controls=(
                whole("complement.days", _("Days to answer a complement"), 1, 365),
                long_text("refusal.appeal", _("Ways to contest a refusal")),
            ),
        ),
        Section("documents", _("Documents"), "stamp", lists=(DOCUMENTS,)),
        Section(
            "data",
            _("Data and declaration"),
            "shield",
            controls=(
                long_text("declaration", _("Declaration on honour"), _("Ticked before the request is sent.")),
                whole(
                    "retention.months",
                    _("Kept for, in months after the end"),
                    1,
                    1200,
                    _("Then personal data are erased."),
                ),
                Control("contact.name", "keys", _("Name of the applicant"), _("The questions that make it.")),
                Control("contact.phone", "subject", _("Telephone of the applicant")),
                Control("contact.email", "subject", _("E-mail of the applicant")),
            ),
        ),
    ]
}  # fmt: skip
