"""What does not fit on the line stands on the next."""

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.flow import Flow


def buttons(qtbot: QtBot, width: int) -> tuple[QWidget, list[QPushButton]]:
    window = QWidget()
    qtbot.addWidget(window)
    flow = Flow()
    made = [QPushButton(f"Nummer {n}") for n in range(6)]
    for each in made:
        each.setFixedSize(100, 30)
        flow.addWidget(each)
    below = QVBoxLayout(window)
    below.setContentsMargins(0, 0, 0, 0)
    below.addLayout(flow)
    below.addStretch()
    window.resize(width, 400)
    window.show()
    return window, made


def test_with_room_all_stand_on_one_line(qtbot: QtBot) -> None:
    _window, made = buttons(qtbot, 700)
    assert {each.y() for each in made} == {0}


def test_without_room_they_go_on_below_in_the_same_order(qtbot: QtBot) -> None:
    window, made = buttons(qtbot, 330)
    assert [each.y() for each in made] == [0, 0, 0, 38, 38, 38]
    assert all(each.x() + each.width() <= window.width() for each in made)


def test_a_window_is_not_made_wider_by_them(qtbot: QtBot) -> None:
    window, _made = buttons(qtbot, 330)
    assert window.minimumSizeHint().width() == 100


def test_what_is_hidden_takes_no_room_and_what_is_taken_out_is_gone(qtbot: QtBot) -> None:
    window, made = buttons(qtbot, 330)
    made[0].hide()
    qtbot.waitUntil(lambda: made[1].x() == 0)
    flow = next(iter(window.findChildren(Flow)))
    while item := flow.takeAt(0):
        assert item.widget() in made
    assert flow.count() == 0
    assert flow.takeAt(0) is None
