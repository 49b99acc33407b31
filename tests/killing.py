"""Kills a publishing process at a line of its code, and looks at what it left: shared by the tests and `bench_kill`.

A child process publishes a second release over a first one, with every line of `flows.publish` and `flows.releases`
that it runs counted; at the chosen line it gets SIGKILL. Afterwards `latest` must be the first or the second release,
whole to the last byte, and the next run must publish as if nothing had happened.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import flows.publish
import flows.releases
from flows.normalize import Frames
from flows.publish import publish
from flows.releases import latest_release, verify_release

NOW = datetime(2026, 11, 24, 18, 0, 0, tzinfo=UTC)
_WATCHED = {flows.publish.__file__, flows.releases.__file__}


def count_lines(first: Path, frames: Frames) -> int:
    """How many lines the second publication runs."""
    with tempfile.TemporaryDirectory() as place:
        root = copy_of(first, Path(place))
        counter = _Counter(None)
        sys.settrace(counter)
        try:
            publish(frames, root, NOW + timedelta(days=1), code_version="x")
        finally:
            sys.settrace(None)
        return counter.lines


def kill_at(line: int, first: Path, frames: Frames) -> str:
    """Kill at a line and look: `before` or `after`, as `latest` stands. AssertionError when it does not verify."""
    with tempfile.TemporaryDirectory() as place:
        root = copy_of(first, Path(place))
        old = latest_release(root)
        child = os.fork()
        if child == 0:
            sys.settrace(_Counter(line))
            publish(frames, root, NOW + timedelta(days=1), code_version="x")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"line {line}: {status}"
        latest = latest_release(root)
        assert latest is not None, f"line {line}: nothing is latest"
        assert verify_release(latest) == (), f"line {line}: {latest.name} does not verify"
        again = publish(frames, root, NOW + timedelta(days=2), code_version="x")
        assert verify_release(again.directory) == (), f"line {line}: the next run does not verify"
        left = [path.name for path in root.iterdir() if path.name.startswith(".") and path.name != ".lock"]
        assert not left, f"line {line}: left behind {left}"
        return "before" if latest == old else "after"


def copy_of(first: Path, place: Path) -> Path:
    """A copy of the releases to be killed over, with its links."""
    return Path(shutil.copytree(first, place / "releases", symlinks=True))


def kill_everywhere(before: Frames, after: Frames, points: int) -> tuple[int, Counter[str]]:
    """Kill at `points` lines: a third at the very end, where `latest` moves, the others spread evenly over the rest.

    Returns the number of lines a publication runs, and how often which release was latest afterwards.
    """
    with tempfile.TemporaryDirectory() as place:
        first = Path(place) / "releases"
        publish(before, first, NOW, code_version="x")
        lines = count_lines(first, after)
        last = points // 3
        spread = points - last
        chosen = {1 + point * (lines - last - 1) // max(spread - 1, 1) for point in range(spread)}
        chosen |= set(range(lines - last + 1, lines + 1))
        return lines, Counter(kill_at(line, first, after) for line in sorted(chosen))


class _Counter:
    """A trace function that counts lines of the watched files and kills its process at one of them."""

    def __init__(self, limit: int | None) -> None:
        self.lines = 0
        self._limit = limit

    def __call__(self, frame: FrameType, event: str, _: Any) -> _Counter | None:
        if frame.f_code.co_filename not in _WATCHED:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self._limit:
                os.kill(os.getpid(), signal.SIGKILL)
        return self
