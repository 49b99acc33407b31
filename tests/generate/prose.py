"""The plain words of an invented report: names, sections and sentences with a few figures."""

from __future__ import annotations

from random import Random

FIRST = "澜栖砚枫岫槐漪菱翎霁"
SECOND = "坪汀溪浦屿岬洲桥岗墅"
PLACES = ("县", "区", "市")
BODIES = ("人民政府", "人民政府", "人民政府办公室", "财政局", "民政局", "自然资源局", "卫生健康局")
SECTIONS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
OVERVIEW = (
    "一年来，我们按照条例的要求安排公开工作，先定目录，再定时限，办完一件登记一件。",
    "全年通过门户网站发布信息{a}条，通过政务新媒体发布信息{b}条，较上年更为均衡。",
    "组织业务学习{c}次，参加人员{d}人次，重点讲解答复文书的写法。",
    "对各科室报送的材料先审后发，涉及个人住址和电话的一律遮去。",
    "政务公开专区添置查询电脑{c}台，方便群众就近查阅。",
)
TROUBLES = (
    "回顾全年，栏目更新有快有慢，个别解读材料写得过于生硬。下一步将固定每月检查的日子，谁负责、何时改都写清楚。",
    "从事这项工作的同志变动较多，对答复口径掌握不一。今后将把常见问题整理成册，新来的同志先学后办。",
)
OTHERS = (
    "本年度没有收取信息处理费。",
    "没有其他需要说明的事项。",
    "按照有关规定，本年度未收取信息处理费，其他事项无。",
)
BETWEEN = (
    "本年度共收到申请{a}件，均在规定期限内答复，其中网上提交{b}件。",
    "本年度新印发文件{b}件，清理后停止执行{c}件，具体数字见下表。",
    "有关数字统计如下，统计期限为{year}年1月1日至12月31日。",
)
OLD_SECTIONS = (
    "一、概述",
    "二、主动公开政府信息的情况",
    "三、依申请公开政府信息的情况",
    "四、存在的不足和改进措施",
)


def draw_publisher(rng: Random) -> tuple[str, str]:
    """An invented (district, publisher)."""
    district = rng.choice(FIRST) + rng.choice(SECOND) + rng.choice(PLACES)
    return district, district + rng.choice(BODIES)


def title_of(rng: Random, publisher: str, year: int) -> str:
    """The title of a report."""
    return rng.choice(
        (
            f"{publisher}{year}年政府信息公开工作年度报告",
            f"{publisher}{year}年度政府信息公开工作年度报告",
            f"{publisher}{year}年政府信息公开年度报告",
        )
    )


def sentences(rng: Random, pool: tuple[str, ...], count: int, year: int) -> list[str]:
    """Some sentences of a pool, their figures filled in."""
    chosen = rng.sample(pool, min(count, len(pool)))
    return [
        sentence.format(
            a=rng.randint(40, 4000), b=rng.randint(10, 900), c=rng.randint(1, 9), d=rng.randint(20, 300), year=year
        )
        for sentence in chosen
    ]
