"""Taking switched-off layers out of a PDF (删除隐藏图层): the drawing between their marks goes."""

from __future__ import annotations

from typing import Any

import pikepdf

ObjGen = tuple[int, int]


def drop_layers(pdf: pikepdf.Pdf, hidden: set[ObjGen]) -> None:
    """Remove everything that belongs only to hidden groups, from pages and from the forms they draw."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form":
            _rewrite(pdf, item, item.get("/Resources"), hidden)
    for page in pdf.pages:
        page.contents_coalesce()
        contents = page.obj.get("/Contents")
        if isinstance(contents, pikepdf.Stream):
            resources = page.obj.get("/Resources") or page.resources
            _rewrite(pdf, contents, resources, hidden)
        annotations = page.obj.get("/Annots")
        for annotation in annotations if isinstance(annotations, pikepdf.Array) else ():
            if isinstance(annotation, pikepdf.Dictionary) and is_off(annotation.get("/OC"), hidden):
                annotation["/F"] = 2


def is_off(group: Any, hidden: set[ObjGen]) -> bool:
    """Tell whether an optional-content group, or a membership dictionary of groups, is switched off."""
    if not isinstance(group, pikepdf.Dictionary):
        return False
    if group.objgen in hidden:
        return True
    members = group.get("/OCGs")
    if isinstance(members, pikepdf.Array) and len(members):
        return all(member.objgen in hidden for member in members)
    return isinstance(members, pikepdf.Dictionary) and members.objgen in hidden


def _rewrite(pdf: pikepdf.Pdf, stream: Any, resources: Any, hidden: set[ObjGen]) -> None:
    properties = resources.get("/Properties") if isinstance(resources, pikepdf.Dictionary) else None
    objects = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    kept: list[Any] = []
    open_marks: list[bool] = []
    off = 0
    changed = False
    for instruction in pikepdf.parse_content_stream(stream):
        operands: Any = instruction.operands
        operator = instruction.operator
        name = str(operator)
        if name in ("BDC", "BMC"):
            mark = False
            if (
                name == "BDC"
                and len(operands) == 2
                and operands[0] == "/OC"
                and isinstance(properties, pikepdf.Dictionary)
            ):
                mark = is_off(properties.get(str(operands[1])), hidden)
            open_marks.append(mark)
            off += mark
            if mark:
                changed = True
                continue
        elif name == "EMC" and open_marks:
            mark = open_marks.pop()
            off -= mark
            if mark:
                continue
        elif name == "Do" and isinstance(objects, pikepdf.Dictionary):
            target = objects.get(str(operands[0]))
            if isinstance(target, pikepdf.Stream) and is_off(target.get("/OC"), hidden):
                changed = True
                continue
        if not off or name in ("q", "Q", "cm"):
            kept.append((operands, operator))
    if changed:
        stream.write(pikepdf.unparse_content_stream(kept))
        _drop_unused_objects(kept, objects, hidden)


def _drop_unused_objects(kept: list[Any], objects: Any, hidden: set[ObjGen]) -> None:
    """Unhook the pictures and forms that only hidden layers drew."""
    if not isinstance(objects, pikepdf.Dictionary):
        return
    used = {str(operands[0]) for operands, operator in kept if str(operator) == "Do"}
    for key in list(objects.keys()):
        if key not in used and is_off(objects[key].get("/OC"), hidden):
            del objects[key]
