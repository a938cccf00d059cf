"""Moving the attachments between folder and store (附件搬移): copied and compared file by file, begun again where it was cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from gongkai.kernel.attachment_errors import AttachmentDamaged
from gongkai.project.environment import Environment
from gongkai.project.failure import CommandFailed
from gongkai.project.store.places import Place, copy_file, place_named
from gongkai.project.store_address import FOLDER, S3

TOLD_EVERY = 500


@dataclass(slots=True)
class Moved:
    """What a run did: files copied, there already, removed, and the names of those that are damaged or kept back."""

    copied: int = 0
    held: int = 0
    removed: int = 0
    bytes: int = 0
    left: list[str] = field(default_factory=list)


def other_place(kind: str) -> str:
    """Return the place that is not this one."""
    return FOLDER if kind == S3 else S3


def move(
    environment: Environment, *, to: str, registered: Iterable[str], say: Callable[[str], None]
) -> Moved:
    """Copy every attachment from the place in use to the other, which then holds exactly the same; the place in use is not touched.

    May run while the office works, and any number of times: what is there with its size is not copied again (a file appears whole or not at all, and
    is never changed). What was erased meanwhile is removed at the target too.

    `registered` names the attachments that the database knows. Raises CommandFailed when `to` is the place in use, or when the place in use lacks a registered attachment: it is then not the right source.
    """
    if to == environment.attachments:
        raise CommandFailed(
            "in_use",
            f"附件现在就放在那里（GONGKAI_ATTACHMENTS 为 {to}）",
            where=f"--to {to}",
            remedy="请先把 GONGKAI_ATTACHMENTS 改回原来的存放处，搬完再改",
        )
    source, target = place_named(environment, environment.attachments), place_named(environment, to)
    wanted, there, done = dict(source.names()), dict(target.names()), Moved()
    _require_complete(wanted, source, registered=registered, beside=there)
    for name, size in wanted.items():
        if there.get(name) == size:
            done.held += 1
            continue
        _copy(name, size, source=source, target=target, done=done)
        if done.copied % TOLD_EVERY == 0 and done.copied:
            say(f"已搬 {done.copied} 个，共 {len(wanted)} 个")
    for name in sorted(there.keys() - wanted.keys()):
        target.delete(name)
        done.removed += 1
    return done


def _copy(name: str, size: int, *, source: Place, target: Place, done: Moved) -> None:
    try:
        copy_file(name, source=source, target=target)
    except FileNotFoundError:
        return  # erased while this ran
    except AttachmentDamaged:
        done.left.append(name)
        return
    done.copied += 1
    done.bytes += size


def _require_complete(
    names: Mapping[str, int], place: Place, *, registered: Iterable[str], beside: Mapping[str, int]
) -> None:
    """Stop before anything is deleted when the place in use is plainly not the one where the attachments lie."""
    missing = next((name for name in registered if name not in names), "")
    if missing or (beside and not names):
        raise CommandFailed(
            "incomplete",
            f"现在的存放处缺少登记过的附件（{missing or '一个也没有，另一处却有'}）",
            where=place.title,
            remedy="请检查 GONGKAI_ATTACHMENTS 是否写错；确实缺失的，请先从备份取回，再搬移",
        )


def clear_old(environment: Environment, *, registered: Iterable[str], everything: bool = False) -> Moved:
    """Delete the copies at the place that is not in use; what the place in use lacks stays and is named, unless `everything`."""
    old = place_named(environment, other_place(environment.attachments))
    place, done = place_named(environment, environment.attachments), Moved()
    current, there = dict(place.names()), dict(old.names())
    _require_complete(current, place, registered=registered, beside=there)
    for name, size in there.items():
        if current.get(name) == size or everything:
            old.delete(name)
            done.removed += 1
        else:
            done.left.append(name)
    return done
