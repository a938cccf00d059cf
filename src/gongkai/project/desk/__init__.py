"""The desk's frame (工作台): home page of today."""
