"""A PDF file of one page in one colour, for tests."""

from __future__ import annotations


def one_colour_pdf(colour: tuple[int, int, int]) -> bytes:
    """Return a page of 600 by 800 points filled with (red, green, blue), each 0 to 255."""
    paint = " ".join(f"{part / 255:.4f}" for part in colour)
    body = f"{paint} rg 0 0 600 800 re f".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(body), body),
    ]
    file = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj%sendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(file)
    file += b"xref\n0 5\n0000000000 65535 f \n" + table
    return file + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start
