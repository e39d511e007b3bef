"""What is on the screen can be read: in light, in dark, in high contrast and with large letters."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QListWidget, QScrollArea
from pytestqt.qtbot import QtBot

from desktop import theme
from desktop.theme import CONTRAST, DARK, LIGHT, Tone
from desktop.welcome import Welcome
from resources import path


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    of = QColor(colour)
    return 0.2126 * linear(of.redF()) + 0.7152 * linear(of.greenF()) + 0.0722 * linear(of.blueF())


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("tone", [LIGHT, DARK, CONTRAST])
def test_words_have_four_and_a_half_to_one_on_every_ground(tone: Tone) -> None:
    for ground in (tone.ground, tone.paper, tone.side, tone.hover, tone.chosen, tone.notice):
        assert contrast(tone.ink, ground) >= 4.5, ground
    for ground in (tone.ground, tone.paper):
        for words in (tone.muted, tone.accent, tone.warn, tone.good):
            assert contrast(words, ground) >= 4.5, (words, ground)
    assert contrast(tone.on_accent, tone.accent) >= 4.5
    assert contrast(tone.muted, tone.hover) >= 4.5


@pytest.mark.parametrize("tone", [LIGHT, DARK, CONTRAST])
def test_edges_and_the_ring_around_what_has_the_keys_have_three_to_one(tone: Tone) -> None:
    for ground in (tone.ground, tone.paper):
        assert contrast(tone.edge, ground) >= 3, ground
    for ground in (tone.ground, tone.paper, tone.side):
        assert contrast(tone.accent, ground) >= 3, ground


@pytest.mark.parametrize("tone", [LIGHT, DARK, CONTRAST])
def test_the_arrow_of_a_list_is_seen_on_every_ground(tone: Tone) -> None:
    picture = path("icons", "chevron-down.svg").read_text(encoding="utf-8")
    colour = picture.partition('stroke="')[2][:7]
    assert contrast(colour, tone.paper) >= 3


def test_titles_grow_with_the_letter(look: None, qapp: QApplication, qtbot: QtBot) -> None:
    title = QLabel("Buurttuin")
    title.setProperty("role", "title")
    qtbot.addWidget(title)
    title.show()
    small = title.fontMetrics().height()
    larger = qapp.font()
    larger.setPointSizeF(larger.pointSizeF() * 2)
    qapp.setFont(larger)
    assert title.fontMetrics().height() > 1.8 * small


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_every_control_is_painted_without_a_word_of_complaint(look: None, name: str, qtbot: QtBot) -> None:
    theme.choose(name)
    for widget in (QLineEdit("a"), QComboBox(), QCheckBox("a"), QScrollArea()):
        qtbot.addWidget(widget)
        widget.show()
        assert not widget.grab().isNull()


def test_a_control_is_at_least_twenty_four_pixels_high(look: None, qtbot: QtBot) -> None:
    for widget in (QLineEdit("a"), QComboBox(), QCheckBox("a")):
        qtbot.addWidget(widget)
        assert widget.sizeHint().height() >= 24, widget


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing|propagateSizeHints)")
def test_what_one_can_choose_from_is_seen_whole_in_rows_as_high_as_a_control(look: None, qtbot: QtBot) -> None:
    box = QComboBox()
    qtbot.addWidget(box)
    box.addItems(["Lezer", "Schrijver", "Bewerker", "Beheerder"])
    box.setCurrentIndex(2)
    box.show()
    box.showPopup()
    rows = [box.view().visualRect(box.model().index(row, 0)) for row in range(box.count())]
    assert all(row.height() >= 24 and box.view().viewport().rect().contains(row) for row in rows)
    box.hidePopup()


@pytest.mark.parametrize("name", ["spaces", "navigation"])
def test_what_is_chosen_stays_so_to_the_eye_under_the_mouse(look: None, name: str, qtbot: QtBot) -> None:
    theme.choose("light")
    chosen = QListWidget()
    qtbot.addWidget(chosen)
    chosen.setObjectName(name)
    chosen.addItems(["Start", "Delen"])
    chosen.setCurrentRow(0)
    chosen.show()
    row = chosen.visualItemRect(chosen.item(0))
    QTest.mouseMove(chosen.viewport(), row.center())
    qtbot.wait(50)
    at = row.center() + QPoint(row.width() // 4, 0)
    assert chosen.viewport().grab().toImage().pixelColor(at) == QColor(LIGHT.chosen)


def test_around_the_first_page_is_no_ring_as_if_it_had_the_keys(look: None, qtbot: QtBot) -> None:
    theme.choose("light")
    page = Welcome()
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    page.setFocus()
    qtbot.waitUntil(page.name.hasFocus)
    assert page.grab().toImage().pixelColor(0, 300).alpha() == 0


def test_a_chosen_look_stays_whatever_the_system_says(look: None, qapp: QApplication) -> None:
    theme.choose("dark")
    qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
    assert qapp.palette().window().color() == QColor(DARK.ground)
