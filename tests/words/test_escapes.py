"""No string on the screen or on paper escapes translation; and the check that says so truly finds one."""

import pytest

from tests.words.__main__ import escaped
from tests.words.escapes import escapes, has_letters


def found(source: str) -> list[str]:
    return [each.text for each in escapes(source)]


def shown(line: str) -> str:
    """A line as it stands in a window's method, which runs long after the import."""
    return f"def show(self):\n    {line}"


def test_no_string_on_the_screen_or_on_paper_escapes() -> None:
    assert list(escaped()) == []


@pytest.mark.parametrize(
    "source",
    [
        'label = QLabel("Planted")',
        'self.save_button.setText("Planted")',
        'label.setText(f"Planted {n}")',
        'label.setText("Planted" if empty else "")',
        'label.setText("Planted {n}".format(n=3))',
        'label.setText("%d Planted" % 3)',
        'label.setText(_("Fine") + " Planted")',
        'tabs.addTab(page, "Planted")',
        'QMessageBox.warning(self, _("Fine"), "Planted")',
        'raise Problem("Planted")',
        'raise Problem(_("Fine") if a else "Planted")',
        'COLUMNS = (Column("Planted", str),)',
        'COMMANDS = [Command("new_case", "Planted", Menu.CASE)]',
        'parser.add_argument("--json", help="Planted")',
        'Heading(2, "Planted")',
        'Facts(((_("Fine"), name), ("Planted", day)))',
        'Table((_("Fine"), "Planted"), rows, shares)',
        'Document(title=name, footer="Planted")',
        'save(db, [Change(case)], "Planted")',
        'sys.stdout.write("Planted\\n")',
        'text = "Planted"\nlabel.setText(text)',
        'NAMES = {1: "Planted"}\ndef show():\n    label.setText(NAMES[1])',
        'for text in ("Planted", "x"):\n    layout.addRow(text, field)',
        'class Status(Choice):\n    OPEN = "open", "Planted"',
        'class Case(Record, kind="case"):\n    name: str = line(Class.FACT, "Planted")',
        'def state(case):\n    return "Planted in a function"',
    ],
)
def test_a_planted_string_is_found(source: str) -> None:
    assert any("Planted" in text for text in found(source)), source


@pytest.mark.parametrize(
    "source",
    [
        'label.setText(mark("Planted"))',
        'TITLE = mark("Planted")\nlabel.setText(TITLE)',
        "label.setText(status.label)",
    ],
)
def test_words_that_are_marked_but_shown_untranslated_are_found(source: str) -> None:
    assert len(found(source)) == 1


@pytest.mark.parametrize(
    "source",
    ['_(f"Planted {n}")', '_("Planted {n}".format(n=n))', 'mark("Planted" + x)', '_("P" if a else "Q")'],
)
def test_words_put_together_before_translation_are_found(source: str) -> None:
    assert len(found(source)) >= 1


@pytest.mark.parametrize(
    "source",
    [
        'TITLE = _("Planted")',
        'class Status:\n    label = _("Planted")',
        'def f(title=_("Planted")): ...',
        'COUNT = [plural("{n} case", "{n} cases", 2)]',
    ],
)
def test_words_translated_once_at_import_are_found(source: str) -> None:
    assert len(found(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        shown('label.setText(_("Fine"))'),
        shown('label.setText(_("Fine {n}").format(n=3))'),
        shown('label.setText(plural("{n} case", "{n} cases", n))'),
        'label.setText("–")',
        'label.setText(f"{day} – {n}")',
        'label.setText(f"<b>{name}</b>&nbsp;")',
        shown('box.addItem(_("All"), "all")'),
        'COLUMNS = (Column(mark("Title"), lambda case: case.title),)',
        'class Status(Choice):\n    OPEN = "open", mark("Open")',
        'raise ValueError("A sentence for developers")',
        'log.info("A sentence for the log")',
        'def f():\n    """A docstring is read by developers."""',
        "SQL = 'SELECT n FROM record WHERE kind = ?'",
        'from sqlalchemy import Column\nn = Column("n")',
    ],
)
def test_what_is_translated_or_not_for_readers_is_left_alone(source: str) -> None:
    assert found(source) == []


def test_a_place_to_fill_in_has_no_letters_of_its_own() -> None:
    assert not has_letters("{name} – <b>{n}</b>&nbsp;12")
    assert has_letters("{n} cases")
