"""Every page kind answers, in both languages, with what its reader expects on it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from html import unescape

import pytest
from markupsafe import escape

from archive import dictionary
from archive.web.app import reading_room
from tests.web.addresses import ERRORS, HOSTILE, PAGES, RECORD
from tests.web.conftest import client_of, started

LIGHT = 60_000


@pytest.mark.parametrize("name", PAGES)
def test_every_page_kind_answers_in_chinese_and_english(get, name):
    separator = "&" if "?" in PAGES[name] else "?"
    chinese = get(PAGES[name])
    english = get(PAGES[name] + separator + "lang=en", follow_redirects=True)
    assert (chinese.status_code, english.status_code) == (200, 200)
    assert '<html lang="zh-CN">' in chinese.text
    assert '<html lang="en">' in english.text
    assert "建议提案答复档案" in chinese.text
    assert "Proposals &amp; Replies Archive" in english.text
    assert "/tmp" not in chinese.text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_h1_one_main_and_a_title(get, name):
    text = get(PAGES[name]).text
    assert text.count("<h1") == 1
    assert text.count("<main") == 1
    assert re.search(r"<title>[^<]+</title>", text)


@pytest.mark.parametrize("name", [n for n in PAGES if n not in ("data", "long-record")])
def test_a_page_is_light(get, name):
    assert len(get(PAGES[name]).content) < LIGHT


def test_the_choice_of_language_is_remembered(get):
    first = get("/?lang=en")
    assert "lang=en" in first.headers["set-cookie"]
    assert '<html lang="en">' in get("/help", cookies={"lang": "en"}).text
    assert '<html lang="zh-CN">' in get("/help", cookies={"lang": "xx"}).text


def test_a_table_keeps_its_rows_when_the_language_is_changed(get):
    moved = get("/archive/proposals?_search=养老&kind=motion&lang=en")
    assert moved.headers["location"] == "/archive/proposals?_search=%E5%85%BB%E8%80%81&kind=motion"
    assert "lang=en" in moved.headers["set-cookie"]
    both = [
        get(path, follow_redirects=True).text for path in ("/archive/evidence?lang=zh", "/archive/evidence?lang=en")
    ]
    assert both[0].count("<tr>") == both[1].count("<tr>") == 21


def test_home_tells_counts_sites_and_their_state(get):
    text = get("/").text
    assert "在看 5 个网站，其中 4 个已有收录" in text
    assert "采集受阻" in text
    assert "<svg" in text
    assert "<caption" in text


def test_a_record_shows_what_the_page_says_and_what_it_does_not(get):
    text = get(RECORD).text
    assert "原网页未注明：发布日期、文号、签发人。" in text
    assert "陆知远" in text
    assert "云泽市人大第9届第1次会议" in text
    assert 'href="https://www.yunze.example/' in text
    assert "noopener noreferrer nofollow" in text


def test_home_names_the_only_year_once(archive_path, tmp_path):
    path = tmp_path / "archive.db"
    shutil.copy(archive_path, path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE proposals SET year = 2023")
    connection.commit()
    connection.close()
    assert "<dd>2023</dd>" in client_of(started(reading_room(path)))("/").text


def test_counts_read_well_in_english_whatever_they_are(get):
    assert "Records for “敌意文本”: 1<" in get("/search?q=敌意文本&lang=en").text


def test_both_forms_of_citation_name_the_archive_and_the_original_page(get):
    text = get(RECORD).text
    for form in ("cite-standard", "cite-bibtex"):
        cited = text.split(f'id="{form}"')[1].split("</div>")[0]
        assert "/r/yunze-suggestion-9-1-40" in cited
        assert "https://www.yunze.example/zwgk/" in cited


def test_evidence_stands_beside_its_value(get):
    text = get(RECORD).text
    assert "主办单位：云泽市民政局" in text
    assert "标签后的值" in text
    assert "低，请核对原网页" in text


def test_the_timeline_needs_two_dates(get):
    assert 'class="timeline"' not in get(RECORD).text
    both = get("/r/qinghe-proposal-9-2-41").text
    assert 'class="timeline"' in both
    assert "相隔 12 天" in both


def test_a_long_reply_has_an_outline_and_a_short_one_has_none(get):
    assert 'class="outline"' in get(PAGES["long-record"]).text
    assert 'class="outline"' not in get(RECORD).text


def test_a_withdrawn_record_says_so_and_keeps_its_text(get):
    page = get(PAGES["withdrawn"])
    assert page.status_code == 200
    assert "原网页已撤下" in page.text
    assert "答复如下" in page.text
    assert "打开原网页" not in page.text
    assert "原网址（网页已撤下）" in page.text
    assert 'class="button"' not in page.text


def test_a_record_says_that_captures_are_private_and_whom_to_ask(get):
    text = get(RECORD).text
    assert "采到的字节不公开" in text
    assert "逐字节" not in text
    assert 'href="/data#correct"' in text


def test_a_withdrawn_record_without_text_is_a_tombstone(get):
    page = get("/r/qinghe-proposal-10-4-73")
    assert page.status_code == 410
    assert "编号和来源留作存照" in page.text


def test_an_old_id_leads_to_the_new_one(get):
    for suffix in ("", ".json"):
        moved = get("/r/yunze-old-1" + suffix)
        assert moved.status_code == 301
        assert moved.headers["location"] == RECORD + suffix


def test_a_record_as_json(get):
    record = get(RECORD + ".json").json()
    assert record["id"] == "yunze-suggestion-9-1-40"
    assert record["evidence"]["number"]["quote"] == "第40号"
    assert [p["role"] for p in record["people"]] == ["lead", "co-signer", "co-signer"]


def test_versions_show_what_was_added_and_removed(get):
    text = get(PAGES["versions"]).text
    assert "<del>四</del><ins>六</ins>" in text
    assert "<del>B</del><ins>A</ins>" in text


def test_what_a_comparison_folds_can_be_unfolded(get, archive_path):
    text = get(PAGES["versions"]).text
    folded = re.findall(r'<details class="fold"><summary>…略 (\d+) 字…</summary>(.*?)</details>', text, re.DOTALL)
    assert folded
    assert all(len(unescape(hidden)) == int(count) for count, hidden in folded)
    shown = unescape(re.sub(r"<summary>.*?</summary>|<del>.*?</del>|<[^>]+>", "", text))
    new = sqlite3.connect(archive_path).execute("SELECT reply_text FROM texts WHERE proposal = 6").fetchone()[0]
    assert new in shown


def test_citation_managers_and_search_engines_find_their_tags(get):
    text = get(RECORD).text
    assert '<meta name="citation_title" content="关于推进社区养老服务的建议">' in text
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text)[1])
    assert data["@type"] == "Report"
    assert [author["name"] for author in data["author"]] == ["云泽市民政局"]
    assert "[EB/OL]" in text
    assert "@misc{yunze-suggestion-9-1-40," in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_data_page_names_the_licence_of_the_release(get, language):
    licence = dictionary.load().licence
    text = get(f"/data?lang={language}").text
    assert f'href="{licence.path}"' in text
    assert licence.title in text
    assert str(escape(licence.data.say(language))) in text


def test_the_coverage_says_that_a_gap_is_no_absence(get):
    text = get("/coverage").text
    assert "空白不等于没有答复" in text
    assert "缺 25 个编号" in text
    assert "望海县" in text
    assert "通报称 2023 年共 31 件。其中本档案收录 28 件。" in text


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_a_page_of_ours(get, name):
    page = get(ERRORS[name])
    assert page.status_code == 404
    assert "没有这一页" in page.text
    assert 'role="search"' in page.text


def test_a_table_of_several_keys_names_its_first_column_in_the_language(get):
    assert '<th scope="col">行</th>' in get("/archive/evidence").text
    assert '<th scope="col">Row</th>' in get("/archive/evidence?lang=en", follow_redirects=True).text
    assert ">Link<" not in get("/archive/evidence").text


def test_an_error_as_json(get):
    assert get("/r/unknown.json").json() == {"ok": False, "status": 404, "error": "unknown"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_text(get, name):
    page = get(HOSTILE[name])
    assert page.status_code == 200
    text = page.text
    assert "<script>window" not in text
    assert "<img src=x" not in text
    assert 'href="javascript' not in text
    assert "\u202e" not in text
    assert "\x01" not in text


def test_a_citation_names_departments_in_full(archive_path, tmp_path):
    path = tmp_path / "archive.db"
    shutil.copy(archive_path, path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE proposals SET host = '市民政局、市规委' WHERE rowid = 2")
    connection.execute("INSERT INTO departments (id, name) VALUES (900, '云泽市规划委员会')")
    connection.execute("INSERT INTO proposal_departments VALUES (2, 900, 'host', 1, '市规委')")
    connection.commit()
    connection.close()
    text = client_of(started(reading_room(path)))(RECORD).text
    assert "云泽市民政局, 云泽市规划委员会. 关于推进社区养老服务的建议" in text
    assert "author = {云泽市民政局 and 云泽市规划委员会}" in text
    assert '<meta name="citation_author" content="云泽市规划委员会">' in text


def test_a_department_names_what_it_was_and_what_followed(archive_path, tmp_path):
    path = tmp_path / "archive.db"
    shutil.copy(archive_path, path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE departments SET valid_to = '2019-03', successor = 4 WHERE id = 3")
    connection.execute("UPDATE departments SET valid_from = '2018-03' WHERE id = 4")
    connection.execute("UPDATE proposals SET reply_days = 50 + rowid % 3")
    names = dict(connection.execute("SELECT id, name FROM departments"))
    connection.commit()
    connection.close()
    get = client_of(started(reading_room(path)))
    assert f'href="/department/4">{names[4]}</a>' in get("/department/3").text
    assert "用到机构改革（2019-03）为止" in get("/department/3").text
    assert f'href="/department/3">{names[3]}</a>' in get("/department/4").text
    assert "原文到答复的天数" in get("/statistics").text
    assert get("/statistics").text.count('<td class="n">51</td>') >= 1


def test_a_fault_of_ours_is_a_page_of_ours_and_tells_nothing(get, monkeypatch, capsys):
    def broken(*_):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("archive.web.pages.versions.load", broken)
    page = get(PAGES["versions"])
    assert page.status_code == 500
    assert "这是我们的问题" in page.text
    assert "secret detail" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "secret detail" in capsys.readouterr().err


@pytest.mark.parametrize("name", [*PAGES, *ERRORS])
def test_every_class_of_a_page_is_one_of_the_stylesheet(get, name):
    known = set(re.findall(r"\.([a-z][\w-]*)", get("/static/room.css").text))
    found = {
        word
        for classes in re.findall(r' class="([^"]*)"', get((PAGES | ERRORS)[name]).text)
        for word in classes.split()
    }
    assert found - known == set()
