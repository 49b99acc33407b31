"""Bytes in, a `Document` out, within a time and a memory that are kept: a reader run in a process that can be ended.

A hostile or broken file can hold a parser for hours or take all memory; inside one process nothing can stop it. So a
slow medium is read in a worker of its own, which is killed when its time is over: the document then has no blocks and
the warning `document.timeout`. A worker that dies by itself (out of memory, a crash in a library) leaves
`document.corrupt`. Workers are forked from a server that has the readers loaded: one costs milliseconds, not imports.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
from multiprocessing.connection import Connection
from typing import cast

from extractors.document import Document
from extractors.readers import read
from extractors.readers.sniff import sniff_medium

MEMORY_BYTES = 4 * 2**30
_PRELOADED = ["extractors.readers", "extractors.readers.pdf", "extractors.readers.docx", "extractors.readers.xlsx"]


def read_in_worker(
    data: bytes, declared_charset: str | None, seconds: float, memory_bytes: int = MEMORY_BYTES
) -> Document:
    """The document in `data`, or one without blocks whose warning says that its reader was ended, or ended itself."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    here, there = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(there, data, declared_charset, memory_bytes), daemon=True)
    worker.start()
    there.close()
    try:
        if not here.poll(seconds):
            return _ended(data, "document.timeout", f"{seconds:g} seconds")
        return cast(Document, here.recv())
    except EOFError:
        return _ended(data, "document.corrupt", "the reader's process ended early")
    finally:
        worker.kill()
        worker.join()
        here.close()


def _work(there: Connection, data: bytes, declared_charset: str | None, memory_bytes: int) -> None:
    """In the worker: read, and send what came of it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with contextlib.suppress(MemoryError):  # nothing sent is what tells the other side
        there.send(read(data, declared_charset))
    there.close()


def _ended(data: bytes, code: str, detail: str) -> Document:
    return Document(sniff_medium(data), (), "", warnings=((code, detail),))
