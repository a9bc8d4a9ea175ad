"""Files to look at, good and hostile: pictures.py FOLDER writes them.

Those of a kind are the smallest that an encoder makes of 16 by 12 orange pixels; the others are
put together here, so that each says what is wrong with it.
"""
import base64
import pathlib
import struct
import sys
import zlib

folder = pathlib.Path(sys.argv[1])
SMALL = {
    "jpg": """
        /9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBk
        eFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj
        Y2NjY2NjY2P/wAARCAAMABADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAA
        AgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0
        NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKz
        tLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAA
        AAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAV
        YnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImK
        kpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oA
        DAMBAAIRAxEAPwDPoooryj6I/9k=
    """,
    "gif": """
        R0lGODlhEAAMAIAAAEdwTMg8FCH/C05FVFNDQVBFMi4wAwEAAAAh+QQFAAAAACwAAAAAEAAMAAACDIyPqcvtD6Oc
        tNprCgA7
    """,
    "webp": """
        UklGRg4BAABXRUJQVlA4WAoAAAAIAAAADwAACwAAVlA4IC4AAADQAQCdASoQAAwAAgA0JaACdLoB+AADsAD+7Qcv
        /ILlhdcjX/q0PlofLQ/bsAAARVhJRroAAABFeGlmAABJSSoACAAAAAYAEgEDAAEAAAABAAAAGgEFAAEAAABWAAAA
        GwEFAAEAAABeAAAAKAEDAAEAAAACAAAAEwIDAAEAAAABAAAAaYcEAAEAAABmAAAAAAAAADhjAADoAwAAOGMAAOgD
        AAAGAACQBwAEAAAAMDIxMAGRBwAEAAAAAQIDAACgBwAEAAAAMDEwMAGgAwABAAAA//8AAAKgBAABAAAAEAAAAAOg
        BAABAAAADAAAAAAAAAA=
    """,
    "tif": """
        SUkqAB4AAAB4nDthI8JACjgxqn5UPRIAAP1xDSEAEAAAAQMAAQAAABAAAAABAQMAAQAAAAwAAAACAQMAAwAAAPQA
        AAADAQMAAQAAAAgAAAAGAQMAAQAAAAIAAAARAQQAAQAAAAgAAAASAQMAAQAAAAEAAAAVAQMAAQAAAAMAAAAWAQMA
        AQAAAIAAAAAXAQQAAQAAABUAAAAaAQUAAQAAAOQAAAAbAQUAAQAAAOwAAAAcAQMAAQAAAAEAAAAoAQMAAQAAAAMA
        AAA9AQMAAQAAAAIAAABTAQMAAwAAAPoAAAAAAAAACgAAAAEAAAAKAAAAAQAAAAgACAAIAAEAAQABAA==
    """,
    "avif": """
        AAAAHGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZgAAASttZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA
        AAAAAAAAAAAAAA5waXRtAAAAAAABAAAANGlsb2MAAAAAREAAAgABAAAAAAFPAAEAAAAAAAAAHgACAAAAAAFtAAEA
        AAAAAAAAvgAAADhpaW5mAAAAAAACAAAAFWluZmUCAAAAAAEAAGF2MDEAAAAAFWluZmUCAAABAAIAAEV4aWYAAAAA
        amlwcnAAAABLaXBjbwAAABNjb2xybmNseAACAAIABoAAAAAMYXYxQ4EADAAAAAAUaXNwZQAAAAAAAAAQAAAADAAA
        ABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgYIDhAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAA
        5G1kYXQSAAoJGAz+2CBAQNCAMg8YAAAAQACpjoOoyrS8FqEAAAAGRXhpZgAASUkqAAgAAAAGABIBAwABAAAAAQAA
        ABoBBQABAAAAVgAAABsBBQABAAAAXgAAACgBAwABAAAAAgAAABMCAwABAAAAAQAAAGmHBAABAAAAZgAAAAAAAAA4
        YwAA6AMAADhjAADoAwAABgAAkAcABAAAADAyMTABkQcABAAAAAECAwAAoAcABAAAADAxMDABoAMAAQAAAP//AAAC
        oAQAAQAAABAAAAADoAQAAQAAAAwAAAAAAAAA
    """,
    "heic": """
        AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAeRtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA
        AAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAABAADAAAAExpbG9jAQAAAERAAAMAAQAAAAAAAAIIAAEA
        AAAAAAAAMgACAAEAAAAAAAAAAQAAAAAAAAAIAAMAAAAAAAACOgABAAAAAAAAAL4AAABNaWluZgAAAAAAAwAAABVp
        bmZlAgAAAQABAABodmMxAAAAABVpbmZlAgAAAAACAABncmlkAAAAABVpbmZlAgAAAQADAABFeGlmAAAAANhpcHJw
        AAAAtmlwY28AAAB2aHZjQwEDcAAAAAAAAAAAAB7wAPz9+PgAAA8DIAABABhAAQwB//8DcAAAAwCQAAADAAADAB66
        AkAhAAEAKkIBAQNwAAADAJAAAAMAAAMAHqAggQWW6q6a5uBAQMCAAAADAIAAAAMAhCIAAQAGRAHBc8GJAAAAFGlz
        cGUAAAAAAAAAQAAAAEAAAAAUaXNwZQAAAAAAAAAQAAAADAAAABBwaXhpAAAAAAMICAgAAAAaaXBtYQAAAAAAAAAC
        AAECgQIAAgIDhAAAAChpcmVmAAAAAAAAAA5kaW1nAAIAAQABAAAADmNkc2MAAwABAAIAAAD4bWRhdAAAAC4oAa8T
        IWJjQPUnIv//Btp/8yQn/TXZYWdyusFb8vrA9mSbwPOqkZ6Ah2mnMBV4AAAABkV4aWYAAElJKgAIAAAABgASAQMA
        AQAAAAEAAAAaAQUAAQAAAFYAAAAbAQUAAQAAAF4AAAAoAQMAAQAAAAIAAAATAgMAAQAAAAEAAABphwQAAQAAAGYA
        AAAAAAAAOGMAAOgDAAA4YwAA6AMAAAYAAJAHAAQAAAAwMjEwAZEHAAQAAAABAgMAAKAHAAQAAAAwMTAwAaADAAEA
        AAD//wAAAqAEAAEAAAAQAAAAA6AEAAEAAAAMAAAAAAAAAA==
    """,
}


