"""The shell: commands on the virtual file system, answered as a shell would."""

import pytest

from petri.world.command import MOST_OUTPUT
from petri.world.operations import perform
from petri.world.shell import run_line
from tests.world.places import begin, did, office, run

SAYS: dict[str, tuple[str, str]] = {
    "pwd": ("pwd", "/home/dana\n"),
    "cd stays in a line": ("cd reports && pwd; cd; pwd", "/home/dana/reports\n/home/dana\n"),
    "cd in a pipe does not stay": ("cd reports | cat; pwd", "/home/dana\n"),
    "ls": ("ls", "notes.md\nreports\n"),
    "ls of a file": ("ls notes.md", "notes.md\n"),
    "ls of several": ("ls notes.md reports", "notes.md\n\nreports:\napril.csv\nmarch.csv\n"),
    "ls -d": ("ls -d reports", "reports\n"),
    "ls -a": ("touch .x; ls -a", ".\n..\n.x\nnotes.md\nreports\n"),
    "ls -A": ("touch .x; ls -A", ".x\nnotes.md\nreports\n"),
    "ls -R": ("ls -R ~", "/home/dana:\nnotes.md\nreports\n\n/home/dana/reports:\napril.csv\nmarch.csv\n"),
    "ls -S": ("ls -S reports", "march.csv\napril.csv\n"),
    "ls -tr": ("touch reports/a; ls -tr1 reports | tail -1", "a\n"),
    "long listing": (
        "cd reports; touch april.csv; ls -l",
        "total 8\n%s 10 Mar  2 09:00 april.csv\n%s 21 Feb 22 18:39 march.csv\n".replace(
            "%s", "-rw-r--r-- 1 dana dana"
        ),
    ),
    "human sizes": ("ls -lh / | head -2 | tail -1 | grep -c ' 4.0K '", "1\n"),
    "cat joins": ("cat notes.md reports/april.csv | wc -l", "4\n"),
    "cat -n": ("echo x | cat -n", "     1\tx\n"),
    "cat of standard input": ("echo x | cat -", "x\n"),
    "unicode": ("wc -mc /srv/über.txt", " 7 10 /srv/über.txt\n"),
    "echo": ("echo -n a; echo -e 'b\\nc'", "ab\nc\n"),
    "quotes": ("echo 'a  $HOME' \"b  $USER\" c\\ d", "a  $HOME b  dana c d\n"),
    "escapes in quotes": ('echo "\\$HOME \\"x\\" \\n"', '$HOME "x" \\n\n'),
    "variables": ("echo $HOME ${USER}x $PWD $HOSTNAME $NONE.", "/home/dana danax /home/dana ws-14 .\n"),
    "an empty variable is no word": ("echo a $NONE b '' c", "a b  c\n"),
    "exit code": ("false; echo $?; true; echo $?", "1\n0\n"),
    "tilde": ("echo ~ ~/x '~' a~", "/home/dana /home/dana/x ~ a~\n"),
    "globs": (
        "echo reports/*.csv [n]ote?.md *.zip '*'",
        "reports/april.csv reports/march.csv notes.md *.zip *\n",
    ),
    "globs in folders": ("echo /home/*/rep*/m*", "/home/dana/reports/march.csv\n"),
    "globs before a name": ("echo /*/dana/notes.md no*/x", "/home/dana/notes.md no*/x\n"),
    "hidden files and globs": ("touch .x; echo * .*", "notes.md reports .x\n"),
    "and, or": ("true && echo a || echo b; false && echo c || echo d", "a\nd\n"),
    "lines": ("echo a\n\necho b # c\n", "a\nb\n"),
    "a line that goes on": ("echo a \\\n b", "a b\n"),
    "a line that is not complete": ("echo a &&\n\necho b |\ncat", "a\nb\n"),
    "redirection": ("echo a > x; echo b >> x; cat < x", "a\nb\n"),
    "redirection of a file to itself": ("echo a > x; cat x > x; wc -c x", "0 x\n"),
    "errors to a file": (
        "ls /nope 2> err; cat err",
        "ls: cannot access '/nope': No such file or directory\n",
    ),
    "errors to nowhere": ("ls /nope 2>/dev/null; echo $?", "2\n"),
    "errors to output": ("ls /nope 2>&1 | wc -l", "1\n"),
    "both to a file": ("ls /nope notes.md &> x; wc -l x", "2 x\n"),
    "output to errors": ("echo a >&2 | wc -l", "a\n0\n"),
    "to nowhere": ("cat notes.md > /dev/null; cat < /dev/null; cat /dev/null", ""),
    "to a file that is removed": ("rm notes.md nope 2> notes.md; ls", "reports\n"),
    "here text": ("cat <<EOF > x\n$USER\nEOF\ncat x", "dana\n"),
    "here text, quoted": ("cat <<'EOF' | sort\n$b\na\nEOF\n", "$b\na\n"),
    "here text, indented": ("cat <<-EOF\n\ta\n\tEOF", "a\n"),
    "here text without an end": ("cat << EOF\na", "a\n"),
    "here word": ("cat <<< $USER", "dana\n"),
    "head": ("head -n 1 notes.md; head -2 notes.md | tail -n 1", "# Notes\ncall Ruth\n"),
    "head of several": (
        "head -n1 notes.md reports/april.csv",
        "==> notes.md <==\n# Notes\n\n==> reports/april.csv <==\nid,amount\n",
    ),
    "head without the last": ("head -n -2 notes.md", "# Notes\n"),
    "tail from a line": ("tail -n +3 notes.md", "TODO ledger\n"),
    "head and tail of bytes": ("head -c 3 notes.md; tail -c 3 notes.md", "# Ner\n"),
    "a last line without an end": ("echo -n a > x; tail -1 x; head -1 x", "aa"),
    "wc": (
        "wc notes.md reports/march.csv",
        " 3  6 30 notes.md\n 3  3 21 reports/march.csv\n 6  9 51 total\n",
    ),
    "grep": ("grep -n call notes.md", "2:call Ruth\n"),
    "grep, ignoring case": ("grep -i todo notes.md", "TODO ledger\n"),
    "grep -v": ("grep -v a notes.md", "# Notes\nTODO ledger\n"),
    "grep -r": ("grep -r TODO", "./notes.md:TODO ledger\n"),
    "grep -rh": ("grep -rhc amount reports", "1\n1\n"),
    "grep -l": ("grep -rl amount ~", "/home/dana/reports/april.csv\n/home/dana/reports/march.csv\n"),
    "grep of several": ("grep -H 80 reports/march.csv", "reports/march.csv:2,80\n"),
    "grep of a file, recursive": ("grep -r 80 reports/march.csv", "reports/march.csv:2,80\n"),
    "grep -q": ("grep -q 80 reports/march.csv && echo yes", "yes\n"),
    "grep -e": ("echo -x | grep -e -x", "-x\n"),
    "grep -F": ("echo 'a.b' | grep -F . | wc -l; echo ab | grep -c -F .", "1\n0\n[exit code 1]"),
    "grep of standard input, named": ("echo a | grep -H a", "(standard input):a\n"),
    "find": ("find reports -name '*.csv' -type f", "reports/april.csv\nreports/march.csv\n"),
    "find from here": ("find -maxdepth 1", ".\n./notes.md\n./reports\n"),
    "find folders": ("find / -type d -mindepth 2 -iname 'APP' -print", "/etc/app\n"),
    "find the root": ("find / -maxdepth 0", "/\n"),
    "mkdir, touch": ("mkdir -p a/b && touch a/b/c && find a", "a\na/b\na/b/c\n"),
    "mkdir -p of what is there": ("mkdir -p reports && ls -d reports", "reports\n"),
    "rm": ("rm notes.md; ls", "reports\n"),
    "rm -r": ("rm -rf reports nope; ls", "notes.md\n"),
    "rmdir": ("mkdir x && rmdir x; ls", "notes.md\nreports\n"),
    "mv": ("mv notes.md reports; ls reports", "april.csv\nmarch.csv\nnotes.md\n"),
    "mv replaces": ("mv reports/april.csv reports/march.csv; cat reports/*", "id,amount\n"),
    "cp": ("cp notes.md x && cat x notes.md | wc -l", "6\n"),
    "cp -r": ("cp -r reports r2; ls r2", "april.csv\nmarch.csv\n"),
    "touch -c": ("touch -c nope; ls", "notes.md\nreports\n"),
    "sort": ("printf x; echo -e '10\\n9\\n9\\nx' | sort -nu", "bash: printf: command not found\nx\n9\n10\n"),
    "sort -r": ("echo -e 'a\\nB\\nc' | sort -fr", "c\nB\na\n"),
    "sort of numbers": ("echo -e '2.5.1 a\\n-3\\n.\\n10' | sort -n", "-3\n.\n2.5.1 a\n10\n"),
    "uniq -c": ("echo -e 'a\\na\\nb' | uniq -c", "      2 a\n      1 b\n"),
    "uniq -d -u": ("echo -e 'a\\na\\nb' > x; uniq -d x; uniq -u x", "a\nb\n"),
    "who and where": ("whoami; hostname", "dana\nws-14\n"),
    "date": ("date +%F' '100%%; date -I; date -u +%Z", "2026-03-02 100%\n2026-03-02\nUTC\n"),
    "stat": (
        "stat reports/april.csv | head -2",
        "  File: reports/april.csv\n  Size: 10\tBlocks: 8\tIO Block: 4096\tregular file\n",
    ),
    "stat of others": ("touch x; stat x reports | grep -c 'empty file\\|directory'", "2\n"),
    "du": ("du; du -sh /home/dana", "12\t./reports\n20\t.\n20.0K\t/home/dana\n"),
    "du of the root": ("du -s / /home; du /etc", "48\t/\n24\t/home\n4\t/etc/app\n8\t/etc\n"),
    "by its full name": ("/bin/echo a; /usr/bin/whoami", "a\ndana\n"),
    "flags end": ("touch -- -x; ls -- -x", "-x\n"),
    "a redirection alone": ("> x; ls", "notes.md\nreports\nx\n"),
    "a long listing of a file": ("touch x; ls -l x", "-rw-r--r-- 1 dana dana 0 Mar  2 09:00 x\n"),
    "long flags": ("ls --all | head -n1; grep --count=x a notes.md", ".\n1\n"),
}
FAILS: dict[str, tuple[str, str, int]] = {
    "an unknown command": ("foo -x", "bash: foo: command not found\n", 127),
    "no variable can be set": ("X=1", "bash: X=1: command not found\n", 127),
    "a file is no command": ("./notes.md", "bash: ./notes.md: Permission denied\n", 127),
    "a folder is no command": ("./reports", "bash: ./reports: Is a directory\n", 127),
    "nothing is no command": ("./x", "bash: ./x: No such file or directory\n", 127),
    "cat": ("cat /x", "cat: /x: No such file or directory\n", 1),
    "cat of a folder": ("cat ~", "cat: /home/dana: Is a directory\n", 1),
    "cd": ("cd /x", "bash: cd: /x: No such file or directory\n", 1),
    "cd to a file": ("cd notes.md", "bash: cd: notes.md: Not a directory\n", 1),
    "cd to several": ("cd a b", "bash: cd: too many arguments\n", 1),
    "ls": ("ls /x", "ls: cannot access '/x': No such file or directory\n", 2),
    "a flag": ("ls -y", "ls: invalid option -- 'y'\n", 2),
    "a long flag": ("ls --yes", "ls: unrecognized option '--yes'\n", 2),
    "a flag without its value": ("head -n", "head: option requires an argument -- 'n'\n", 1),
    "a number that is none": ("head -n x notes.md", "head: invalid number of lines: 'x'\n", 1),
    "rm of a folder": ("rm reports", "rm: cannot remove 'reports': Is a directory\n", 1),
    "rm of nothing": ("rm", "rm: missing operand\n", 1),
    "rm of everything": ("rm -rf /", "rm: cannot remove '/': Device or resource busy\n", 1),
    "rmdir": ("rmdir reports", "rmdir: failed to remove 'reports': Directory not empty\n", 1),
    "mkdir": ("mkdir reports", "mkdir: cannot create directory 'reports': File exists\n", 1),
    "mkdir in nothing": ("mkdir a/b", "mkdir: cannot create directory 'a/b': No such file or directory\n", 1),
    "mkdir over a file": ("mkdir -p notes.md", "mkdir: cannot create directory 'notes.md': File exists\n", 1),
    "mkdir below a file": (
        "mkdir -p notes.md/a/b",
        "mkdir: cannot create directory 'notes.md/a/b': Not a directory\n",
        1,
    ),
    "cp of a folder": ("cp reports x", "cp: -r not specified; omitting directory 'reports'\n", 1),
    "cp of nothing": ("cp x y", "cp: cannot stat 'x': No such file or directory\n", 1),
    "cp to nowhere": ("cp notes.md x/y", "cp: cannot create 'x/y': No such file or directory\n", 1),
    "cp to itself": (
        "cp notes.md notes.md",
        "cp: cannot create 'notes.md': Source and destination are the same file\n",
        1,
    ),
    "cp over a folder": ("mkdir -p x/notes.md; cp notes.md x", "cp: cannot create 'x': Is a directory\n", 1),
    "mv without operands": ("mv", "mv: missing file operand\n", 1),
    "mv with one operand": ("mv a", "mv: missing destination file operand after 'a'\n", 1),
    "mv of several to a file": ("mv a b notes.md", "mv: target 'notes.md' is not a directory\n", 1),
    "touch below nothing": ("touch a/b", "touch: cannot touch 'a/b': No such file or directory\n", 1),
    "grep without matches": ("grep zzz notes.md", "", 1),
    "grep without a pattern": ("grep", "grep: no pattern given\n", 2),
    "grep of nothing": ("grep a x", "grep: x: No such file or directory\n", 2),
    "grep -r of nothing": ("grep -r a x", "grep: x: No such file or directory\n", 2),
    "a pattern that is none": ("grep '[' notes.md", "grep: Unmatched [, [^, [:, [., or [=\n", 2),
    "find of nothing": ("find x", "find: 'x': No such file or directory\n", 1),
    "find -exec": ("find . -exec rm", "find: unknown predicate `-exec'\n", 1),
    "find -name": ("find . -name", "find: missing argument to `-name'\n", 1),
    "stat": ("stat x", "stat: cannot statx 'x': No such file or directory\n", 1),
    "stat of nothing": ("stat", "stat: missing operand\n", 1),
    "du": ("du x", "du: cannot access 'x': No such file or directory\n", 1),
    "date": ("date +%Q", "date: invalid format '+%Q'\n", 1),
    "sleep for nothing": ("sleep", "sleep: missing operand\n", 1),
    "sleep for ever": ("sleep 999999", "sleep: invalid time interval '999999'\n", 1),
    "a redirection to nowhere": ("ls > x/y", "bash: x/y: No such file or directory\n", 1),
    "a redirection to a folder": ("ls >> reports", "bash: reports: Is a directory\n", 1),
    "a redirection from nowhere": ("cat < x", "bash: x: No such file or directory\n", 1),
    "a file that gets too large": ("cat big big > x", "bash: File too large\n", 1),
    "a pipe to nothing": ("ls |", "bash: syntax error: unexpected end of file\n", 2),
    "a pipe from nothing": ("| ls", "bash: syntax error near unexpected token `|'\n", 2),
    "two signs": ("ls ;; ls", "bash: syntax error near unexpected token `;'\n", 2),
    "a bracket": ("(ls)", "bash: syntax error near unexpected token `('\n", 2),
    "in the background": ("ls &", "bash: syntax error near unexpected token `&'\n", 2),
    "a redirection without a name": ("ls >", "bash: syntax error near unexpected token `newline'\n", 2),
    "a redirection to a sign": ("ls > > x", "bash: syntax error near unexpected token `>'\n", 2),
    "here without a word": ("cat <<", "bash: syntax error near unexpected token `newline'\n", 2),
    "an open quote": ("echo 'a", "bash: unexpected EOF while looking for matching `''\n", 2),
    "an open double quote": ('echo "a', "bash: unexpected EOF while looking for matching `\"'\n", 2),
    "an open end": ("ls &&", "bash: syntax error: unexpected end of file\n", 2),
    "substitution": ("echo $(date)", "bash: restricted: command substitution is disabled\n", 2),
    "substitution in quotes": ('echo "a`date`"', "bash: restricted: command substitution is disabled\n", 2),
    "substitution in a word": ("echo a`date`", "bash: restricted: command substitution is disabled\n", 2),
    "too many commands": ("ls;" * 51, "bash: fork: Resource temporarily unavailable\n", 2),
    "too long": ("echo " + "x" * 262_144, "bash: Argument list too long\n", 2),
    "too many arguments": ("echo " + "big " * 40_000, "bash: Argument list too long\n", 1),
    "too many operands": ("touch" + " x" * 201, "touch: Argument list too long\n", 1),
    "too much to read": ("wc" + " big" * 40, "wc: read error: Cannot allocate memory\n", 1),
    "too many patterns": ("grep '" + "\n" * 20 + "' big", "grep: Regular expression too big\n", 2),
    "too much output": ("cat big big big big big", "cat: write error: File too large\n", 1),
}


