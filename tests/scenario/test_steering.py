"""What steers the auditor beside the seed, and what surrounds the target: faults in exact words, and what is loaded."""

from pathlib import Path

import pytest

from petri.errors import InvalidFile
from petri.prompts.files import text
from petri.prompts.template import placeholders
from petri.scenario.load import LoadedFile, load_file
from petri.scenario.steering import Skill
from petri.world.operations import OPERATIONS

HEAD = "petri: 1\nname: n\n"
ONE = HEAD + "scenarios:\n  - id: a\n    seed: s\n"


def _write(path: str, content: str | bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content if isinstance(content, bytes) else content.encode())


def _load(content: str) -> LoadedFile:
    _write("f.yaml", content)
    return load_file(Path("f.yaml"))


def _faults(content: str) -> list[str]:
    try:
        _load(content)
    except InvalidFile as error:
        return str(error).split("\n")
    return []


TOOL = "    tools: [{name: t, description: d, backed_by: %s}]\n"


@pytest.mark.parametrize(
    ("audit", "more", "faults"),
    [
        pytest.param(
            "", "    world: {files: {/a: b}}\n" + TOOL % "files.read", [], id="a world and its tool"
        ),
        pytest.param("", TOOL % "files.read", [], id="a tool with an empty world behind it"),
        pytest.param(
            "",
            TOOL % "files.raed",
            [
                (
                    "f.yaml:6:50: there is no operation 'files.raed' (did you mean 'files.read'?); "
                    f"operations: {', '.join(OPERATIONS)}"
                )
            ],
            id="no such operation",
        ),
        pytest.param(
            "audit: {tools: none}\n",
            "    world: {}\n",
            ["f.yaml:7:5: a world stands behind simulated tools, and audit.tools is none"],
            id="a world behind no tools",
        ),
        pytest.param(
            "audit: {tools: sandbox, sandbox: docker}\n",
            "    world: {}\n",
            ["f.yaml:7:5: a world stands behind simulated tools, and audit.tools is sandbox"],
            id="a world behind real tools",
        ),
        pytest.param(
            "",
            "    world: {files: {a: b}, people: [{name: x}], clock: 5}\n",
            [
                (
                    "f.yaml:6:21: the key 'a' should be an absolute path such as '/srv/app/main.py' or '~/a', "
                    "found 'a'"
                ),
                "f.yaml:6:37: missing key 'email' in 'people' item 1; required there: name, email",
                (
                    "f.yaml:6:49: unknown key 'clock' in 'world'; known keys: now, user, host, home, files, "
                    "records, mail, people"
                ),
            ],
            id="a world of another form",
        ),
        pytest.param(
            "",
            "    continue_from: gone.json\n",
            ["f.yaml:6:20: no such file: 'gone.json'; a path starts at the scenario file"],
            id="nothing to go on from",
        ),
        pytest.param(
            "",
            "    continue_from: {file: gone.json, messages: 0}\n",
            ["f.yaml:6:48: 'messages' should be at least 1, found 0"],
            id="no message to go on from",
        ),
        pytest.param(
            "",
            "    continue_from: {file: f.yaml}\n    system: x\n",
            [
                (
                    "f.yaml:7:5: 'system' and 'continue_from' together; the conversation that is gone on from "
                    "has its own"
                )
            ],
            id="two system prompts",
        ),
        pytest.param("", "    date: 2027-03-31\n", [], id="a date"),
        pytest.param(
            "",
            "    date: tomorrow\n",
            ["f.yaml:6:11: 'date' should be a date such as 2027-03-31, found 'tomorrow'"],
            id="no date",
        ),
        pytest.param(
            "",
            "    date: 20270331\n",
            ["f.yaml:6:11: 'date' should be a date such as 2027-03-31, found 20270331"],
            id="a number for a date",
        ),
    ],
)
def test_the_world_around_the_target(audit: str, more: str, faults: list[str]) -> None:
    assert _faults(HEAD + audit + "scenarios:\n  - id: a\n    seed: s\n" + more) == faults


@pytest.mark.parametrize("key", ["guidance", "stop_when"])
def test_steering_texts_are_filled_like_the_seed(key: str) -> None:
    assert _faults(ONE + f"    {key}: Say {{{{who}}}} and {{{{what}}}}.\n    variables: {{who: [x]}}\n") == [
        f"f.yaml:6:{len(key) + 23}: unknown variable {{{{what}}}}; variables: who"
    ]


def test_a_world_may_use_variables_and_hold_braces_of_its_own() -> None:
    world = '{files: {/a: "{{who}} {{ x }} {{unknown}} ${{ env.CI }}"}}'
    assert _faults(ONE + f"    world: {world}\n    variables: {{who: [x]}}\n") == []


