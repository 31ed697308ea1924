"""Makes one module of what is in memory together: `firmware.agent` and what it is made of, which every board has for as
long as it runs; and a family of messages with the one module that speaks it.

A module costs a small board 300 bytes on a 64-bit port before anything is in it, each name that it imports 16 more, and
each package on the way to it 300 again: together some 4 kB of a help button's 64. So on boards the modules of `PARTS`
are sections of one, and whoever imports them imports that. What two sections call alike, one of them calls otherwise;
numbers that nobody else asks for are put where they are used.
"""

import ast
import builtins
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.update.binding import Function, bound, defined, is_docstring, worked_out

WHOLE = "firmware/agent.py"
FAMILIES = "firmware/wire/messages/"
# In the order in which they can be loaded; the last is `WHOLE` itself.
PARTS = (
    "firmware/clock.py",
    "firmware/logs.py",
    "firmware/wire/fields.py",
    "firmware/wire/packets.py",
    "firmware/wire/topics.py",
    "firmware/wire/messages/base.py",
    "firmware/link/stream_socket.py",
    "firmware/link/backoff.py",
    "firmware/link/client.py",
    "firmware/link/outbox.py",
    "firmware/watchdog.py",
    WHOLE,
)
SAME = {"firmware/link/sockets.py": "firmware/link/stream_socket.py"}  # on MicroPython it is nothing else
TYPES_ONLY = ("typing", "collections.abc")


@dataclass
class _Section:
    """One of the modules: its tree, and what its names mean in the whole."""

    path: str
    tree: ast.Module
    own: list[str] = field(default_factory=list)  # names that it defines
    brought: list[str] = field(default_factory=list)  # names that it imports from modules that are no sections
    names: dict[str, str] = field(default_factory=dict)  # what they, and those from other sections, are called now
    numbers: dict[str, int] = field(default_factory=dict)  # names that stand for a number
    modules: dict[str, str] = field(default_factory=dict)  # name → path of the section that it stands for


def bundle(sources: Mapping[str, str]) -> dict[str, str]:
    """The sources of a whole tree by path, those of `PARTS` in one, and each family of messages in its only speaker.

    ValueError for what this does not understand.
    """
    if any(path not in sources for path in PARTS):
        return dict(sources)
    made = _in_one({path: text for path, text in sources.items() if path not in SAME}, PARTS)
    for path, speaker in _only_speakers(made).items():
        made = _in_one(made, (path, speaker))
    return made


def _only_speakers(sources: Mapping[str, str]) -> dict[str, str]:
    """Family of messages → the only module that imports it."""
    speakers: dict[str, list[str]] = {path: [] for path in sources if path.startswith(FAMILIES)}
    for path, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and _path(node.module) in speakers:
                speakers[_path(node.module)].append(path)
    return {path: found[0] for path, found in speakers.items() if len(found) == 1}


def _in_one(sources: Mapping[str, str], parts: tuple[str, ...]) -> dict[str, str]:
    """The tree with these in the last of them."""
    whole = parts[-1]
    sections = {path: _Section(path, _without_types(ast.parse(sources[path]))) for path in parts}
    others = {path: ast.parse(text) for path, text in sources.items() if path not in parts}
    wanted = _wanted(others.values(), parts)
    imports = _imports(sections)
    _name(sections, imports, wanted)
    body: list[ast.stmt] = []
    for section in sections.values():
        body += _Renamer(section, sections).visit(section.tree).body
    if whole == WHOLE:
        body = _needed(body, {name for _, name in wanted})
    made = {path: ast.unparse(_Importer(sections, whole).visit(tree)) for path, tree in others.items()}
    used = {node.id for one in body for node in ast.walk(one) if isinstance(node, ast.Name)}
    top = [statement for name, statement in imports.items() if name in used]
    return made | {whole: ast.unparse(ast.Module(body=[*top, *body], type_ignores=[]))}


def _needed(body: list[ast.stmt], wanted: set[str]) -> list[ast.stmt]:
    """Without what no module of the tree names: what only the hub asks of the sections."""
    while True:
        named = [{node.id for node in ast.walk(one) if isinstance(node, ast.Name)} for one in body]
        kept = [
            one
            for number, one in enumerate(body)
            if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign))
            or wanted.union(*named[:number], *named[number + 1 :]).intersection(defined([one]))
            or not defined([one])  # gives a value to what is there already
        ]
        if len(kept) == len(body):
            return body
        body = kept


