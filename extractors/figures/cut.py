"""Clauses in, words out: the one place where Chinese is cut into words.

`jieba` with a user dictionary made from the codebook is the reference; `rjieba` (same dictionary, written in Rust)
does the same faster where it is installed and asked for with `choose_cutter("rjieba")`. The dictionary is loaded
once, at first use; what jieba prints while loading is silenced. Hidden-Markov guessing of unknown words is off: it
joins what we must keep apart.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache

from schemas.indicators import load_codebook

_FREQUENCY = 2_000_000  # above any word of the general dictionary, so that codebook words stay whole
_chosen = ["jieba"]


def choose_cutter(name: str) -> None:
    """Cut with `jieba` (default) or `rjieba` from now on.

    Raises:
        ValueError: any other name.
        ModuleNotFoundError: `rjieba` is not installed (`pip install "gongkai[fast]"`).
    """
    if name not in ("jieba", "rjieba"):
        raise ValueError(f"cutter {name!r}: expected jieba or rjieba")
    _load(name)
    _chosen[0] = name


def cut_words(text: str) -> tuple[str, ...]:
    """The words of `text`, in order; joined they are `text`."""
    return tuple(_load(_chosen[0])(text))


@cache
def _load(name: str) -> Callable[[str], list[str]]:
    words = sorted(_dictionary())
    if name == "rjieba":
        import rjieba  # optional, and loaded only where asked for

        fast = rjieba.Jieba()
        for word in words:
            fast.add_word(word, _FREQUENCY, "n")
        return lambda text: list(fast.cut(text, hmm=False))
    import jieba  # a second to load: only where prose is read

    jieba.setLogLevel(logging.CRITICAL)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word in words:
        tokenizer.add_word(word, _FREQUENCY)
    return lambda text: list(tokenizer.cut(text, HMM=False))


def _dictionary() -> set[str]:
    book = load_codebook()
    return {word for word in (*book.features, *book.neutral, *book.foreign) if len(word) > 1}
