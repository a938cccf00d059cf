"""The requests room (依申请公开): the whole life of a request for information, with the lawful date every day."""
