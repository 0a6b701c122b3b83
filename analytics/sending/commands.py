"""A request to a collector for others to copy: as a command for a shell, and as a program.

Neither holds the write key: it is taken from the environment, so that it stands in no file.
"""

import json

_LONGEST_SHOWN = 20_000


def as_curl(url: str, body: bytes, *, dry_run: bool = False) -> str:
    """Return a request as a curl command."""
    data = _shorten(body).replace("'", "'\\''")
    return (
        f"curl '{_address(url, dry_run=dry_run)}' \\\n"
        '  -H "X-Write-Key: $WRITE_KEY" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  --data-binary '{data}'"
    )


def as_python(url: str, body: bytes, *, dry_run: bool = False) -> str:
    """Return a request as a Python program."""
    text = _shorten(body)
    literal = repr(text) if "\\" in text or '"""' in text else f'"""{text}"""'
    return (
        "import os\n\nimport requests\n\n"
        f"answer = requests.post(\n"
        f'    "{_address(url, dry_run=dry_run)}",\n'
        '    headers={"X-Write-Key": os.environ["WRITE_KEY"], "Content-Type": "application/json"},\n'
        f"    data={literal}.encode(),\n"
        "    timeout=30,\n"
        ")\n"
        "print(answer.status_code, answer.json())"
    )


def _address(url: str, *, dry_run: bool) -> str:
    return f"{url}?dry_run=1" if dry_run else url


def _shorten(body: bytes) -> str:
    """Return a body to be copied; a placeholder if it is too long to be shown."""
    if len(body) > _LONGEST_SHOWN:
        return '{"batch": [ … ]}'
    return indent_json(body.decode(errors="replace"))


def indent_json(text: str) -> str:
    """Return JSON with a line for each value; what is no JSON stays as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
