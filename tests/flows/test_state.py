from pathlib import Path

from flows.state import State, code_version, result_key


def test_kept_results_come_back_after_reopening(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.keep([("a", b"one"), ("b", b"")])
    state.close()
    state = State(tmp_path)
    assert (state.load("a"), state.load("b"), state.load("c")) == (b"one", b"", None)
    assert state.known(["a", "c"]) == {"a"}


def test_key_depends_on_stage_input_and_code() -> None:
    assert result_key("extract", "x") == result_key("extract", "x")
    assert len({result_key("extract", "x"), result_key("extract", "y"), result_key("other", "x")}) == 3
    assert len(code_version()) == 64
