"""The home page, by a visitor who comes for the first time."""

from bench.context import Context


def run(ctx: Context) -> None:
    ctx.measure("hello", lambda browser: browser.get("/", follow=True), repeat=30)
