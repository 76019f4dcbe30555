"""Version 1 of the HTTP API: routes and the shapes they speak. Knows no key and no condition."""
