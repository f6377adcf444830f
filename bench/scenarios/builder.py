"""A form of 200 questions built through the admin, then its screens: a step, a question, a save."""

from typing import Any

from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Page

from bench.context import Browser, Context
from cms_pages import roles
from eservices.catalog import drafting
from eservices.catalog.builder.blanks import blank
from eservices.catalog.models import EService
from portal.accounts import services
from portal.accounts.models import User
from tests.people import sign_in

STEPS, QUESTIONS = 10, 20
KINDS = ("text", "integer", "date", "yes_no", "choice")


def run(ctx: Context) -> None:
    session = _session_of(_publisher())
    eservice = _built(session)
    last = reverse("builder:field", args=[eservice.pk, f"q_{STEPS - 1}_{QUESTIONS - 1}"])
    pages = {
        "step of 20 among 200": reverse("builder:step", args=[eservice.pk, f"step_{STEPS - 1}"]),
        "question, 199 before it": last,
        "check of 200 questions": reverse("builder:check", args=[eservice.pk]),
    }
    for name, path in pages.items():

        def visit(browser: Browser, path: str = path) -> None:
            browser.cookies.update(session)
            browser.get(path)

        ctx.measure(name, visit, repeat=10, size=STEPS * QUESTIONS)

    def save(browser: Browser) -> None:
        browser.cookies.update(session)
        form = {"label.fr": "Changée", "required": "yes", "show_if.mode": "always"}
        browser.post(last, form | {"key": f"q_{STEPS - 1}_{QUESTIONS - 1}", "_back": "1"})

    ctx.measure("save a question among 200", save, repeat=10, size=STEPS * QUESTIONS)


def _built(session: Any) -> EService:
    """Add every question through its own screen, as an editor does."""
    from django.test import Client

    start = blank("DJ", "DJF") | {"slug": "bench-builder", "code": "BUILD", "title": {"fr": "Banc"}}
    steps = [
        {"key": f"step_{number}", "title": {"fr": f"Étape {number}"}, "fields": []}
        for number in range(STEPS)
    ]
    eservice = drafting.create(start | {"steps": steps}, by=None)
    client = Client()
    client.cookies.update(session)
    for number in range(STEPS * QUESTIONS):
        step, index = divmod(number, QUESTIONS)
        address = reverse("builder:field_add", args=[eservice.pk, f"step_{step}", "-"])
        answer = client.post(address, {"type": KINDS[number % 5], "label": f"Q {step} {index}"})
        assert answer.status_code == 302, answer.status_code
    return eservice


def _publisher(email: str = "banc@guichet.example") -> User:
    roles.install(Page.get_first_root_node())
    group = Group.objects.get(name="Publishers")
    return services.create_person(full_name="Banc", email=email, groups=[group.name])


def _session_of(user: User) -> Any:
    from django.test import Client

    client = Client()
    sign_in(client, user)
    return client.cookies
