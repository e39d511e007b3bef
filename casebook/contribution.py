"""What one policy field says about a case when it is discussed on main lines."""

from dataclasses import dataclass
from datetime import date

from casebook.fields import Class, line, prose, value
from casebook.record import Record, RecordId
from resources.language import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution(Record, kind="contribution"):
    """One short contribution from one policy field: first what is possible, then what pinches."""

    case_id: RecordId = value(mark("Case"), default=RecordId(""))
    policy_field: str = value(mark("Policy field"), default="")
    possible: str = prose(Class.WEIGHING, mark("What is possible?"))
    pinches: str = prose(Class.WEIGHING, mark("What pinches?"))
    by_role: str = line(Class.FACT, mark("By (role)"))
    on: date | None = value(mark("Date"))
