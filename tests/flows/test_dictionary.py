from pathlib import Path

from flows.dictionary import dictionary_markdown
from schemas.dataset import load_tables
from schemas.findings import load_finding_codes
from schemas.form import load_forms
from schemas.indicators import load_codebook
from schemas.metrics import load_metrics

TEXT = dictionary_markdown()


def test_every_table_field_metric_and_code_is_in_it():
    for table in load_tables().values():
        assert f"### `{table.id}`" in TEXT
        assert all(f"| `{name}` |" in TEXT for name in table.names)
    codes = (*load_metrics(), *load_finding_codes(), *load_codebook().indicators)
    assert all(f"| `{code}` |" in TEXT for code in codes)


def test_every_cell_of_every_form_is_in_it_with_its_label():
    lines = TEXT.splitlines()
    for form in load_forms().values():
        for table in form.tables:
            for item, column in tuple(table.keys()):
                row = [line for line in lines if line.startswith(f"| `{item}` | `{column}` |")]
                assert any(table.item(item).label in line for line in row), (form.era, item, column)


def test_dictionary_in_the_documentation_is_up_to_date():
    assert Path("docs/dictionary.md").read_text(encoding="utf-8") == TEXT, (
        "run: gongkai dictionary --output docs/dictionary.md"
    )
