"""A seed in, a farm of government sites on loopback out: lists of every family, reports, look-alikes, and faults.

    with Farm(sites=12, reports=200, seed=1) as farm:
        farm.sources     rows of a registry, one publisher each
        farm.wanted      addresses of every report a person could click through to
        farm.unwanted    addresses of look-alikes and of other publishers
        farm.log         (site, path, time) of each request, in order

Each site is a server of its own port, so that a site is a host. Which list a site shows is told by its `shape`; the
markup follows the families as `flows.discover` knows them, written anew. With `faults`, some pages misbehave: for a
while (500, a stall, a body cut short), which a patient reader overcomes, or for good (a circle of redirects, a bomb,
a giant, a wall), which it must survive: those reports are in `broken`, not in `wanted`.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import docx

from schemas.records import Level, Source

DISTRICTS = (("990101", "云麓区"), ("990102", "澄湾区"), ("990103", "栖山县"), ("990104", "鹭汀区"))
BUREAUS = ("教育局", "民政局", "财政局", "水利局", "审计局", "司法局", "统计局", "商务局", "卫生健康局", "农业农村局")
PASSING = ("500", "stall", "short", "503")
LASTING = ("circle", "bomb", "giant", "wall", "gone")
FIRST_YEAR = 2008
_LONGEST = 17


@dataclass(frozen=True)
class Page:
    """What a path answers. `fault` is one of `PASSING` or `LASTING`, "" for none."""

    body: bytes
    kind: str = "text/html"
    fault: str = ""


@dataclass
class Report:
    """A report of the farm. `words` are those of its link."""

    publisher: str
    year: int
    path: str
    words: str
    fault: str = ""


@dataclass
class Site:
    """A site under construction, then served."""

    shape: str
    pages: dict[str, Page] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    address: str = ""


def report_page(publisher: str, year: int, charset: str = "utf-8", declared: str = "utf-8") -> bytes:
    """A report without tables, long and plain enough to be one."""
    title = f"{publisher}{year}年政府信息公开工作年度报告"
    parts = [
        f"本报告根据《中华人民共和国政府信息公开条例》编制。所列数据的统计期限为{year}年1月1日至{year}年12月31日。",
        "一、总体情况",
        f"{year}年，{publisher}主动公开政府信息{100 + year % 97}条，依申请公开事项按期答复，政务公开培训照常举办。" * 3,
        "二、主动公开政府信息情况",
        "主动公开以网站为主，公开指南和公开目录及时更新，政策文件与解读同步发布。" * 4,
        "三、收到和处理政府信息公开申请情况",
        "全年收到的信息公开申请均在法定期限内办结，没有收费，没有拖延。" * 4,
        "四、政府信息公开行政复议、行政诉讼情况",
        "全年没有因政府信息公开引起的行政复议和行政诉讼。" * 3,
        "五、存在的主要问题及改进情况",
        "存在的问题是更新有时不够及时，改进措施是明确责任、加强检查。" * 4,
        "六、其他需要报告的事项",
        "没有其他需要报告的事项。",
    ]
    text = f'<html><head><meta charset="{declared}"><title>{title}</title></head><body><h1>{title}</h1>'
    return (text + "".join(f"<p>{part}</p>" for part in parts) + "</body></html>").encode(charset)


def report_document(publisher: str, year: int) -> bytes:
    """The same as a Word document."""
    document = docx.Document()
    for part in report_page(publisher, year).decode().split("<p>")[1:]:
        document.add_paragraph(part.partition("</p>")[0])
    file = io.BytesIO()
    document.add_heading(f"{publisher}{year}年政府信息公开工作年度报告")
    document.save(file)
    return file.getvalue()


def links(reports: list[Report], root: str = "") -> str:
    """List entries as most families write them."""
    return "".join(
        f'<li><a href="{root}{report.path}" title="{report.words}">{report.words[:20]}…</a>'
        f"<span>{report.year + 1}-01-2{report.year % 10}</span></li>"
        for report in reports
    )


def wrapped(inner: str, title: str = "政府信息公开年报") -> bytes:
    """A list page with the menu around it."""
    entries = (("/", "首页"), ("/zn.html", "政府信息公开指南"), ("/news.html", "2023年工作动态"))
    menu = " ".join(f'<a href="{path}">{words}</a>' for path, words in entries)
    return f'<html><head><meta charset="utf-8"><title>{title}</title></head><body>{menu}{inner}</body></html>'.encode()


def chunks(reports: list[Report], size: int) -> list[list[Report]]:
    """Reports page by page."""
    return [reports[start : start + size] for start in range(0, len(reports), size)]


# Each shape: from a site and one publisher's reports, put the list pages and return the list's path.


def shape_trs(site: Site, base: str, reports: list[Report]) -> str:
    pages = chunks(reports, 6)
    for number, part in enumerate(pages):
        script = f'<script>createPageHTML({len(pages)}, {number}, "index", "shtml");</script>'
        name = f"index_{number}.shtml" if number else "index.shtml"
        site.pages[f"{base}/{name}"] = Page(wrapped(f"<ul>{links(part)}</ul>{script}"))
    site.pages[f"{base}/"] = site.pages[f"{base}/index.shtml"]
    return f"{base}/"


def shape_years(site: Site, base: str, reports: list[Report]) -> str:
    years = sorted({report.year for report in reports}, reverse=True)
    columns = "".join(f'<li><a href="{base}/{year}n/">{year}年</a></li>' for year in years)
    site.pages[f"{base}/"] = Page(wrapped(f"<ul>{columns}</ul>"))
    for year in years:
        mine = [report for report in reports if report.year == year]
        site.pages[f"{base}/{year}n/"] = Page(wrapped(f"<ul>{links(mine)}</ul>"))
    return f"{base}/"


def shape_hanweb(site: Site, base: str, reports: list[Report]) -> str:
    pages = chunks(reports, 5)
    proxy = f"{base}/dataproxy.jsp"
    for number, part in enumerate(pages, 1):
        records = "".join(f"<record><![CDATA[{links([report])}]]></record>" for report in part)
        group = f'<nextgroup><![CDATA[<a href="{proxy}?page=2&columnid=9"></a>]]></nextgroup>'
        store = f"<datastore><totalpage>{len(pages)}</totalpage>{group}<recordset>{records}</recordset></datastore>"
        site.pages[f"{proxy}?page={number}&columnid=9"] = Page(store.encode(), "text/xml")
        if number == 1:
            site.pages[f"{base}/col/col9/index.html"] = Page(wrapped(f'<script type="text/xml">{store}</script>'))
    return f"{base}/col/col9/index.html"


def shape_query(site: Site, base: str, reports: list[Report]) -> str:
    """List and report at one address, asked for year by year."""
    options = "".join(f'<option value="{report.year}">{report.year}</option>' for report in reports)
    address = f"{base}/xxgkAnnualReport.jsp?area=0025&fbtime="
    for report in reports:
        body = report_page(report.publisher, report.year).decode()
        report.path = f"{address}{report.year}"
        site.pages[report.path] = Page(body.replace("<h1>", f"<select>{options}</select><h1>").encode())
    return reports[0].path


def shape_vsb(site: Site, base: str, reports: list[Report]) -> str:
    pages = chunks(reports, 7)
    for number, part in enumerate(pages):
        call = f"<script>_simple_list_gotopage_fun({len(pages)}, 'a1GOPAGE', 2)</script>"
        path = f"{base}/ndbg/{len(pages) - number}.htm" if number else f"{base}/ndbg.htm"
        site.pages[path] = Page(wrapped(f"<ul>{links(part)}</ul>{call}"))
    return f"{base}/ndbg.htm"


def shape_gkmlpt(site: Site, base: str, reports: list[Report]) -> str:
    pages = chunks(reports, 10)
    tree = '[{"id": 7, "name": "政策文件"}, {"id": 21, "name": "政府信息公开年报"}]'
    site.pages[f"{base}/gkmlpt/index"] = Page(wrapped(f"<script>window._CONFIG = {{SID: '2', TREE: {tree}}}</script>"))
    for number, part in enumerate(pages, 1):
        articles = [{"title": report.words, "url": report.path, "display_publish_time": 1700000000} for report in part]
        answer = json.dumps({"articles": articles, "total": len(reports)})
        site.pages[f"{base}/gkmlpt/api/all/21?page={number}&sid=2"] = Page(answer.encode(), "application/json")
    return f"{base}/gkmlpt/index"


def shape_next(site: Site, base: str, reports: list[Report]) -> str:
    pages = chunks(reports, 4)
    for number, part in enumerate(pages, 1):
        onward = f'<a href="{base}/list.php?p={number + 1}">下一页</a>' if number < len(pages) else ""
        rows = "".join(
            f'<tr><td><a href="{report.path}">{report.words}</a></td><td>{report.year + 1}.1.20</td></tr>'
            for report in part
        )
        site.pages[f"{base}/list.php?p={number}"] = Page(wrapped(f"<table>{rows}</table>{onward}"))
    return f"{base}/list.php?p=1"


def shape_script(site: Site, base: str, reports: list[Report]) -> str:
    rows = [{"title": report.words, "url": report.path, "pubDate": f"{report.year + 1}-01-20"} for report in reports]
    site.pages[f"{base}/list.json"] = Page(json.dumps({"data": {"rows": rows}}).encode(), "application/json")
    site.pages[f"{base}/"] = Page(wrapped(f'<script>$.getJSON("{base}/list.json", show)</script>'))
    return f"{base}/"


def shape_click(site: Site, base: str, reports: list[Report]) -> str:
    """A list in a frame, with rows to click on, buttons beside the titles and a menu of years."""
    rows = "".join(
        (
            f"<li onclick=\"window.open('{report.path}')\">{report.words}</li>"
            if report.year % 3 == 0
            else f'<tr><td>{report.words}</td><td><a href="{report.path}">查看</a></td></tr>'
            if report.year % 3 == 1
            else f"<a href=\"javascript:openPage('{report.path}')\">{report.words}</a>"
        )
        for report in reports
    )
    site.pages[f"{base}/frame.html"] = Page(wrapped(f"<table>{rows}</table>"))
    site.pages[f"{base}/"] = Page(wrapped(f'<iframe src="{base}/frame.html"></iframe>'))
    return f"{base}/"


def shape_portal(site: Site, base: str, reports: list[Report]) -> str:
    """A higher body's page: its publishers by name, and another's among them."""
    name = reports[0].publisher.removeprefix("示例市")
    site.pages[f"{base}/own/"] = Page(wrapped(f"<ul>{links(reports)}</ul>"))
    site.pages[f"{base}/"] = Page(
        wrapped(f'<ul><li><a href="{base}/own/">{name}</a></li><li><a href="{base}/other/">松岚市</a></li></ul>')
    )
    return f"{base}/"


SHAPES: dict[str, Callable[[Site, str, list[Report]], str]] = {
    "trs": shape_trs,
    "hanweb": shape_hanweb,
    "vsb": shape_vsb,
    "gkmlpt": shape_gkmlpt,
    "next": shape_next,
    "years": shape_years,
    "query": shape_query,
    "script": shape_script,
    "click": shape_click,
    "portal": shape_portal,
}
FAMILIES = {"hanweb": "hanweb", "vsb": "vsb", "gkmlpt": "gkmlpt", "query": "hanweb", "trs": "trs"}
_NAMES = {
    "trs": "{base}/{month}/t{month}18_{id}.shtml",
    "hanweb": "/art/{next}/1/18/art_9_{id}.html",
    "vsb": "/info/9/{id}.htm",
    "gkmlpt": "{base}/gkmlpt/content/1/{id}/post_{id}.html",
}


class _Server(ThreadingHTTPServer):
    """A server that says nothing when a client hangs up."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class Farm:
    """The farm, built from a seed; served while its block runs."""

    def __init__(self, sites: int, reports: int, seed: int = 1, faults: bool = True) -> None:
        self._random = random.Random(seed)
        self._faults = faults
        shapes = list(SHAPES)
        self._sites = [Site(shapes[number % len(shapes)]) for number in range(sites)]
        self._servers: list[ThreadingHTTPServer] = []
        self._lock = threading.Lock()
        self._reports: list[tuple[Site, str, list[Report]]] = []
        self._lists: list[tuple[Site, str, str]] = []
        self._look_alikes: list[tuple[Site, str]] = []
        self.log: list[tuple[str, str, float]] = []
        self.sources: tuple[Source, ...] = ()
        self._build(reports)

    @property
    def wanted(self) -> dict[str, tuple[str, int]]:
        """Address -> publisher_id and year, of every report that can be had."""
        return {
            url: (publisher_id, report.year)
            for url, publisher_id, report in self._all()
            if report.fault not in LASTING and report.fault != "robots"
        }

    @property
    def broken(self) -> dict[str, str]:
        """Address -> fault, of every report that cannot be had."""
        return {url: report.fault for url, _, report in self._all() if report.fault in (*LASTING, "robots")}

    @property
    def documents(self) -> set[str]:
        """Addresses of the documents that are the report where a page only holds a link to one."""
        return {site.address + path for site in self._sites for path in site.pages if path.endswith(".docx")}

    @property
    def unwanted(self) -> set[str]:
        """Addresses of look-alikes and of reports of other publishers."""
        return {site.address + path for site, path in self._look_alikes}

    def __enter__(self) -> Self:
        for site in self._sites:
            server = _Server(("127.0.0.1", 0), self._handler(site))
            site.address = f"http://127.0.0.1:{server.server_port}"
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            self._servers.append(server)
        self.sources = tuple(self._source(*entry) for entry in self._lists)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def _build(self, count: int) -> None:
        publishers = -(-count // _LONGEST)
        left = count
        for number in range(max(publishers, len(self._sites))):
            site = self._sites[number % len(self._sites)]
            size = max(min(_LONGEST, left - (max(publishers, len(self._sites)) - number - 1)), 1)
            left -= size
            self._add_publisher(site, number, size)

    def _add_publisher(self, site: Site, number: int, size: int) -> None:
        code, district = DISTRICTS[number % len(DISTRICTS)]
        bureau = BUREAUS[number // len(DISTRICTS) % len(BUREAUS)]
        publisher = f"示例市{district}{bureau}"
        publisher_id, base = f"{code}-{number:03d}", f"/u{number}"
        years = range(FIRST_YEAR + _LONGEST - 1, FIRST_YEAR + _LONGEST - 1 - size, -1)
        reports = [self._report(site, publisher, year, base, number) for year in years]
        path = SHAPES[site.shape](site, base, reports)
        self._reports.append((site, publisher_id, reports))
        self._lists.append((site, publisher_id, path))
        if site.shape != "query":
            self._add_look_alikes(site, path, publisher, base)
        if self._faults and site.shape in ("trs", "next"):
            self._forbid(site)

    def _forbid(self, site: Site) -> None:
        """robots.txt of a site forbids the oldest report of each of its publishers."""
        paths = []
        for owner, _, reports in self._reports:
            if owner is site and len(reports) > 2:
                reports[-1].fault = "robots"
                paths.append(reports[-1].path)
        lines = "".join(f"Disallow: {path}\n" for path in paths)
        site.pages["/robots.txt"] = Page(f"User-agent: *\n{lines}".encode(), "text/plain")

    def _report(self, site: Site, publisher: str, year: int, base: str, number: int) -> Report:
        name = _NAMES.get(site.shape, "{base}/{id}.html")
        path = name.format(base=base, id=number * 100 + year % 100, month=f"{year + 1}01", next=year + 1)
        order = self._random.choice(
            ("{p}{y}年政府信息公开工作年度报告", "{y}年{p}政府信息公开年报", "{p}{y}年度政府信息公开工作报告")
        )
        report = Report(publisher, year, path, order.format(p=publisher, y=year))
        if site.shape == "query":
            return report
        if self._faults and self._random.random() < 0.06:
            report.fault = self._random.choice((*PASSING, *LASTING))
        site.pages[path] = self._page(site, report)
        return report

    def _page(self, site: Site, report: Report) -> Page:
        draw = self._random.random()
        if draw < 0.04 and not report.fault:
            file = report.path.rpartition(".")[0] + ".docx"
            site.pages[file] = Page(report_document(report.publisher, report.year), "application/octet-stream")
            attached = (
                f'<p>附件：<a href="{file}">{report.words}.docx</a></p>'
                if report.year % 2
                else f'<iframe src="/viewer.html?file={file}"></iframe>'
            )
            return Page(f"<html><body><h1>{report.words}</h1>{attached}</body></html>".encode())
        if draw < 0.1:
            return Page(report_page(report.publisher, report.year, "gb18030", "gb2312"), fault=report.fault)
        return Page(report_page(report.publisher, report.year), fault=report.fault)

    def _add_look_alikes(self, site: Site, path: str, publisher: str, base: str) -> None:
        entries = (
            (f"{base}/jd.html", f"《{publisher}2023年政府信息公开工作年度报告》解读"),
            (f"{base}/tj.html", f"【图解】{publisher}2022年政府信息公开工作年度报告"),
            (f"{base}/other.html", "示例市松岚市人民政府2022年政府信息公开工作年度报告"),
            ("/zn.html", "政府信息公开指南"),
        )
        inner = "".join(f'<li><a href="{target}">{words}</a></li>' for target, words in entries)
        page = site.pages[path]
        site.pages[path] = Page(page.body.replace(b"</body>", inner.encode() + b"</body>"), page.kind)
        for target, words in entries:
            site.pages[target] = Page(f"<html><body><h1>{words}</h1><p>{words * 20}</p></body></html>".encode())
            self._look_alikes.append((site, target))

    def _source(self, site: Site, publisher_id: str, path: str) -> Source:
        publisher = next(reports[0].publisher for _, known, reports in self._reports if known == publisher_id)
        family = FAMILIES.get(site.shape, "")
        is_portal = site.shape == "portal"
        return Source(
            publisher_id,
            publisher_id[:6],
            publisher,
            Level.DEPARTMENT,
            "" if is_portal else site.address + path,
            portal=site.address + path if is_portal else "",
            cms_family=family,
        )

    def _all(self) -> Iterator[tuple[str, str, Report]]:
        for site, publisher_id, reports in self._reports:
            for report in reports:
                yield site.address + report.path, publisher_id, report

    def _handler(self, site: Site) -> type[BaseHTTPRequestHandler]:
        farm = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with farm._lock:
                    farm.log.append((site.address, self.path, time.monotonic()))
                    times = site.seen[self.path] = site.seen.get(self.path, 0) + 1
                page = site.pages.get(_known_path(site, self.path))
                if page is None:
                    answer(self, 404, b"")
                elif page.fault:
                    FAULTS[page.fault](self, page, times)
                else:
                    answer(self, 200, page.body, page.kind)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


def _known_path(site: Site, path: str) -> str:
    """The page's own spelling of a path, whatever the order of its query."""
    if path in site.pages:
        return path
    asked = urlsplit(path)
    wanted = (asked.path, parse_qs(asked.query))
    known = (each for each in site.pages if "?" in each)
    return next((each for each in known if (urlsplit(each).path, parse_qs(urlsplit(each).query)) == wanted), "")


def answer(
    handler: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    kind: str = "text/html",
    length: int | None = None,
    **more: str,
) -> None:
    """Send a response, with an ETag and 304 for a page already known."""
    etag = f'"{hash(body) & 0xFFFFFFFF:x}"'
    if status == 200 and handler.headers["If-None-Match"] == etag:
        handler.send_response(304)
        handler.end_headers()
        return
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    if status == 200:
        handler.send_header("ETag", etag)
    for name, value in more.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def _first_then_good(bad: Callable[[BaseHTTPRequestHandler, Page], None]) -> Callable[..., None]:
    def respond(handler: BaseHTTPRequestHandler, page: Page, times: int) -> None:
        if times == 1:
            bad(handler, page)
        else:
            answer(handler, 200, page.body, page.kind)

    return respond


def _short(handler: BaseHTTPRequestHandler, page: Page) -> None:
    answer(handler, 200, page.body[:500], page.kind, length=len(page.body))
    handler.close_connection = True


def _giant(handler: BaseHTTPRequestHandler, page: Page, times: int) -> None:
    answer(handler, 200, b"", page.kind, length=10 * 2**30)
    handler.close_connection = True


_BOMB = gzip.compress(bytes(20_000_000))
FAULTS: dict[str, Callable[..., None]] = {
    "500": _first_then_good(lambda handler, page: answer(handler, 500, b"")),
    "503": _first_then_good(lambda handler, page: answer(handler, 503, b"", Retry_After="0")),
    "stall": _first_then_good(lambda handler, page: time.sleep(0.6)),
    "short": _first_then_good(_short),
    "circle": lambda handler, page, times: answer(handler, 302, b"", Location=f"{handler.path}"),
    "bomb": lambda handler, page, times: answer(handler, 200, _BOMB, Content_Encoding="gzip"),
    "giant": _giant,
    "wall": lambda handler, page, times: answer(handler, 200, "<html><p>请完成安全验证</p></html>".encode()),
    "gone": lambda handler, page, times: answer(handler, 404, b""),
}
