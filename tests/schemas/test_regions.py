from collections import Counter
from importlib.resources import files

import pytest

from schemas.errors import SourceError
from schemas.records import Level
from schemas.regions import Kind, Region, load_regions, parse_regions

# County-level units at the end of each year as the Ministry of Civil Affairs published them; 2025: 2024 less one.
PUBLISHED_COUNTIES = {
    2008: 2859,
    2009: 2858,
    2010: 2856,
    2011: 2853,
    2012: 2852,
    2013: 2853,
    2014: 2854,
    2015: 2850,
    2016: 2851,
    2017: 2851,
    2018: 2851,
    2019: 2846,
    2020: 2844,
    2021: 2843,
    2022: 2843,
    2023: 2844,
    2024: 2846,
    2025: 2845,
}
HEADER = (
    "code,name,short_name,aliases,level,province_code,city_code,"
    "valid_from,valid_to,successor_codes,kind,iso_region,source\n"
)
TABLE = load_regions()


def codes(regions):
    return [region.code for region in regions]


def named(text, year=None, **options):
    return [(region.code, text[start:end]) for region, start, end in TABLE.find_in(text, year, **options)]


@pytest.mark.parametrize(("year", "count"), PUBLISHED_COUNTIES.items())
def test_counties_of_a_year_are_as_many_as_published(year, count):
    assert len(TABLE.counties(year)) == count


@pytest.mark.parametrize(
    ("year", "districts", "cities", "counties", "autonomous_counties"),
    [
        (2011, 857, 369, 1456, 117),
        (2019, 965, 387, 1323, 117),
        (2020, 973, 388, 1312, 117),
        (2022, 977, 394, 1301, 117),
        (2023, 977, 397, 1299, 117),
    ],
)
def test_classes_of_counties_are_as_many_as_published(year, districts, cities, counties, autonomous_counties):
    special = ("六枝特区", "万山特区", "神农架林区")
    names = [region.name for region in TABLE.counties(year) if region.name not in special]
    autonomous = sum(name.endswith("自治县") for name in names)
    assert sum(name.endswith("区") for name in names) == districts
    assert sum(name.endswith("市") for name in names) == cities
    assert sum(name.endswith("县") for name in names) - autonomous == counties
    assert autonomous == autonomous_counties


def test_counties_of_provinces_in_2011_are_as_many_as_published():
    counts = Counter(region.province_code for region in TABLE.counties(2011))
    published = {"11": 16, "12": 16, "13": 172, "14": 119, "15": 101, "21": 100, "22": 60, "23": 128, "31": 17}
    published |= {"32": 104, "33": 90, "34": 105, "35": 85, "36": 100, "37": 140, "41": 159, "42": 103, "43": 122}
    published |= {"44": 121, "45": 109, "46": 20}
    assert {code: counts[code] for code in published} == published


@pytest.mark.parametrize(("year", "count"), {2008: 333, 2011: 332, 2012: 333, 2017: 334, 2019: 333, 2025: 333}.items())
def test_cities_of_a_year_are_as_many_as_published(year, count):
    rows = [region for region in TABLE.regions if region.is_valid_in(year) and region.kind is Kind.GB]
    assert sum(region.level is Level.CITY for region in rows) == count
    assert sum(region.level is Level.PROVINCE for region in rows) == 31


def test_codes_are_text_and_rows_sorted_with_plain_line_ends():
    text = files("schemas").joinpath("regions.csv").read_bytes()
    rows = text.decode("utf-8").splitlines()[1:]
    keys = [(row.split(",")[0], int(row.split(",")[7])) for row in rows]
    assert b"\r" not in text
    assert keys == sorted(set(keys))
    assert all(type(region.code) is str and type(region.province_code) is str for region in TABLE.regions)


def test_a_name_stands_in_every_year_of_its_row_alone():
    assert TABLE.get("320684", 2019) == Region(
        code="320684",
        name="海门市",
        level=Level.COUNTY,
        province_code="32",
        city_code="320600",
        valid_from=2008,
        valid_to=2019,
        successors=("320614",),
        kind=Kind.GB,
        source="gb2260-200812; 苏政发〔2020〕60号",
        short_name="海门",
    )
    assert TABLE.get("320684", 2020) is None
    assert TABLE.get("320614", 2019) is None
    assert TABLE.get("320614", 2020).name == "海门区"
    assert TABLE.get("320684").name == "海门市"


