"""The hub answers as its description says, whatever it is asked."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, settings
from schemathesis import Case, CheckFunction
from schemathesis.checks import load_all_checks
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sync.hub.codes import TOKEN, new_code
from sync.hub.openapi import DESCRIPTION
from sync.hub.serving import Hub
from sync.hub.settings import Limits, Settings
from sync.signed_request import authorization
from tests.sync.hub.served import hub_with, on_a_port, store
from tests.sync.people import START, Person, Story

schema = from_dict(DESCRIPTION)
SPACE = "space-1"


def of_one_space() -> dict[str, Any]:
    """The description for somebody who has signed already, and asks of this one space."""
    plain = copy.deepcopy(DESCRIPTION)
    for calls in plain["paths"].values():
        for call in calls.values():
            call.pop("security", None)
            for each in call.get("parameters", ()):
                if each["in"] == "path":
                    each["schema"] = {"const": SPACE}
    return plain


within = from_dict(of_one_space())
load_all_checks()

# A description cannot say what frames are.
NOT_THESE: list[CheckFunction] = [positive_data_acceptance]

Sign = Callable[[requests.PreparedRequest], requests.PreparedRequest]


@pytest.fixture(scope="module")
def story() -> Story:
    return Story(Person("ank"), space=SPACE)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder: Path = tmp_path_factory.mktemp("hub")
    with hub_with(Settings(data=folder, limits=Limits(requests_a_minute=0))) as found:
        yield found


@pytest.fixture(scope="module")
def address(hub: Hub, story: Story) -> Iterator[str]:
    with on_a_port(hub) as found:
        founder = store(found, story)
        founder.push([each.envelope.raw for each in story.chain])
        founder.close()
        yield found


@pytest.fixture(scope="module")
def token(hub: Hub) -> str:
    return hub.db.write(lambda connection: new_code(connection, TOKEN, START))


def by_member(story: Story) -> Sign:
    """Signs a request as an administrator of the space does."""

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        assert isinstance(body, bytes | str)  # nothing is streamed here
        request.headers["Authorization"] = authorization(
            story.admin.device,
            story.admin.signer,
            START,
            request.method or "",
            request.path_url,
            body.encode() if isinstance(body, str) else body,
        )
        return request

    return sign


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_stranger_is_answered_as_described(case: Case[Any], address: str) -> None:
    case.call_and_validate(base_url=address)


@within.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_member_is_answered_as_described(case: Case[Any], address: str, story: Story, token: str) -> None:
    if "space" in case.path_parameters:
        case.call_and_validate(base_url=address, auth=by_member(story), excluded_checks=NOT_THESE)
    else:
        headers = {"Authorization": f"Bearer {token}"}
        case.call_and_validate(base_url=address, headers=headers, excluded_checks=NOT_THESE)