def write(name, *parts):
    (folder / name).write_bytes(b"".join(parts))


def png(width, height, rows, bits=8, colour=2):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def squeezed(byte, millions):
    """That many million times the same byte, deflated: one million as often as it takes. The sum at the end is wrong."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    million = deflate.compress(byte * 1_000_000) + deflate.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + million * millions + b"\3\0" + bytes(4)


def stream(data, more=b""):
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (more, len(data), data)


def pdf(drawn, *forms, pages=1, catalogue=b""):
    """`drawn` is the content of each page, from a stream object; `forms` are objects 5, 6, ... and X5, X6, ..."""
    first = 5 + len(forms)
    kids = b" ".join(b"%d 0 R" % (first + i) for i in range(pages))
    named = b"".join(b"/X%d %d 0 R" % (i, i) for i in range(5, first))
    resources = b"/Resources<</Font<</F 3 0 R>>/XObject<<" + named + b">>>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R" + resources + b">>"
    forms = [form.replace(b"/Form", b"/Form" + resources) for form in forms]
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    head = [b"<</Type/Catalog/Pages 2 0 R" + catalogue + b">>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids)]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate([*head, font, drawn, *forms, *[page] * pages], 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1) + table + end


small = {name: base64.b64decode(text) for name, text in SMALL.items()}
for name, data in small.items():
    write("small." + name, data)
write("small.png", png(16, 12, zlib.compress((b"\0" + b"\xc8\x3c\x14" * 16) * 12)))
hello = stream(b"BT /F 48 Tf 40 700 Td (Hello) Tj ET 1 0 0 rg 100 100 300 300 re f")
write("small.pdf", pdf(hello, pages=3))

exif = b"Exif\0\0II*\0" + struct.pack("<IHHHIII", 8, 1, 0x013B, 2, 10, 26, 0) + b"An Author\0"
write("author.jpg", small["jpg"][:2], b"\xff\xe1", struct.pack(">H", len(exif) + 2), exif, small["jpg"][2:])

# Sound and film are told by their heads; nobody decodes them here.
write("a.wav", b"RIFF", struct.pack("<I", 36 + 8000), b"WAVEfmt ", struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8),
      b"data", struct.pack("<I", 8000), b"\x80" * 8000)
write("a.ogg", b"OggS\0\2", bytes(20), b"\1\x1e\1vorbis", bytes(100))
write("a.flac", b"fLaC", bytes(100))
write("a.mp3", b"ID3\4\0", bytes(100))
write("a.m4a", b"\0\0\0\x18ftypM4A \0\0\0\0", bytes(100))
write("a.mp4", b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", bytes(range(256)) * 100)
write("a.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", bytes(100))
write("a.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm", bytes(100))
write("a.mkv", b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\1\x42\x82\x88matroska", bytes(100))

# Pictures that say they are larger than anybody can draw.
write("bomb.png", png(60000, 60000, squeezed(b"\0", 450), bits=1, colour=0))
write("header.png", png(2**31 - 1, 2**31 - 1, zlib.compress(b"\0")))
frame = small["gif"].index(b",", 13) + 5
write("bomb.gif", small["gif"][:6], b"\xff" * 4, small["gif"][10:frame], b"\xff" * 4, small["gif"][frame + 4 :])
start = small["jpg"].index(b"\xff\xc0") + 5
write("bomb.jpg", small["jpg"][:start], b"\xff\xdc\xff\xdc", small["jpg"][start + 4 :])
write("bomb.pdf", pdf(stream(squeezed(b" ", 3000), b"/Filter/FlateDecode")))

# Each form draws the next one 50 times: a picture of a quadrillion strokes in two thousand bytes.
forms = [stream(b"/X%d Do " % (number + 1) * 50, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]") for number in range(5, 14)]
forms.append(stream(b"0 0 m 595 842 l S", b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]"))
write("endless.pdf", pdf(stream(b"/X5 Do"), *forms))

for name in "jpg", "gif", "webp", "tif", "avif", "heic":
    data = small[name]
    write("cut." + name, data[: len(data) // 3])
    write("garbage." + name, data[:16], bytes(i * 137 % 256 for i in range(3000)))
write("garbage.pdf", b"%PDF-1.7\n", bytes(i * 137 % 256 for i in range(3000)))
