"""The floor: what a request costs before the product does anything."""

from bench.context import Context


def run(ctx: Context) -> None:
    ctx.measure("healthz", lambda browser: browser.get("/healthz"), repeat=200)
    ctx.measure("readyz", lambda browser: browser.get("/readyz"), repeat=50)
