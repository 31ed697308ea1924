"""The texts of a module in one piece, as small boards get it: what is said when something fails is seldom asked for.

Each text costs a small board 40 bytes for as long as its module is in memory, even where the letters themselves are in
ROM. In one piece they cost that once, and each is cut out when it is said.
"""

import ast
from collections.abc import Iterable

NAME = "_texts"
LEAST = 3  # fewer in a module are not worth the piece
SHORT = 12  # characters: what is shorter, or one word, is no text but a name or a format that is used all day


def in_one_piece(source: str) -> str:
    """The module with its texts in `NAME`. ValueError when it calls something so itself."""
    tree = ast.parse(source)
    texts = dict.fromkeys(text for _, text in _texts(tree))
    if len(texts) < LEAST:
        return source
    if any(isinstance(node, ast.Name) and node.id == NAME for node in ast.walk(tree)):
        raise ValueError(f"{NAME} is a name of boards; call it otherwise")
    at: dict[str, int] = {}
    whole = ""
    for text in texts:
        at[text] = len(whole)
        whole += text
    body = [_Cutter(at).visit(node) for node in tree.body]
    piece = ast.Assign([ast.Name(NAME, ast.Store())], ast.Constant(whole), lineno=0)
    return ast.unparse(ast.Module(body=[piece, *body], type_ignores=[]))


def _texts(tree: ast.Module) -> Iterable[tuple[int, str]]:
    """(id of its node, text) of those that only functions use, and only when they run."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for statement in node.body:
                yield from _said(statement)


def _said(node: ast.AST) -> Iterable[tuple[int, str]]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return  # met on its own, without its defaults
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return  # cannot be cut; or a docstring
    for name, field in ast.iter_fields(node):
        for child in field if isinstance(field, list) else [field]:
            if isinstance(child, ast.AST) and name != "annotation":
                if isinstance(child, ast.Constant) and isinstance(child.value, str) and _is_text(child.value):
                    yield id(child), child.value
                yield from _said(child)


def _is_text(value: str) -> bool:
    return len(value) > SHORT and " " in value


class _Cutter(ast.NodeTransformer):
    """``at``: text → where it begins in the piece."""

    def __init__(self, at: dict[str, int]) -> None:
        self._at = at
        self._said: dict[int, str] = {}

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        for statement in node.body:
            self._said |= dict(_said(statement))
        return self.generic_visit(node)

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Only of a function's own statements."""
        text = self._said.get(id(node))
        if text is None:
            return node
        begin = self._at[text]
        cut = ast.Slice(ast.Constant(begin), ast.Constant(begin + len(text)))
        return ast.Subscript(ast.Name(NAME, ast.Load()), cut, ast.Load())
