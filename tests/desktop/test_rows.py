"""A long list holds a few pages, and is right by Qt's own measure."""

from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from desktop.rows import PAGE, PAGES_KEPT, Column, Rows


def rows(total: int) -> tuple[Rows[str], list[int]]:
    asked: list[int] = []
    model: Rows[str] = Rows((Column("Title", lambda line: line),), asked.append)
    model.restart(total, [f"line {n}" for n in range(min(PAGE, total))])
    return model, asked


def test_qt_finds_nothing_wrong_with_the_model() -> None:
    model, _asked = rows(120)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.deliver(1, [f"line {n}" for n in range(PAGE, 2 * PAGE)])
    model.restart(3, ["a", "b", "c"])


def test_a_line_that_is_not_here_is_blank_and_asked_for_once() -> None:
    model, asked = rows(1000)
    assert model.index(500, 0).data() == ""
    assert model.index(501, 0).data() == ""
    assert asked == [500 // PAGE]
    model.deliver(500 // PAGE, [f"line {n}" for n in range(500, 500 + PAGE)])
    assert model.index(500, 0).data() == "line 500"


def test_a_hundred_thousand_lines_keep_a_few_pages_in_memory() -> None:
    model, asked = rows(100_000)
    for row in range(0, 100_000, PAGE):
        model.index(row, 0).data()
    for page in asked:
        model.deliver(page, ["x"] * PAGE)
    assert len(model._pages) <= PAGES_KEPT


def test_what_is_chosen_stays_chosen_when_the_list_is_renewed() -> None:
    model, _asked = rows(3)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    chosen, gone = QPersistentModelIndex(model.index(2, 0)), QPersistentModelIndex(model.index(1, 0))
    model.renew(5, {0: ["new", "line 2", "newer", "line 0", "line 9"]})
    assert (chosen.row(), chosen.data()) == (1, "line 2")
    assert not gone.isValid()
    model.renew(2, {0: ["line 0", "line 2"]})
    assert (chosen.row(), chosen.data()) == (1, "line 2")
    assert model.rowCount() == 2


def test_a_renewed_list_may_become_empty_and_grow_again() -> None:
    model, _asked = rows(120)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.renew(0, {0: []})
    assert model.rowCount() == 0
    model.renew(60, {1: [f"line {n}" for n in range(PAGE, 60)]})
    assert model.index(55, 0).data() == "line 55"
    assert model.index(5, 0).data() == ""