@pytest.mark.parametrize(
    ("code", "year", "expected"),
    [
        ("320684", 2021, ["320614"]),  # 海门市, made a district
        ("330104", 2021, ["330102", "330114"]),  # 江干区, merged into 上城区 and in part 钱塘区
        ("330103", 2025, ["330105"]),  # 下城区, merged into 拱墅区
        ("371202", 2019, ["370116"]),  # 莱城区, with its city into 济南
        ("371200", 2019, ["370100"]),
        ("341402", 2011, ["340181"]),  # 居巢区, made 巢湖市
        ("542621", 2015, ["540402"]),  # 林芝县, with its prefecture
        ("469003", 2015, ["460400"]),  # 儋州市, raised to a city without districts
        ("230708", 2019, ["230717"]),  # 美溪区
        ("130604", 2015, ["130606"]),  # 南市区
        ("500112", 2025, ["500109", "500157"]),  # 渝北区, divided
        ("522427", 2024, ["520526"]),
        ("140411", 2018, ["140403"]),  # 郊区 of 长治
        ("360721", 2016, ["360704"]),  # 赣县
        ("321302", 2025, ["321302"]),  # 宿城区, unchanged
        ("320614", 2015, []),  # not yet there
        ("000000", 2020, []),
    ],
)
def test_successor(code, year, expected):
    assert codes(TABLE.successor(code, year)) == expected


def test_a_rename_under_one_code_is_two_rows():
    assert TABLE.get("420600", 2009).name == "襄樊市"
    assert TABLE.get("420600", 2010).name == "襄阳市"
    assert TABLE.get("210112", 2013).name == "东陵区"
    assert TABLE.get("210112", 2014).name == "浑南区"
    assert TABLE.get("130502", 2020).name == "襄都区"


def test_a_split_names_the_new_unit_beside_the_old():
    old = TABLE.get("330110", 2020)
    assert old.successors == ("330110", "330113")
    assert codes(TABLE.in_year(old, 2021)) == ["330110", "330113"]
    assert TABLE.get("330110", 2021).valid_to is None


def test_a_new_unit_leads_back_to_what_stood_there():
    assert codes(TABLE.in_year(TABLE.get("330113"), 2015)) == ["330110"]
    assert codes(TABLE.in_year(TABLE.get("330114"), 2015)) == ["330104", "330109"]
    assert TABLE.in_year(TABLE.get("659012"), 2015) == ()


def test_every_ended_code_of_the_standard_has_a_successor():
    assert [r.code for r in TABLE.regions if r.kind is Kind.GB and r.valid_to is not None and not r.successors] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("朝阳区", ["110105", "220104"]),
        ("鼓楼区", ["320106", "320302", "350102", "410204"]),
        ("市中区", ["370103", "370402", "511002", "511102"]),
        ("城关区", ["540102", "620102"]),
        ("通化市", ["220500"]),
        ("通化县", ["220521"]),
        ("通化", ["220500", "220521"]),
        ("吉林", ["220000", "220200"]),
    ],
)
def test_all_units_of_a_name_are_returned(name, expected):
    assert codes(TABLE.find(name, 2023)) == expected


@pytest.mark.parametrize(
    "name", ["宿城区", "宿城", "宿迁市宿城区", "江苏省宿迁市宿城区", "江苏宿迁宿城区", "江苏省宿城区", "江苏宿迁宿城"]
)
def test_full_and_short_forms_of_one_name(name):
    assert codes(TABLE.find(name, 2020)) == ["321302"]


def test_a_name_under_another_parent_is_not_found():
    assert TABLE.find("浙江省宿城区") == ()
    assert TABLE.find("宿迁市江苏省宿城区") == ()


@pytest.mark.parametrize("name", ["", "区", "省", "宿", "某某区", "宿城区人民政府"])
def test_what_is_no_name_is_not_found(name):
    assert TABLE.find(name) == ()


def test_a_parent_may_be_written_with_its_name_of_another_time():
    assert codes(TABLE.find("襄樊市襄城区", 2009)) == ["420602"]
    assert codes(TABLE.find("襄阳市襄城区", 2020)) == ["420602"]


def test_aliases_of_autonomous_units_and_their_rank_below_full_names():
    assert codes(TABLE.find("贵州省威宁县", 2020)) == ["520526"]
    assert codes(TABLE.find("延边州")) == ["222400"]
    assert codes(TABLE.find("东乡县", 2010)) == ["361029"]
    assert codes(TABLE.find("东乡县", 2020)) == ["622926"]


