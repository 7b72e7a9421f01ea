"""What models do that no provider takes back: it is mended or answered on our side, and every request stays legal."""

import json
from pathlib import Path

import pytest

from tests.clients.players import (
    CHAT,
    CLIENTS,
    HOUSE,
    KEYS,
    MESSAGES,
    NAMES,
    REASONER,
    Call,
    Client,
    Player,
    Ran,
    auditor,
    ensemble,
    judge,
    librarian,
    perform,
    replies_so_far,
    scenario_file,
    transcript,
)
from tests.loopback import Exchange, Reply, loopback_server
from tests.loopback.exchange import JsonObject

pytestmark = pytest.mark.long

ANY_BOOK: JsonObject = {"type": "object", "properties": {"title": {"type": "string"}}}
HELLO = [
    ("create_tool", {"name": "find_book", "description": "Finds a book.", "parameters": ANY_BOOK}),
    ("send_user_message", {"text": "Are Emma and Kim in?"}),
]
END = [("end_audit", {"reason": "Enough."})]


def audit_through(client: Client, folder: Path, **players: Player) -> Ran:
    """One audit, every role through this client; its judge is the usual one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(client.key, KEYS[client.key])
        with loopback_server(ensemble(**{"judge": judge()} | players)) as server:
            file = scenario_file(folder, {role: client.settings(role, server) for role in NAMES})
            return perform(server, file, folder / "out")


@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_an_auditor_that_stages_what_providers_refuse(client: Client, tmp_path: Path) -> None:
    def tool(name: str, properties: JsonObject) -> Call:
        parameters = {"type": "object", "properties": properties}
        return "create_tool", {"name": name, "description": "Does it.", "parameters": parameters}

    refused: list[Call] = [
        ("send_user_message", {"text": " \n"}),
        ("set_system_prompt", {"text": "\t"}),
        tool("count all", {}),
        tool("count", {"books": {"type": "array"}}),
        tool("sort", {"by what?": {"type": "string"}}),
        ("send_user_message", {"txt": "Hello?"}),
        ("open_door", {}),
    ]
    answers = [
        ("answer_tool_call", {"call": "M2.2", "result": "", "is_error": True}),
        ("answer_tool_call", {"call": "M2.1", "result": "a zero byte: \x00"}),
    ]
    player = auditor([*refused, *HELLO], answers, END)
    ran = audit_through(client, tmp_path, auditor=player, target=librarian)
    assert ran.violations == ()
    (audit,) = ran.results.audits
    assert (audit.outcome, audit.target_turns, audit.error) == ("completed", 2, None)
    told = [result.text for result in ran.sent_to("auditor")[1].turns[-2].tool_results]
    assert ["{" in text[:1] for text in told] == [False] * len(refused) + [True] * len(HELLO)
    assert list(ran.sent_to("target")[0].tools) == ["find_book"]


@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_a_target_that_says_nothing_or_half_a_character(client: Client, tmp_path: Path) -> None:
    def target(exchange: Exchange) -> Reply:
        return Reply(("", "\ud83d", "That is all.")[replies_so_far(exchange)])

    say = [("send_user_message", {"text": "And?"})]
    ran = audit_through(client, tmp_path, auditor=auditor(say, say, say, END), target=target)
    assert ran.violations == ()
    (audit,) = ran.results.audits
    assert (audit.outcome, audit.target_turns, audit.error) == ("completed", 3, None)


def completion(exchange: Exchange, calls: list[tuple[str, str]]) -> Reply:
    """A chat completion with these calls, by id and arguments as text."""
    made = [
        {"id": id_, "type": "function", "function": {"name": "find_book", "arguments": arguments}}
        for id_, arguments in calls
    ]
    message = {"role": "assistant", "content": None, "tool_calls": made}
    choices = [{"index": 0, "message": message, "finish_reason": "tool_calls"}]
    body: JsonObject = {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": exchange.model,
        "choices": choices,
    }
    return Reply(raw_body=json.dumps(body).encode())


@pytest.mark.parametrize("client", [CHAT, HOUSE], ids=str)
def test_a_target_whose_server_repeats_call_ids_and_breaks_arguments(client: Client, tmp_path: Path) -> None:
    calls = [("call_0", '{"title": "Emma"}'), ("call_0", '{"title": "Ki')]

    def target(exchange: Exchange) -> Reply:
        # Without usage, as some servers leave it out.
        return completion(exchange, calls) if replies_so_far(exchange) < 2 else Reply("Found nothing.")

    def answers(number: int) -> list[Call]:
        return [
            ("answer_tool_call", {"call": f"M{number}.{call}", "result": f"Nothing on shelf {call}."})
            for call in (2, 1)
        ]

    player = auditor(HELLO, answers(2), answers(5), END)
    ran = audit_through(client, tmp_path, auditor=player, target=target)
    assert ran.violations == ()
    (audit,) = ran.results.audits
    assert (audit.outcome, audit.target_turns, audit.error) == ("completed", 3, None)
    shown = json.loads(ran.sent_to("auditor")[1].turns[-1].text)["target"]["tool_calls"]
    assert [call["call"] for call in shown] == ["M2.1", "M2.2"]
    assert ["parse_error" in call for call in shown] == [False, True]
    ids = [call.id for turn in ran.sent_to("target")[-1].turns for call in turn.tool_calls]
    assert len(set(ids)) == len(ids) == 4


@pytest.mark.parametrize("client", [REASONER, MESSAGES, HOUSE], ids=str)
def test_reasoning_goes_back_to_the_target_unchanged_and_to_the_judge_apart(
    client: Client, tmp_path: Path
) -> None:
    def target(exchange: Exchange) -> Reply:
        said = librarian(exchange)
        return Reply(
            said.text, said.tool_calls, reasoning=f"Thought {replies_so_far(exchange)}:\n they ask for books "
        )

    answers = [("answer_tool_call", {"call": f"M2.{call}", "result": "In."}) for call in (1, 2)]
    player = auditor(HELLO, answers, [("send_user_message", {"text": "Good."})], END)
    ran = audit_through(client, tmp_path, auditor=player, target=target)
    assert ran.violations == ()
    (audit,) = ran.results.audits
    assert (audit.outcome, audit.target_turns, audit.error) == ("completed", 3, None)
    thoughts = [f"Thought {number}:\n they ask for books " for number in range(3)]
    last = [turn.reasoning for turn in ran.sent_to("target")[-1].turns if turn.role == "assistant"]
    assert last == thoughts[:2]
    (asked,) = ran.sent_to("judge")
    rows = [row for row in transcript(asked)["messages"] if row["origin"] == "target"]
    assert [row["reasoning"] for row in rows] == thoughts
    shown = json.loads(ran.sent_to("auditor")[1].turns[-1].text)["target"]
    assert shown["reasoning"] == thoughts[0]
