"""An invitation is one text to send and to paste."""

import pytest

from desktop.sharing import invitation
from sync.circles import Invitation

SPACE = "0190b3a4-1234-7000-8000-a23456789bcd"
CODE = "k7pd-3xmw-9rta"


@pytest.mark.parametrize(
    "place",
    ["/home/ank/Gedeelde map/kring", r"C:\Users\Ank\OneDrive - Gemeente\Kring", r"\\server\deel", "https://hub.nl"],
)
def test_what_is_sent_can_be_pasted(place: str) -> None:
    made = Invitation(CODE, f"{place}#{SPACE}")
    assert invitation.read(invitation.text_of("Kring", made, with_code=True)) == (made.address, CODE)
    assert invitation.read(invitation.text_of("Kring", made, with_code=False)) == (made.address, "")


def test_an_address_alone_a_code_alone_and_other_text_are_taken_as_what_they_are() -> None:
    assert invitation.read(f"  https://hub.nl#{SPACE} \n") == (f"https://hub.nl#{SPACE}", "")
    assert invitation.read(f"de code is {CODE.upper()}.") == ("", CODE.upper())
    assert invitation.read("Hallo Bea, tot morgen!") == ("", "")
    assert invitation.read("") == ("", "")
