"""Ask another web site whether an address still answers, and nothing more."""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

import httpx

Outcome = Literal["answers", "gone", "refused", "silent", "forbidden"]
MOST_REDIRECTS = 5
TIMEOUT_SECONDS = 8.0
HEADERS = {"User-Agent": "Guichet link check"}


@dataclass(frozen=True)
class Probe:
    """What an address said.

    `gone`: the site says that nothing is there (404, 410). `refused`: it answers with another
    error. `silent`: no answer in time, or no such host. `forbidden`: not an address of the public
    web, so nothing was asked. `status` is the HTTP status, 0 without an answer.
    """

    outcome: Outcome
    status: int = 0


def probe(address: str, *, client: httpx.Client | None = None) -> Probe:
    """Ask for the head of `address`, then for the page when the site has no answer to that.

    Editors write these addresses and this machine follows them: one that leads to a private
    network, at once or by a redirect, is not asked. Never raises.
    """
    with client or httpx.Client(timeout=TIMEOUT_SECONDS, headers=HEADERS, trust_env=True) as web:
        for _hop in range(MOST_REDIRECTS + 1):
            if not is_public(address):
                return Probe("forbidden")
            try:
                status, location = _ask(web, address)
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
                return Probe("silent")
            if not location:
                return Probe(_outcome(status), status)
            address = urljoin(address, location)
    return Probe("refused", 310)


def is_public(address: str) -> bool:
    """Tell whether every machine behind `address` is on the public internet."""
    try:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return False
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, proto=socket.IPPROTO_TCP)
    except OSError:
        return True  # no such host: asking says so, and reaches nobody
    except ValueError:
        return False
    return all(ipaddress.ip_address(entry[4][0]).is_global for entry in found)


def _ask(web: httpx.Client, address: str) -> tuple[int, str]:
    answer = web.head(address)
    if answer.status_code in {403, 404, 405, 501}:  # some sites only answer to a full request
        with web.stream("GET", address) as answer:
            return answer.status_code, answer.headers.get("location", "")
    return answer.status_code, answer.headers.get("location", "") if answer.is_redirect else ""


def _outcome(status: int) -> Outcome:
    if status < 400:
        return "answers"
    return "gone" if status in {404, 410} else "refused"
