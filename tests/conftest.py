"""What tests of documentation and notebooks share: one run over the sample site, made once."""

import shutil
from pathlib import Path

import pytest
from sample_run import ROOT, run_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project directory as `make run` leaves it: registry, sample site, archive, releases, notebooks."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "data" / "sample", root / "data" / "sample")
    shutil.copy(ROOT / "data" / "sources.csv", root / "data" / "sources.csv")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    run_sample(root / "data")
    return root
