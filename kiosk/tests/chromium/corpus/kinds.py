"""The pages of `pages/`, one kind each, and what an agent does on them."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent / "pages"
Step = tuple[str, str, *tuple[object, ...]]
"""A verb, the node it is for (`>>>` goes into a shadow root or a frame), and what it takes."""

PARTS = {"inner-frame.html", "frame-menu.html", "frame-body.html"}
"""Pages that stand in others only."""

FILES = {file.name: file.read_text(encoding="utf-8") for file in sorted(HERE.iterdir())}
PAGES = [name for name in FILES if name not in PARTS]
ANSWERS: dict[str, tuple[str, str]] = {
    "/rows.json": ("application/json", '["Gap", "Embrun", "Briançon", "Guillestre", "Vars"]'),
    "/print.css": ("text/css", "p { display: none }"),
    "/screen.css": ("text/css", "#p2 { padding: 25px } @media print { p { display: none } }"),
}
KIND_OF = {"xhtml.html": "application/xhtml+xml"}

NOT_YET = {
    "frameset.html": "rrweb does not look into the frames of a frameset",
}

KINDS: dict[str, list[Step]] = {
    "form.html": [
        ("type", "#prenom", "Élise"),
        ("type", "#courriel", "e@exemple.fr"),
        ("type", "#enfants", "3"),
        ("click", "#vider"),
    ],
    "ticks.html": [
        ("tick", "#r2", True),
        ("tick", "#c2", True),
        ("tick", "#c1", False),
        ("tick", "#c3", True),
    ],
    "selects.html": [
        ("choose", "#un", "v"),
        ("choose", "#groupes", "2"),
        ("choose", "#plusieurs", "1", "2"),
        ("choose", "#haute", "y"),
    ],
    "dates.html": [
        ("choose", "#heure", "10:15"),
        ("choose", "#part", "75"),
        ("choose", "#teinte", "#112233"),
        ("choose", "#semaine", "2026-W12"),
    ],
    "textarea.html": [("type", "#motif", " fin\nencore"), ("scroll", "#grand", 300, 0)],
    "editable.html": [("click", "#riche b"), ("type", "#riche", "é"), ("type", "#nu", "x")],
    "masks.html": [
        ("type", "#tel", "0492"),
        ("type", "#iban", "fr7630006"),
        ("type", "#montant", "12,5"),
        ("type", "#nom", "léa"),
        ("type", "#court", "abcdef"),
    ],
    "codes.html": [("type", "#c0", "123456")],
    "details.html": [("click", "#s1"), ("click", "#s2"), ("click", "#s3")],
    "dialog.html": [
        ("click", "#ouvrir"),
        ("type", "#dedans", "oui"),
        ("click", "#non"),
        ("click", "#bulle"),
        ("click", "#bulle"),
        ("click", "#simple"),
    ],
    "tabs.html": [("click", "#t2"), ("click", "#t1")],
    "accordion.html": [("click", "#a1"), ("click", "#a2"), ("click", "#a1")],
    "sticky.html": [("scroll", "", 900, 0), ("scroll", "", 1700, 0)],
    "scrolls.html": [
        ("scroll", "#dedans", 150, 0),
        ("scroll", "#dehors", 90, 0),
        ("scroll", "#large", 0, 333),
        ("scroll", "", 500, 0),
    ],
    "snap.html": [("click", "#suite"), ("scroll", "#c", 0, 800), ("scroll", "", 600, 0)],
    "long-table.html": [("scroll", "", 20000, 0)],
    "many-nodes.html": [("click", "#plus")],
    "spa.html": [("click", "#b0"), ("type", "#f1", "x"), ("click", "#b1")],
    "late.html": [("click", "#plus")],
    "shadow.html": [
        ("click", "#o >>> #i >>> #agir"),
        ("type", "#o >>> #i >>> #champ", "!"),
        ("type", "#leger", "?"),
    ],
    "declarative-shadow.html": [("click", "#h >>> #agir"), ("type", "#h >>> #champ", "é")],
    "closed-shadow.html": [("click", "#c >>> #b"), ("type", "#c >>> #f", "é")],
    "frames.html": [
        ("type", "#srcdoc >>> #f", "abc"),
        ("type", "#meme >>> #g", "mot"),
        ("click", "#meme >>> #h"),
        ("scroll", "#srcdoc >>> html", 120, 0),
    ],
    "svg.html": [("click", "#b")],
    "animation.html": [("click", "#go")],
    "rtl.html": [("type", "#nom", " م"), ("scroll", "#b", 0, -200)],
    "base-href.html": [("type", "#f", "a")],
    "menus.html": [
        ("hover", "#m1"),
        ("hover", "#l1"),
        ("hover", "#m2"),
        ("hover", "#bas"),
    ],
    "xhtml.html": [("type", "#f", "é")],
    "frameset.html": [("type", "#menu >>> #m", "x"), ("click", "#menu >>> #lien")],
    "tables.html": [("click", "#b")],
    "form-owners.html": [("type", "#dehors", "c"), ("click", "#loin")],
    "states.html": [
        ("type", "#oblig", "a"),
        ("type", "#nb", "9"),
        ("tick", "#coche", True),
        ("type", "#v", "pas une adresse"),
        ("press", "", "Tab"),
        ("click", "#lien"),
        ("click", "#b"),
    ],
    "cssom.html": [("click", "#b"), ("click", "#c")],
    "comments.html": [("click", "#b")],
    "write.html": [("click", "#b"), ("type", "#neuf", "x")],
    "moved.html": [("click", "#go"), ("click", "#go2")],
    "deep.html": [("click", "#b")],
    "selection.html": [("click", "#b")],
    "proposals.html": [("type", "#f", "g"), ("press", "", "ArrowDown"), ("press", "", "Enter")],
    "validation.html": [("click", "#b"), ("type", "#age", "42"), ("click", "#b")],
    "full-of-disabled.html": [("click", "#go")],
}
