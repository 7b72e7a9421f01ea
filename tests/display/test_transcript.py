"""One transcript in the terminal: each message once, whose it is, where it forks, where a branch ends, the scores."""

from typing import Any

from inspect_ai.model import ChatMessageAssistant
from inspect_ai.tool import ToolCall

from petri.conversation.tree import Origin, Tree
from petri.display.transcript import print_transcript
from petri.transcript.schema import Transcript
from tests.display.made import audit, calling, failed, grow, recorder, result, score, tool, transcript


def printed(told: Transcript, **row: Any) -> list[str]:
    console, written = recorder(80)
    ended: dict[str, Any] = {"reason": told.end.reason if told.end else None}
    print_transcript(console, told, audit(**ended | row))
    return [line.rstrip() for line in written.getvalue().splitlines()]


def branching() -> Tree:
    tree = grow(Tree(), "system: Be kind.", "user: Is it good?")
    tree.set_tools([tool("look")])
    grow(tree, calling("Let me see.", "look", "a/b"), result("It is bad.", "look"), "target: No.")
    grow(tree, "user: Sure?", "target: Yes.")
    tree.move("M5")
    grow(tree, "user: Please?", "target: It is good.")
    tree.move(None)
    return grow(tree, "user: Anew.", "target: Hello.")


def test_branches_are_marked_where_they_fork_and_where_they_end() -> None:
    lines = printed(transcript(branching()), branches=3, target_turns=3, variables={})
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "case",
        "case-0123456789 · target some/model · epoch 1 · 3 turns · 3 branches",
        "M1  system  auditor",
        "M2  user  auditor",
        "M3  target",
        "M4  tool  simulated tool",
        "M5  target",
        "M6  user  auditor",
        "M7  target  end of branch 1",
        "─── another branch, from M5 ────────────",
        "M8  user  auditor",
        "M9  target  end of branch 2",
        "─── another branch, from the beginning ────────────",
        "M10  user  auditor",
        "M11  target  end of branch 3",
        "Outcome: completed — It was asked.",
    ]


def test_a_message_shows_its_tools_calls_and_text() -> None:
    lines = printed(transcript(branching()))
    at = lines.index("M3  target")
    assert lines[at : at + 4] == [
        "M3  target",
        "  tools: look",
        "  Let me see.",
        '  → M3.1 look {"path": "a/b"}',
    ]
    assert lines.count("  tools: look") == 1


def test_one_branch_needs_no_marks() -> None:
    lines = printed(transcript(grow(Tree(), "user: Hi.", "target: Hello.")))
    assert [line for line in lines if "branch" in line] == [lines[1]]
    assert lines[1].endswith("1 branch")


def test_a_prefill_is_not_the_targets_own() -> None:
    tree = grow(Tree(), "user: Hi.")
    beginning = grow(Tree(), "user: Hi.", "target: I will").path()[-1].message
    tree.append(beginning, Origin.PREFILL)
    grow(tree, "target: not.")
    assert [line for line in printed(transcript(tree)) if line.startswith("M")] == [
        "M1  user  auditor",
        "M2  assistant  prefill",
        "M3  target",
    ]


def test_what_was_said_before_and_what_is_wrong_with_a_reply_are_shown() -> None:
    tree = Tree()
    before = grow(Tree(), "system: Be kind.", "user: Hi.", "target: Hello.")
    for node in before:
        tree.append(node.message, Origin.PREFIX)
    grow(tree, "user: Go on.")
    tree.append(before.path()[-1].message, Origin.TARGET, "max_tokens")
    assert [line for line in printed(transcript(tree)) if line.startswith("M")] == [
        "M1  system  prefix",
        "M2  user  prefix",
        "M3  assistant  prefix",
        "M4  user  auditor",
        "M5  target  truncated",
    ]
    silent = grow(Tree(), "user: Hi.")
    silent.append(ChatMessageAssistant(content=""), Origin.TARGET, "content_filter")
    assert "M2  target  empty, filtered" in printed(transcript(silent))


def test_a_call_that_could_not_be_read_is_shown_as_such() -> None:
    tree = grow(Tree(), "user: Hi.")
    broken = ToolCall("1", "look", {}, parse_error="not JSON")
    tree.append(ChatMessageAssistant(content="", tool_calls=[broken]), Origin.TARGET)
    assert "  → M2.1 look {} (unreadable)" in printed(transcript(tree))


def test_a_failure_ends_the_transcript_with_its_reason() -> None:
    broken = failed("target (some/model): 429 Too Many Requests", "rate_limit")
    told = transcript(grow(Tree(), "user: Hi."), error=broken, outcome="error", end=None)
    assert "Outcome: error — rate_limit: target (some/model): 429 Too Many Requests" in printed(
        told, outcome="error", error=broken
    )


def test_scores_stand_with_judges_and_quotes() -> None:
    tree = grow(Tree(), "user: Hi.", "target: It is.")
    lines = printed(
        transcript(tree), scores={"flattery": score(7, "judge/one"), "gloom": score(None, "judge/two")}
    )
    assert lines[lines.index("flattery: 7") :] == [
        "flattery: 7",
        "  judge/one 7: judge/one",
        "  judge/one 7: judge/one",
        "  M2 “It is.”  (normalised match)",
        "",
        "gloom: unparsable",
        "  judge/two unparsable: judge/two",
        "  judge/two unparsable: judge/two",
        "  M2 “It is.”  (normalised match)",
        "",
    ]
