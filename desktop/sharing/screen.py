"""The screen *Delen*: the spaces on the left, the chosen one beside it; beginning a circle, and joining one."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from casebook.database import Database
from desktop.background import Background
from desktop.casebook.cards import words
from desktop.messages import Messages
from desktop.sharing.act import Act, see
from desktop.sharing.begin_page import BeginPage
from desktop.sharing.code_card import CodeCard
from desktop.sharing.join_page import JoinPage
from desktop.sharing.running import Running
from desktop.sharing.seen import Seen, SpaceSeen, look
from desktop.sharing.space_page import SpacePage
from desktop.sharing.status_line import SIGNS
from desktop.theme import STEP
from desktop.turns import Turns
from desktop.who_sees import members_of, name_of
from desktop.working import Working
from resources.language import _
from sync.circles import CircleLine, shown_address
from sync.status import Sharing, Status

SPACE, BEGIN, JOIN = range(3)


class SharingScreen(QWidget):
    """`differences_asked` tells that the reader wants to see what two people changed at the same time."""

    differences_asked = Signal()

    def __init__(
        self, db: Database, background: Background, working: Working, messages: Messages, running: Running
    ) -> None:
        super().__init__()
        self._db, self._background, self._working = db, background, working
        self._messages, self._running = messages, running
        self.space = db.personal
        self._lines: tuple[CircleLine, ...] = ()
        self._code: CodeCard | None = None
        self._is_acting = self._is_done = False
        self.page: SpacePage | None = None
        self.spaces = QListWidget()
        self.spaces.setAccessibleName(_("Spaces: who sees what"))
        self.spaces.setWordWrap(True)
        self.spaces.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.spaces.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.spaces.setObjectName("spaces")
        self.begin_circle, self.join_circle = QPushButton(_("Begin a circle…")), QPushButton(_("Join a circle…"))
        self.begin, self.join = BeginPage(), JoinPage()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self.pages = QStackedWidget()
        self.turns = Turns(self._arranged_list(), self._arranged_pages())
        self.turns.setSizes([340, 820])
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.turns)
        self.setFocusProxy(self.turns)
        self.spaces.currentItemChanged.connect(self._chosen)
        for opened in (self.spaces.itemClicked, self.spaces.itemActivated):
            opened.connect(lambda item: self.open_space(item.data(Qt.ItemDataRole.UserRole)))
        self.turns.came_back.connect(self.spaces.setFocus)
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape), self, self._go_back, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        self.begin_circle.clicked.connect(self.show_begin)
        self.join_circle.clicked.connect(self.show_join)
        for page in (self.begin, self.join):
            page.wanted.connect(self.carry_out)
            page.left.connect(self._leave_form)
        for made in (self.begin.begun, self.join.joined):
            made.connect(self.open_space)
            made.connect(lambda _space: self.setFocus())
        # How it stands changes often while much is coming in: who is in it is looked up once that is over.
        self._soon = QTimer(self, singleShot=True, interval=500)
        self._soon.timeout.connect(self.refresh)
        running.told.connect(self._show_states)
        running.told.connect(self._soon.start)

    def refresh(self) -> None:
        """Look up again what is shown, if it is shown."""
        if self.isVisible():
            self._background.run(partial(look, self._db, self.space), self._show, self, key="sharing screen")

    def showEvent(self, event: object) -> None:
        """Whoever comes here sees it as it is now."""
        super().showEvent(event)  # type: ignore[arg-type]  # Qt hands over its own event
        self.refresh()

    def show_space(self, space: str) -> None:
        """Show one space."""
        if space != self.space:
            self._forget_code()
        self.space = space
        self.pages.setCurrentIndex(SPACE)
        self.refresh()

    def open_space(self, space: str) -> None:
        """Show one space, where there is little room in the place of the list."""
        self.show_space(space)
        self.turns.show_chosen()

    def show_begin(self) -> None:
        """Let the reader begin a circle."""
        self.begin.start()
        self._show_form(BEGIN, self.begin.name)

    def show_join(self) -> None:
        """Let the reader join a circle."""
        self.join.start()
        self._show_form(JOIN, self.join.pasted)

    def _show_form(self, page: int, first: QWidget) -> None:
        self.pages.setCurrentIndex(page)
        self.turns.show_chosen(first)
        first.setFocus()

    def _leave_form(self) -> None:
        self.pages.setCurrentIndex(SPACE)
        self.turns.go_back()

    def _go_back(self) -> None:
        if self.turns.may_go_back:
            self.turns.go_back()

    def _arranged_list(self) -> QWidget:
        left = QWidget()
        left.setFocusProxy(self.spaces)
        column = QVBoxLayout(left)
        column.setContentsMargins(4 * STEP, 4 * STEP, 4 * STEP, 2 * STEP)
        column.setSpacing(2 * STEP)
        column.addWidget(words(_("Sharing"), "title"))
        column.addWidget(self.spaces, 1)
        # The state of a space stands on one line; a narrower list would end it in dots.
        state = f"{SIGNS[Sharing.OFFLINE]}  {Status(Sharing.OFFLINE).line}"
        self.spaces.setMinimumWidth(self.spaces.fontMetrics().horizontalAdvance(state) + 10 * STEP)
        for each in (self.begin_circle, self.join_circle):
            column.addWidget(each)
        return left

    def _arranged_pages(self) -> QWidget:
        self.pages.addWidget(self._scroll)
        for page in (self.begin, self.join):
            area = QScrollArea()
            area.setWidgetResizable(True)
            area.setWidget(page)
            self.pages.addWidget(area)
        right = QWidget()
        beside = QVBoxLayout(right)
        beside.setContentsMargins(4 * STEP, 2 * STEP, 2 * STEP, 2 * STEP)
        beside.addWidget(self.pages)
        return right

    def _show(self, seen: Seen) -> None:
        if self._is_acting:
            return  # what was asked is told in the page that asked it; then it is looked up again
        self.space = seen.chosen.line.space
        if seen.lines != self._lines:
            self._lines = seen.lines
            self._fill()
        self._mark_chosen()
        self._forget_used_code(seen)
        is_elsewhere = self.page is None or self.page.seen.line.space != self.space
        # What is being typed stays until it is done: what is new is seen then.
        if is_elsewhere or self._is_done or (self.page and not self.page.is_filled_in):
            self._is_done = False
            if self.page is None or self.page.seen != seen.chosen:
                self._show_page(seen.chosen)
        self._show_states()

    def _fill(self) -> None:
        self.spaces.blockSignals(True)
        self.spaces.clear()
        for line in self._lines:
            item = QListWidgetItem(name_of(line))
            item.setData(Qt.ItemDataRole.UserRole, line.space)
            self.spaces.addItem(item)
        self.spaces.blockSignals(False)

    def _mark_chosen(self) -> None:
        """In the list the space is chosen that stands beside it, whatever brought it there."""
        self.spaces.blockSignals(True)
        self.spaces.setCurrentRow(next(row for row, line in enumerate(self._lines) if line.space == self.space))
        self.spaces.blockSignals(False)

    def _show_states(self) -> None:
        for row, line in enumerate(self._lines):
            status = self._running.status_of(line.space, line.address)
            state = f"{SIGNS[status.state]}  {status.line}" if line.is_in else _("You are not in it any more")
            text = f"{name_of(line)}\n{members_of(line)}\n{state}"
            self.spaces.item(row).setText(text)
        # A text of more lines than before needs a taller row.
        self.spaces.doItemsLayout()

    def _show_page(self, seen: SpaceSeen) -> None:
        keys = self.page.focusWidget() if self.page else None
        keys = keys if keys and keys.hasFocus() else None
        page = SpacePage(seen, self._running, self._kept_code())
        page.wanted.connect(self.carry_out)
        page.differences_asked.connect(self.differences_asked)
        page.code_made.connect(self._show_code)
        bar = self._scroll.verticalScrollBar()
        before = self.page if self.page and self.page.seen.line.space == page.seen.line.space else None
        at = bar.value() if before else 0
        self.page = page
        gone = self._scroll.takeWidget()
        self._scroll.setWidget(page)
        if before:
            page.take_over(before, keys)
            if keys and page.focusWidget() is None:
                # What had them is gone, such as a code that was used.
                self.setFocus()
        if gone:
            gone.deleteLater()
        QTimer.singleShot(0, page, partial(bar.setValue, at))

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_space(item.data(Qt.ItemDataRole.UserRole))

    def _show_code(self, card: CodeCard) -> None:
        self._forget_code()
        self._code = card
        if self.page is not None:
            self._show_page(self.page.seen)
            see(card)
            card.take_keys()

    def _forget_used_code(self, seen: Seen) -> None:
        """A code with which somebody came in, or that was taken back, is of no use any more."""
        if self._code is None or self.space != seen.chosen.line.space:
            return
        is_open = self._code.invite in {each.id for each in seen.chosen.invites}
        if self._code.was_open and not is_open:
            self._forget_code()
        else:
            # What was looked up before the invite was made does not know it yet.
            self._code.was_open = is_open
            if address := seen.chosen.line.address:
                self._code.leads_to(shown_address(address, self.space))

    def _kept_code(self) -> CodeCard | None:
        """The code that was just made, taken out of the page that goes."""
        if self._code is not None:
            self._code.setParent(None)
        return self._code

    def _forget_code(self) -> None:
        if self._code is not None:
            self._code.deleteLater()
            self._code = None

    def carry_out(self, act: Act) -> None:
        """Do it on the lane for long work, then tell it."""
        if self._working.is_busy:
            self._messages.warn(_("Something else is busy. Wait for it, or stop it first."))
            return

        def done(result: object) -> None:
            self._is_acting, self._is_done = False, True
            self._running.start()
            act.then(result)
            if act.told:
                self._messages.tell(act.told)
            self.refresh()

        def failed(error: BaseException) -> None:
            self._is_acting = False
            if not act.refused(error):
                self._messages.explain(error)
            self.refresh()

        self._is_acting = True
        self._working.run(
            lambda _progress: act.work(self._db),
            done,
            self,
            says=act.says,
            failed=failed,
            changes=True,
            call_off=act.call_off,
        )
