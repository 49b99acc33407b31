"""A form of 2021 in each medium, read in a process of its own: cells right, seconds, peak memory.

    python benchmarks/bench_readers.py [FILE...]

Files given are read beside the generated ones; of those only time and memory are told. The first reading in a process
loads its libraries, so the second is told as well: that is what a file of a batch costs.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from documents import docx_bytes, pdf_bytes, report_2021, requests_2021, xlsx_bytes  # noqa: E402  (path above)

from extractors.document import Document, Grid  # noqa: E402
from extractors.readers import read  # noqa: E402

CASES = ROOT / "tests" / "cases" / "documents"


def count_right(document: Document) -> str:
    """How many of the 175 values of the form stand in a grid row beside the six others of their row."""
    rows = [
        [cell.text for cell in row if cell is not None and cell.text.isdigit()]
        for block in document.blocks
        if isinstance(block, Grid)
        for row in block.lattice()
    ]
    expected = [cell.text for cell in requests_2021() if cell.text.isdigit()]
    right = sum(7 for start in range(0, 175, 7) if expected[start : start + 7] in rows)
    return f"{right}/{len(expected)}"


def measure(name: str, data: bytes, is_form: bool) -> None:
    """Print one line of the table."""
    times = []
    for _ in range(2):
        started = time.perf_counter()
        document = read(data)
        times.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    right = count_right(document) if is_form else "-"
    print(f"{name:28}{right:>9}{times[0]:9.2f}{times[1]:9.2f}{peak:9.0f}", flush=True)


def main(paths: list[str]) -> None:
    """Measure the generated forms, the recorded ones, and the files given."""
    report = report_2021()
    forms = {
        "docx": docx_bytes(report),
        "xlsx": xlsx_bytes(report),
        "xls": (CASES / "requests_2021.xls").read_bytes(),
        "doc, two rows with blanks": (CASES / "requests_2021.doc").read_bytes(),
        "pdf": pdf_bytes(report),
        "pdf without rulings": pdf_bytes(report, ruled=False),
        "pdf turned, header repeated": pdf_bytes(report, turned=1, repeat_rows=3),
    }
    print(f"{'':28}{'right':>9}{'first s':>9}{'second s':>9}{'peak MB':>9}", flush=True)
    context = multiprocessing.get_context("spawn")
    jobs = [(name, data, True) for name, data in forms.items()]
    jobs += [(Path(path).name, Path(path).read_bytes(), False) for path in paths]
    for job in jobs:
        worker = context.Process(target=measure, args=job)
        worker.start()
        worker.join()


if __name__ == "__main__":
    main(sys.argv[1:])
