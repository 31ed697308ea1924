"""Source as small boards get it: the same program, in which few names are left of those that only one function knows.

MicroPython keeps each name of an argument or attribute for as long as it runs, 20 bytes and more, and room for them
comes in blocks that double: the next one, 7 kB on a 64-bit board, at the 620th name. So arguments that nobody gives
by name, and the private attributes of objects, are called ``_0``, ``_1``, … in what is compiled, the same in all
functions and in all modules that have nothing to do with each other. Functions, classes and modules keep their
names: what a board prints when something fails reads as it was written.
"""

import ast
from collections.abc import Iterable, Mapping

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
OWN = ("self", "cls")


def lean(sources: Mapping[str, str]) -> dict[str, str]:
    """The sources of a whole tree by path, without those names. ValueError for what this does not understand."""
    trees = {path: ast.parse(source) for path, source in sources.items()}
    by_name, spelled, functions = _kept(trees.values())
    attributes = {path: _private(tree) - spelled - functions for path, tree in trees.items()}
    families = _families(trees)
    made = {}
    for path, tree in trees.items():
        family = sorted(set().union(*(attributes[one] for one in families[path])))
        renamed = {name: f"_{number}" for number, name in enumerate(family)}
        _refuse_strangers(path, tree, set().union(*attributes.values()) - set(family))
        made[path] = ast.unparse(_Renamer(by_name, renamed).visit(tree))
    return made


def _kept(trees: Iterable[ast.Module]) -> tuple[set[str], set[str], set[str]]:
    """(arguments given by name, what is spelled in a string, functions and classes) anywhere in the tree."""
    by_name, spelled, functions = set(), set(), set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg:
                by_name.add(node.arg)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                spelled.add(node.value)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                functions.add(node.name)
    return by_name, spelled, functions


def _private(tree: ast.Module) -> set[str]:
    """The attributes that a method of this module gives its own object, and nobody else should know."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
    }


def _refuse_strangers(path: str, tree: ast.Module, foreign: set[str]) -> None:
    """A private attribute of another module's objects has another name there. ValueError."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in foreign:
            raise ValueError(f"{path} uses {ast.unparse(node)}, which is private elsewhere; give it a public name")


def _families(trees: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """Module → the modules with classes that inherit from its classes, or that it inherits from, and theirs."""
    families = {path: {path} for path in trees}
    for path, tree in trees.items():
        for base in _bases(tree):
            if base in families and base not in families[path]:
                families[base] |= families[path]
                for one in families[base]:
                    families[one] = families[base]
    return families


def _bases(tree: ast.Module) -> set[str]:
    """The modules, by path, from which base classes of this one are imported."""
    names = set()
    for node in tree.body:
        for base in node.bases if isinstance(node, ast.ClassDef) else ():
            if not isinstance(base, ast.Name):
                raise ValueError(f"base class {ast.unparse(base)}: import the class itself")
            names.add(base.id)
    return {
        str(node.module).replace(".", "/") + ".py"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and names & {alias.asname or alias.name for alias in node.names}
    }


class _Renamer(ast.NodeTransformer):
    """``_inside`` is what the arguments of the functions around a node are called now."""

    def __init__(self, by_name: set[str], attributes: Mapping[str, str]) -> None:
        self._by_name = by_name
        self._attributes = attributes
        self._inside: dict[str, str] = {}
        self._count = 0

    def _function(self, node: Function) -> ast.AST:
        if not isinstance(node, ast.Lambda):
            self._check(node.name)
        outside, count = dict(self._inside), self._count
        arguments = node.args
        arguments.defaults = [self.visit(default) for default in arguments.defaults]  # worked out outside
        arguments.kw_defaults = [default and self.visit(default) for default in arguments.kw_defaults]
        for argument in (*arguments.posonlyargs, *arguments.args):
            if argument.arg in self._by_name or argument.arg in OWN:
                self._inside.pop(argument.arg, None)
            else:
                self._inside[argument.arg] = f"_{self._count}"
                argument.arg = self._inside[argument.arg]
                self._count += 1
        for fixed in (*arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if fixed:
                self._inside.pop(fixed.arg, None)
        if isinstance(node, ast.Lambda):
            node.body = self.visit(node.body)
        else:
            node.body = [self.visit(statement) for statement in node.body]
        self._inside, self._count = outside, count
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Read or written: an argument may be given another value."""
        node.id = self._inside.get(node.id, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Of any object: in its own module somebody else may look at a private attribute."""
        node.attr = self._attributes.get(node.attr, node.attr)
        return self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        """Its name may be that of an argument."""
        if node.name:
            node.name = self._inside.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Its methods, and private attributes that it declares for its objects."""
        self._check(node.name)
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            for target in targets:
                if isinstance(target, ast.Name):
                    target.id = self._attributes.get(target.id, target.id)
        return self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> ast.AST:
        """What an import inside a function binds."""
        self._check(node.asname or node.name.split(".")[0])
        return node

    def _check(self, name: str) -> None:
        """A function, class or import with the name of an argument around it is not understood here."""
        if name in self._inside:
            raise ValueError(f"{name} is an argument, and defined again inside its function; give one another name")
