# The callers of the tests, and the ways in which an input may say too little.
package fmweb.people_test

anonymous := {"id": "", "roles": [], "known": false}

plain := {"id": "p", "roles": [], "known": true}

viewer := {"id": "v", "roles": ["fm-web:viewer"], "known": true}

editor := {"id": "e", "roles": ["fm-web:editor"], "known": true}

admin := {"id": "a", "roles": ["fm-web:admin"], "known": true}

everyone := [anonymous, plain, viewer, editor, admin]

ids(callers) := {caller.id | some caller in callers}