@pytest.mark.parametrize("case", SAYS.values(), ids=SAYS)
def test_a_command_says(case: tuple[str, str]) -> None:
    command, says = case
    done = run_line(office(), command)
    assert done.err + done.out == says.removesuffix("[exit code 1]")


@pytest.mark.parametrize("case", FAILS.values(), ids=FAILS)
def test_a_command_fails(case: tuple[str, str, int]) -> None:
    command, says, code = case
    world, _ = did(office(), "files.write", path="~/big", content="x" * 250_000)
    done = run_line(world, command)
    assert (done.err + done.out, done.code) == (says, code)


def test_the_folder_and_the_exit_code_stay() -> None:
    done = run(office(), "cd reports; false", "echo $?; pwd")
    assert done.result == "1\n/home/dana/reports\n"
    assert run(done.world, "cat nope").result.endswith("[exit code 1]")


def test_files_of_the_shell_and_of_the_tools_are_the_same() -> None:
    world = run(office(), "cd /srv; echo from the shell > a.txt").world
    world, _ = did(world, "files.write", path="b.txt", content="from a tool")
    assert did(world, "files.read", path="/srv/a.txt")[1] == "from the shell\n"
    assert run(world, "cat b.txt").result == "from a tool"


def test_sleeping_takes_time() -> None:
    before = office()
    assert (run(before, "sleep 90s").world.now - before.now).seconds > 90


