"""What a reader of the explorer sees and does, in headless Chromium, from file:// unless told otherwise."""

import time

import pytest
from explorer_release import HOSTILE

from flows.explore.cells import encode_cell

PAGES = {
    "coverage": "收录情况",
    "coverage/99": "示例省",
    "district/990101": "云麓区",
    "district/990102?year=2023": "澄湾区",
    "district/990103?year=2016": "栖山县",
    "district/990104?year=2021": "鹭汀区",
    "report/990101/9901010007-2022": "云麓区示例局",
    "compare?d=990101,990102&m=disclosure_rate": "地区比较",
    "findings": "发现",
    "findings/requests.balance": "申请数量不平衡",
    "dictionary": "数据字典",
    "limits": "本数据不能说明什么",
}
ODD = "#/zh/district/990102?year=2023"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_loads_without_a_word_from_the_console(browser, page, language):
    browser.open(f"#/{language}/{page}")
    assert browser.complaints() == []
    assert browser.run("return document.documentElement.lang.slice(0, 2)") == language
    assert browser.one("main").get_attribute("data-page") == page.split("/")[0].split("?")[0]
    if language == "zh":
        assert PAGES[page] in browser.text("h1")
    assert browser.run("return [...document.querySelectorAll('table')].filter((one) => !one.caption).length") == 0
    assert browser.run("return [...document.querySelectorAll('th')].filter((one) => !one.scope).length") == 0
    assert browser.run("return document.querySelectorAll('input:not([id]), select:not([id])').length") == 0


