"""``proposals sites``: what a maintainer sees."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.cli import main, proposals
from crawler.site import load_site
from tests.sims.catalogue import make
from tests.sims.server import Server


def run(*arguments: str) -> Result:
    return CliRunner().invoke(proposals, ["sites", *arguments])


def test_the_list_has_a_line_per_site() -> None:
    lines = {line.split("\t")[0]: line for line in run().stdout.splitlines()}
    assert lines["ankang"] == "ankang\t安康市人民政府\tnode_content\tcolumns to be discovered\tnot verified"
    assert "no host known" in lines["yongji"]
    assert len(lines) >= 91


def test_probe_then_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(make("vsb")) as server:
        probed = run("probe", server.base + "/", "--allow-private", "--delay", "0", "--into", str(tmp_path))
        assert probed.exit_code == 0, probed.output
        (path,) = tmp_path.glob("*.toml")
        assert load_site(path.stem, [tmp_path]).family == "vsb"
        assert "family vsb" in probed.stderr
        assert "reply suggestion 93" in probed.stderr
        monkeypatch.setenv("PROPOSALS_SITES", str(tmp_path))
        checked = run("check", path.stem)
        assert checked.exit_code == 0, checked.output
        assert "works, but its file has no division" in checked.stdout
        text = path.read_text("utf-8")
        assert '\n# division = ""  # GB/T 2260, six digits' in text
        path.write_text(text.replace('# division = ""', 'division = "890100"'), "utf-8")
        assert "works; set verified = true" in run("check", path.stem).stdout
        again = run("probe", server.base + "/", "--allow-private", "--delay", "0", "--into", str(tmp_path))
        assert again.exit_code == 1
        assert "is there already" in str(again.exception)


def test_a_draft_goes_to_standard_output() -> None:
    with Server(make("shaanxi")) as server:
        probed = run("probe", server.base + "/", "--allow-private", "--delay", "0")
        assert probed.stdout.startswith('name = "北塬县人民政府"\n')
        assert "note:" in probed.stderr


def test_a_broken_site_is_exit_status_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(make("trs", "521")) as server:
        server.write_site_file(tmp_path)
        monkeypatch.setenv("PROPOSALS_SITES", str(tmp_path))
        checked = run("check", "sim-trs")
    assert checked.exit_code == 2
    assert "answered 521" in checked.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "ankangg"], "did you mean ankang"),
        (["probe", "www.qingwu.example"], "beginning with http"),
        (["probe", "http://127.0.0.1:1/", "--contact", "a@b.example"], "private address"),
        (["probe", "http://127.0.0.1:1/", "--contact", "hello"], "contact 'hello': write a mail address"),
        (["probe", "http://127.0.0.1:1/", "--delay", "-5"], "--delay -5.0: give 0 to 3600 seconds"),
        (["probe", "http://127.0.0.1:1/", "--delay", "nan"], "--delay nan: give 0 to 3600 seconds"),
        (["probe", "http://www.qingwu.invalid/"], "PROPOSALS_CONTACT"),
    ],
)
def test_errors_are_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROPOSALS_CONTACT", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["sites", *arguments])
    message = capsys.readouterr().err
    assert ended.value.code == 1
    assert said in message
    assert message.count("\n") == 1
