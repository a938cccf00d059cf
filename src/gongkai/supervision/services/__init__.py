"""What people do with plans and supervision orders, one file for each group of verbs."""
