"""Text is compressed on its way out; what is compressed already is left alone."""

import gzip

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from portal.core.compression import CompressTextMiddleware


def answer(content_type, body=b"a" * 1000, accept="gzip, br"):
    request = RequestFactory().get("/", headers={"accept-encoding": accept})
    response = HttpResponse(body, content_type=content_type)
    return CompressTextMiddleware(lambda _request: response)(request)


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json"])
def test_text_is_compressed(content_type):
    response = answer(content_type)
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    assert gzip.decompress(response.content) == b"a" * 1000


@pytest.mark.parametrize("content_type", ["application/pdf", "image/jpeg"])
def test_files_are_left_alone(content_type):
    assert "Content-Encoding" not in answer(content_type)


def test_browser_without_gzip_gets_plain_text():
    assert "Content-Encoding" not in answer("text/html", accept="")
