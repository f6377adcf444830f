"""Make .venv and install exactly what the lock files say, wheels only. Standard library only."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
# What pip calls a setting → what uv calls it.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "no-index": "UV_NO_INDEX",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}


class Problem(Exception):
    """Said in one sentence."""


def main(wanted: str) -> None:
    if wanted == "run" and _stamp("dev").exists():
        wanted = "dev"  # never take away from a developer what is already there
    state = _state(LOCKS[wanted])
    if _stamp(wanted).exists() and _stamp(wanted).read_text() == state and PYTHON.exists():
        _compile_catalogues()
        return
    _check_machine()
    _make_environment()
    print(f"Installing {LOCKS[wanted].name} …", flush=True)
    _install(LOCKS[wanted])
    _stamp(wanted).write_text(state)
    _compile_catalogues()


def _stamp(group: str) -> Path:
    return VENV / f".installed-{group}"


def _state(lock: Path) -> str:
    return hashlib.sha256(sys.version.encode() + lock.read_bytes()).hexdigest()


def _check_machine() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as exc:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Problem(
            f"Python {version} lacks its venv module. On Debian: apt-get install python{version}-venv"
        ) from exc
    if not os.access(ROOT, os.W_OK):
        raise Problem(f"The folder {ROOT} is read-only: copy the project where you may write.")
    if shutil.disk_usage(ROOT).free < 1_000_000_000:
        raise Problem("Less than 1 GB is free on this disk; the installation needs that much.")


def _make_environment() -> None:
    if PYTHON.exists() and _run(PYTHON, "-c", "import pip").returncode == 0:
        return
    print("Making .venv …", flush=True)
    made = _run(sys.executable, "-m", "venv", "--clear", VENV)
    if made.returncode:
        raise Problem(f"python -m venv failed: {_last_line(made)}")


def _install(lock: Path) -> None:
    """Install with uv, and with pip where uv cannot be had. Hashes are checked by both."""
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        _run(PYTHON, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "uv")
    if uv.exists():
        command = [uv, "pip", "sync", "--python", PYTHON, "--require-hashes", "--no-build", lock]
        result = _run(*command, env={**os.environ, **_uv_settings()})
        if result.returncode == 0:
            return
        print(f"uv could not install ({_last_line(result)}); trying pip …", flush=True)
    command = ["-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "-r", lock]
    result = _run(PYTHON, *command)
    if result.returncode:
        raise Problem(
            "The packages could not be downloaded. Is there a network, or a package index in the"
            f" settings of pip? (pip said: {_last_line(result)})"
        )


def _uv_settings() -> dict[str, str]:
    """Return the operator's pip settings in uv's words: indexes, certificates, time limits."""
    listed = _run(PYTHON, "-m", "pip", "config", "list").stdout.splitlines()
    settings = {
        "UV_PYTHON_DOWNLOADS": "never",
        # pip looks in every index; the hashes of the lock make that safe for uv too.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_LINK_MODE": "copy",
    }
    for line in sorted(listed):  # ":env:." sorts first, so that files never outrank the environment
        name, _, value = line.partition("=")
        key = PIP_TO_UV.get(name.rpartition(".")[2])
        if key and key not in os.environ:
            separator = "," if key == "UV_FIND_LINKS" else " "
            settings.setdefault(key, separator.join(value.strip("'\"").replace("\\n", " ").split()))
    return settings


def _compile_catalogues() -> None:
    result = _run(PYTHON, "-m", "portal.core.catalogues")
    if result.returncode:
        raise Problem(f"The translations could not be compiled: {_last_line(result)}")


def _run(*command: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=ROOT, env=env, text=True, capture_output=True)  # noqa: S603


def _last_line(result: subprocess.CompletedProcess[str]) -> str:
    lines = (result.stderr or result.stdout).strip().splitlines()
    return lines[-1].strip() if lines else f"code {result.returncode}"


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "run")
    except Problem as problem:
        sys.exit(str(problem))
    except OSError as error:
        sys.exit(f"Could not write {error.filename}: {error.strerror}.")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
