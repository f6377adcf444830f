from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from eservices.documents import rendering, services
from eservices.documents.plain import plain, plain_text
from eservices.documents.rendering import Sheet
from tests.documents.samples import BIRTH_AR, letters, read

HEADER = {"country": "BJ", "office": "Centre national du casier judiciaire"}
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def draw(data, *, body="generic", language="fr", title="Attestation", **options) -> bytes:
    return rendering.render(
        Sheet(body=body, language=language, title=title, data=data, at=AT, header=HEADER, **options)
    )


def text_of(data, **options) -> str:
    return read(draw(data, **options))


def test_the_same_sheet_gives_the_same_bytes():
    assert draw({"paragraphs": ["Bonjour"]}) == draw({"paragraphs": ["Bonjour"]})


def test_procedure_without_code_uses_paragraphs_lines_and_table():
    text = text_of(
        {
            "paragraphs": ["Le chef du service atteste ce qui suit."],
            "lines": [["Quartier", "Ouaga 2000"], ["Parcelle", ""]],
            "table": {"headers": ["Pièce", "Numéro"], "rows": [["CNIB", "B123"], ["Fiche"]]},
            "closing": "Pour servir et valoir ce que de droit.",
        }
    )
    for part in ("atteste ce qui suit", "Ouaga 2000", "—", "CNIB", "Fiche", "valoir"):
        assert part in text


def test_a_word_without_end_is_cut_before_the_next_column():
    rows = [["1", "X" * 90, "60 000 F CFA"], ["2", "Amina", "5 000 F CFA"]]
    text = text_of({"table": {"headers": ["N°", "Nom", "Montant"], "rows": rows}})
    assert max(word.count("X") for word in text.split()) < 60  # on several lines
    assert "X" * 90 in letters(text).replace("\u200b", "")
    assert "60 000 F CFA" in text


@pytest.mark.parametrize("dash", ["–", "—"])
def test_second_part_of_a_title_has_a_line_of_its_own(dash):
    text = text_of({}, title=f"Bulletin n° 3 {dash} Extrait du casier judiciaire")
    assert "BULLETIN N° 3 EXTRAIT DU CASIER JUDICIAIRE" in text


def test_empty_list_of_convictions_says_none():
    assert "NÉANT" in letters(text_of({"last_name": "ADJOVI"}, body="criminal_record_b3"))
    text = text_of({"convictions": [["2018", "TPI", "Vol", "6 mois"]]}, body="criminal_record_b3")
    assert "NÉANT" not in letters(text)
    assert "TPI" in text


@pytest.mark.parametrize("nature", ["signature", "copy"])
def test_legalisation_numbers_its_documents(nature):
    data = {"nature": nature, "person": "Mme KOUASSI", "documents": [["Bail", "6", "français"]] * 3}
    text = text_of(data, body="legalisation")
    assert ("légalisation de la signature" in text) == (nature == "signature")
    assert "3 Bail 6 français" in text


def test_arabic_keeps_its_letters_and_the_order_of_numbers():
    text = text_of(
        BIRTH_AR,
        body="birth_extract",
        language="ar",
        title="مستخرج من عقد الولادة",
        number="2026/A/1",
    )
    # Readers give the words of a line in the order of the page: each word is looked for alone.
    words = [
        "محمد",
        "علي",
        "أمينة",
        "هدن",
        "دار",
        "الحنان",
        "—",
        "/",
        "2026/A/1",
        "نوفمبر",
        "اللقب",
        "جيبوتي",
    ]
    assert [word for word in words if word not in text] == []
    assert "1 000 FDJ" in text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["fr", "ar", "en", "so", ""])
@pytest.mark.parametrize(
    "body",
    ["generic", "birth_extract", "criminal_record_b3", "legalisation", "acknowledgement", "receipt"],
)  # fmt: skip
def test_every_body_can_be_empty_in_every_language(body, language):
    assert draw({}, body=body, language=language, title="").startswith(b"%PDF-1.7")


