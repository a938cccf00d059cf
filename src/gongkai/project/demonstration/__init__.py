"""The demonstration authority (演示机关): an invented county with invented people and a year of invented content."""

from gongkai.project.demonstration.load import LogIn, load, log_ins

__all__ = ["LogIn", "load", "log_ins"]
