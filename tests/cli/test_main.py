import os
import subprocess
import sys
from pathlib import Path

import pytest

import petri
from petri.cli.main import COMMANDS, main

RUN = [sys.executable, "-c", "import sys; from petri.cli.main import main; sys.exit(main())"]


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out, err = capsys.readouterr()
    listed = dict(line.strip().split(None, 1) for line in out.split("Commands:\n")[1].strip().split("\n"))
    assert listed == {name: line for name, (_, line) in COMMANDS.items()}
    assert err == ""


def test_help_loads_no_command() -> None:
    code = (
        "import sys; from petri.cli.main import main; main(['--help']); "
        "sys.exit(any(name in sys.modules for name in ('pydantic', 'rich', 'inspect_ai', 'ruamel.yaml')))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    out, _ = capsys.readouterr()
    assert out.startswith(f"Usage: petri {name} ")
    assert f"Example: petri {name}" in " ".join(out.split())


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"{petri.__version__}\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param([], "Usage: petri", id="nothing"),
        pytest.param(
            ["validat"], "No such command 'validat'. Did you mean 'validate', 'calibrate'?", id="command"
        ),
        pytest.param(["validate"], "Missing argument", id="argument"),
        pytest.param(["validate", "--verbos", "x"], "No such option", id="option"),
        pytest.param(["schema", "x"], "'scenario', 'rubric', 'results', 'transcript'", id="choice"),
    ],
)
def test_wrong_usage_is_2(args: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(args) == 2
    captured = capsys.readouterr()
    assert message in captured.out + captured.err


def test_a_fault_of_ours_is_4_and_shows_where_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".env.example").mkdir()  # nobody expects a folder there
    assert main(["init", "a"]) == 4
    short = capsys.readouterr().err
    assert "petri: internal error: IsADirectoryError: " in short
    assert "petri: PETRI_DEBUG=1 shows where" in short
    assert "Traceback" not in short
    monkeypatch.setenv("PETRI_DEBUG", "1")
    assert main(["init", "b"]) == 4
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is Linux's")
def test_a_full_disk_is_no_fault_of_ours() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        child = subprocess.run([*RUN, "schema", "scenario"], stdout=full, stderr=subprocess.PIPE, check=False)
    said = b"petri: a file: cannot be read or written: No space left on device\n"
    assert (child.returncode, child.stderr) == (4, said)


def test_python_m_is_the_command() -> None:
    child = subprocess.run(
        [sys.executable, "-m", "petri", "validat"], capture_output=True, text=True, check=False
    )
    assert child.returncode == 2
    assert "No such command 'validat'" in child.stderr


def test_a_closed_pipe_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        child = subprocess.run(
            [*RUN, "schema", "scenario"], stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert (child.returncode, child.stderr) == (141, b"")


def test_an_interrupt_is_130() -> None:
    code = (  # at a fixed point of the command: an interrupt at some moment would be a test of the machine's speed
        "import signal, sys; from petri.cli import validate; from petri.cli.main import main; "
        "validate.review_files = lambda files: signal.raise_signal(signal.SIGINT); "
        "sys.exit(main(['validate', 'any.yaml']))"
    )
    child = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, check=False)
    assert (child.returncode, child.stderr) == (130, b"petri: interrupted\n")


def test_an_interrupt_before_the_command_is_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(path: str) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("petri.cli.main.load_dotenv", interrupted)
    assert main(["ls"]) == 130
    assert capsys.readouterr().err == "petri: interrupted\n"
