import fcntl
import hashlib
import json
import random
from dataclasses import replace

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from sample_items import LATER, NOW, cells_of, item_of

from flows.normalize import normalize
from flows.publish import encode, load_accuracy, publish, split_frames
from flows.releases import latest_release, list_releases, load_manifest, verify_release
from schemas.dataset import arrow_schema, load_tables
from schemas.errors import ReleaseError
from schemas.records import State

YEARS = (2018, 2020, 2021)


def items_of(districts=("990101", "990102", "321302")):
    return [item_of(f"{code}0001", year) for code in districts for year in YEARS]


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return publish(normalize(items_of()), tmp_path_factory.mktemp("releases"), NOW, code_version="a" * 64)


def test_release_verifies_and_latest_points_to_it(release):
    assert verify_release(release.directory) == ()
    assert latest_release(release.directory.parent) == release.directory
    assert release.release.startswith("20261124T180000Z-")


def test_partitions_are_region_and_year(release):
    paths = {path.relative_to(release.directory).as_posix() for path in release.directory.glob("requests/**/*.parquet")}
    assert paths == {
        f"requests/region={region}/year={year}/part-0.parquet"
        for region in ("CN-JS", "sample")
        for year in (2020, 2021)
    }


def test_every_table_is_there_with_its_schema_even_without_rows(release):
    for table in load_tables():
        (first, *_) = sorted(release.directory.glob(f"{table}/**/*.parquet"))
        schema = pq.ParquetFile(first).schema_arrow
        assert schema == arrow_schema(table), table
        assert schema.field(0).metadata[b"description"], table


def test_unresolved_publishers_stand_under_unknown():
    item = item_of(cells=cells_of())
    lost = replace(
        item, source=None, extracted=replace(item.extracted, report=replace(item.extracted.report, district_code=None))
    )
    assert {part.region for part in split_frames(normalize([lost]))} == {"unknown"}


def test_pyarrow_reads_data_set_and_single_file(release):
    table = ds.dataset(release.directory / "requests", partitioning="hive").to_table()
    assert table.num_rows == 3 * 161 + 3 * 175
    assert set(table.column("district_code").to_pylist()) == {"990101", "990102", "321302"}
    one = pq.ParquetFile(release.directory / "requests/region=CN-JS/year=2020/part-0.parquet").read()
    assert one.column("report_year").to_pylist() == [2020] * 161


def test_pandas_reads_data_set_and_single_file(release):
    frame = pd.read_parquet(release.directory / "requests")
    assert set(frame["district_code"]) == {"990101", "990102", "321302"}
    assert set(frame["region"].astype(str)) == {"CN-JS", "sample"}
    kept = pd.read_parquet(
        release.directory / "requests", filters=[("district_code", "==", "321302"), ("year", "==", 2021)]
    )
    assert len(kept) == 175
    one = pd.read_parquet(release.directory / "requests/region=sample/year=2021/part-0.parquet")
    assert sorted(set(one["province_code"])) == ["99"]


def test_polars_reads_data_set_and_single_file(release):
    frame = pl.read_parquet(release.directory / "requests/**/*.parquet", hive_partitioning=True)
    assert frame.schema["district_code"] == pl.String
    assert frame.filter(pl.col("region") == "CN-JS").height == 161 + 175
    one = pl.read_parquet(release.directory / "reports/region=CN-JS/year=2018/part-0.parquet", hive_partitioning=False)
    assert one["era"].to_list() == ["2014"]


def test_duckdb_reads_data_set_and_single_file(release):
    rows = duckdb.read_parquet(f"{release.directory}/requests/**/*.parquet", hive_partitioning=True)
    counts = rows.filter("region = 'sample'").aggregate("district_code, count(*)").order("district_code")
    assert counts.fetchall() == [("990101", 336), ("990102", 336)]
    one = duckdb.read_parquet(f"{release.directory}/requests/region=CN-JS/year=2020/part-0.parquet")
    assert one.project("province_code").distinct().fetchall() == [("32",)]