PAYLOADS = [
    '#read("/etc/passwd")',
    '#import "@preview/x:0.1.0"',
    "#{while true {}}",
    "{{ 7*7 }} {% debug %} ${7*7} <%= 7*7 %>",
    "{settings.SECRET_KEY}",
    "$ 7 * 7 $ _*bold*_ `raw` = Title\n- item <label> @label",
    '"); #eval("1+1")',
    "<script>alert(1)</script>",
    "../../secrets/authority.pem",
]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("body", ["generic", "birth_extract", "legalisation"])
def test_text_is_never_read_as_a_template(payload, body):
    text = text_of(
        {
            "paragraphs": [payload],
            "last_name": payload,
            "person": payload,
            "lines": [[payload, payload]],
            "table": {"headers": [payload], "rows": [[payload]]},
        },
        body=body,
        title=payload,
        signer=payload,
        number=payload,
    )
    assert letters(plain_text(payload)) in letters(text)
    assert "root:" not in text
    assert "49" not in text


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("N’Guessan\u00a0Kouamé", "N’Guessan\u00a0Kouamé"),
        ("Ṣàngó Ɖɔ̀ Ɛdɛ ɓ ɗ ŋ ƴ", "Ṣàngó Ɖɔ̀ Ɛdɛ ɓ ɗ ŋ ƴ"),
        ("\u202eevil\u202c \u200fname\u2066", "evil name"),
        ("a\0b\nc\td", "a b c d"),
        ("ﬁche Ａｄｊｏｖｉ", "fiche Adjovi"),
        ("محمد", "محمد"),
        ("Ω 漢字 🧾", "\ufffd \ufffd\ufffd \ufffd"),
        (None, ""),
        (12, "12"),
    ],
)
def test_text_is_made_printable(given, printed):
    assert plain(given) == printed


def test_any_sign_can_be_drawn():
    everything = "".join(map(chr, [*range(1, 0xD800, 7), *range(0xE000, 0x1FFFF, 61)]))
    parts = [everything[at : at + 900] for at in range(0, len(everything), 900)]
    assert draw({"paragraphs": parts}).startswith(b"%PDF")


def test_hostile_sizes_are_bounded():
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    data = {"paragraphs": ["A" * 200_000], "lines": [[deep, deep]], "table": {"rows": deep}}
    assert len(str(plain(data))) < 10_000
    assert draw({"paragraphs": ["W" * 7_000]}).startswith(b"%PDF")


def test_many_documents_drawn_at_once_never_mix():
    def one(index: int) -> bool:
        names = [f"PERSON{index:03d}X", f"FATHER{index:03d}X", f"MOTHER{index:03d}X"]
        data = {"last_name": names[0], "father": names[1], "mother": names[2]}
        text = text_of(data, body="birth_extract", signer=f"SIGNER{index:03d}X")
        words = {word for word in text.split() if word.endswith("X") and word[-4:-1].isdigit()}
        return words == {*names, f"SIGNER{index:03d}X"}

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(one, range(80)))


def test_acknowledgement_and_receipt():
    slip = services.acknowledgement(
        {
            "country": "BJ",
            "office": "CNCJ",
            "reference": "BJ26-7K3M9Q2X-4",
            "service": "Casier judiciaire",
            "deadline": "25 novembre 2026",
            "tracking_url": "https://guichet.example/suivi/BJ26-7K3M9Q2X-4/?k=secret",
            "at": AT,
        },
        "fr",
    )
    text = letters(read(slip))
    for part in ("ACCUSÉDERÉCEPTION", "BJ26-7K3M9Q2X-4", "25novembre2026", "guichet.example/suivi"):
        assert part in text
    assert "secret" not in text
    paid = services.receipt(
        {
            "country": "DJ",
            "receipt_number": "R-000431",
            "fee_lines": [["Copie", "2", "500 FDJ", "1 000 FDJ"]],
            "total": "1 000 FDJ",
            "at": AT,
        },
        "fr",
    )
    assert letters(read(paid)).count("1000FDJ") == 2
    assert "R-000431" in read(paid)
    assert services.receipt({"total": "500"}, "ar").startswith(b"%PDF")
