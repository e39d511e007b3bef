"""Reads Python source for the words in it: what a call is named, what an expression is put together from."""

import ast
from collections.abc import Iterator

Names = dict[str, list[ast.expr]]
"""The expressions that names were given nearby."""

_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def parts(node: ast.expr, known: Names) -> Iterator[ast.expr]:
    """What an expression is put together from, followed through *known* names."""
    if isinstance(node, ast.Name) and node.id in known:
        inner = known[node.id]
        known = {name: values for name, values in known.items() if name != node.id}
    else:
        inner = _pieces(node) or _elements(node)
    if not inner:
        yield node
    for each in inner:
        yield from parts(each, known)


def _pieces(node: ast.expr) -> list[ast.expr]:
    """The pieces of a text that is put together."""
    match node:
        case ast.JoinedStr(values=values) | ast.BoolOp(values=values):
            return values
        case ast.IfExp(body=first, orelse=second) | ast.BinOp(left=first, op=ast.Add(), right=second):
            return [first, second]
        case ast.Call(func=ast.Attribute(attr="join", value=first), args=[second]):
            return [first, second]
        case ast.BinOp(left=text, op=ast.Mod()):
            return [text]
        case ast.Call(func=ast.Attribute(attr="format" | "upper" | "capitalize" | "strip", value=text)):
            return [text]
    return []


def _elements(node: ast.expr) -> list[ast.expr]:
    """The elements of a collection that is written out."""
    match node:
        case ast.List(elts=several) | ast.Tuple(elts=several) | ast.Set(elts=several):
            return several
        case ast.Dict(values=several):
            return several
        case ast.ListComp(elt=each) | ast.GeneratorExp(elt=each):
            return [each]
        case ast.Subscript(value=ast.Name() | ast.Dict() | ast.Tuple() as several):
            return [several]
    return []


def values_of_names(scope: ast.AST) -> Names:
    """The values that names get in a scope: by assignment, or as elements of a loop."""
    values: Names = {}
    for node in own_nodes(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                values.setdefault(name, []).append(value)
            case ast.For(target=ast.Name(id=name), iter=ast.List() | ast.Tuple() as value):
                values.setdefault(name, []).append(value)
    return values


def scopes(tree: ast.Module) -> Iterator[ast.AST]:
    """The module, and every function and class in it."""
    yield tree
    yield from (node for node in ast.walk(tree) if isinstance(node, _OWN_SCOPE))


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the scopes inside it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, _OWN_SCOPE):
            yield from own_nodes(child)


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: of a function only its defaults and decorators."""
    for child in ast.iter_child_nodes(node):
        yield child
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for outside in (child.args, *child.decorator_list):
                    yield from run_at_import(outside)
            case ast.Lambda():
                yield from run_at_import(child.args)
            case _:
                yield from run_at_import(child)


def name_of(node: ast.AST) -> str:
    """The last name of what is called or used: `setText` of `self.label.setText("…")`."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def owner_of(call: ast.Call) -> str:
    """The name of the thing a method is called on: `stdout` of `sys.stdout.write("…")`."""
    return name_of(call.func.value) if isinstance(call.func, ast.Attribute) else ""