def test_page_from_a_server_asks_only_that_server(browser, served):
    browser.open("#/zh/district/990101", served)
    browser.wait("return document.querySelector('.chart[data-drawn]')")
    asked = browser.run("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert [address for address in asked if not address.startswith((served, "data:"))] == []
    assert browser.complaints() == []


def test_search_leads_to_a_district_by_keyboard(browser):
    from selenium.webdriver.common.keys import Keys

    browser.open("#/zh/coverage")
    field = browser.one("header input")
    field.send_keys("栖山")
    browser.wait("return document.querySelectorAll('header [role=option]').length === 1")
    assert field.get_attribute("aria-expanded") == "true"
    field.send_keys(Keys.ARROW_DOWN)
    assert browser.one("header [role=option]").get_attribute("aria-selected") == "true"
    field.send_keys(Keys.ENTER)
    browser.wait("return location.hash === '#/zh/district/990103'")
    browser.wait("return document.querySelector('h1').textContent.includes('栖山县')")


def test_map_drills_down_to_a_district_and_its_year(browser):
    browser.open("#/zh/coverage")
    cells = {cell.get_attribute("aria-label") for cell in browser.all("table.heat td")}
    assert any(words.startswith("示例省 2020: 5个单位中已识读2个") for words in cells)
    browser.follow("a[href='#/zh/coverage/99?year=2020']")
    states = [cell.get_attribute("class") for cell in browser.all("table.states tr:nth-child(3) td")]
    assert states[8] == "coverage-unreadable"
    assert states[0] == "coverage-not_found"
    browser.follow("a[href='#/zh/district/990101?year=2021']")
    assert browser.text(".years [aria-current]").startswith("2021")
    assert browser.one("article").get_attribute("data-report") == "9901010001-2021"


def test_language_switch_keeps_the_view(browser):
    browser.open("#/zh/district/990101?year=2019")
    browser.follow("a.language")
    assert browser.run("return location.hash") == "#/en/district/990101?year=2019"
    assert browser.text("#reports h2") == "Reports year by year"
    assert browser.text(".years [aria-current]").startswith("2019")


def test_compare_adds_districts_and_changes_the_metric(browser):
    from selenium.webdriver.common.keys import Keys

    browser.open("#/zh/compare?d=990101&m=requests_received")
    field = browser.one("main input[type=search]")
    field.send_keys("990103")
    browser.wait("return document.querySelectorAll('main [role=option]').length === 1")
    field.send_keys(Keys.ENTER)
    browser.wait("return document.querySelectorAll('main .chips li').length === 2")
    assert browser.run("return location.hash") == "#/zh/compare?d=990101,990103&m=requests_received"
    rows = [[cell.text for cell in row.find_elements("css selector", "td")] for row in browser.all("main tbody tr")]
    assert rows == [
        ["50", "53", "56", "59", "62", "65", "68", "71", "74", "77"],
        ["64", "67", "70", "73", "76", "79", "—", "85", "88", "91"],
    ]
    option = browser.one("#metric option[value=disclosure_rate]")
    option.click()
    browser.wait("return location.hash.endsWith('m=disclosure_rate')")
    browser.wait("return document.querySelector('figure').dataset.metric === 'disclosure_rate'")


def test_line_breaks_at_a_year_without_a_report_and_where_the_form_changed(browser):
    browser.open("#/zh/compare?d=990103&m=disclosure_rate")
    browser.wait("return document.querySelector('.chart[data-drawn]')")
    new, old = browser.run(
        "return document.querySelector('.chart').data.map((one) => [...one.y].map((y) => y !== null))"
    )
    assert new == [False] * 5 + [True, False, True, True, True]
    assert old == [True] * 5 + [False] * 5


def test_district_stands_beside_the_median_of_its_province(browser):
    browser.open("#/zh/district/990101")
    browser.wait("return document.querySelector('[data-metric=disclosure_rate] .chart[data-drawn]')")
    lines = browser.run(
        "return document.querySelector('[data-metric=disclosure_rate] .chart').data"
        ".map((one) => [one.name, one.y[9], one.text[9]])"
    )
    known = [line for line in lines if line[1] is not None]
    assert [(name, round(value, 4), text) for name, value, text in known] == [
        ("云麓区", 0.8442, "84.4%"),
        ("同省县级中位数", 0.8442, "84.4% （3个县级单位）"),
    ]


def test_no_more_than_six_districts_are_compared(browser):
    browser.open("#/zh/compare?d=990101,990102,990103,990104,990181,990100,469001")
    assert len(browser.all(".chips li")) == 6
    assert browser.all("main input[type=search]") == []


def test_metric_leads_to_the_cells_it_was_made_of(browser):
    browser.open("#/zh/district/990101?year=2022")
    browser.follow("table.metrics tr:nth-child(3) td[data-year='2021'] a")
    wanted = [cell.get_attribute("data-place") for cell in browser.all("td.wanted")]
    assert wanted == ["requests/granted/total", "requests/partially_granted/total", "requests/closed/total"]
    assert browser.one("article").get_attribute("data-report") == "9901010001-2021"


def test_tables_are_laid_out_as_the_form_has_them(browser):
    browser.open("#/zh/district/990101?year=2021")
    assert len(browser.all("#table-disclosure td[data-place]")) == 10
    assert len(browser.all("#table-requests td[data-place]")) == 175
    assert len(browser.all("#table-proceedings tbody tr:last-child td[data-place]")) == 15
    group = browser.one("#table-requests th.group")
    assert (group.text.replace("\n", ""), group.get_attribute("rowspan")) == ("三、本年度办理结果", "22")
    heads = [head.text for head in browser.all("#table-proceedings th[scope=colgroup]")]
    assert heads == ["行政复议", "行政诉讼", "未经复议直接起诉", "复议后起诉"]


def test_states_look_different_and_say_what_they_are(browser):
    browser.open(ODD)
    shown = {
        place: (cell.text, cell.get_attribute("class").split()[1], cell.get_attribute("aria-label"))
        for place in (
            "requests/received/research",
            "requests/received/nonprofit",
            "requests/carried_in/research",
            "requests/carried_in/nonprofit",
            "disclosure/fees/amount",
        )
        for cell in browser.all(f"td[data-place='{place}']")
    }
    assert {place: words[:2] for place, words in shown.items()} == {
        "requests/received/research": ("", "state-blank"),
        "requests/received/nonprofit": ("/", "state-not_applicable"),
        "requests/carried_in/research": ("∅", "state-missing"),
        "requests/carried_in/nonprofit": ("?", "state-unread"),
        "disclosure/fees/amount": ("25.1万元✕", "state-value"),
    }
    assert shown["requests/carried_in/nonprofit"][2].startswith("?, 未能识读")


def test_focus_shows_what_was_written_and_where(browser):
    browser.open(f"{ODD}&place=disclosure/fees/amount")
    assert browser.run("return document.activeElement.dataset.place") == "disclosure/fees/amount"
    words = browser.text("#evidence")
    assert "25.1 万元" in words
    assert "251000元" in words
    assert "251,000 元" in words
    assert "第9块" in words
    assert "数字类型不符" in words


def test_table_is_one_tab_stop_walked_by_arrow_keys(browser):
    from selenium.webdriver.common.keys import Keys

    browser.open("#/zh/district/990101?year=2021&place=requests/received/natural_person")
    assert len(browser.all("#table-requests td[tabindex='0']")) == 1
    walked = []
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.END, Keys.ARROW_UP, Keys.HOME):
        browser.press(key)
        walked.append(browser.run("return document.activeElement.dataset.place"))
    assert walked == [
        "requests/received/business",
        "requests/carried_in/business",
        "requests/carried_in/total",
        "requests/received/total",
        "requests/received/natural_person",
    ]
    assert len(browser.all("#table-requests td[tabindex='0']")) == 1
    browser.press(Keys.ESCAPE)
    assert not browser.one("#evidence").is_displayed()