def _path(module: str | None, name: str = "") -> str:
    """The file of a module, or of ``name`` in a package; that of the same module on boards."""
    path = f"{module}.{name}".strip(".").replace(".", "/") + ".py"
    return SAME.get(path, path)


def _without_types(tree: ast.Module) -> ast.Module:
    """Without what is imported for type checkers only."""

    def is_type(node: ast.stmt) -> bool:
        return (
            isinstance(node, ast.Try)
            and all(isinstance(one, ast.ImportFrom) and one.module in TYPES_ONLY for one in node.body)
            and all(isinstance(one, ast.Pass) for handler in node.handlers for one in handler.body)
        )

    tree.body = [node for node in tree.body if not is_type(node) and not is_docstring(node)]
    return tree


def _wanted(trees: Iterable[ast.Module], parts: tuple[str, ...]) -> set[tuple[str, str]]:
    """(path of a section, name) that the other modules ask for: these names stay as they are."""
    found = set()
    for tree in trees:
        stands_for = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found.add((_path(node.module), alias.name))
                    stands_for[alias.asname or alias.name] = _path(node.module, alias.name)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in stands_for:
                found.add((stands_for[node.value.id], node.attr))
    return {(path, name) for path, name in found if path in parts}


def _imports(sections: Mapping[str, _Section]) -> dict[str, ast.stmt]:
    """Name → the statement that imports it from outside, once for all sections; their own such lines are gone.

    What is imported between sections becomes a name of the section that has it. A module of the firmware that is no
    section is imported where it was: it needs the sections before it.
    """
    found: dict[str, ast.stmt] = {}
    for section in sections.values():
        kept: list[ast.stmt] = []
        for node in section.tree.body:
            if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and _is_outside(node)):
                for alias in node.names:
                    name = alias.asname or alias.name
                    again = type(node)(**{**vars(node), "names": [alias]})
                    if ast.dump(found.setdefault(name, again)) != ast.dump(again):
                        raise ValueError(f"{section.path} imports another {name} than the sections before it")
            elif isinstance(node, ast.ImportFrom):
                left = [alias for alias in node.names if not _is_between(section, sections, node.module, alias)]
                if left:
                    node.names = left
                    kept.append(node)
                    section.brought += [alias.asname or alias.name for alias in left]
            else:
                kept.append(node)
        section.tree.body = kept
    return found


def _is_outside(node: ast.ImportFrom) -> bool:
    return str(node.module).split(".")[0] != WHOLE.split("/")[0]


def _is_between(section: _Section, sections: Mapping[str, _Section], module: str | None, alias: ast.alias) -> bool:
    """Notes what a name from another section stands for; False when it is from no section."""
    name = alias.asname or alias.name
    if _path(module) in sections:
        section.names[name] = f"{_path(module)}:{alias.name}"  # until all have their names
    elif _path(module, alias.name) in sections:
        section.modules[name] = _path(module, alias.name)
    else:
        return False
    return True


def _name(sections: Mapping[str, _Section], imports: Iterable[str], wanted: set[tuple[str, str]]) -> None:
    """Decides what everything is called in the whole."""
    taken = set(imports) | {name for _, name in wanted}
    for section in sections.values():
        section.own = defined(section.tree.body)
        clash = {*section.own, *section.brought} & {*dir(builtins), *imports, *taken.intersection(section.brought)}
        if clash:
            raise ValueError(f"{section.path} defines {clash}, which means something else to the other sections")
        for name in section.own:
            new = name
            if (section.path, name) not in wanted:
                while new in taken:
                    new += "_"
            taken.add(new)
            section.names[name] = new
        _find_numbers(section, {name for path, name in wanted if path == section.path})
    for section in sections.values():
        for name, meaning in section.names.items():
            if ":" in meaning:
                path, _, there = meaning.partition(":")
                section.names[name] = sections[path].names[there]
                if there in sections[path].numbers:
                    section.numbers[name] = sections[path].numbers[there]


