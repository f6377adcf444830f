from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eservices.documents import services
from eservices.documents.codes import clean_code, mask, new_code


def page(code: str) -> str:
    return reverse("documents:verified", args=[code])


def test_authentic_document_shows_no_more_than_needed(client, issue, django_assert_max_num_queries):
    document = issue(valid_until=date(2999, 1, 1))
    with django_assert_max_num_queries(1):
        answer = client.get(page(document.code))
    shown = answer.content.decode()
    assert answer.status_code == 200
    for part in (document.title, document.number, "A***a M.", "État civil central", "2999"):
        assert part.replace("’", "&#x27;") in shown or part in shown
    for secret in ("Amina", "Mohamed", "case:1", "DJAMA", "ROBLEH", document.sha256):
        assert secret not in shown


def test_minutes_of_a_meeting_show_no_person(client, request_for):
    minutes = services.issue(**request_for(owner="sitting:1"))
    shown = client.get(page(minutes.code)).content.decode()
    assert "A***a" not in shown


def test_answer_is_never_indexed_cached_or_passed_on(client, issue):
    for address in (page(issue().code), page("nothing"), reverse("documents:verify")):
        answer = client.get(address)
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"  # stricter breaks the form


def test_cancelled_replaced_and_expired_say_so(client, issue):
    cancelled, old, new = issue(), issue(), issue()
    services.revoke(cancelled, "Raison interne", "chief")
    services.replace(old, new, "Nom corrigé", "chief")
    expired = issue(valid_until=date(2000, 1, 1))
    shown = {
        name: client.get(page(document.code)).content.decode()
        for name, document in (("c", cancelled), ("r", old), ("e", expired))
    }
    assert "g-notice--danger" in shown["c"]
    assert "g-notice--warning" in shown["r"]
    assert "g-notice--warning" in shown["e"]
    assert "Raison interne" not in shown["c"]
    assert new.number not in shown["r"]


def test_unknown_codes_all_get_the_same_answer(client, db):
    answers = {
        # Around it, the links to other languages repeat the address.
        client.get(page(code)).content.split(b"<main")[1].split(b"</main>")[0]
        for code in (new_code(), "X", "A" * 28, "%00", "é" * 40, "<script>", "9" * 250)
    }
    assert len(answers) == 1
    assert client.get(page(new_code())).status_code == 404


def test_guessing_is_slowed_but_a_true_document_still_answers(client, issue):
    codes = [client.get(page(new_code())).status_code for _ in range(31)]
    assert codes[:30] == [404] * 30
    assert codes[30] == 429
    assert client.get(page(issue().code)).status_code == 200


def test_network_that_asks_without_end_is_told_to_wait(client, issue, monkeypatch):
    monkeypatch.setattr("eservices.documents.views.ANY_LIMIT", 2)
    codes = [client.get(page(issue().code)).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_typed_code_leads_to_the_answer(client, issue):
    document = issue()
    typed = " " + document.display_code.lower().replace("-", " – ") + " "
    answer = client.post(reverse("documents:verify"), {"code": typed})
    assert answer.status_code == 302
    assert answer.url == page(document.code)


@pytest.mark.parametrize("typed", ["", "123", "A" * 300, "\0", "’"])
def test_bad_code_names_the_field_and_keeps_what_was_typed(client, db, typed):
    answer = client.post(reverse("documents:verify"), {"code": typed})
    assert answer.status_code == 422
    assert 'href="#id_code"' in answer.content.decode()


def test_file_is_compared_with_the_one_that_was_issued(client, issue):
    document = issue()
    content = document.file.open().read()
    same = SimpleUploadedFile("a.pdf", content)
    answer = client.post(reverse("documents:verify"), {"file": same})
    assert document.number in answer.content.decode()
    assert "g-notice--success" in answer.content.decode()
    changed = SimpleUploadedFile("a.pdf", content + b"\n")
    answer = client.post(reverse("documents:verify"), {"file": changed})
    assert answer.status_code == 404
    changed.seek(0)
    answer = client.post(reverse("documents:verify"), {"file": changed, "code": document.code})
    assert "g-notice--danger" in answer.content.decode()


@pytest.mark.parametrize("prefix", ["", "/ar", "/en"])
def test_pages_exist_in_every_language(client, issue, prefix):
    assert client.get(f"{prefix}/documents/verifier/").status_code == 200
    assert client.get(f"{prefix}/documents/verifier/{issue().code}/").status_code == 200


def test_codes():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    code = codes.pop()
    assert clean_code(f"https://x.example/ar/documents/verifier/{code}/") == code
    assert clean_code(code + "2") == ""
    assert clean_code("١" * 28) == ""


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Amina Mohamed", "A***a M."),
        ("Li", "L***"),
        ("", ""),
        ("أمينة محمد علي", "أ***ة م. ع."),
        ("a b c d e f", "a*** b. c. d."),
    ],
)
def test_names_are_masked(subject, shown):
    assert mask(subject) == shown
