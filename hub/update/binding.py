"""What a piece of source binds and says, as far as putting modules together has to know it."""

import ast
from collections.abc import Iterable

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
OWN_SCOPE = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


def is_docstring(node: ast.stmt) -> bool:
    """Or another text that stands by itself."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def defined(body: Iterable[ast.stmt]) -> list[str]:
    """Names that statements of a module bind, in their order."""
    found: dict[str, None] = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found[node.name] = None
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                found |= {one.id: None for one in ast.walk(target) if isinstance(one, ast.Name)}
        elif isinstance(node, ast.Try):
            found |= dict.fromkeys(defined([*node.body, *node.orelse, *(n for h in node.handlers for n in h.body)]))
        elif isinstance(node, (ast.If, ast.For, ast.With)):
            raise ValueError(f"line {node.lineno} of a section: only definitions are understood")
    return list(found)


def worked_out(number: ast.expr) -> int | None:
    """``16``, and ``30 * 60000``; None for what is no whole number or needs names."""
    if any(isinstance(node, (ast.Name, ast.Call, ast.Attribute)) for node in ast.walk(number)):
        return None
    value = eval(ast.unparse(number), {"__builtins__": {}})
    return value if type(value) is int else None


def bound(node: Function, body: Iterable[ast.AST]) -> frozenset[str]:
    """The names that a function binds: its arguments, and what it assigns, imports or defines."""
    arguments = node.args
    found = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    found |= {one.arg for one in (arguments.vararg, arguments.kwarg) if one}
    left = list(body)
    while left:
        one = left.pop()
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            found.add(one.id)
        elif isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)) and one.name:
            found.add(one.name)
        elif isinstance(one, ast.alias):
            found.add(one.asname or one.name.split(".")[0])
        elif isinstance(one, ast.Global):
            raise ValueError("global is not understood")
        if not isinstance(one, OWN_SCOPE):
            left += ast.iter_child_nodes(one)
    return frozenset(found)