def test_enter_on_a_cell_of_the_map_opens_the_province(browser):
    from selenium.webdriver.common.keys import Keys

    browser.open("#/zh/coverage")
    browser.run("document.querySelector('table.heat td').focus()")
    browser.press(Keys.ARROW_DOWN, Keys.ENTER)
    browser.wait("return location.hash === '#/zh/coverage/99?year=2012'")


def test_skip_link_comes_first_and_leads_to_the_content(browser):
    from selenium.webdriver.common.keys import Keys

    browser.open("#/zh/findings")
    browser.press(Keys.TAB)
    assert browser.run("return document.activeElement.id") == "skip"
    browser.press(Keys.ENTER)
    assert browser.run("return document.activeElement.id") == "main"
    assert browser.run("return location.hash") == "#/zh/findings"


def test_text_of_pages_never_becomes_markup(browser):
    browser.open(f"{ODD}&place=requests/received/legal_service")
    assert browser.text("article h3") == HOSTILE
    assert HOSTILE in browser.text("#evidence")
    assert browser.run("return window.hostile") is None
    assert browser.all("main img, main script, #evidence img, #evidence script") == []
    assert browser.all("a[href^='javascript']") == []
    assert "javascript:window.hostile=1" in browser.text(".provenance")
    browser.open("#/zh/findings/cells.type")
    assert HOSTILE in browser.text("main table")
    browser.open('#/zh/"><img src=x onerror=window.hostile=1>/<script>')
    assert browser.run("return window.hostile") is None
    assert browser.all("main img, main script") == []


def test_policy_stops_a_script_that_got_in(browser):
    browser.open("#/zh/coverage")
    browser.run(
        "const script = document.createElement('script'); script.textContent = 'window.inline = 1';"
        "document.body.append(script);"
    )
    assert browser.run("return window.inline") is None


def test_figure_of_the_prose_is_shown_with_its_sentence(browser):
    browser.open("#/zh/district/990101?year=2021&place=figures/1")
    browser.wait("return document.querySelector('tr.wanted')")
    cells = [cell.text for cell in browser.all("tr.wanted > *")]
    sentence = f"全年共收到政府信息公开申请71件，其中网络申请约62件{HOSTILE}。"
    assert cells == ["约62", "指标手册以外", "62 件", "约数 · 报告年度 · website", sentence]
    assert browser.run("return document.activeElement.dataset.place") == "figures/1"
    assert browser.run("return window.hostile") is None


