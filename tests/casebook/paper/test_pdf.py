"""A document on paper is accessible, fit to be kept, complete, and always the same."""

import hashlib
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebook.paper.content import (
    Block,
    Bullets,
    Document,
    Facts,
    Figure,
    Heading,
    Item,
    Notice,
    Paragraph,
    Quote,
    Run,
    Table,
    Tone,
)
from casebook.paper.pdf import pdf_of
from casebook.paper.style import COLOURS
from casebook.picture import Anchor, Circle, Colour, Line, Picture, Polygon, Rect, Text
from tests.casebook.paper.reading import elements, faults, opened, pages_of, save, tags, unmarked

LONG = "De gemeente ondersteunt het initiatief en let op gelijke gevallen. " * 400
PICTURE = Picture(
    200,
    60,
    (
        Line(0, 30, 200, 30, Colour.ACCENT, dashed=True),
        Rect(0, 0, 10, 10),
        Circle(50, 30, 4),
        Polygon(((90, 25), (95, 35), (85, 35))),
        Text(100, 50, "midden", 9, anchor=Anchor.MIDDLE, strong=True),
    ),
    "Drie tekens op een lijn.",
    ("Wat", "Hoeveel"),
    (("Tekens", "3"),),
)
EVERYTHING: tuple[Block, ...] = (
    Paragraph("Casus 1", Tone.LABEL),
    Heading(1, "Een titel"),
    Notice("CONCEPT"),
    Paragraph((Run("Gewoon, "), Run("vet", bold=True), Run(" en "), Run("schuin", italic=True)), Tone.LEAD),
    Facts((("Gevraagd op", "1 april 2026"), ("Wie", (Paragraph("Een groep"), Bullets((Item("een"),)))))),
    Heading(2, "Een lijst"),
    Bullets((Item("een", (Bullets((Item("diep"),), first=4),)), Item("twee"))),
    Quote("Wat zeggen we tegen de volgende?"),
    Heading(3, "Een tabel"),
    Table(("Wat", "Wie"), (("a", "b"), ("c", (Paragraph("d"),))), (2, 1), "Twee rijen"),
    Figure(PICTURE, (1, 1), "Een plaatje"),
)


def document(*blocks: Block, title: str = "Een titel") -> Document:
    first = () if any(isinstance(each, Heading) and each.level == 1 for each in blocks) else (Heading(1, title),)
    return Document(
        title=title,
        subject="Verslag",
        author="Gemeente Voorbeeld",
        language="nl-NL",
        blocks=(*first, *blocks),
        footer="Afschrift van 1 april 2026.",
        made=datetime(2026, 4, 1, tzinfo=UTC),
    )


def read_aloud(content: bytes, folder: Path) -> str:
    """The words in the order of the structure, as poppler finds them."""
    if not shutil.which("pdfinfo"):
        pytest.skip("poppler is not installed")
    command = ["pdfinfo", "-struct-text", str(save(content, folder))]
    lines = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout.splitlines()
    read = (each.strip().strip('"') for each in lines if each.strip().startswith('"'))
    return " ".join(" ".join(read).split())


def test_every_kind_of_block_conforms_to_both_standards() -> None:
    assert faults(pdf_of(document(*EVERYTHING))) == []


def test_everything_painted_belongs_to_an_element_or_is_an_artifact() -> None:
    assert unmarked(opened(pdf_of(document(*EVERYTHING)))) == []


def test_headings_stand_in_order_in_the_structure_and_in_the_bookmarks() -> None:
    pdf = opened(pdf_of(document(*EVERYTHING)))
    assert [each for each in tags(pdf) if each.startswith("H")] == ["H1", "H2", "H3"]
    with pdf.open_outline() as outline:
        assert outline.root[0].title == "Een titel"
        assert outline.root[0].children[0].title == "Een lijst"
        assert outline.root[0].children[0].children[0].title == "Een tabel"


def test_a_figure_has_an_alternative_text_a_place_and_a_table_of_its_facts() -> None:
    pdf = opened(pdf_of(document(*EVERYTHING)))
    (figure,) = elements(pdf, "Figure")
    assert str(figure.Alt) == "Drie tekens op een lijn."
    left, bottom, right, top = (float(each) for each in figure.A.BBox)
    assert (right - left, top - bottom) == pytest.approx((200, 60), abs=0.1)
    assert tags(pdf)[tags(pdf).index("Figure") + 1] == "Table"


