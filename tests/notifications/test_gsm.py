import pytest

from portal.notifications.gsm import measure, to_gsm


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("a" * 160, "GSM", 160, 1),
        ("a" * 161, "GSM", 161, 2),
        ("a" * 306, "GSM", 306, 2),
        ("a" * 307, "GSM", 307, 3),
        ("€" * 80, "GSM", 160, 1),
        ("€" * 81, "GSM", 162, 2),
        ("é" * 160, "GSM", 160, 1),
        ("ê", "UCS-2", 1, 1),
        ("م" * 70, "UCS-2", 70, 1),
        ("م" * 71, "UCS-2", 71, 2),
        ("م" * 134, "UCS-2", 134, 2),
        ("م" * 135, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        ("", "GSM", 0, 1),
    ],
)
def test_parts(text: str, encoding: str, units: int, parts: int) -> None:
    size = measure(text)
    assert (size.encoding, size.units, size.parts) == (encoding, units, parts)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Votre dossier est prêt", "Votre dossier est pret"),
        ("reçu à l’état civil", "recu à l'état civil"),
        ("« 1 500 FDJ » — cœur…", '" 1 500 FDJ " - coeur...'),
        ("N'Guessan Ñandú ÀÉ", "N'Guessan Ñandu AÉ"),
        ("\u2066DJ26\u2069", "DJ26"),
    ],
)
def test_nearest_signs(text: str, plain: str) -> None:
    assert to_gsm(text) == plain
    assert measure(plain).encoding == "GSM"


def test_other_scripts_are_left_alone() -> None:
    text = "Guichet: طلبكم جاهز ê"
    assert to_gsm(text) == text
