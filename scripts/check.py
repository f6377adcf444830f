"""Every check that reads the code instead of running it. Prints what fails, and how to mend it."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
MANAGE = [BIN / "python", "manage.py"]
# `check --deploy` looks at the production settings; these values only let them be read.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "GUICHET_SECRET_KEY": "only-for-the-check-" + "0123456789abcdefghij" * 3,
    "GUICHET_HOSTS": "guichet.example",
    "GUICHET_BASE_URL": "https://guichet.example",
    "GUICHET_DATA_DIR": str(ROOT / "build" / "check"),
}


def templates() -> list[Path]:
    return sorted(ROOT.glob("templates/**/*.html"))


def checks() -> list[tuple[str, list, dict[str, str]]]:
    deploy = ["check", "--deploy", "--fail-level", "WARNING"]
    migrations = ["makemigrations", "--check", "--dry-run", "-v", "1"]
    return [
        ("format (make fix)", [BIN / "ruff", "format", "--check", "--quiet", "."], {}),
        ("style (make fix)", [BIN / "ruff", "check", "--quiet", "."], {}),
        ("layers", [BIN / "lint-imports", "--no-cache"], {}),
        ("types", [BIN / "mypy", "--no-error-summary"], {}),
        ("templates (make fix)", [BIN / "djade", *DJADE, "--check", *templates()], {}),
        ("templates", [BIN / "djlint", "--lint", "--quiet", "templates"], {}),
        ("production settings", [*MANAGE, *deploy], PRODUCTION),
        ("migrations (manage.py makemigrations)", [*MANAGE, *migrations], PRODUCTION),
        ("translations (make messages)", [*MANAGE, "messages_check"], PRODUCTION),
    ]


DJADE = ["--target-version", "5.2"]


def main() -> int:
    if "--fix-templates" in sys.argv:
        return subprocess.call([BIN / "djade", *DJADE, *templates()], cwd=ROOT)  # noqa: S603
    failed = []
    for name, command, environment in checks():
        begin = time.monotonic()
        result = subprocess.run(  # noqa: S603
            [str(word) for word in command],
            cwd=ROOT,
            env={**os.environ, **environment},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        verdict = "ok" if result.returncode == 0 else "FAILED"
        print(f"{verdict:>6}  {name}  ({time.monotonic() - begin:.0f} s)", flush=True)
        if result.returncode:
            failed.append(name)
            print(result.stdout.rstrip()[-8000:], flush=True)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