def test_one_district_can_be_read_without_the_others():
    items = [item_of(f"9901{n:02d}{k:04d}", 2021) for n in range(1, 31) for k in range(10)]
    rows = normalize(items)["requests"]
    file = pq.ParquetFile(pa.BufferReader(encode("requests", rows)))
    column = file.schema_arrow.get_field_index("district_code")
    bounds = [file.metadata.row_group(n).column(column).statistics for n in range(file.num_row_groups)]
    hit = [one for one in bounds if one.min <= "990115" <= one.max]
    assert file.num_row_groups >= 3
    assert len(hit) <= 2


def test_bytes_do_not_depend_on_the_order_of_reports_or_rows(tmp_path):
    items = items_of()
    once = publish(normalize(items), tmp_path / "a", NOW, code_version="x")
    frames = normalize(random.Random(3).sample(items, len(items)))
    mixed = {
        name: rows.take(pa.array(random.Random(4).sample(range(rows.num_rows), rows.num_rows), pa.int64()))
        for name, rows in frames.items()
    }
    again = publish(mixed, tmp_path / "b", LATER, code_version="x")
    assert hashes(once) == hashes(again)
    assert once.release.split("-")[1] == again.release.split("-")[1]


def hashes(release):
    return {file.path: file.sha256 for file in load_manifest(release.directory).files}


def test_unchanged_partitions_are_linked_and_say_since_when(tmp_path):
    first = publish(normalize(items_of()), tmp_path, NOW, code_version="x")
    changed = [*items_of()[1:], item_of("9901010001", 2018, body="new", cells=cells_of("2014", add=9))]
    second = publish(normalize(changed), tmp_path, LATER, code_version="x")
    same = "requests/region=CN-JS/year=2020/part-0.parquet"
    assert (first.directory / same).stat().st_ino == (second.directory / same).stat().st_ino
    files = {file.path: file for file in load_manifest(second.directory).files}
    assert files[same].since == first.release
    rewritten = {path for path, file in files.items() if file.since == second.release}
    assert {path.split("/")[0] for path in rewritten} == {"reports", "statistics_2014", "changes"}
    assert second.files_linked == second.files - len(rewritten)


def test_every_change_has_its_cause(tmp_path):
    item = item_of("9901010001", 2021)
    publish(normalize([item, item_of("9901020001", 2021)]), tmp_path, NOW, code_version="x")
    other = item_of("9901010001", 2021, body="again", cells=cells_of(requests__granted__total=State.BLANK))
    second = publish(normalize([other, item_of("9901030001", 2021)]), tmp_path, LATER, code_version="x")
    rows = {
        (row["report_id"], row["table"], row["item"], row["column"]): row for row in second.changes.table.to_pylist()
    }
    assert {key: (row["kind"], row["cause"]) for key, row in rows.items()} == {
        ("9901010001-2021", "requests", "granted", "total"): ("changed", "new_bytes"),
        ("9901020001-2021", "reports", "", ""): ("withdrawn", "withdrawn_report"),
        ("9901030001-2021", "reports", "", ""): ("added", "new_report"),
    }
    cell = rows["9901010001-2021", "requests", "granted", "total"]
    assert (cell["state_before"], cell["state_after"], cell["value_after"]) == ("value", "blank", None)
    text = (second.directory / "CHANGES.md").read_text()
    assert "| requests | sample | 2021 | added | new_report | 175 |" in text
    assert "| requests | sample | 2021 | changed | new_bytes | 1 |" in text


def test_change_without_new_bytes_comes_from_new_code(tmp_path):
    publish(normalize([item_of()]), tmp_path, NOW, code_version="x")
    better = item_of(cells=cells_of(requests__closed__total=4))
    second = publish(normalize([better]), tmp_path, LATER, code_version="y")
    assert [(row["item"], row["cause"]) for row in second.changes.table.to_pylist()] == [("closed", "new_code")]


def test_nothing_changed_says_so_and_nothing_is_written_twice(tmp_path):
    publish(normalize(items_of()), tmp_path, NOW, code_version="x")
    second = publish(normalize(items_of()), tmp_path, LATER, code_version="x")
    assert second.changes.counts == ()
    assert second.files_linked == second.files
    assert "Nothing differs" in (second.directory / "CHANGES.md").read_text()


