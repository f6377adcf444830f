"""The desk of one office among forty, with 10,000 cases and then a million (and ten million events).

The inbox measured is the heaviest: its office has confidential cases, and gives opinions on cases
of others. PostgreSQL only. GUICHET_BENCH_CASES changes the larger number.
"""

import os
import sys
import time

from django.db import connection
from django.urls import reverse

from bench import history
from bench.context import Browser, Context
from bench.scenarios.desk import _session_of
from eservices.backoffice.models import Export
from eservices.cases.models import Case
from eservices.figures import services as figures
from portal.accounts.models import User

SMALL = 10_000
LARGE = int(os.environ.get("GUICHET_BENCH_CASES", "1000000"))
SIZES = os.environ.get("GUICHET_BENCH_SIZES", "")  # of one database among several: see bench.run
VISITS = 40


def run(ctx: Context) -> None:
    if connection.vendor != "postgresql":
        return
    agent = User.objects.get(email="agent2.dj@guichet.example")
    chief = User.objects.get(email="chef.dj@guichet.example")
    sizes = {"small": (SMALL,), "large": (LARGE,)}.get(SIZES, (SMALL, LARGE))
    made = history.made()
    if not made:
        history.prepare(agent)
    elif SIZES:
        sizes = (made,)  # one's own database, filled by an earlier run
    for size in sizes:
        if made < size:
            _fill(agent, made, size)
            made = size
        _measure(ctx, agent, chief, size)


def _fill(agent: User, made: int, size: int) -> None:
    seconds = history.grow(agent, made, size)
    begin = time.monotonic()
    figures.rebuild()  # of a million: some minutes
    print(
        f"{size} cases and {10 * size} events made in {seconds:.0f} s,"
        f" figures rebuilt in {time.monotonic() - begin:.0f} s",
        file=sys.stderr,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _measure(ctx: Context, agent: User, chief: User, size: int) -> None:
    office = agent.office_memberships.get().office
    waiting = Case.objects.for_offices([office.pk]).waiting().oldest_first()
    files = history.give_numbers(list(waiting.exclude(phone=history.SHARED_PHONE)[: VISITS + 5]))
    crowd = history.give_numbers(list(waiting.filter(phone=history.SHARED_PHONE)[: VISITS + 5]))
    queue, search = reverse("backoffice:queue"), reverse("backoffice:search")
    filtered = "?service=million-3&f.reason=other&f.copies:min=2&show=unassigned"
    pages = {
        "inbox": [queue],
        "inbox, most urgent": [f"{queue}?order=due"],
        "inbox, filtered on answers": [queue + filtered],
        # Full at both sizes: the one above shows a handful of lines at the smaller one.
        "inbox, filtered by day": [f"{queue}?since=2020-01-01&show=unassigned"],
        "inbox, asked by others": [f"{queue}?show=guest"],
        "inbox, waiting elsewhere": [f"{queue}?show=other"],
        "inbox, closed ones": [f"{queue}?status=closed"],
        # A filter on answers whose page is full at both sizes.
        "inbox, closed ones by answers": [
            f"{queue}?status=closed&service=million-3&f.reason=school&f.copies:min=2"
        ],
        "search: frequent name": [f"{search}?q=mohamed"],
        "search: name and family": [f"{search}?q=mohammed+ouedraogo"],
        "search: other spelling": [f"{search}?q=muhamad+wedraogo"],
        "search: two other names": [f"{search}?q=awa+traore", f"{search}?q=abdoulay+nur"],
        "search: nobody": [f"{search}?q=xyzzyx"],
        "search: telephone": [f"{search}?q=77123456"],
        "search: shared telephone": [f"{search}?q={history.SHARED_PHONE[4:]}"],
        "search: an answer": [f"{search}?q=ecole"],
        "search: number": [f"{search}?q={one}" for one in files],
        "case file": [reverse("backoffice:case", args=[one]) for one in files],
        "case file, shared telephone": [reverse("backoffice:case", args=[one]) for one in crowd],
    }
    session = _session_of(agent)
    for name, paths in pages.items():
        ctx.measure(f"{name}", _visit(session, paths), repeat=VISITS, size=size)
    ctx.measure("export, ordered", _order(session), repeat=10, size=size)
    ctx.measure("agent: own figures", _visit(session, [reverse("backoffice:figures")]), size=size)
    session = _session_of(chief)
    ctx.measure("chief: inbox", _visit(session, [queue]), repeat=20, size=size)
    for name in ("figures", "fairness"):
        paths = [reverse(f"backoffice:{name}")]
        ctx.measure(f"chief: {name}", _visit(session, paths), repeat=20, size=size)


def _order(session):
    def order(browser: Browser) -> None:
        browser.cookies.update(session)
        browser.post(
            reverse("backoffice:exports"), {"content": "cases", "format": "csv", "query": ""}
        )
        Export.objects.all().delete()  # of those waiting, one person has a few only

    return order


def _visit(session, paths):
    turn = iter(range(10**9))

    def visit(browser: Browser) -> None:
        browser.cookies.update(session)
        browser.get(paths[next(turn) % len(paths)])

    return visit
