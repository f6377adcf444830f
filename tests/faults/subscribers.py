"""A handler whose effect can be counted, loaded only by the fault trials."""

import os
import time
from pathlib import Path

from portal.outbox.services import subscribe


@subscribe("fault.trial")
def note(number: int, seconds: float) -> None:
    """Add one line per completed run; as every handler, do nothing when it is done already."""
    folder = Path(os.environ["FAULT_EFFECTS"])
    with (folder / "calls").open("a") as calls:
        calls.write(f"{number} {os.getpid()}\n")
    time.sleep(seconds)
    try:
        (folder / f"effect-{number}").touch(exist_ok=False)
    except FileExistsError:
        return