def test_find_narrows_by_level_province_and_city():
    assert codes(TABLE.find("朝阳区", province_code="22")) == ["220104"]
    assert codes(TABLE.find("朝阳区", province_code="110000")) == ["110105"]
    assert codes(TABLE.find("鼓楼区", city_code="320300")) == ["320302"]
    assert codes(TABLE.find("巢湖市", level=Level.CITY)) == ["341400"]
    assert codes(TABLE.find("巢湖市", level=Level.COUNTY)) == ["340181"]


def test_names_with_their_parents_are_found_in_a_text():
    text = "江苏省宿迁市宿城区2020年政府信息公开工作年度报告"
    assert TABLE.find_in(text, 2020) == (
        (TABLE.get("320000"), 0, 3),
        (TABLE.get("321300"), 3, 6),
        (TABLE.get("321302"), 6, 9),
    )


def test_a_parent_before_a_name_tells_which_it_is():
    assert named("长春市朝阳区") == [("220100", "长春市"), ("220104", "朝阳区")]
    assert named("长春朝阳区") == [("220104", "朝阳区")]
    assert named("晋城市城区") == [("140500", "晋城市"), ("140502", "城区")]
    assert named("我在朝阳区") == [("110105", "朝阳区"), ("220104", "朝阳区")]


@pytest.mark.parametrize(
    "text",
    [
        "公开县级以上信息",
        "担任县长",
        "行政和县级部门",
        "上海城市建设",
        "江南区域",
        "主城区",
        "全市和县",
        "财政和县域经济",
    ],
)
def test_words_that_only_look_like_names_are_passed_over(text):
    assert named(text) == []


def test_names_of_two_characters_count_at_the_start_and_after_signs():
    assert named("涉县2020年报告") == [("130426", "涉县")]
    assert named("（涉县）") == [("130426", "涉县")]


def test_short_forms_in_a_text_on_request():
    assert named("江苏宿迁", short_forms=True) == [("320000", "江苏"), ("321300", "宿迁")]
    assert named("江苏宿迁") == []


def test_names_in_a_text_are_those_of_the_year():
    assert named("海门市与海门区", 2019) == [("320684", "海门市")]
    assert named("海门市与海门区", 2020) == [("320614", "海门区")]


def test_resolve_leads_from_a_name_of_another_time_to_the_year():
    assert codes(TABLE.resolve("海门区", 2017)) == ["320684"]
    assert codes(TABLE.resolve("江干区", 2022)) == ["330102", "330114"]
    assert codes(TABLE.resolve("江干区", 2017)) == ["330104"]
    assert codes(TABLE.resolve("宿城区", 2026)) == ["321302"]


def test_resolve_narrows_by_context_and_keeps_all_when_none_fits():
    assert codes(TABLE.resolve("朝阳区", 2020, TABLE.find("长春市"))) == ["220104"]
    assert codes(TABLE.resolve("鼓楼区", 2020, (*TABLE.find("江苏省"), *TABLE.find("徐州市")))) == ["320302"]
    assert codes(TABLE.resolve("朝阳区", 2020, TABLE.find("江苏省"))) == ["110105", "220104"]


def test_children_of_provinces_cities_and_municipalities():
    assert codes(TABLE.children("321300", 2020)) == ["321302", "321311", "321322", "321323", "321324"]
    assert len(TABLE.children("110000", 2020)) == 16
    assert {"420100", "429004"} < set(codes(TABLE.children("420000", 2020)))
    assert "420102" not in codes(TABLE.children("420000", 2020))
    assert TABLE.children("441900", 2020) == ()
    assert TABLE.children("321302", 2020) == ()


