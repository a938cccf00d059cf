"""The test harness: a live site, a browser, checkers of markup and accessibility, walls between rooms."""
