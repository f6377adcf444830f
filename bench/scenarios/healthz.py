"""The floor: what a request costs before the product does anything."""

from bench.context import Context
from portal.outbox.services import drain


def run(ctx: Context) -> None:
    while drain():  # no worker runs beside a bench, and a portal that tells nothing is not ready
        pass
    ctx.measure("healthz", lambda browser: browser.get("/healthz"), repeat=200)
    ctx.measure("readyz", lambda browser: browser.get("/readyz"), repeat=50)
