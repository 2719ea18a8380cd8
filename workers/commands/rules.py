"""`qoswatch rules test FILE`: rules against figures that you write down, judged as the service judges them."""

import argparse
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rules import ruletests
from rules.errors import Fault, RuleError
from rules.ruletests import Failure, Result
from service.settings import Settings

_EXAMPLE = "docs/examples/stock-rules.test.toml shows the notation."


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser("rules", help="try rules before they watch anybody", description=__doc__)
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="test")
    test = deeds.add_parser("test", help="run rule tests", description=f"{__doc__} {_EXAMPLE}")
    test.add_argument("files", nargs="+", type=Path, metavar="FILE", help="TOML; several may be given")
    test.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, _: Settings) -> int:
    """Run every file; 1 when a test fails or a file can not be used. Needs no server and asks nobody."""
    told = [_told(path) for path in args.files]
    if args.json:
        print(json.dumps({"ok": all(map(_is_well, told)), "files": [_as_json(each) for each in told]}, indent=2))
    else:
        for each in told:
            print(_text(each))
    return 0 if all(map(_is_well, told)) else 1


Told = tuple[Path, Sequence[Result], Sequence[Fault]]  #: a file, its results or what is wrong with it


def _told(path: Path) -> Told:
    try:
        return path, [ruletests.run(test) for test in ruletests.read(path.read_text("utf-8"))], ()
    except OSError as error:
        return path, (), [Fault("", f"can not be read: {error.strerror}")]
    except UnicodeDecodeError:
        return path, (), [Fault("", "can not be read: it is not UTF-8 text")]
    except RuleError as error:
        return path, (), error.errors


def _is_well(told: Told) -> bool:
    _, results, faults = told
    return not faults and all(result.passed for result in results)


def _text(told: Told) -> str:
    path, results, faults = told
    if faults:
        lines = [textwrap.indent(f"{fault.pointer}: {fault.sentence}".removeprefix(": "), "  ") for fault in faults]
        return "\n".join([f"{path}: nothing was run, these must be mended first", *lines])
    failed = sum(not result.passed for result in results)
    lines = [_line(result) for result in results]
    count = f"{len(results)} tests" if len(results) != 1 else "1 test"
    return "\n".join([f"{path}", *lines, f"{count}, {failed} failed" if failed else f"{count}, all passed"])


def _line(result: Result) -> str:
    if result.passed:
        return f"  ok    {result.test.name}"
    reasons = [textwrap.indent(f"{each.pointer}: {each.sentence}\n{each.picture}", " " * 8) for each in result.failures]
    return "\n".join([f"  FAIL  {result.test.name}", *reasons])


def _as_json(told: Told) -> dict[str, Any]:
    path, results, faults = told
    tests = [
        {
            "name": result.test.name,
            "ok": result.passed,
            "failures": [_failure(each) for each in result.failures],
        }
        for result in results
    ]
    errors = [{"pointer": each.pointer, "sentence": each.sentence, "position": each.position} for each in faults]
    return {"file": str(path), "ok": _is_well(told), "tests": tests, "errors": errors}


def _failure(failure: Failure) -> dict[str, Any]:
    return {"pointer": failure.pointer, "at": failure.at, "sentence": failure.sentence}