def test_parents_and_full_name():
    assert TABLE.parents("321302") == ("江苏省", "宿迁市")
    assert TABLE.parents("429004") == ("湖北省",)
    assert TABLE.parents("110105") == ("北京市",)
    assert TABLE.parents("320000") == ()
    assert TABLE.parents("000000") == ()
    assert TABLE.full_name("420602", 2009) == "湖北省襄樊市襄城区"
    assert TABLE.full_name("000000") is None


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("32", "CN-JS"),
        ("320000", "CN-JS"),
        ("650102", "CN-XJ"),
        ("14", "CN-SX"),
        ("61", "CN-SN"),
        ("41", "CN-HA"),
        ("13", "CN-HE"),
        ("42", "CN-HB"),
        ("990101", "sample"),
        ("71", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_iso_region(code, region):
    assert TABLE.iso_region(code) == region


def test_iso_regions_of_all_provinces_differ():
    provinces = [region for region in TABLE.regions if region.level is Level.PROVINCE]
    assert len({TABLE.iso_region(region.province_code) for region in provinces}) == 32


@pytest.mark.parametrize(
    ("code", "level", "city_code"),
    [
        ("441900", Level.CITY, "441900"),  # 东莞市, 中山市, 嘉峪关市: cities without districts
        ("442000", Level.CITY, "442000"),
        ("620200", Level.CITY, "620200"),
        ("419001", Level.COUNTY, None),  # 济源市, 仙桃市: directly under the province
        ("429004", Level.COUNTY, None),
        ("659012", Level.COUNTY, None),  # 白杨市: of the 兵团
    ],
)
def test_special_kinds_of_units(code, level, city_code):
    region = TABLE.get(code, 2023)
    assert (region.level, region.city_code) == (level, city_code)


def test_zones_have_codes_and_stay_out_of_the_standard():
    assert codes(TABLE.find("苏州工业园区", 2023)) == ["320576"]
    assert TABLE.get("320576").kind is Kind.ZONE
    assert "320576" not in codes(TABLE.children("320500", 2023))
    assert "320576" not in codes(TABLE.counties(2023))


def test_a_zone_stands_for_itself_outside_the_years_of_its_tables():
    assert codes(TABLE.resolve("苏州工业园区", 2012)) == ["320571"]
    assert codes(TABLE.resolve("青岛高新技术产业开发区", 2024)) == ["370271"]


def test_invented_places_are_samples():
    assert codes(TABLE.counties(2020, kind=Kind.SAMPLE)) == ["990101", "990102", "990103", "990104", "990181"]
    assert TABLE.full_name("990101") == "示例省示例市云麓区"


def test_misspelt_names_lead_to_near_ones():
    assert TABLE.nearest_names("宿成区", 2)[0] == "宿城区"
    assert TABLE.nearest_names("余航区", 1) == ("余杭区",)


GOOD = "320000,江苏省,江苏,,province,32,,2008,,,gb,CN-JS,s\n"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("32000,江苏省,江苏,,province,32,,2008,,,gb,CN-JS,s\n", "r.csv:2: code: expected six digits, found '32000'"),
        (GOOD + "321300,宿迁市,,,county,32,321300,2008,,,gb,,s\n", "r.csv:3: level: county does not fit"),
        (GOOD + "321300,宿迁市,,,city,33,321300,2008,,,gb,,s\n", "r.csv:3: province_code: expected 32, found '33'"),
        (GOOD + "321302,宿城区,,,county,32,321200,2008,,,gb,,s\n", "r.csv:3: city_code: expected 321300 or nothing"),
        (GOOD + "321302,宿城区,,,county,32,,2010,2009,,gb,,s\n", "r.csv:3: valid_from, valid_to"),
        (GOOD + "321302,宿城区,,,county,32,,二〇,,,gb,,s\n", "r.csv:3: invalid literal"),
        (GOOD + "321302,,,,county,32,,2008,,,gb,,s\n", "r.csv:3: name, source: expected some text"),
        (GOOD + "321302,宿城区,,,county,32,,2008,,,iso,,s\n", "r.csv:3: 'iso' is not a valid Kind"),
        (GOOD + "321302,宿城区\n", "r.csv:3: expected 13 fields, found 2"),
        (GOOD + "310000,上海市,,,province,31,,2008,,,gb,,s\n", "r.csv:3: code: 310000 stands after 320000"),
        (GOOD + GOOD, "r.csv:3: valid_from: 320000 is valid twice in 2008"),
        (GOOD + "321302,宿城区,,,county,32,,2008,2010,321303,gb,,s\n", "r.csv:3: successor_codes: 321303 is not valid"),
        (GOOD + "321302,宿城区,,,county,32,,2008,,320000,gb,,s\n", "r.csv:3: successor_codes: 321302 is still valid"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_reason(rows, message):
    with pytest.raises(SourceError) as error:
        parse_regions(HEADER + rows, "r.csv")
    assert str(error.value).startswith(message)


def test_other_columns_are_an_error():
    with pytest.raises(SourceError, match=r"r\.csv:1: expected the columns code,name"):
        parse_regions("code,name\n", "r.csv")
