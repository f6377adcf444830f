"""Files that people send, honest and hostile, built here so that nobody has to keep them."""

import io
import struct
import zipfile
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(width: int = 900, height: int = 1200) -> Image.Image:
    """A page with writing on it."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for line in range(60, height - 60, 40):
        draw.rectangle((60, line, width - 120 - line % 170, line + 12), fill=(30, 40, 60))
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int = 900, height: int = 1200, **options: object) -> bytes:
    return encoded(picture(width, height), "JPEG", **options)


def png(width: int = 900, height: int = 1200, **options: object) -> bytes:
    return encoded(picture(width, height), "PNG", **options)


def jpeg_with_secrets() -> bytes:
    """Taken with the phone turned, knowing where, with a script in its comment and after its end."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretMaker"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (11.0, 35.0, 18.0)
    body = jpeg(exif=exif, comment=b"<script>alert(1)</script>")
    return body + b"<script>alert(2)</script>" + EICAR


def giant_png() -> bytes:
    """50,000 × 50,000 dots in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10_000)))
        + chunk(b"IEND", b"")
    )


def animated_gif(frames: int = 50) -> bytes:
    images = [Image.new("P", (700, 700), index % 255) for index in range(frames)]
    return encoded(images[0], "GIF", save_all=True, append_images=images[1:])


def pdf(pages: int = 1) -> bytes:
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        return saved(document)


def saved(document: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


def pdf_with(change: object, **options: object) -> bytes:
    """A PDF of one page after `change(document)`."""
    with pikepdf.new() as document:
        document.add_blank_page()
        change(document)
        return saved(document, **options)


def with_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def with_hidden_launch(document: pikepdf.Pdf) -> None:
    """Three levels of inline dictionaries deep."""
    launch = Dictionary(S=Name.Launch, F="cmd.exe")
    field = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 1, 1]))
    field.A = Dictionary(S=Name.GoTo, D=Array([0]), Next=Array([Dictionary(launch)]))
    document.pages[0].Annots = Array([field])


def with_additional_actions(document: pikepdf.Pdf) -> None:
    document.pages[0].AA = Dictionary(O=Dictionary(S=Name.Launch, F="x"))


def with_embedded_file(document: pikepdf.Pdf) -> None:
    document.attachments["virus.txt"] = EICAR


def with_file_annotation(document: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 1, 1]))
    document.pages[0].Annots = Array([document.make_indirect(note)])


def with_xfa(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=document.make_stream(b"<xdp/>"))


def with_many_objects(document: pikepdf.Pdf) -> None:
    document.Root.Heap = Array(
        [document.make_indirect(Dictionary(V=index)) for index in range(51_000)]
    )


def object_stream_bomb() -> bytes:
    """An object stream that a few kilobytes inflate to two gigabytes."""
    squeezed = zlib.compress(zlib.compress(bytes(200_000_000), 9), 9)
    bomb = (
        b"5 0 obj<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n"
        % len(squeezed)
        + squeezed
        + b"\nendstream endobj\n"
    )
    head = b"%PDF-1.7\n"
    rows = struct.pack(">BHB", 0, 0, 0) + struct.pack(">BHB", 2, 5, 0) * 4
    rows += struct.pack(">BHB", 1, len(head), 0) + struct.pack(">BHB", 1, len(head + bomb), 0)
    table = (
        b"6 0 obj<</Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Length %d>>stream\n" % len(rows)
        + rows
        + b"\nendstream endobj\n"
    )
    return head + bomb + table + b"startxref\n%d\n%%%%EOF\n" % len(head + bomb)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("virus.txt", EICAR)
        zipped.writestr("zeros", bytes(5_000_000))
    return out.getvalue()


def heic() -> bytes:
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(4000)