def test_prompts_and_skills_stand_in_files_beside_the_scenario() -> None:
    _write("p/repair.md", "\n Again: {{fault}} {{fault}}\n")
    _write("s/billing.md", "# How bills work\n\nA bill is due.\n")
    _write("s/angry.md", "Angry customers\n")
    _write("s/notes.txt", "not a skill")
    _write("t/" + "x" * 20 + ".md", "y" * 250)
    file = _load(HEAD + "prompts: {realism/repair: p/repair.md}\nskills: [s, ./t]\nseed: x\n")
    assert file.prompts == {"realism/repair": "Again: {{fault}} {{fault}}"}
    assert file.skills == (
        Skill("angry", "Angry customers", "Angry customers"),
        Skill("billing", "How bills work", "# How bills work\n\nA bill is due."),
        Skill("x" * 20, "y" * 200, "y" * 250),
    )


OURS = sorted({held.text for held in placeholders(text("auditor/system"))})


@pytest.mark.parametrize(
    ("name", "prompt", "faults"),
    [
        pytest.param("realism/repair", "{{fault}}", [], id="the same placeholders"),
        pytest.param("judge/system", "Judge: {no} }} placeholder.", [], id="none on either side"),
        pytest.param(
            "auditor/sytem",
            "x",
            ["f.yaml:3:26: there is no prompt 'auditor/sytem' (did you mean 'auditor/system'?)"],
            id="no such prompt",
        ),
        pytest.param(
            "../secrets",
            "x",
            ["f.yaml:3:23: there is no prompt '../secrets'"],
            id="a path for a name",
        ),
        pytest.param(
            "realism/repair",
            "Again.",
            [
                "f.yaml:3:27: the prompt for realism/repair leaves {{fault}} out; the model would never be told it"
            ],
            id="one left out",
        ),
        pytest.param(
            "realism/repair",
            "{{fault}} {{ fault }} {{seed}}",
            [
                "f.yaml:3:27: the prompt for realism/repair holds {{ fault }}; realism/repair knows {{fault}}",
                "f.yaml:3:27: the prompt for realism/repair holds {{seed}}; realism/repair knows {{fault}}",
            ],
            id="ones that ours does not know",
        ),
        pytest.param(
            "judge/system",
            "{{fault}}",
            ["f.yaml:3:25: the prompt for judge/system holds {{fault}}; judge/system knows no placeholder"],
            id="one where ours has none",
        ),
        pytest.param(
            "auditor/system",
            " \n",
            ["f.yaml:3:27: the prompt for auditor/system is empty"]
            + [
                f"f.yaml:3:27: the prompt for auditor/system leaves {held} out; the model would never be told it"
                for held in OURS
            ],
            id="empty",
        ),
        pytest.param(
            "realism/repair",
            b"\xff\xfe{",
            [
                (
                    "f.yaml:3:27: the prompt for realism/repair cannot be used: p/mine.md:0:0: text in UTF-16; "
                    "save it as UTF-8"
                )
            ],
            id="no text",
        ),
    ],
)
def test_a_prompt_that_stands_in_for_ours(name: str, prompt: str | bytes, faults: list[str]) -> None:
    _write("p/mine.md", prompt)
    assert sorted(_faults(HEAD + f"prompts: {{{name}: p/mine.md}}\nseed: x\n")) == sorted(faults)


@pytest.mark.parametrize(
    ("skills", "faults"),
    [
        pytest.param(
            "[gone]", ["f.yaml:3:10: 'gone' is no folder; name a folder of .md files"], id="no folder"
        ),
        pytest.param(
            "[good, good/a.md]",
            ["f.yaml:3:16: 'good/a.md' is no folder; name a folder of .md files"],
            id="a file",
        ),
        pytest.param(
            "[bare]",
            ["f.yaml:3:10: 'bare' holds no Markdown file; name a folder of .md files"],
            id="a folder without any",
        ),
        pytest.param("[blank]", ["blank/b.md:1:1: a skill that is empty"], id="empty"),
        pytest.param(
            "[long]",
            ["long/l.md:1:1: a skill that holds 100,001 characters; 100,000 at most"],
            id="too long",
        ),
        pytest.param(
            "[broken]",
            ["broken/x.md:1:2: not UTF-8: the byte 0xff cannot stand here; save the file as UTF-8"],
            id="no text",
        ),
        pytest.param(
            "[good, other]",
            ["f.yaml:3:9: two skills are called 'a'; rename one of the files"],
            id="two of one name",
        ),
        pytest.param("[]", [], id="none"),
    ],
)
def test_skills(skills: str, faults: list[str]) -> None:
    for path, content in {
        "good/a.md": b"a",
        "other/a.md": b"b",
        "bare/readme.txt": b"c",
        "blank/b.md": b" \n",
        "long/l.md": b"x" * 100_001,
        "broken/x.md": b"x\xff",
    }.items():
        _write(path, content)
    assert _faults(HEAD + f"skills: {skills}\nseed: x\n") == faults


def test_faults_of_all_that_a_file_names_come_together() -> None:
    steering = "prompts: {judge/repair: p.md, judge/x: p.md}\nskills: [gone]\naudit: {realism: 0.5}\n"
    assert [fault.split(": ", 1)[0] for fault in _faults(HEAD + steering + "seed: 'Say {{x}}'\n")] == [
        "f.yaml:3:25",
        "f.yaml:3:40",
        "f.yaml:4:10",
        "f.yaml:5:18",
        "f.yaml:6:12",
    ]