def test_table_headers_say_what_they_head() -> None:
    pdf = opened(pdf_of(document(*EVERYTHING)))
    scopes = [str(each.A.Scope) for each in elements(pdf, "TH")]
    assert scopes == ["/Row", "/Row", "/Column", "/Column", "/Row", "/Row", "/Column", "/Column", "/Row"]


def test_a_list_has_labels_and_bodies_and_a_list_within_lies_in_a_body() -> None:
    pdf = opened(pdf_of(document(*EVERYTHING)))
    lists = elements(pdf, "L")
    assert [str(each.A.ListNumbering) for each in lists] == ["/Disc", "/Disc", "/Decimal"]
    assert str(lists[2].P.S) == "/LBody"
    assert len(elements(pdf, "Lbl")) == len(elements(pdf, "LBody")) == len(elements(pdf, "LI")) == 4


def test_the_document_says_its_title_language_and_moment() -> None:
    pdf = opened(pdf_of(document(title="Koffie & <thee>\x00\udc80")))
    assert str(pdf.Root.Lang) == "nl-NL"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert str(pdf.docinfo["/Title"]) == "Koffie & <thee>"
    assert str(pdf.docinfo["/CreationDate"]) == "D:20260401000000+00'00'"
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "Koffie & <thee>"
        assert metadata["pdfuaid:part"] == "1"


def test_reading_order_is_the_order_of_the_blocks(tmp_path: Path) -> None:
    read = read_aloud(pdf_of(document(*EVERYTHING)), tmp_path)
    wanted = ["Casus 1", "Een titel", "CONCEPT", "Gewoon", "Gevraagd op", "een", "4.", "diep", "twee", "volgende"]
    places = [read.index(each) for each in wanted]
    assert places == sorted(places)
    assert read.index("Twee rijen") < read.index("Wie a b c d") < read.index("Een plaatje")


def test_page_furniture_is_not_read_aloud(tmp_path: Path) -> None:
    assert "Afschrift" not in read_aloud(pdf_of(document(Paragraph(LONG))), tmp_path)


def test_a_paragraph_over_many_pages_is_one_element(tmp_path: Path) -> None:
    content = pdf_of(document(Paragraph(LONG)))
    pdf = opened(content)
    (paragraph,) = elements(pdf, "P")
    assert len(set(pages_of(paragraph))) == len(pdf.pages) > 5
    assert read_aloud(content, tmp_path).count("gelijke gevallen") == 400
    assert faults(content) == []


def test_a_long_table_repeats_its_header_as_an_artifact(tmp_path: Path) -> None:
    rows = tuple((f"rij {number}", "woorden") for number in range(120))
    content = pdf_of(document(Table(("Opschrift", "Wat"), rows, (1, 1))))
    pdf = opened(content)
    assert len(pdf.pages) > 3
    assert len(elements(pdf, "Table")) == 1
    assert len(elements(pdf, "TR")) == 121
    assert read_aloud(content, tmp_path).count("Opschrift") == 1
    assert unmarked(pdf) == []
    assert faults(content) == []


def test_a_row_that_is_higher_than_a_page_goes_on_in_the_same_cells() -> None:
    listed = Bullets(tuple(Item(f"punt {number}") for number in range(80)))
    content = pdf_of(document(Table(("Wat", "Wie"), ((("naam"), (Paragraph(LONG), listed)),), (1, 3))))
    pdf = opened(content)
    assert len(elements(pdf, "TR")) == 2
    assert len(elements(pdf, "LI")) == 80
    assert faults(content) == []


def test_a_heading_never_stands_alone_at_the_foot_of_a_page() -> None:
    for filled in range(35, 48):
        lines = "\n".join(["regel"] * filled)
        table = Table(("Wat", "Wie"), (("a", "b"),), (1, 1), "Opschrift")
        pdf = opened(pdf_of(document(Paragraph(lines), Heading(2, "Kop"), Heading(3, "Kopje"), table)))
        (heading,), (subheading,) = elements(pdf, "H2"), elements(pdf, "H3")
        last = elements(pdf, "TD")[0].K[0]
        assert pages_of(heading) == pages_of(subheading) == pages_of(last)


