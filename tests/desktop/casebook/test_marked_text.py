"""The marked words of a title in the list."""

from PySide6.QtWidgets import QApplication

from casebook.search import highlights, match
from desktop.casebook.marked_text import fitted

TITLE = "Buurtmoestuinen langs het spoor, voor wandelaars en hun honden"


def test_a_marked_title_that_does_not_fit_ends_in_dots(qapp: QApplication) -> None:
    wanted = match("moestuin")
    assert wanted is not None
    spans = highlights(TITLE, wanted)
    assert [TITLE[start:end] for start, end in spans] == ["moestuinen"]
    whole = fitted(TITLE, spans, qapp.font(), 10_000)
    assert whole.text() == TITLE
    width = whole.lineAt(0).naturalTextWidth()
    for part in range(1, 10):
        cut = fitted(TITLE, spans, qapp.font(), width * part / 10)
        assert cut.text().endswith("…")
        assert TITLE.startswith(cut.text().removesuffix("…"))
        assert cut.lineAt(0).naturalTextWidth() <= width * part / 10
