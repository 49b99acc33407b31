import shutil
from pathlib import Path

import pytest
from sample_items import LAST, LATER, NOW, item_of

from flows.normalize import normalize
from flows.publish import publish
from flows.releases import find_release, latest_release, list_releases, load_manifest, prune_releases, verify_release
from schemas.errors import ReleaseError


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    root = tmp_path_factory.mktemp("three")
    for year, now in ((2020, NOW), (2021, LATER), (2022, LAST)):
        publish(normalize([item_of(year=year)]), root, now, code_version="x")
    return root


@pytest.fixture
def root(three, tmp_path):
    return Path(shutil.copytree(three, tmp_path / "releases", symlinks=True))


def file_of(root):
    return latest_release(root) / "requests/region=sample/year=2022/part-0.parquet"


def test_releases_are_listed_oldest_first_and_found_by_their_beginning(root):
    names = list_releases(root)
    assert [name[:8] for name in names] == ["20261124", "20261125", "20261126"]
    assert find_release(root, "20261125") == root / names[1]
    assert find_release(root) == root / names[2]


def test_unknown_release_and_empty_root_are_refused_with_what_there_is(root, tmp_path_factory):
    with pytest.raises(ReleaseError, match="name one of: 20261124"):
        find_release(root, "2026")
    with pytest.raises(ReleaseError, match="nothing was published"):
        find_release(tmp_path_factory.mktemp("none"))


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (lambda path: path.write_bytes(b"x" * path.stat().st_size), "SHA-256"),
        (lambda path: path.write_bytes(b"x"), "bytes"),
        (lambda path: path.unlink(), "nothing"),
    ],
)
def test_damage_is_found(root, harm, expected):
    path = file_of(root)
    path.chmod(0o644)
    harm(path)
    (fault,) = verify_release(latest_release(root))
    assert expected in str(fault)
    assert fault.path.endswith("year=2022/part-0.parquet")


def test_file_nobody_listed_is_found(root):
    (latest_release(root) / "extra.csv").write_text("x")
    assert [str(fault) for fault in verify_release(latest_release(root))] == [
        "extra.csv: expected no such file, found a file nobody listed"
    ]


def test_changed_document_and_manifest_are_found(root):
    release = latest_release(root)
    document = release / "CHANGES.md"
    document.chmod(0o644)
    document.write_text("nothing happened")
    manifest = release / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text(manifest.read_text().replace(release.name, "20261126T180000Z-00000000"))
    assert [fault.path for fault in verify_release(release)] == ["CHANGES.md", "manifest.json"]


def test_release_without_a_manifest_is_refused(root):
    (latest_release(root) / "manifest.json").unlink()
    with pytest.raises(ReleaseError, match="no readable manifest"):
        load_manifest(latest_release(root))


def test_files_of_a_release_cannot_be_written_by_mistake(root):
    assert file_of(root).stat().st_mode & 0o222 == 0


def test_prune_keeps_the_newest_and_what_they_link(root):
    names = list_releases(root)
    assert prune_releases(root, 2) == names[:1]
    assert list_releases(root) == names[1:]
    assert all(verify_release(root / name) == () for name in names[1:])


def test_prune_never_takes_the_latest(root):
    names = list_releases(root)
    (root / "latest").unlink()
    (root / "latest").symlink_to(names[0])
    assert prune_releases(root, 1) == (names[1],)
    with pytest.raises(ReleaseError, match="at least one"):
        prune_releases(root, 0)