def test_empty_input_is_a_release_too(tmp_path):
    release = publish({}, tmp_path, NOW, code_version="x")
    assert verify_release(release.directory) == ()
    assert sum(release.tables.values()) == 0
    assert len(pd.read_parquet(release.directory / "requests")) == 0


def test_reader_in_the_middle_of_a_scan_keeps_its_release(tmp_path):
    publish(normalize(items_of()), tmp_path, NOW, code_version="x")
    scan = ds.dataset(latest_release(tmp_path) / "requests", partitioning="hive").to_batches(
        columns=["value"], batch_size=50
    )
    total = pc.sum(next(scan).column("value")).as_py()
    publish(normalize([item_of(year=2021, cells=cells_of(add=5000))]), tmp_path, LATER, code_version="x")
    total += sum(pc.sum(batch.column("value")).as_py() or 0 for batch in scan)
    expected = sum(
        float(cell.value) for item in items_of() for cell in item.extracted.cells if cell.table == "requests"
    )
    assert total == expected


def test_run_that_was_killed_is_swept_and_leaves_latest(tmp_path):
    first = publish(normalize(items_of()), tmp_path, NOW, code_version="x")
    (tmp_path / ".building-1" / "requests").mkdir(parents=True)
    (tmp_path / ".latest-1").symlink_to("nowhere")
    assert list_releases(tmp_path) == (first.release,)
    publish(normalize(items_of()), tmp_path, LATER, code_version="x")
    assert [path.name for path in tmp_path.glob(".[bl]*-*")] == []


def test_failure_on_the_way_leaves_nothing_behind(tmp_path):
    with pytest.raises(KeyError):
        publish({"no_such_table": normalize(items_of())["requests"]}, tmp_path, NOW, code_version="x")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock"]


def test_second_publisher_at_once_is_refused(tmp_path):
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ReleaseError, match="another run is publishing"):
            publish({}, tmp_path, NOW, code_version="x")


def test_damaged_file_is_not_linked_onward(tmp_path):
    first = publish(normalize(items_of()), tmp_path, NOW, code_version="x")
    victim = first.directory / "requests/region=CN-JS/year=2020/part-0.parquet"
    victim.chmod(0o644)
    victim.write_bytes(b"x" * victim.stat().st_size)
    second = publish(normalize(items_of()), tmp_path, LATER, code_version="x")
    assert verify_release(second.directory) == ()
    assert len(verify_release(first.directory)) == 1


def test_frictionless_accepts_the_data_package(release):
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(release.directory / "datapackage.json"))
    assert report.flatten(["message"]) == []
    assert len(json.loads((release.directory / "datapackage.json").read_text())["resources"]) == release.files


def test_manifest_tells_what_the_release_was_made_of(tmp_path):
    items = items_of()
    release = publish(normalize(items), tmp_path, NOW, code_version="c0de", readers=["ocr"], accuracy={"cases": 3})
    manifest = load_manifest(release.directory)
    assert (manifest.code_version, manifest.readers, manifest.accuracy) == ("c0de", ("ocr",), {"cases": 3})
    assert manifest.captures == tuple(sorted(item.capture.sha256 for item in items))
    counts = {(one.province_code, one.year, one.era): (one.reports, one.cells) for one in manifest.counts}
    assert counts["99", 2021, "2021"] == (2, 400)
    assert counts["32", 2018, "2014"] == (1, 58)
    file = manifest.files[0]
    data = (release.directory / file.path).read_bytes()
    assert (file.sha256, file.bytes) == (hashlib.sha256(data).hexdigest(), len(data))


def test_accuracy_is_read_where_it_was_measured(tmp_path):
    file = tmp_path / "accuracy.json"
    assert load_accuracy(file) is None
    file.write_text('{"cases": {"2019": {"right": 198}}}')
    assert load_accuracy(file) == {"cases": {"2019": {"right": 198}}}
    file.write_text("{")
    with pytest.raises(ReleaseError, match="make accuracy"):
        load_accuracy(file)