def _find_numbers(section: _Section, wanted: set[str]) -> None:
    """``LIMIT = 16`` and ``A, B = 1, 2`` are not needed as names when nobody else asks for them."""
    kept: list[ast.stmt] = []
    for node in section.tree.body:
        numbers: dict[str, int] = {}
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            pairs = (
                zip(target.elts, value.elts, strict=True)
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
                else [(target, value)]
            )
            for name, number in pairs:
                if isinstance(name, ast.Name) and isinstance(number, ast.Call) and ast.unparse(number.func) == "const":
                    number = number.args[0]
                if isinstance(name, ast.Name) and isinstance(number, (ast.Constant, ast.BinOp)):
                    found = worked_out(number)
                    if found is not None:
                        numbers[name.id] = found
        if numbers and not numbers.keys() & wanted:
            section.numbers |= numbers
        else:
            kept.append(node)
    section.tree.body = kept


class _Renamer(ast.NodeTransformer):
    """``_local``: the names that belong to the functions, or to the class, around a node."""

    def __init__(self, section: _Section, sections: Mapping[str, _Section]) -> None:
        self._section = section
        self._sections = sections
        self._local: frozenset[str] = frozenset()
        self._of_class: frozenset[str] = frozenset()

    def _function(self, node: Function) -> ast.AST:
        self._define(node)
        node.args = self.visit(node.args)
        for wrapper in getattr(node, "decorator_list", ()):
            self.visit(wrapper)
        local, of_class = self._local, self._of_class
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        self._local = local | bound(node, body)
        self._of_class = frozenset()
        made = [self.visit(one) for one in body]
        node.body = made[0] if isinstance(node, ast.Lambda) else made
        self._local, self._of_class = local, of_class
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """What it defines belongs to it; its methods do not see that."""
        self._define(node)
        node.bases = [self.visit(base) for base in node.bases]
        node.decorator_list = [self.visit(wrapper) for wrapper in node.decorator_list]
        of_class = self._of_class
        self._of_class = frozenset(defined(node.body))
        node.body = [self.visit(one) for one in node.body if not is_docstring(one)] or [ast.Pass()]
        self._of_class = of_class
        return node

    def _define(self, node: ast.AST) -> None:
        name = getattr(node, "name", None)
        if name and name not in self._local | self._of_class:
            node.name = self._section.names[name]  # type: ignore[attr-defined]

    def _comprehension(self, node: ast.AST) -> ast.AST:
        local = self._local
        self._local = local | {
            one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        node = self.generic_visit(node)
        self._local = local
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Of a function or class, or of the whole."""
        if node.id in self._local | self._of_class:
            return node
        if node.id in self._section.modules:
            raise ValueError(f"{self._section.path} uses the module {node.id} as a value")
        if node.id in self._section.numbers:
            return ast.Constant(self._section.numbers[node.id])
        node.id = self._section.names.get(node.id, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """``packets.PING`` is a name of another section."""
        value = node.value
        if isinstance(value, ast.Name) and value.id in self._section.modules and value.id not in self._local:
            other = self._sections[self._section.modules[value.id]]
            if node.attr in other.numbers:
                return ast.Constant(other.numbers[node.attr])
            return ast.Name(other.names[node.attr], node.ctx)
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        """Inside a function."""
        if {_path(node.module), *(_path(node.module, alias.name) for alias in node.names)} & self._sections.keys():
            raise ValueError(f"{self._section.path} imports a section inside a function")
        return node


class _Importer(ast.NodeTransformer):
    """In the modules that are no sections: imports the whole where a section is asked for."""

    def __init__(self, sections: Mapping[str, _Section], whole: str) -> None:
        self._sections = sections
        self._whole = whole.removesuffix(".py").replace("/", ".")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.AST]:
        """Of a section, or of some sections of a package."""
        if _path(node.module) in self._sections:
            node.module = self._whole
            return node
        package, _, last = self._whole.rpartition(".")
        made: list[ast.AST] = []
        rest = []
        for alias in node.names:
            if _path(node.module, alias.name) in self._sections:
                name = ast.alias(last, alias.asname or alias.name)
                made.append(ast.ImportFrom(package, [name], 0))
            else:
                rest.append(alias)
        node.names = rest
        return [*made, *([node] if rest else [])]

    def visit_Import(self, node: ast.Import) -> ast.AST:
        """Would need the package, too."""
        if any(_path(alias.name) in self._sections for alias in node.names):
            raise ValueError(f"line {node.lineno}: import {node.names[0].name} is not understood; use from … import")
        return node
