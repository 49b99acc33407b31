from pathlib import Path

import pytest

from flows.sources import COLUMNS, check_sources, load_sources, write_sources
from schemas.errors import SourceError
from schemas.records import Level, Source

ROW = "990101-01,990101,示例市云麓区人民政府,county,http://a.gov.cn/ndbg/,,,,"


def registry(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "sources.csv"
    file.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return file


def test_row_becomes_a_source(tmp_path: Path) -> None:
    row = "990101-01,990101,云麓区人民政府,county,http://a.gov.cn/l/,http://a.gov.cn/1.html http://a.gov.cn/2.html,,trs,tls=old"
    (source,) = load_sources(registry(tmp_path, row))
    assert source == Source(
        "990101-01",
        "990101",
        "云麓区人民政府",
        Level.COUNTY,
        "http://a.gov.cn/l/",
        ("http://a.gov.cn/1.html", "http://a.gov.cn/2.html"),
        "",
        "trs",
        (("tls", "old"),),
    )


def test_written_registry_reads_back_equal(tmp_path: Path) -> None:
    sources = load_sources(registry(tmp_path, ROW))
    write_sources(tmp_path / "again.csv", sources)
    assert load_sources(tmp_path / "again.csv") == sources


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW.replace("county", "district"), "sources.csv:2: level 'district'"),
        (ROW.replace("990101,", "123456,"), "is in no year a region code"),
        (ROW.replace("http://a", "ftp://a"), "is no http or https address"),
        (ROW.replace(",,,,", ",,,unheard,"), "is no known family"),
        (ROW + "speed=fast", "unknown option 'speed'"),
        (ROW + ",more", "10 fields where 9 are expected"),
        (ROW.replace("示例市云麓区人民政府", ""), "publisher ''"),
    ],
)
def test_wrong_row_is_refused_with_line_and_reason(tmp_path: Path, row: str, reason: str) -> None:
    with pytest.raises(SourceError, match=r"sources\.csv:2") as error:
        load_sources(registry(tmp_path, row))
    assert reason in str(error.value)


def test_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"sources\.csv:3: publisher_id 990101-01 stands in line 2 already"):
        load_sources(registry(tmp_path, ROW, ROW))


def test_wrong_header_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "sources.csv"
    file.write_text("id,name\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"sources\.csv:1: the columns are id,name"):
        load_sources(file)


def codes(*sources: Source) -> list[tuple[str, str | None]]:
    return [(found.code, found.place) for found in check_sources(sources)]


def source(publisher_id: str, url: str, publisher: str = "甲区人民政府") -> Source:
    return Source(publisher_id, "990101", publisher, Level.COUNTY, url)


def test_same_address_in_another_spelling_is_a_duplicate() -> None:
    found = codes(source("a", "http://www.a.gov.cn/l/"), source("b", "https://a.gov.cn/l/#top", "乙区人民政府"))
    assert found == [("source.duplicate", "b")]


def test_same_name_in_the_same_district_is_a_duplicate() -> None:
    assert codes(source("a", "http://a.gov.cn/1/"), source("b", "http://a.gov.cn/2/")) == [("source.duplicate", "b")]


def test_mirror_with_gov_cn_inside_its_name_is_told() -> None:
    assert codes(source("a", "http://www-a-gov-cn.example.com/l/")) == [("source.outside_gov_cn", "a")]


def test_folder_of_a_guide_is_told() -> None:
    assert codes(source("a", "http://a.gov.cn/zfxxgkzn/")) == [("source.look_alike", "a")]


def test_publisher_without_an_address_is_told() -> None:
    assert codes(source("a", "")) == [("source.no_address", "a")]


def test_columns_may_stand_in_any_order_and_addresses_may_be_left_out(tmp_path: Path) -> None:
    file = tmp_path / "sources.csv"
    file.write_text(
        "level,publisher,publisher_id,district_code,cms_family,report_urls\n"
        "county,甲区人民政府,a,990101,other:gd_post,http://a.gov.cn/1|http://a.gov.cn/2\n",
        encoding="utf-8",
    )
    (source,) = load_sources(file)
    assert (source.publisher_id, source.cms_family, source.list_url) == ("a", "gd_post", "")
    assert source.report_urls == ("http://a.gov.cn/1", "http://a.gov.cn/2")


def test_every_wrong_row_is_told(tmp_path: Path) -> None:
    wrong = (ROW.replace("county", "district"), ROW.replace("990101-01", "b"), ROW.replace("990101-01", ""))
    with pytest.raises(SourceError) as error:
        load_sources(registry(tmp_path, *wrong))
    assert [line.partition(": ")[0].rpartition("/")[2] for line in str(error.value).splitlines()] == [
        "sources.csv:2",
        "sources.csv:4",
    ]
