"""Which tables and columns an export holds (导出范围), and one value's open form: what JSON says, readable without this program."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Field, JSONField, Model

# Made again by use or by a build; none of it is anybody's work.
PASSING = frozenset(
    {
        "django_session", "project_worker", "wagtailadmin_editingsession", "wagtailadmin_formstate",
        "wagtailsearch_indexentry", "wagtailsearch_indexentry_fts", "requests_throttle", "supervision_surveytry",
        "axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog",
    }
)  # fmt: skip
CREDENTIAL_TABLES = frozenset(
    {
        "organisations_passwordrecord",
        "organisations_recoverycode",
        "otp_totp_totpdevice",
        "wagtailcore_apitoken",
    }
)
CREDENTIAL_COLUMNS = {("organisations_user", "password"): "!"}
"""Columns that leave in this form unless credentials were asked for; `!` is a password that nobody has."""

TYPES = {
    "BooleanField": "boolean", "DateField": "date", "DateTimeField": "datetime", "DecimalField": "number", "FloatField": "number",
    "JSONField": "any", "AutoField": "integer", "BigAutoField": "integer", "BigIntegerField": "integer", "IntegerField": "integer",
    "PositiveIntegerField": "integer", "PositiveSmallIntegerField": "integer", "PositiveBigIntegerField": "integer",
    "SmallIntegerField": "integer",
}  # fmt: skip


def exported_models(*, credentials: bool) -> list[type[Model]]:
    """Return the models whose tables an export holds, by name of table."""
    left_out = PASSING if credentials else PASSING | CREDENTIAL_TABLES
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in left_out
    }
    return [found[table] for table in sorted(found)]


def storage_kind(field: Field[Any, Any]) -> str:
    """Return the kind of column behind a field; a reference counts as what it refers to."""
    while field.remote_field is not None and getattr(field, "target_field", None) is not None:
        field = field.target_field
    return str(field.get_internal_type())


def open_type(field: Field[Any, Any]) -> str:
    """Return the Table Schema type of a column."""
    return TYPES.get(storage_kind(field), "string")


def to_open(value: Any, kind: str) -> Any:
    """Return a database value as JSON says it: bytes as Base64, moments in UTC, decimals as text without exponent."""
    if value is None or kind == "JSONField" or isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def from_open(value: Any, kind: str) -> Any:
    """Return the Python value of an exported one; the inverse of `to_open`. Raises ValueError."""
    if value is None or kind == "JSONField":
        return value
    match kind:
        case "BinaryField":
            return base64.b64decode(value, validate=True)
        case "DateTimeField":
            return datetime.fromisoformat(value)
        case "DateField":
            return date.fromisoformat(value)
        case "DecimalField":
            return Decimal(value)
        case "UUIDField":
            return UUID(value)
        case _:
            return value


def rows_of(model: type[Model], *, credentials: bool) -> Iterator[dict[str, Any]]:
    """Yield every row of a table in its open form, in the order of the primary key, holding at most 2,000 in memory."""
    from django.db.models import ExpressionWrapper, F

    fields = model._meta.local_concrete_fields
    names, plain = [], {}
    for field in fields:
        # A body field would build its blocks; its column is JSON and leaves as it is.
        special = storage_kind(field) == "JSONField" and type(field) is not JSONField
        names.append(f"plain_{field.attname}" if special else field.attname)
        if special:
            plain[names[-1]] = ExpressionWrapper(F(field.attname), output_field=JSONField())
    kinds = [storage_kind(field) for field in fields]
    table = model._meta.db_table
    hidden = (
        {}
        if credentials
        else {
            field.attname: form
            for field in fields
            if (form := CREDENTIAL_COLUMNS.get((table, field.column))) is not None
        }
    )
    rows = model._base_manager.annotate(**plain).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=2000):
        opened = {
            field.column: to_open(value, kind) for field, kind, value in zip(fields, kinds, row, strict=True)
        }
        opened.update({model._meta.get_field(name).column: form for name, form in hidden.items()})
        yield opened


def put_rows(model: type[Model], rows: Iterator[dict[str, Any]], *, connection: Any) -> int:
    """Insert exported rows as they are, without any of the model's own doing, and return how many."""
    fields = model._meta.local_concrete_fields
    kinds = {field.column: storage_kind(field) for field in fields}
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608  (names of our own tables)
    batch: list[list[Any]] = []
    count = 0

    def stored(field: Field[Any, Any], value: Any) -> Any:
        read = from_open(value, kinds[field.column])
        if kinds[field.column] == "JSONField":
            return (
                JSONField().get_db_prep_save(read, connection) if read is not None or field.null else "null"
            )
        return field.get_db_prep_save(read, connection)

    with connection.cursor() as cursor:
        for row in rows:
            batch.append([stored(field, row[field.column]) for field in fields])
            count += 1
            if len(batch) >= 1000:
                cursor.executemany(statement, batch)
                batch.clear()
        if batch:
            cursor.executemany(statement, batch)
    return count