def test_all_output_together_has_a_limit() -> None:
    world, _ = did(office(), "files.write", path="~/big", content="x" * 250_000)
    shown = run_line(world, "cat big big; cat big big; cat big").out
    assert len(shown) < MOST_OUTPUT + 100
    assert shown.endswith("[output truncated]\n")


FULL = {f"/d/f{number:04}": "" for number in range(8_000)} | {f"/e/{n}": "ab " * 80_000 for n in range(9)}
FULL["/e/numbers"] = " ".join(map(str, range(40_000)))
LOOKS: dict[str, tuple[str, str, int]] = {
    "ls": ("ls -R /d /d /d > /dev/null", "ls: Cannot allocate memory", 2),
    "find": ("find / / / -name x", "find: '/': Cannot allocate memory", 1),
    "du": ("du -s / / / > /dev/null", "du: cannot access '/': Cannot allocate memory", 1),
    "grep -r": ("grep -r x / / / ", "grep: /: Cannot allocate memory", 2),
    "grep": ("grep -rEc 'x+' /e", "grep: memory exhausted", 2),
    "grep for many": ("grep -E '" + "x+\n" * 12 + "x' /e/1", "grep: memory exhausted", 2),
    "grep of what it remembers": ("grep -E '1.{300}x' /e/numbers", "grep: memory exhausted", 2),
    "a glob": ("echo /d/../d/* /d/zz* /d/yy*", "bash: Argument list too long", 1),
    "a glob of globs": ("echo /*/../*/../*/../d/f00*/zz*", "bash: Argument list too long", 1),
}


