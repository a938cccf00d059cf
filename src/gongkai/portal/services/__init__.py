"""One act of a reader a file: subscribe, confirm, leave; and the daily digest."""
