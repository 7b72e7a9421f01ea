"""Completion in the shell: the script, and what it asks petri for; a command is loaded where its flags are wanted."""

import subprocess
import sys
from pathlib import Path

import pytest

from petri.cli.main import COMMANDS, main

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("petri ", set(COMMANDS)),
        ("petri ex", {"explain", "export"}),
        ("petri re", {"report", "resume"}),
        ("petri report --m", {"--margin", "--md"}),
        ("petri audit --fail", {"--fail-on"}),
        ("petri audit a.yaml --offline --ju", {"--judge", "--judge-groups", "--junit"}),
        ("petri audit a.yaml --judge-groups ", {"family", "one", "each"}),
        ("petri explain --ce", {"--cell"}),
        ("petri rubric ", {"from-principles"}),
        ("petri show --o", {"--out"}),
        ("petri audit sc", set[str]()),  # a file: the shell's own affair
        ("petri nonsense --x", set[str]()),
    ],
)
def test_what_is_offered(
    line: str, offered: set[str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    words = line.split(" ")
    monkeypatch.setenv("_PETRI_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    assert main([]) == 0
    assert {*filter(None, capsys.readouterr().out.splitlines())} == offered


@pytest.mark.parametrize(
    ("shell", "line", "words"),
    [
        ("zsh", "petri audit --fail", '"--fail-on":"Exit with 1'),
        ("zsh", "petri audit sc", "_files"),
        ("fish", "petri audit --fail", "--fail-on\tExit with 1"),
    ],
)
def test_other_shells(
    shell: str, line: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("_PETRI_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    assert main([]) == 0
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script(shell: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setenv("_PETRI_COMPLETE", f"source_{shell}")
    assert main([]) == 0
    script = capsys.readouterr().out
    assert f"_PETRI_COMPLETE=complete_{shell}" in script
    if shell == "bash":
        assert "complete -o default -F _petri_completion petri" in script  # files where nothing is offered


def test_bash_takes_the_script(tmp_path: Path) -> None:
    petri = tmp_path / "petri"
    petri.write_text(f"#!{sys.executable}\nimport sys\nfrom petri.cli.main import main\nsys.exit(main())\n")
    petri.chmod(0o755)
    lines = f"""
    export PATH="{tmp_path}:$PATH"
    eval "$(_PETRI_COMPLETE=source_bash petri)"
    COMP_WORDS=(petri doc) COMP_CWORD=1
    _petri_completion petri
    echo "${{COMPREPLY[*]}}"
    """
    ran = subprocess.run(["bash", "-c", lines], capture_output=True, text=True, check=True)
    assert ran.stdout == "doctor\n"


def test_the_help_tells_of_it(capsys: Captured) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "--install-completion" in out
    assert "--show-completion" in out