def test_figures_are_loaded_when_they_are_opened(browser):
    browser.open("#/zh/district/990101?year=2021")
    asked = "return performance.getEntriesByType('resource').some((one) => one.name.includes('prose'))"
    assert browser.run(asked) is False
    browser.run("document.querySelector('details.figures summary').click()")
    browser.wait("return document.querySelectorAll('details.figures tbody tr').length === 2")


def test_finding_leads_to_its_place(browser):
    browser.open("#/zh/findings")
    browser.follow("a[href='#/zh/findings/requests.balance']")
    browser.follow("a[href='#/zh/district/990102?year=2023&place=requests/closed/business']")
    assert browser.run("return document.activeElement.dataset.place") == "requests/closed/business"
    assert "has-error" in browser.one("td.wanted").get_attribute("class")


def test_what_is_shown_can_be_downloaded(browser, driver, tmp_path):
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    browser.open("#/zh/compare?d=990103&m=requests_received")
    browser.one("button.download").click()
    target = tmp_path / "compare-requests_received.csv"
    until = time.monotonic() + 20
    while time.monotonic() < until and not (target.exists() and target.stat().st_size):
        time.sleep(0.05)
    lines = target.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "district_code,district,report_year,era,metric,value,note,report_id"
    assert lines[-1] == "990103,示例省示例市栖山县,2023,2021,requests_received,91,,9901030001-2023"
    assert len(lines) == 10


def test_table_file_keeps_a_spreadsheet_from_running_text(browser):
    browser.open("#/zh/limits")
    written = browser.run("return gongkai.csv([['=1+1', '-171', '+9800', '@x', 'a,\"b\"', null, 1.5]])")
    assert written == '\ufeff\'=1+1,-171,+9800,\'@x,"a,""b""",,1.5\r\n'


@pytest.mark.parametrize("page", ["district/123456", "district/990199", "report/990101/none", "coverage/77", "nothing"])
def test_what_is_not_in_the_release_is_said_not_to_be_there(browser, page):
    browser.open(f"#/zh/{page}")
    assert browser.text("h1") == "没有内容"
    assert page.split("/")[-1] in browser.text("main")


def test_district_that_nobody_looked_for_says_so(browser):
    browser.open("#/zh/district/990104?year=2021")
    assert browser.text(".notice.coverage-not_looked_for") == "未查找"


def test_nothing_hangs_over_the_edge_of_a_phone(browser, driver):
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        wide = []
        for page in PAGES:
            browser.open(f"#/zh/{page}")
            if browser.run("return document.documentElement.scrollWidth > 390"):
                wide.append(page)
        assert wide == []
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


CELLS = {
    "plain": (12.0, "件", 12.0, "件", "value", "12", None),
    "written otherwise": (12.0, "件", 12.0, "件", "value", "１２", None),
    "converted": (25.1, "万元", 251000.0, "元", "value", "251000元", None),
    "corrected": (7.0, "件", 1.0, "件", "value", "7", "fix-1"),
    "without a unit known": (None, "万元", 3.0, None, "value", "3", None),
    "blank": (None, "件", None, "件", "blank", "", None),
    "blank with a space": (None, "件", None, "件", "blank", " ", None),
    "struck out": (None, "件", None, "件", "not_applicable", "/", None),
    "words": (None, "件", None, "件", "text", "三件", None),
    "missing": (None, None, None, None, "missing", "", None),
    "unread": (None, None, None, None, "unread", "?", None),
}


@pytest.mark.parametrize("name", CELLS)
def test_pages_read_back_what_a_shard_says(browser, name):
    row = CELLS[name]
    if browser.run("return typeof gongkai") != "object":
        browser.open("#/zh/limits")
    found = browser.run("return gongkai.decodeCell({units: ['件']}, arguments[0], 0)", encode_cell(row, "件"))
    value, _, value_written, _, state, text, override_id = row
    told = (found["state"], found["value"], found["text"], found["written"], found["override"])
    assert told == (state, value, text, value_written, override_id)
    if value is not None:
        assert (found["unit"], found["unitWritten"]) == (row[1], row[3])
