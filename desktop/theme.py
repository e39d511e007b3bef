"""How it looks: one accent colour, steps of four pixels, light, dark and high contrast as the system asks."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from resources import path

STEP = 4
"""All space between things is a multiple of this, in pixels at 100 %."""


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours of one scheme; text on ground has at least 4.5:1, edges 3:1 (WCAG 2.2, 1.4.3 and 1.4.11)."""

    ground: str
    paper: str
    side: str
    ink: str
    muted: str
    edge: str
    line: str
    accent: str
    on_accent: str
    hover: str
    chosen: str
    good: str
    warn: str
    notice: str


LIGHT = Tone(
    ground="#f6f7f8",
    paper="#ffffff",
    side="#eceff1",
    ink="#1c2429",
    muted="#55626b",
    edge="#7f8b93",
    line="#dbe0e4",
    accent="#10617a",
    on_accent="#ffffff",
    hover="#e3e9ec",
    chosen="#d3e6ec",
    good="#1f6b3a",
    warn="#9a3412",
    notice="#fdf3d7",
)
DARK = Tone(
    ground="#1a1f23",
    paper="#22282d",
    side="#15191c",
    ink="#e8ecee",
    muted="#a5b0b7",
    edge="#7d8990",
    line="#343c42",
    accent="#6cc3dc",
    on_accent="#0d1a1f",
    hover="#2b3339",
    chosen="#1f4552",
    good="#7fd29b",
    warn="#f4a582",
    notice="#3d3520",
)
CONTRAST = Tone(
    ground="#000000",
    paper="#000000",
    side="#000000",
    ink="#ffffff",
    muted="#ffffff",
    edge="#ffffff",
    line="#ffffff",
    accent="#ffe94d",
    on_accent="#000000",
    hover="#333333",
    chosen="#2b5fb8",
    good="#7dff9e",
    warn="#ffb38a",
    notice="#333300",
)
TONES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}

_chosen = ""


def choose(name: str) -> None:
    """Keep to "light", "dark" or "contrast"; with an empty name follow the system."""
    global _chosen  # noqa: PLW0603 - one screen, one look
    _chosen = name if name in TONES else ""
    apply()


def tone() -> Tone:
    """The colours in use now."""
    if _chosen:
        return TONES[_chosen]
    hints = QApplication.styleHints()
    if hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
        return CONTRAST
    return DARK if hints.colorScheme() is Qt.ColorScheme.Dark else LIGHT


def follow_system(app: QApplication) -> None:
    """Put the look on, and change it when the system's colours, contrast or letter change."""
    app.setStyle("Fusion")
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(lambda _scheme: apply())
    hints.accessibility().contrastPreferenceChanged.connect(lambda _preference: apply())
    app.fontChanged.connect(lambda _font: apply())
    apply()


