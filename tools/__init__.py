"""Tools of the house: contracts, generated pages, the test database. Not shipped."""
