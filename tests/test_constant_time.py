"""What is secret is compared in constant time: no `==` and no `in` stands beside the name of a secret.

Keys are no exception: what is looked up is the SHA-256 of a key, and how long that takes tells nothing of the key.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SECRET = re.compile(r"secret|signature|digest|(^|_)mac$|nonce|password|token|(^|_)sig$")
#: comparisons that are of that kind by their words only
HARMLESS = {
    "_text(raw) == token",  # whether a token is spelt as we spell it; whose it is, its MAC tells
    "bool(user) != bool(password)",
    "self._stored() == (token, expires_at)",  # both are ours: whether another process has renewed it
}


def _compared(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Compare) or not any(
            isinstance(each, ast.Eq | ast.NotEq | ast.In) for each in node.ops
        ):
            continue
        if any(isinstance(side, ast.Constant) for side in (node.left, *node.comparators)):
            continue  # what stands in our source is no secret
        parts = [part for side in (node.left, *node.comparators) for part in ast.walk(side)]
        names = [getattr(part, "id", "") or getattr(part, "attr", "") for part in parts]
        if any(SECRET.search(str(name)) for name in names):
            yield ast.unparse(node)


def test_no_secret_is_compared_letter_by_letter() -> None:
    files = (path for room in ("rules", "service", "workers") for path in (ROOT / room).rglob("*.py"))
    assert {compared for path in files for compared in _compared(path)} <= HARMLESS


def test_a_comparison_of_a_secret_is_found(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("if request.headers['x'] == expected_signature or form_token(k) in given: ...\n")
    assert len(list(_compared(path))) == 2
