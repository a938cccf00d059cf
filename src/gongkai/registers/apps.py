"""Django app of the registers room."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """The registers room (台账与数据集)."""

    name = "gongkai.registers"
    label = "registers"
    verbose_name = "台账与数据集"

    def ready(self) -> None:
        """Let `journal verify` compare the rows with their facts."""
        from gongkai.journal import api as journal
        from gongkai.registers.table_checks import differences_in_rows

        journal.register_table_check("registers_registerrow", differences_in_rows)
