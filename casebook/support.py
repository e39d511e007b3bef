"""What the municipality is asked for, offers and gives: it helps, and does not take over."""

from dataclasses import dataclass

from casebook.fields import Choice, Class, line, prose, value
from casebook.record import Record, RecordId
from resources.language import mark


class SupportKind(Choice):
    """The means a municipality has."""

    KNOWLEDGE = "knowledge", mark("Knowledge")
    NETWORK = "network", mark("Network")
    MONEY = "money", mark("Money")
    SPACE = "space", mark("Space (a place)")
    PROMOTION = "promotion", mark("Promotion")
    STAFF_TIME = "staff_time", mark("Staff time")


class SupportPhase(Choice):
    """How far the support has come."""

    ASKED = "asked", mark("Asked")
    OFFERED = "offered", mark("Offered")
    DELIVERED = "delivered", mark("Delivered")
    REFUSED = "refused", mark("Refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Support(Record, kind="support"):
    """One kind of support for one case; amounts in whole euros, time in hours."""

    case_id: RecordId = value(mark("Case"), default=RecordId(""))
    support_kind: SupportKind | None = value(mark("Kind"), facet="support")
    phase: SupportPhase = value(mark("Phase"), default=SupportPhase.ASKED)
    amount: int | None = value(mark("Amount in euros"))
    hours: int | None = value(mark("Hours"))
    period: str = line(Class.FACT, mark("Period"))
    scheme: str = line(Class.FACT, mark("Scheme"))
    explanation: str = prose(Class.FACT, mark("Explanation"))