def apply() -> None:
    """Put the colours on the whole program."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        look = tone()
        app.setPalette(_palette(look))
        app.setStyleSheet(_sheet(look))


def _picture(name: str) -> str:
    """A picture for the style sheet, in a grey that has 3:1 on every ground."""
    return path("icons", f"{name}.svg").as_posix()


def _palette(look: Tone) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for each, colour in (
        (role.Window, look.ground),
        (role.WindowText, look.ink),
        (role.Base, look.paper),
        (role.AlternateBase, look.ground),
        (role.Text, look.ink),
        (role.PlaceholderText, look.muted),
        (role.Button, look.paper),
        (role.ButtonText, look.ink),
        (role.BrightText, look.warn),
        (role.Highlight, look.accent),
        (role.HighlightedText, look.on_accent),
        (role.Link, look.accent),
        (role.LinkVisited, look.accent),
        (role.ToolTipBase, look.paper),
        (role.ToolTipText, look.ink),
        (role.Mid, look.line),
        (role.Midlight, look.line),
        (role.Dark, look.edge),
        (role.Light, look.paper),
        (role.Accent, look.accent),
    ):
        palette.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(look.muted))
    return palette


def _sheet(look: Tone) -> str:
    size = QApplication.font().pointSizeF()
    # Where a card has the colour of what it lies on, a line shows where it ends.
    card = look.line if look.paper == look.ground else look.paper
    box = max(16, QFontMetrics(QApplication.font()).height())
    tick = "check-white" if look.on_accent == LIGHT.on_accent else "check-dark"
    return f"""
    QToolTip {{ background: {look.paper}; color: {look.ink}; border: 1px solid {look.edge}; padding: 4px; }}
    QPushButton, QCheckBox, QRadioButton, QTabBar, QSlider {{ outline: none; }}
    QLabel[role="title"] {{ font-size: {1.6 * size:.1f}pt; font-weight: 600; }}
    QLabel[role="heading"] {{ font-size: {1.25 * size:.1f}pt; font-weight: 600; }}
    QLabel[role="strong"] {{ font-weight: 600; }}
    QLabel[role="muted"] {{ color: {look.muted}; }}
    QLabel[role="warn"] {{ color: {look.warn}; }}
    QLabel[role="good"] {{ color: {look.good}; }}
    QPushButton, QToolButton[role="button"] {{
        background: {look.paper}; color: {look.ink}; border: 1px solid {look.edge}; border-radius: 6px;
        padding: 5px 12px; min-height: 20px; }}
    QPushButton:hover {{ background: {look.hover}; }}
    QPushButton:focus {{ border: 2px solid {look.accent}; padding: 4px 11px; }}
    QPushButton:disabled {{ color: {look.muted}; border: 1px dashed {look.edge}; }}
    QPushButton[role="primary"] {{ background: {look.accent}; color: {look.on_accent}; border-color: {look.accent}; }}
    QPushButton[role="primary"]:focus {{ border: 3px solid {look.ink}; padding: 3px 10px; text-decoration: underline; }}
    QPushButton[role="primary"]:disabled {{
        background: {look.hover}; color: {look.muted}; border-color: {look.edge}; }}
    QPushButton[role="chip"] {{ border-radius: 13px; padding: 3px 10px; }}
    QPushButton[role="chip"]:checked {{
        background: {look.chosen}; border: 2px solid {look.accent}; color: {look.ink}; padding: 2px 9px; }}
    QPushButton[role="chip"]:focus {{ border: 2px solid {look.accent}; padding: 2px 9px; }}
    QPushButton[role="chip"]:checked:focus {{ border: 3px solid {look.accent}; padding: 1px 8px; }}
    QPushButton[role="link"] {{ border: none; background: transparent; color: {look.accent}; padding: 4px; }}
    QPushButton[role="link"]:focus {{ border: 2px solid {look.accent}; padding: 2px; }}
    QLineEdit, QPlainTextEdit, QComboBox, QDateEdit, QSpinBox {{
        background: {look.paper}; color: {look.ink}; border: 1px solid {look.edge}; border-radius: 6px;
        placeholder-text-color: {look.muted}; padding: 4px 8px;
        selection-background-color: {look.accent}; selection-color: {look.on_accent}; }}
    QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{ border: 2px solid {look.accent}; padding: 3px 7px; }}
    QComboBox {{ min-height: 20px; combobox-popup: 0; }}
    QComboBox::drop-down {{ border: none; background: transparent; width: 24px; subcontrol-origin: padding; }}
    QComboBox::down-arrow {{ image: url("{_picture("chevron-down")}"); width: 16px; height: 16px; }}
    QComboBox QAbstractItemView {{ border: 1px solid {look.edge}; outline: none; }}
    QComboBox QAbstractItemView::item {{ min-height: 28px; padding: 0 8px; }}
    QCheckBox, QRadioButton {{ spacing: 8px; padding: 3px; min-height: 24px; border: 2px solid transparent;
        border-radius: 6px; }}
    QCheckBox:focus, QRadioButton:focus {{ border-color: {look.accent}; }}
    QCheckBox:disabled, QRadioButton:disabled {{ color: {look.muted}; }}
    QCheckBox::indicator, QAbstractItemView::indicator {{
        width: {box}px; height: {box}px; border: 1px solid {look.edge}; border-radius: 4px;
        background: {look.paper}; }}
    QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{
        background: {look.accent}; border-color: {look.accent}; image: url("{_picture(tick)}"); }}
    QCheckBox::indicator:disabled {{ border-color: {look.line}; }}
    QMenuBar {{ background: {look.ground}; border-bottom: 1px solid {look.line}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 5px 8px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {look.chosen}; color: {look.ink}; }}
    QMenu {{ background: {look.paper}; border: 1px solid {look.edge}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; min-height: 18px; }}
    QMenu::item:selected {{ background: {look.chosen}; color: {look.ink}; }}
    QMenu::item:disabled {{ color: {look.muted}; }}
    QMenu::separator {{ height: 1px; background: {look.line}; margin: 4px 8px; }}
    QListWidget {{ background: {look.paper}; border: 1px solid {look.edge}; border-radius: 6px; padding: 2px; }}
    QListWidget:focus {{ border: 2px solid {look.accent}; padding: 1px; }}
    QListWidget#spaces, QListWidget#found {{ outline: none; }}
    QListWidget#spaces::item, QListWidget#found::item {{ padding: 8px; border-radius: 6px; color: {look.ink}; }}
    QListWidget#spaces::item:selected, QListWidget#found::item:selected {{
        background: {look.chosen}; color: {look.ink}; }}
    QListWidget#spaces::item:hover:!selected, QListWidget#found::item:hover:!selected {{ background: {look.hover}; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
    QScrollBar::handle {{ background: {look.edge}; border-radius: 3px; margin: 3px;
        min-height: 32px; min-width: 32px; }}
    QScrollBar::handle:hover {{ background: {look.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QSlider::groove:horizontal {{ height: 4px; background: {look.edge}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {look.accent}; width: 16px; margin: -6px 0; border-radius: 8px; }}
    QSlider::handle:horizontal:focus {{ border: 2px solid {look.ink}; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {look.line}; }}
    QTabBar::tab {{
        background: transparent; color: {look.muted}; padding: 8px 12px; border: none;
        border-bottom: 3px solid transparent; }}
    QTabBar::tab:selected {{ color: {look.ink}; border-bottom: 3px solid {look.accent}; }}
    QTabBar::tab:hover {{ background: {look.hover}; }}
    QTabBar::tab:selected:focus {{ border: 2px solid {look.accent}; border-bottom-width: 3px; border-radius: 4px;
        padding: 6px 10px 8px 10px; color: {look.ink}; }}
    QTabBar QToolButton {{ background: {look.paper}; border: 1px solid {look.edge}; border-radius: 4px; }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QScrollArea {{ border: 2px solid transparent; border-radius: 6px; background: transparent; }}
    QScrollArea:focus {{ border-color: {look.accent}; }}
    QScrollArea#page:focus {{ border-color: transparent; }}
    QScrollArea > QWidget#qt_scrollarea_viewport > QWidget {{ background: transparent; }}
    QHeaderView::section {{
        background: {look.ground}; color: {look.muted}; border: none; border-bottom: 1px solid {look.line};
        padding: 6px 8px; }}
    QTableView {{
        background: {look.paper}; border: 2px solid transparent; border-radius: 6px; gridline-color: {look.line};
        selection-background-color: {look.chosen}; selection-color: {look.ink}; }}
    QTableView:focus {{ border-color: {look.accent}; }}
    QTableView::item {{ padding: 4px 8px; border-bottom: 1px solid {look.line}; }}
    QCalendarWidget QWidget#qt_calendar_navigationbar {{ background: {look.paper}; }}
    QCalendarWidget QToolButton {{ background: transparent; color: {look.ink}; border: 1px solid transparent;
        border-radius: 4px; padding: 4px 8px; min-width: 24px; min-height: 20px; }}
    QCalendarWidget QToolButton:hover {{ background: {look.hover}; }}
    QCalendarWidget QToolButton#qt_calendar_prevmonth {{ qproperty-icon: none; qproperty-text: "‹"; }}
    QCalendarWidget QToolButton#qt_calendar_nextmonth {{ qproperty-icon: none; qproperty-text: "›"; }}
    QCalendarWidget QTableView {{ border-radius: 0; }}
    QCalendarWidget QTableView::item {{ padding: 0; border: none; }}
    QListWidget#navigation {{
        background: {look.side}; border: none; border-radius: 0; padding: 8px; outline: none; }}
    QListWidget#navigation::item {{ padding: 8px 12px; border-radius: 6px; color: {look.ink}; }}
    QListWidget#navigation::item:disabled {{ color: {look.muted}; }}
    QListWidget#navigation::item:selected {{ background: {look.chosen}; color: {look.ink}; font-weight: 600; }}
    QListWidget#navigation::item:hover:!selected {{ background: {look.hover}; }}
    QListWidget#navigation:focus {{ border: 2px solid {look.accent}; padding: 6px; }}
    QFrame#notice {{ background: {look.notice}; border-radius: 6px; }}
    QFrame[role="card"] {{ background: {look.paper}; border: 1px solid {card}; border-radius: 8px; }}
    QFrame[role="difference"] {{ background: {look.notice}; border-left: 4px solid {look.warn}; }}
    QSplitter::handle {{ background: {look.line}; margin: 0 1px; }}
    QStatusBar {{ background: {look.ground}; color: {look.muted}; }}
    """
