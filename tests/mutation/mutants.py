"""Mutants: a file of code with one small change, such as `<` for `<=`, which some test should notice."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
NAMES = {
    "minimum": "maximum", "maximum": "minimum", "min": "max", "max": "min", "any": "all", "all": "any",
    "first": "last", "last": "first", "cumsum": "cummax", "cummax": "cummin", "floor": "ceil", "ceil": "floor",
}  # fmt: skip
NOT_RUN = ("annotation", "returns", "decorator_list", "type_params", "pattern", "format_spec")
"""Fields of the syntax in which a change changes nothing that a test could see, or nothing at all."""


@dataclass(frozen=True)
class Mutant:
    """One change: the how manyth of its file, the lines of the statement it is in, and what it makes of what."""

    path: Path
    number: int
    line: int
    statement: range
    was: str
    becomes: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}  {self.was}  →  {self.becomes}"

    def compile(self) -> CodeType:
        """Return the code of the file with this change."""
        tree = ast.parse(self.path.read_bytes())
        site = list(_sites(tree, range(0)))[self.number]
        site.change()
        return compile(ast.fix_missing_locations(tree), self.path, "exec")


@dataclass(frozen=True)
class _Site:
    """A place in the syntax: a field of a node, or a place in a list there; what it holds and what it could hold."""

    parent: ast.AST
    field: str
    place: int | None
    held: ast.expr
    other: ast.expr
    statement: range

    def change(self) -> None:
        other = ast.copy_location(self.other, self.held)
        if self.place is None:
            setattr(self.parent, self.field, other)
        else:
            getattr(self.parent, self.field)[self.place] = other


def mutants(path: Path) -> list[Mutant]:
    """Return all mutants of a file, in the order of its syntax."""
    return [
        Mutant(path, number, site.held.lineno, site.statement, ast.unparse(site.held), ast.unparse(site.other))
        for number, site in enumerate(_sites(ast.parse(path.read_bytes()), range(0)))
    ]


def _sites(parent: ast.AST, statement: range) -> Iterator[_Site]:
    for field, value in ast.iter_fields(parent):
        if field in NOT_RUN:
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _only_says(child):
                continue
            within = _lines(child) if isinstance(child, ast.stmt | ast.match_case) else statement
            if isinstance(child, ast.expr):
                for other in _changes(child):
                    yield _Site(parent, field, place, child, other, within)
            yield from _sites(child, within)


def _only_says(node: ast.AST) -> bool:
    """Whether it is a docstring, a text with values in it, or a type."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr():
            return True
        case ast.Subscript(value=ast.Name(id="Literal" | "dict" | "Callable" | "tuple" | "list")):
            return True
    return False


def _lines(node: ast.AST) -> range:
    """Return the lines of a statement; of one that holds others, those before them."""
    body: list[Any] = getattr(node, "body", [])
    first = getattr(node, "lineno", None) or node.pattern.lineno  # type: ignore[attr-defined]
    return range(first, body[0].lineno if body else node.end_lineno + 1)  # type: ignore[attr-defined]


def _changes(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what could stand in the place of an expression."""
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in OPERATORS:
            yield ast.Compare(node.left, [_other(operator)], node.comparators)
        case ast.BinOp(op=operator) if type(operator) in OPERATORS:
            yield ast.BinOp(node.left, _other(operator), node.right)
        case ast.BoolOp(op=operator):
            yield ast.BoolOp(_other(operator), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield node.operand
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float()):
            yield ast.Constant(node.value + 1)
        case ast.Constant(value=str(text)) if text and " " not in text:
            yield ast.Constant(f"{text}, changed")
        case ast.Attribute(attr=name) if name in NAMES:
            yield ast.Attribute(node.value, NAMES[name], node.ctx)


def _other(operator: ast.AST) -> Any:
    return OPERATORS[type(operator)]()