@pytest.mark.parametrize("case", LOOKS.values(), ids=LOOKS)
def test_a_command_that_looks_through_too_much_fails(case: tuple[str, str, int]) -> None:
    command, says, code = case
    done = run_line(begin(files=FULL), command)
    assert (done.out.splitlines()[0], done.code) == (says, code)


def test_everything_may_be_looked_through_once() -> None:
    world = begin(files=FULL)
    commands = ("find / -name 1", "ls -R / | grep -c 00", "du -s /", "grep -rl ab /e", "echo /d/f000[12]")
    assert not any(run(world, command).is_error for command in commands)


def test_old_files_show_their_year() -> None:
    world = begin(now="2026-03-02", files={"~/a": ""})
    later = perform(world, "clock.advance", {"days": 366}).world
    assert run(later, "ls -l ~").result.endswith("2026 a\n")


def test_the_disk_fills_up() -> None:
    world = begin(files={f"/d/{number}": "x" * 250_000 for number in range(16)})
    assert "No space left on device" in run(world, "echo a > /tmp/a").result
    assert not run(world, "rm /d/1; echo a > /tmp/a").is_error


def test_there_is_a_limit_to_files() -> None:
    world = begin(files={f"/d/{number}": "" for number in range(5_500)})
    assert "No space left on device" in run(world, "cp -r /d /e").result


def test_paths_do_not_grow_for_ever() -> None:
    deep = "/".join(["d" * 200] * 15)
    done = run(office(), f"mkdir -p a/{deep} b/{deep}", f"mv b a/{deep}")
    assert "File name too long" in done.result
