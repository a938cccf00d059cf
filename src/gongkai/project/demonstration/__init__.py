"""The demonstration authority (演示机关): an invented county with invented people and a year of invented content."""