def test_the_foot_of_each_page_says_which_of_how_many_it_is(tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("poppler is not installed")
    path = save(pdf_of(document(Paragraph(LONG))), tmp_path)
    printed = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, encoding="utf-8").stdout
    pages = printed.split("\f")[:-1]
    for number, each in enumerate(pages, 1):
        assert "Afschrift van 1 april 2026." in each
        assert f"{number} of {len(pages)}" in each or f"{number} van {len(pages)}" in each


def test_the_same_document_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import sys, hashlib; from tests.casebook.paper.test_pdf import EVERYTHING, document, pdf_of;"
        "sys.stdout.write(hashlib.sha256(pdf_of(document(*EVERYTHING))).hexdigest())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        encoding="utf-8",
        cwd=Path(__file__).parents[3],
    )
    assert run.stdout == hashlib.sha256(pdf_of(document(*EVERYTHING))).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        "<b>niet vet</b> & <script> </para> &amp; &#60;",
        "onafbreekbaar" * 400,
        "https://voorbeeld.example/" + "pad/" * 300,
        "שלום עולם, مرحبا بالعالم",
        "👩‍👩‍👧‍👦 zon ☀️ vlag 🇳🇱 duim 👍🏽",
        "stuur\x00tekens\x07\x1b[31m\x85\u2028\u2029\ufeff\u202e\ud800",
        "漢字かな交じり文。" * 50,
        "Z̴̡̢͔͙̤̬̑a̷̡̨̛͎̱͈͠l̶̡̛̥͇g̵̢̡͎̱͐o̸̢͍̊͠",
        "e\u0301e\u0301n ﬁets ½ ² ℡ 𝐯𝐞𝐭",
        " \t\n \u00a0 ",
        "",
    ],
)
def test_nasty_texts_go_everywhere_without_harm(text: str) -> None:
    blocks = (
        Paragraph(text),
        Heading(2, text),
        Notice(text),
        Quote(text),
        Facts(((text, text), ("naam", (Paragraph(text),)))),
        Bullets((Item(text, (Bullets((Item(text),)),)),)),
        Table(("Wat", "Wie"), ((text, (Paragraph(text),)),), (1, 6)),
    )
    content = pdf_of(document(*blocks, title=text))
    assert faults(content) == []
    assert unmarked(opened(content)) == []


def test_words_at_the_end_of_a_line_stay_apart(tmp_path: Path) -> None:
    words = [f"woord{number}" for number in range(300)]
    read = read_aloud(pdf_of(document(Paragraph(" ".join(words)))), tmp_path)
    assert read.split()[2:] == words


def test_a_word_that_is_cut_stays_one_word(tmp_path: Path) -> None:
    assert "a" * 500 in read_aloud(pdf_of(document(Paragraph("a" * 500))), tmp_path)


def test_what_was_typed_as_markup_is_printed_as_it_is(tmp_path: Path) -> None:
    assert "<b>niet vet</b> &amp;" in read_aloud(pdf_of(document(Paragraph("<b>niet vet</b> &amp;"))), tmp_path)


def test_a_character_that_cannot_be_printed_is_seen_and_explained(tmp_path: Path) -> None:
    assert "zon [?] schijnt" in read_aloud(pdf_of(document(Paragraph("zon 🌞 schijnt"))), tmp_path)
    assert read_aloud(pdf_of(document(Paragraph("zon 🌞"))), tmp_path).count("[?]") == 2
    assert "[?]" not in read_aloud(pdf_of(document(Paragraph("zon"))), tmp_path)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=400), st.text(max_size=60), st.integers(1, 40))
def test_any_text_in_any_place_conforms(text: str, name: str, share: int) -> None:
    table = Table(("Wat", "Wie"), ((text, name), (name, (Paragraph(text),))), (share, 10))
    assert faults(pdf_of(document(Paragraph(text), Facts(((name, text),)), table, title=name))) == []


def test_headings_that_skip_a_level_are_refused() -> None:
    with pytest.raises(ValueError, match="skip none"):
        document(Heading(1, "Titel"), Heading(3, "Te diep"))


def test_colours_of_words_stand_out_on_paper() -> None:
    for colour in (Colour.INK, Colour.MUTED, Colour.ACCENT, Colour.POSITIVE, Colour.NEGATIVE):
        assert contrast_with_white(COLOURS[colour]) >= 4.5


def contrast_with_white(colour: str) -> float:
    """WCAG 2.2, the definition of contrast ratio."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
