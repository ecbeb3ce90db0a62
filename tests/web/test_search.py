"""What a reader types and what is found, on the page, the stock box, JSON, CSV and feed alike."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from datasette.utils.asgi import Request
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import dictionary
from archive.search import escape_fts
from archive.web.listing import FILTERS, Question, asked, page_number, plain

ATOM = "{http://www.w3.org/2005/Atom}"
WRONG = [
    "a" * 10_000,
    "园" * 7_000,
    "\x00",
    "养老\x00停车",
    '"',
    '""',
    "“未完",
    "AND",
    "OR OR",
    "NOT",
    "-",
    "--养老",
    "NEAR(养老 停车, 2)",
    "title:养老",
    "{title reply}: 养老",
    "^养老",
    "养老*",
    "*",
    "(" * 500,
    ")",
    "养老 AND",
    "养老 NOT",
    "%",
    "';--",
    "🙂",
    "\u202e\ufeff",
    "=1+1",
    "<script>",
]


def count(get, query: str) -> int:
    return get(f"/search.json?{query}").json()["count"]


def ids_everywhere(get, words: str) -> list[set[str]]:
    """The ids that each way of asking gives."""
    q = quote(words)
    stock = get(f"/archive/proposals.json?_search={q}&_shape=array&_size=max").json()
    stock_csv = get(f"/archive/proposals.csv?_search={q}&_size=max").text
    ours = get(f"/search.json?q={q}").json()["records"]
    ours_csv = get(f"/search.csv?q={q}").text.removeprefix("\ufeff")
    return [
        {row["id"] for row in stock},
        {row["id"] for row in csv.DictReader(io.StringIO(stock_csv))},
        {row["id"] for row in ours},
        {row["id"] for row in csv.DictReader(io.StringIO(ours_csv))},
    ]


def containing(path, *words: str) -> set[str]:
    """The truth: records with every word somewhere in title or texts."""
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT p.id, p.title || coalesce(t.reply_text, '') || coalesce(t.proposal_text, '')"
        " FROM proposals p JOIN texts t ON t.proposal = p.rowid"
    ).fetchall()
    connection.close()
    return {identity for identity, text in rows if all(word in text for word in words)}


@pytest.mark.parametrize("words", ["养", "养老", "立体车库", "产业园区", "老年食堂二十一处", "离家远近和开放时间"])
def test_one_character_to_whole_sentences_exactly(get, archive_path, words):
    truth = containing(archive_path, words)
    assert truth
    for found in ids_everywhere(get, words):
        assert found == truth


def test_several_terms_quotes_and_minus(get, archive_path):
    assert ids_everywhere(get, "养老 台账")[2] == containing(archive_path, "养老", "台账")
    assert ids_everywhere(get, '"养老服务"')[2] == containing(archive_path, "养老服务")
    without = containing(archive_path, "台账") - containing(archive_path, "养老")
    assert all(found == without for found in ids_everywhere(get, "台账 -养老"))


@pytest.mark.parametrize("words", ["第40号", "第４０号", "40"])
def test_numbers_in_full_and_half_width(get, words):
    assert all("yunze-suggestion-9-1-40" in found for found in ids_everywhere(get, words))


def found(get, words: str) -> set[str]:
    return {record["id"] for record in get(f"/search.json?q={quote(words)}").json()["records"]}


def test_a_record_is_found_by_what_its_card_calls_it(get):
    cards = re.findall(r'<h2><a [^>]*href="/r/([^"]+)".*?class="kind \w+">(\w+?)(第\d+号)<', get("/search").text, re.S)
    assert len(cards) == 20
    for identity, kind, number in cards:
        assert identity in found(get, kind + number) & found(get, number + kind)
    assert found(get, "建议第40号")
    assert not found(get, "提案第40号")


def test_a_record_is_found_by_its_meeting(get):
    records = get("/search.json").json()["records"]
    for words, term, session in (("九届三次", 9, 3), ("第九届第三次会议", 9, 3), ("第十届", 10, None)):
        of_it = {r["id"] for r in records if r["term"] == term and session in (None, r["session"])}
        assert of_it == found(get, words)


def test_names_departments_and_document_numbers(get):
    for words in ("陆知远", "云泽市民政局", "〔2022〕4号"):
        assert all(found for found in ids_everywhere(get, words)), words


def test_traditional_input_finds_simplified_text(get, archive_path):
    assert all(found == containing(archive_path, "停车") for found in ids_everywhere(get, "停車"))


@pytest.mark.parametrize("words", WRONG)
@pytest.mark.parametrize(
    "path", ["/search?q=", "/search.json?q=", "/search.csv?q=", "/search.atom?q=", "/archive/proposals.json?_search="]
)
def test_a_wrong_query_never_errors(get, path, words):
    assert get(path + quote(words, errors="replace")).status_code == 200


@pytest.mark.parametrize("raw", ["%ED%A0%80", "%FF%FE", "%00", "%", "%u1234", "%F0%9F"])
def test_broken_percent_codes_never_error(get, raw):
    assert get("/search?q=" + raw).status_code == 200


@pytest.mark.parametrize("value", ["-1", "0", "99999999999999999999", "abc", "１", "", "1e9", "\x00"])
@pytest.mark.parametrize("name", ["page", *FILTERS, "sort"])
def test_odd_values_of_filters_and_pages_never_error(get, name, value):
    for form in ("", ".json", ".atom"):
        assert get(f"/search{form}?q=养老&{name}={quote(value)}").status_code == 200


@pytest.mark.parametrize("value", ["None", "null", "NULL", "nan", "False", "0", "''", "empty", "~"])
@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_by_a_word_for_nothing_finds_nothing(get, name, value):
    assert count(get, f"{name}={value}") == 0


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_what_was_typed_becomes_printable(text):
    cleaned = plain(text)
    assert cleaned.isprintable()
    cleaned.encode("utf-8")


@given(st.text())
def test_a_page_number_is_always_one_that_exists(text):
    assert 1 <= page_number(text) <= 500


def test_facets_narrow_and_their_counts_hold(get):
    page = get("/search?q=养老").text
    assert "云泽市民政局" in page
    total = count(get, "q=养老")
    by_year = [count(get, f"q=养老&year={year}") for year in (2022, 2023, 2024, 2025)]
    assert sum(by_year) == total
    assert count(get, "q=养老&kind=suggestion&year=2022") <= count(get, "q=养老&year=2022")


def test_a_filter_given_twice_and_a_span_of_years_take_in_all_that_they_say(get):
    year = {n: count(get, f"year={n}") for n in (2022, 2023, 2024)}
    assert count(get, "year=2022&year=2023") == year[2022] + year[2023]
    assert count(get, "from=2022&to=2024") == count(get, "year=2022-2024") == sum(year.values())
    assert count(get, "from=2023") == count(get, "year=2023-") == 57 - year[2022]
    assert count(get, "to=2023") == count(get, "from=&to=2023") == year[2022] + year[2023]
    assert count(get, "from=nonsense") == 0
    assert count(get, "place=990100&place=990300") == count(get, "place=990100") + count(get, "place=990300")
    page = get("/search?place=990100&place=990300&year=2022&year=2023").text
    assert "云泽市、青河市" in page
    assert "2022,2023" in page


def test_every_facet_of_the_page_is_a_filter_that_its_count_holds_for(get):
    page = get("/search?q=台账").text
    links = re.findall(r'href="/search\?(q=[^"]+&amp;(\w+)=[^"]+)".*?class="n">([\d,]+)<', page)
    assert {name for _, name, _ in links} == {
        "place", "year", "meeting", "kind", "category", "type", "department", "site",
    }  # fmt: skip
    for query, _, n in links:
        assert count(get, query.replace("&amp;", "&")) == int(n.replace(",", ""))
    assert "十届一次会议" in page


def test_departments_beyond_the_commonest_are_one_link_away(get):
    page = get("/search").text
    more = re.search(r'href="(/search\?more=department)#facet-department"', page)[1]
    whole = get(more).text
    assert page.count("department=") < whole.count("department=")
    assert "收起" in whole
    assert '<meta name="robots" content="noindex, follow">' in whole


def test_relevance_puts_titles_first_and_date_puts_the_newest_first(get):
    page = get("/search?q=养老&sort=date").text
    dates = [part[:10] for part in page.split('<time datetime="')[1:]]
    assert dates == sorted(dates, reverse=True)
    assert "按相关" in page


@pytest.mark.parametrize("query", ["", "q=养老&", "place=990100&"])
def test_the_oldest_first_with_and_without_words_on_the_page_and_in_every_export(get, query):
    page = get(f"/search?{query}").text
    assert 'sort=oldest">最早在前</a>' in page
    assert ("按相关" in page) == ("q=" in query)
    page = get(f"/search?{query}sort=oldest").text
    shown = re.findall(r'<time datetime="([^"]+)"', page)
    assert shown == sorted(shown)
    assert "<strong>最早在前</strong>" in page
    records = get(f"/search.json?{query}sort=oldest").json()["records"]
    dates = [record["sign_date"] for record in records]
    assert dates == sorted(dates)
    assert "sort=oldest" in get(f"/search?{query}sort=oldest").text.split(">CSV<")[0].rsplit("href=", 1)[1]


def test_snippets_skip_the_salutation_and_the_echo_of_the_title(get):
    page = get("/search?q=养老").text
    snippets = [part.split("</p>")[0] for part in page.split('<p class="snippet"')[1:]]
    assert snippets
    assert not any("收悉" in text for text in snippets)
    assert any("<mark>养老</mark>" in text for text in snippets)


def test_filter_combinations_are_kept_from_search_engines(get):
    page = get("/search?q=养老").text
    assert '<meta name="robots" content="noindex, follow">' in page
    assert 'rel="nofollow"' in page
    robots = get("/robots.txt").text
    assert "Disallow: /search" in robots
    assert "Sitemap: http" in robots


def test_paging_shows_every_record_once(get):
    seen: list[str] = []
    for page in (1, 2, 3):
        seen += [part.split('"')[0] for part in get(f"/search?page={page}").text.split('href="/r/')[1:]]
    assert len(seen) == len(set(seen)) == 57


def test_csv_is_whole_and_cells_run_no_formula(get):
    response = get("/search.csv")
    assert response.headers["content-disposition"].startswith("attachment")
    text = response.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 57
    assert not any((value or "").lstrip().startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_has_what_the_dictionary_says_and_names_beside_codes(get, form):
    response = get(f"/search.{form}?place=990100")
    text = response.content.decode("utf-8-sig")
    rows = response.json()["records"] if form == "json" else list(csv.DictReader(io.StringIO(text)))
    assert all(list(row) == list(dictionary.load().file_columns("search")) for row in rows)
    row = next(row for row in rows if row["id"] == "yunze-suggestion-9-1-40")
    assert (row["division"], row["division_name"], row["province"]) == ("990100", "云泽市", "南岭")
    assert (row["site"], row["site_name"], row["date"]) == ("yunze", "云泽市人民政府", "2022-05-09")
    assert str(row["matter"]) == "1"
    assert row["reply_days"] in (None, "")
    assert [row["date"] for row in rows] == sorted((row["date"] for row in rows), reverse=True)


def feed_entries(response) -> list[ElementTree.Element]:
    assert response.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(response.content)
    for tag in ("title", "id", "updated"):
        assert root.find(ATOM + tag).text
    for entry in root.findall(ATOM + "entry"):
        for tag in ("title", "id", "updated", "author"):
            assert entry.find(ATOM + tag) is not None
        assert entry.find(ATOM + "updated").text.endswith(("Z", "+08:00"))
    return root.findall(ATOM + "entry")


@pytest.mark.parametrize(
    ("path", "entries"),
    [
        ("/feed.atom", 30),
        ("/place/990100.atom", 24),
        ("/place/990400.atom", 0),
        ("/department/3.atom", None),
        ("/search.atom?q=敌意文本", 1),
        ("/search.atom?q=没有这样的词", 0),
        ("/search.atom?q=%00%01<>&year=2022", None),
    ],
)
def test_feeds_are_valid_whatever_they_hold(get, path, entries):
    found = feed_entries(get(path))
    if entries is not None:
        assert len(found) == entries


def test_the_sitemap_lists_every_record(get):
    assert "/sitemap-0.xml" in get("/sitemap.xml").text
    urls = get("/sitemap-0.xml").text
    assert urls.count("/r/") == 57
    assert get("/sitemap-7.xml").status_code == 404


def test_a_question_round_trips_through_its_address():
    question = Question(words="养老", filters={"year": "2022"}, sort="date", page=2)
    query = "&".join(f"{key}={quote(str(value))}" for key, value in question.values(page=2).items())
    assert asked(Request.fake("/search?" + query)) == question


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("养老 －食堂", "养老 -食堂"),
        ("养老 －（食堂 OR 车库）", "养老 -(食堂 OR 车库)"),
        ("（养老 OR 停车） 云泽市", "(养老 OR 停车) 云泽市"),
        ("（养老　ＯＲ　停车）　云泽市", "(养老 OR 停车) 云泽市"),
        ("养老｜停车", "养老 OR 停车"),
        ("养老 | 停车", "养老 OR 停车"),
        ("养老 ＮＯＴ 食堂", "养老 NOT 食堂"),
        ("＂老年食堂＂", '"老年食堂"'),
        ("“老年食堂”", '"老年食堂"'),
        ("「老年食堂」", '"老年食堂"'),
        ("『老年食堂』", '"老年食堂"'),
        ("养老、台账", "养老 台账"),
        ("养老，台账", "养老 台账"),
        ("养老,台账；管护", "养老 台账 管护"),
        ("养老/台账", "养老 台账"),
        ("养老／台账", "养老 台账"),
        ("主题：养老", "主题 养老"),
        ("《养老》台账。", "养老 台账"),
        ("云民函（2022）4号", "云民函〔2022〕4号"),
        ("三、养老；（四）台账", "养老 台账"),
        ("第三、养老", "第三 养老"),
        ("水、电、气", "水 电 气"),
        ("“三、养老”", '"三 养老"'),
        ("1,000 2,30", "“1,000” 2 30"),
    ],
)
def test_every_form_of_an_operator_and_of_a_stop_means_the_same(typed, same):
    assert escape_fts(typed) == escape_fts(same)


def test_stops_part_words_only_outside_quotation_marks(get, archive_path):
    assert containing(archive_path, "养老", "台账")
    assert all(found == containing(archive_path, "养老", "台账") for found in ids_everywhere(get, "养老、台账"))
    assert all(not found for found in ids_everywhere(get, "“养老、台账”"))
    quoted = containing(archive_path, "编号、位置、管理单位")
    assert quoted
    assert all(found == quoted for found in ids_everywhere(get, "“编号、位置、管理单位”"))


YUNZE = "https://www.yunze.example/zwgk/202205/t20220509_0.html"


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("yunze-suggestion-9-1-40", "/r/yunze-suggestion-9-1-40"),
        (" yunze-suggestion-9-1-40。", "/r/yunze-suggestion-9-1-40"),
        ("https://archive.example/in/r/yunze-suggestion-9-1-40", "/r/yunze-suggestion-9-1-40"),
        ("http://archive.example/r/yunze-suggestion-9-1-40.json?lang=en", "/r/yunze-suggestion-9-1-40"),
        (YUNZE, "/r/yunze-suggestion-9-1-40"),
        (YUNZE.replace("https://www.", "http://") + "#main", "/r/yunze-suggestion-9-1-40"),
        ("http://www.yunze.example/doc/2.html", "/document/2"),
    ],
)
def test_an_id_or_address_leads_to_what_it_names(get, typed, leads_to):
    for path in (f"/search?q={quote(typed)}", f"/search?q={quote(typed)}&place=990100"):
        answer = get(path)
        assert (answer.status_code, answer.headers.get("location")) == (302, leads_to)


def test_an_id_or_address_is_the_same_question_to_programs(get):
    for query in ("q=yunze-suggestion-9-1-40", "id=yunze-suggestion-9-1-40", "id=yunze-old-1", "url=" + quote(YUNZE)):
        records = get(f"/search.json?{query}").json()["records"]
        assert [record["id"] for record in records] == ["yunze-suggestion-9-1-40"], query


@pytest.mark.parametrize("typed", ["https://www.yunze.example/none.html", "yunze-suggestion-9-1-9999"])
def test_an_id_or_address_that_nothing_has_is_said_to_find_nothing(get, typed):
    page = get(f"/search?q={quote(typed)}")
    assert page.status_code == 200
    assert "没有找到" in page.text
    assert typed in page.text


@pytest.mark.parametrize("typed", ["2021-2022", "covid-19", "A-B", "http://", "养老 https://www.yunze.example/"])
def test_other_words_with_dashes_are_words(typed):
    assert asked(Request.fake("/search?q=" + quote(typed))).words == typed
