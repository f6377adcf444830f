from cms_pages.models.consultations import (
    ConsultationIndexPage,
    ConsultationPage,
    Contribution,
)
from cms_pages.models.datasets import Dataset, MeasuredDelay
from cms_pages.models.editorial import FaqPage, HomePage, NewsIndexPage, NewsPage, StandardPage
from cms_pages.models.epoch import ContentEpoch
from cms_pages.models.events import LifeEventIndexPage, LifeEventPage, StepByStepPage
from cms_pages.models.guides import ProcedurePage, ThemeIndexPage, ThemePage
from cms_pages.models.links import LinkCheck
from cms_pages.models.local import LocalAddition, LocalHomePage, LocalIndexPage, LocalSite
from cms_pages.models.misses import SearchMiss
from cms_pages.models.rows import (
    Channel,
    Cost,
    Evidence,
    FeaturedGuide,
    LegalResource,
    LifeEventStep,
    Output,
    PathStep,
    Requirement,
)
from cms_pages.models.search import GuideIndex, GuideTerm, SearchWord, WordGram
from cms_pages.models.snippets import Alert, Organisation
from cms_pages.models.votes import PageVote

__all__ = [
    "Alert",
    "Channel",
    "ConsultationIndexPage",
    "ConsultationPage",
    "ContentEpoch",
    "Contribution",
    "Cost",
    "Dataset",
    "Evidence",
    "FaqPage",
    "FeaturedGuide",
    "GuideIndex",
    "GuideTerm",
    "HomePage",
    "LegalResource",
    "LifeEventIndexPage",
    "LifeEventPage",
    "LifeEventStep",
    "LinkCheck",
    "LocalAddition",
    "LocalHomePage",
    "LocalIndexPage",
    "LocalSite",
    "MeasuredDelay",
    "NewsIndexPage",
    "NewsPage",
    "Organisation",
    "Output",
    "PageVote",
    "PathStep",
    "ProcedurePage",
    "Requirement",
    "SearchMiss",
    "SearchWord",
    "StandardPage",
    "StepByStepPage",
    "ThemeIndexPage",
    "ThemePage",
    "WordGram",
]
