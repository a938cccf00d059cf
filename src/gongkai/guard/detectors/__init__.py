"""All text detectors (文字检查器): importing this package registers them."""

from gongkai.guard.detectors import bank_cards, document_numbers, identity, telephones

__all__ = ["bank_cards", "document_numbers", "identity", "telephones"]
