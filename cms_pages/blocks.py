"""The few blocks of prose, shared by every page. What a machine must compare is a row, not a block."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

PROSE = ["bold", "italic", "ol", "ul", "link", "document-link"]


class CalloutBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        choices=[("info", _("Good to know")), ("warning", _("Take care")), ("success", _("Tip"))],
        default="info",
        label=_("Tone"),
    )
    title = blocks.CharBlock(required=False, max_length=120, label=_("Title"))
    text = blocks.RichTextBlock(features=PROSE, label=_("Text"))

    class Meta:
        icon = "help"
        label = _("Callout")
        template = "cms_pages/blocks/callout.html"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=250, label=_("Question"))
    answer = blocks.RichTextBlock(features=PROSE, label=_("Answer"))

    class Meta:
        icon = "help"
        label = _("Question and answer")
        template = "cms_pages/blocks/question.html"


class CaseBlock(blocks.StructBlock):
    """What changes in one situation: folded, so that the others need not read it."""

    title = blocks.CharBlock(max_length=160, label=_("Situation"))
    text = blocks.RichTextBlock(features=PROSE, label=_("Text"))

    class Meta:
        icon = "list-ul"
        label = _("Particular situation")
        template = "cms_pages/blocks/case.html"


class FigureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"))
    alternative = blocks.CharBlock(
        required=False,
        max_length=250,
        label=_("Description"),
        help_text=_("What a person who cannot see the image must know. Empty: decoration."),
    )
    caption = blocks.CharBlock(required=False, max_length=250, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Image")
        template = "cms_pages/blocks/figure.html"


class LinkBlock(blocks.StructBlock):
    text = blocks.CharBlock(max_length=120, label=_("Text"))
    page = blocks.PageChooserBlock(required=False, label=_("Page"))
    url = blocks.URLBlock(required=False, label=_("Or an address"))

    class Meta:
        icon = "link"
        label = _("Link")
        template = "cms_pages/blocks/link.html"


class BodyBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(
        max_length=120, icon="title", label=_("Heading"), template="cms_pages/blocks/heading.html"
    )
    text = blocks.RichTextBlock(
        features=["h3", *PROSE], label=_("Text"), template="cms_pages/blocks/text.html"
    )
    callout = CalloutBlock()
    case = CaseBlock()
    question = QuestionBlock()
    figure = FigureBlock()
    link = LinkBlock()
    file = DocumentChooserBlock(label=_("File"), template="cms_pages/blocks/file.html")


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=160, label=_("What to do"))
    text = blocks.RichTextBlock(required=False, features=PROSE, label=_("How"))

    class Meta:
        icon = "order"
        label = _("Step")


class StepsBlock(blocks.StreamBlock):
    step = StepBlock()
