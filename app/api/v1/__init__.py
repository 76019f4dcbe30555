"""Version 1: routes and schemas, two modules a resource."""
